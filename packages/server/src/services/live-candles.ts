// Live candles of one series, exact: grown by every tick in the order of its arrival, and computed anew from the
// ledger wherever a tick does not fit behind the newest.
//
//   C1. A candle that is told is the one that the ledger's ticks up to `cursor` make.
//   C2. What changed is told at most every TELL_MS, the newest state of each candle only.
//   C3. A candle that could not be computed is owed until it is: also when no tick comes any more.
import { type Candle, candleStart, type GrowingCandle, growCandles, withTick } from '@ngtb/core'
import { type CandlesMessage, TIMEFRAMES, type TicksMessage, type Timeframe } from '@ngtb/protocol'
import type { Tape, TapeListener } from '../live/tape.ts'
import type { Log, Page, Store, TickRow, Timers } from '../ports.ts'

const TELL_MS = 200
const READ_TICKS = 20_000
const AGAIN_MS = 1_000

export interface CandlePorts {
  readonly store: Pick<Store, 'ticks' | 'newestTick'>
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
  /** C3: by their beginning. */
  readonly #owed = new Set<number>()
  /** By their beginning: not told yet. */
  readonly #changed = new Map<number, Told>()
  #timer: { cancel(): void } | null = null
  #again: { cancel(): void } | null = null
  #working = false
  #queue: Promise<void> = Promise.resolve()
  #left = false

  constructor(ports: CandlePorts, series: CandleSeries, out: CandleListener) {
    this.#ports = ports
    this.#series = series
    this.#out = out
  }

  /** The candle of the newest tick is told at once. */
  start(): void {
    const cursor = this.#ports.tape.now
    void this.#work(() => this.#begin(cursor))
    this.#listen(cursor)
  }

  leave(): void {
    this.#left = true
    this.#timer?.cancel()
    this.#again?.cancel()
    if (this.#place) this.#ports.tape.leave(this.#place)
  }

  #listen(cursor: number): void {
    const { account_id, symbol } = this.#series
    this.#place = {
      accounts: new Set([account_id]),
      symbols: new Set([symbol]),
      ...{ mode: 'every' as const, cursor },
      tell: (message) => this.#hear(message),
      room: () => !this.#working,
    }
    this.#ports.tape.listen(this.#place)
  }

  async #begin(cursor: number): Promise<void> {
    const { account_id, symbol, timeframe } = this.#series
    const newest_ms = await this.#ports.store.newestTick(account_id, symbol)
    if (newest_ms === null) return
    this.#owed.add(candleStart(newest_ms, timeframe))
    await this.#settle(cursor)
  }

  #hear({ ticks, cursor, downgraded }: TicksMessage): void {
    // It was read too slowly: on from where every tick ended.
    if (downgraded) {
      if (this.#place) this.#ports.tape.leave(this.#place)
      if (!this.#left) this.#listen(cursor)
    } else void this.#work(() => this.#take(ticks, cursor))
  }

  async #take(ticks: TicksMessage['ticks'], cursor: number): Promise<void> {
    const { timeframe } = this.#series
    for (const tick of ticks) {
      const start = candleStart(tick.time_ms, timeframe)
      const grown = this.#owed.has(start) ? null : withTick(this.#current, tick, timeframe)
      if (grown) this.#grew(grown)
      else this.#owed.add(start)
    }
    await this.#settle(cursor)
  }

  /** C3. Oldest first, so that what a newer one completes has been told. */
  async #settle(cursor: number): Promise<void> {
    for (const start of [...this.#owed].sort((a, b) => a - b)) {
      const candle = await this.#compute(start, cursor)
      if (this.#left) return
      this.#owed.delete(start)
      if (candle) this.#grew(candle)
    }
  }

  /** One after the other: the tape waits meanwhile. */
  #work(act: () => Promise<void>): Promise<void> {
    this.#working = true
    const mine = this.#queue
      .then(() => (this.#left ? undefined : act()))
      .catch((error) => this.#failed(error))
      .then(() => {
        if (this.#queue === mine) this.#working = false
      })
    this.#queue = mine
    return mine
  }

  #failed(error: unknown): void {
    this.#ports.log.warn('live candles could not be computed; it is tried again', { error: String(error) })
    if (this.#left || this.#again) return
    this.#again = this.#ports.timers.after(AGAIN_MS, () => {
      this.#again = null
      const cursor = this.#place?.cursor ?? this.#ports.tape.now
      void this.#work(() => (this.#current === null ? this.#begin(cursor) : this.#settle(cursor)))
    })
  }

  /** C1. Null: no tick of it up to there. */
  async #compute(start: number, cursor: number): Promise<GrowingCandle | null> {
    const { account_id, symbol, timeframe } = this.#series
    const end = start + TIMEFRAMES[timeframe] * 1_000
    const candles: Candle[] = []
    let last_ms = start
    let after: (string | number)[] | null = null
    do {
      const page: Page<TickRow> = await this.#ports.store.ticks(account_id, symbol, start, end, {
        ...{ limit: READ_TICKS, after },
      })
      if (this.#left) return null
      const told = page.items.filter(({ seq }) => seq <= cursor)
      growCandles(candles, told, timeframe)
      last_ms = told.at(-1)?.time_ms ?? last_ms
      after = page.next
    } while (after !== null)
    const [candle] = candles
    return candle ? { ...candle, last_ms } : null
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
