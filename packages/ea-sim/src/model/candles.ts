// What the terminal remembers of the market: one-minute candles of bid prices, put together to longer ones.

import { TIMEFRAMES, type Timeframe } from '@ngtb/protocol'

export interface Candle {
  /** Start, broker time in ms. */
  time_ms: number
  open: number
  high: number
  low: number
  close: number
  ticks: number
}

/** A part of a history on its way to the server. */
export interface BarsSent {
  symbol: string
  timeframe: string
  bars: readonly Candle[]
  /** The last of them is not finished. */
  forming: boolean
}

const MINUTE_MS = 60_000
/** A month of minutes; a real terminal keeps a set number of bars, too. */
const MINUTES_MAX = 43_200

export class CandleStore {
  readonly #minutes = new Map<string, Candle[]>()

  add(symbol: string, bid: number, time_ms: number): void {
    const minutes = this.#minutes.get(symbol) ?? []
    this.#minutes.set(symbol, minutes)
    const last = minutes.at(-1)
    const start_ms = time_ms - (time_ms % MINUTE_MS)
    if (last !== undefined && start_ms <= last.time_ms) {
      // In place: this runs for every tick.
      if (bid > last.high) last.high = bid
      if (bid < last.low) last.low = bid
      last.close = bid
      last.ticks++
      return
    }
    minutes.push({ time_ms: start_ms, open: bid, high: bid, low: bid, close: bid, ticks: 1 })
    if (minutes.length > MINUTES_MAX) minutes.splice(0, MINUTES_MAX / 10)
  }

  /** Those that begin from `from_ms` (included) to `to_ms` (not included), oldest first; at most `max`. */
  read(symbol: string, timeframe: Timeframe, from_ms: number, to_ms: number, max: number): Candle[] {
    const length_ms = TIMEFRAMES[timeframe] * 1000
    const candles: Candle[] = []
    for (const minute of this.#minutes.get(symbol) ?? []) {
      const start_ms = minute.time_ms - (minute.time_ms % length_ms)
      if (start_ms < from_ms || start_ms >= to_ms) continue
      const last = candles.at(-1)
      if (last?.time_ms === start_ms) merge(last, minute)
      else if (candles.length === max) break
      else candles.push({ ...minute, time_ms: start_ms })
    }
    return candles
  }
}

function merge(into: Candle, next: Candle): void {
  into.high = Math.max(into.high, next.high)
  into.low = Math.min(into.low, next.low)
  into.close = next.close
  into.ticks += next.ticks
}
