// Candles of a chart: what ticks made, what the terminal's history says, and what is drawn into them. Pure.
//
//   C1. Times are the broker's wall clock in ms, as everywhere on the wire; a chart is told them as if they were UTC.
//   C2. A whole bar of the terminal is truer than the candle of our ticks, which may have missed some; the newest
//       candle grows with the ticks.
import { TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
import type { BarView, DealView, OrderView, TradeView } from '@ngtb/sdk'
import { sideOf } from '../live/figures.ts'
import { lotsText, msOf } from '../ui/format.ts'

export interface Bar {
  readonly time_ms: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

export const isTimeframe = (word: unknown): word is Timeframe =>
  typeof word === 'string' && Object.hasOwn(TIMEFRAMES, word)
export const lengthMs = (timeframe: Timeframe): number => TIMEFRAMES[timeframe] * 1_000

/** C2. Oldest first, each moment once. `later` lists win. */
export function mergeBars(
  told: readonly Pick<BarView, 'complete' | keyof Bar>[],
  ...later: readonly (readonly Bar[])[]
): readonly Bar[] {
  const by_time = new Map<number, Bar>()
  for (const bar of told) if (!bar.complete) by_time.set(bar.time_ms, bar)
  for (const list of later) for (const bar of list) by_time.set(bar.time_ms, bar)
  for (const bar of told) if (bar.complete) by_time.set(bar.time_ms, bar)
  return [...by_time.values()].sort((a, b) => a.time_ms - b.time_ms)
}

export interface Fill {
  /** Start of its candle. */
  readonly time_ms: number
  readonly side: 'buy' | 'sell'
  /** It closed something. */
  readonly out: boolean
  readonly text: string
}

/** A broker's wall clock without a zone. */
const wallMs = (text: string | null): number | null =>
  text === null ? null : msOf(`${text.replace(/Z$/, '')}Z`)

export function fillsOf(deals: readonly DealView[], symbol: string, timeframe: Timeframe): readonly Fill[] {
  const length = lengthMs(timeframe)
  return deals
    .flatMap(({ symbol: of, type, entry, volume, time_broker }): Fill[] => {
      const at = wallMs(time_broker)
      const side = sideOf(type)
      if (of !== symbol || at === null || side === null) return []
      const out = entry !== null && entry !== 'DEAL_ENTRY_IN'
      const time_ms = Math.floor(at / length) * length
      return [{ time_ms, side, out, text: `${out ? 'out ' : ''}${lotsText(volume)}` }]
    })
    .sort((a, b) => a.time_ms - b.time_ms)
}

export interface Line {
  readonly price: number
  readonly kind: 'buy' | 'sell' | 'sl' | 'tp' | 'order'
  readonly title: string
}

/** Entry, SL and TP of what is open, and where orders wait. */
export function linesOf(
  trades: readonly TradeView[],
  orders: readonly OrderView[],
  symbol: string,
): readonly Line[] {
  const lines: Line[] = []
  const add = (price: number | null, kind: Line['kind'], title: string) => {
    if (price) lines.push({ price, kind, title })
  }
  for (const trade of trades) {
    if (trade.symbol !== symbol || trade.status !== 'open') continue
    const side = sideOf(trade.direction)
    if (side) add(trade.open_price, side, `${side} ${lotsText(trade.volume)}`)
    add(trade.sl, 'sl', 'SL')
    add(trade.tp, 'tp', 'TP')
  }
  for (const order of orders) {
    if (order.symbol !== symbol || order.status !== 'waiting') continue
    const word = order.type.replace('ORDER_TYPE_', '').replaceAll('_', ' ').toLowerCase()
    add(order.price, 'order', `${word} ${lotsText(order.volume_left ?? order.volume)}`)
  }
  return lines
}

interface PriceRange {
  readonly minValue: number
  readonly maxValue: number
}

/** The range of the candles in view, and of the lines that are not far away from it. */
export function withLines({ minValue, maxValue }: PriceRange, lines: readonly Line[]): PriceRange {
  const reach = Math.max((maxValue - minValue) * 2, maxValue * 0.002)
  const isNear = (price: number) => price > minValue - reach && price < maxValue + reach
  const near = lines.map(({ price }) => price).filter(isNear)
  return { minValue: Math.min(minValue, ...near), maxValue: Math.max(maxValue, ...near) }
}

const pad = (value: number) => String(value).padStart(2, '0')

/** "28 Nov 2026 09:30 broker · 07:30 UTC" */
export function axisText(time_ms: number, offset_minutes: number): string {
  const at = new Date(time_ms)
  const utc = new Date(time_ms - offset_minutes * 60_000)
  const clock = (one: Date) => `${pad(one.getUTCHours())}:${pad(one.getUTCMinutes())}`
  const day = (one: Date) => one.toISOString().slice(0, 10)
  const other = day(at) === day(utc) ? '' : `${day(utc)} `
  return `${day(at)} ${clock(at)} broker · ${other}${clock(utc)} UTC`
}
