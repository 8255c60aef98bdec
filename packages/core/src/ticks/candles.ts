// Candles out of ticks, exactly: open, high, low and close of the bid, counted by broker time.
import { TIMEFRAMES, type Timeframe } from '@ngtb/protocol'

export interface TickPoint {
  readonly time_ms: number
  readonly bid: number
}

export interface Candle {
  readonly time_ms: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly ticks: number
}

/** Start of the candle that holds `time_ms`. */
export const candleStart = (time_ms: number, timeframe: Timeframe): number => {
  const length = TIMEFRAMES[timeframe] * 1000
  return Math.floor(time_ms / length) * length
}

/** Adds ticks, which must come oldest first, to `candles`, whose last one may still be growing. */
export function growCandles(candles: Candle[], ticks: Iterable<TickPoint>, timeframe: Timeframe): Candle[] {
  for (const { time_ms, bid } of ticks) {
    const start = candleStart(time_ms, timeframe)
    const last = candles.at(-1)
    if (last && last.time_ms === start) candles[candles.length - 1] = grow(last, bid)
    else candles.push({ time_ms: start, open: bid, high: bid, low: bid, close: bid, ticks: 1 })
  }
  return candles
}

const grow = (candle: Candle, bid: number): Candle => ({
  ...candle,
  high: Math.max(candle.high, bid),
  low: Math.min(candle.low, bid),
  close: bid,
  ticks: candle.ticks + 1,
})
