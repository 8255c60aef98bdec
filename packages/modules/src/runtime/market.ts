// Ticks and candles of a module: asked for once, and again behind the last one when the link was lost.
import type { MarketMessage, MarketRequest } from '@ngtb/sdk'
import type { CandleSeries, ModuleCandle, ModuleTick, TicksWish } from '../definition.ts'
import { type Lane, Newest, Pump } from './lane.ts'

/** Of every tick: beyond so many that wait, the oldest are passed over. */
const EVERY_MAX = 10_000
const SYMBOLS_MAX = 10_000

type Tick = Omit<ModuleTick, 'conflated'>

interface Hands {
  readonly onTick?: (tick: ModuleTick) => void | Promise<void>
  readonly onCandle?: (candle: ModuleCandle) => void | Promise<void>
}

export class Market {
  readonly #wish: TicksWish
  readonly #ticks: Newest<Tick>
  readonly #tick_pump: Pump<Tick> | null
  readonly #candle_pump: Pump<ModuleCandle> | null
  /** Every tick up to here was handed over or passed over. */
  #cursor: number | undefined
  #seq = 0
  #count = 0

  constructor(wish: TicksWish, hands: Hands, lane: Lane, fail: (error: unknown) => void, cursor?: number) {
    this.#wish = wish
    this.#cursor = cursor
    this.#ticks = new Newest(wish.mode === 'every' ? EVERY_MAX : SYMBOLS_MAX)
    const { onTick, onCandle } = hands
    this.#tick_pump = onTick
      ? new Pump(lane, this.#ticks, (tick, conflated) => onTick({ ...tick, conflated }), fail)
      : null
    this.#candle_pump = onCandle ? new Pump(lane, new Newest(SYMBOLS_MAX), onCandle, fail) : null
  }

  get conflated(): number {
    return this.#ticks.passed
  }

  get cursor(): number | undefined {
    return this.#cursor
  }

  /** What to ask for ticks now, behind what was seen. */
  ticksRequest(accounts: readonly string[]): MarketRequest | null {
    if (this.#tick_pump === null) return null
    const { symbols, mode = 'latest' } = this.#wish
    return {
      ...{ type: 'subscribe_ticks', mode },
      ...(accounts.length === 0 ? {} : { accounts: [...accounts] }),
      ...(symbols === undefined ? {} : { symbols: [...symbols] }),
      ...(mode === 'every' && this.#cursor !== undefined ? { after: this.#cursor } : {}),
    }
  }

  candlesRequest(series: readonly CandleSeries[], accounts: readonly string[]): MarketRequest | null {
    if (this.#candle_pump === null || series.length === 0) return null
    const [only, ...others] = accounts
    const account = others.length === 0 ? only : undefined
    return {
      type: 'subscribe_candles',
      series: series.map((one) => ({ ...(account === undefined ? {} : { account }), ...one })),
    }
  }

  take(message: MarketMessage): void {
    if (message.type === 'candles') {
      const { account, symbol, timeframe } = message
      for (const candle of message.candles)
        this.#candle_pump?.put(`${account} ${symbol} ${timeframe} ${candle.time_ms}`, {
          ...{ account, symbol, timeframe },
          ...candle,
        })
      return
    }
    const every = this.#wish.mode === 'every' && message.mode === 'every'
    for (const { seq, account = message.account ?? '', ...tick } of message.ticks) {
      // Told again after a lost link.
      if (seq !== undefined && seq <= this.#seq) continue
      this.#seq = seq ?? this.#seq
      this.#tick_pump?.put(every ? String(this.#count++) : `${account} ${tick.symbol}`, { account, ...tick })
    }
    this.#cursor = message.cursor
  }
}
