// Live candles of one series, exact: grown by every tick in the order of its arrival, and computed anew from the
// ledger wherever a tick does not fit behind the newest.
//
//   C1. A candle that is told is the one that the ledger's ticks up to `cursor` make.
//   C2. What changed is told at most every TELL_MS, the newest state of each candle only.
import { candleStart, type GrowingCandle, growCandles, withTick } from '@ngtb/core'
import { type CandlesMessage, TIMEFRAMES, type TicksMessage, type Timeframe } from '@ngtb/protocol'
import type { Tape, TapeListener } from '../live/tape.ts'
import type { Log, Store, TickRow, Timers } from '../ports.ts'

const TELL_MS = 200
const READ_TICKS = 20_000

export interface CandlePorts {
  readonly store: Pick<Store, 'ticks'>
  readonly tape: Tape
  readonly timers: Timers
  readonly log: Log
}

export interface CandleSeries {
  readonly account_id: number
  readonly account: string
  readonly symbol: string
  readonly timeframe: Timeframe
}

export interface CandleListener {
  tell(message: CandlesMessage): void
  room(): boolean
}

type Told = CandlesMessage['candles'][number]

export class LiveCandles {
  readonly #ports: CandlePorts
  readonly #series: CandleSeries
  readonly #out: CandleListener
  #place: TapeListener | null = null
  #current: GrowingCandle | null = null
  /** By their beginning: not told yet. */
  readonly #changed = new Map<number, Told>()
  #timer: { cancel(): void } | null = null
  #working = false
  #queue: Promise<void> = Promise.resolve()
  #left = false

  constructor(ports: CandlePorts, series: CandleSeries, out: CandleListener) {
    this.#ports = ports
    this.#series = series
    this.#out = out
  }

  /** @param newest_ms broker time of the newest tick as far as is known: its candle is told at once */
  start(newest_ms: number | null): void {
    const { account_id, symbol } = this.#series
    const { tape } = this.#ports
    this.#place = {
      accounts: new Set([account_id]),
      symbols: new Set([symbol]),
      mode: 'every',
      cursor: tape.now,
      tell: (message) => void this.#hear(message),
      room: () => !this.#working,
    }
    if (newest_ms !== null) void this.#work((cursor) => this.#compute(newest_ms, cursor), tape.now)
    tape.listen(this.#place)
  }

  leave(): void {
    this.#left = true
    this.#timer?.cancel()
    if (this.#place) this.#ports.tape.leave(this.#place)
  }

  #hear({ ticks, cursor, downgraded }: TicksMessage): Promise<void> {
    // It was read too slowly to follow each tick: a new place, and the newest candle from the ledger.
    if (downgraded) this.#again()
    return this.#work(async (upto) => {
      const anew = new Set<number>()
      for (const tick of ticks) {
        const start = candleStart(tick.time_ms, this.#series.timeframe)
        const grown = anew.has(start) ? null : withTick(this.#current, tick, this.#series.timeframe)
        if (grown) this.#grew(grown)
        else anew.add(start)
      }
      for (const start of [...anew].sort((a, b) => a - b)) await this.#compute(start, upto)
    }, cursor)
  }

  #again(): void {
    const { tape } = this.#ports
    const newest_ms = this.#current?.last_ms ?? null
    if (this.#place) tape.leave(this.#place)
    if (!this.#left) this.start(newest_ms)
  }

  /** One after the other: the tape waits meanwhile. */
  #work(act: (cursor: number) => Promise<void>, cursor: number): Promise<void> {
    this.#working = true
    const mine = this.#queue
      .then(() => (this.#left ? undefined : act(cursor)))
      .catch((error) => {
        this.#ports.log.warn('live candles could not be computed; they go on with the next tick', {
          error: String(error),
        })
        this.#current = null
      })
      .then(() => {
        if (this.#queue === mine) this.#working = false
      })
    this.#queue = mine
    return mine
  }

  /** C1. */
  async #compute(time_ms: number, cursor: number): Promise<void> {
    const { account_id, symbol, timeframe } = this.#series
    const start = candleStart(time_ms, timeframe)
    const end = start + TIMEFRAMES[timeframe] * 1_000
    const candles: ReturnType<typeof growCandles> = []
    let last_ms = start
    for (let after: (string | number)[] | null = null, more = true; more; ) {
      const page: { items: TickRow[]; next: (string | number)[] | null } = await this.#ports.store.ticks(
        ...([account_id, symbol, start, end, { limit: READ_TICKS, after }] as const),
      )
      const told = page.items.filter(({ seq }) => seq <= cursor)
      growCandles(candles, told, timeframe)
      last_ms = told.at(-1)?.time_ms ?? last_ms
      after = page.next
      more = after !== null
    }
    const [candle] = candles
    if (candle) this.#grew({ ...candle, last_ms })
  }

  #grew(candle: GrowingCandle): void {
    const before = this.#current
    if (before === null || candle.time_ms >= before.time_ms) this.#current = candle
    if (before !== null && candle.time_ms > before.time_ms) this.#change(before, true)
    this.#change(candle, before !== null && candle.time_ms < before.time_ms)
  }

  #change({ last_ms: _last, ...candle }: GrowingCandle, complete: boolean): void {
    this.#changed.set(candle.time_ms, { ...candle, complete })
    this.#timer ??= this.#ports.timers.after(TELL_MS, () => this.#tell())
  }

  /** C2. */
  #tell(): void {
    this.#timer = null
    if (this.#left) return
    if (!this.#out.room()) {
      this.#timer = this.#ports.timers.after(TELL_MS, () => this.#tell())
      return
    }
    const { account, symbol, timeframe } = this.#series
    const candles = [...this.#changed.values()].sort((a, b) => a.time_ms - b.time_ms)
    this.#changed.clear()
    this.#out.tell({ type: 'candles', account, symbol, timeframe, candles })
  }
}
