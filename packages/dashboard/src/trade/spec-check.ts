// An order as it is being written, against what the symbol allows: pure, and asked at each keystroke.
//
//   K1. Said before it is sent, in words that say what to change. The server and the terminal check again.
//   K2. What the terminal did not tell is not checked.
import type { SymbolView } from '@ngtb/sdk'
import type { Quote, Side } from '../live/figures.ts'
import { lotsText, priceText } from '../ui/format.ts'

export type PendingKind = 'limit' | 'stop' | 'stop_limit'
export type OrderKind = 'market' | PendingKind

/** Levels are prices here; points were turned into them before. Null: none. */
export interface Draft {
  readonly symbol: string
  readonly kind: OrderKind
  readonly side: Side
  readonly volume: number | null
  /** Of a pending order. */
  readonly price: number | null
  readonly stop_limit_price: number | null
  readonly sl: number | null
  readonly tp: number | null
}

export type Field = 'volume' | 'price' | 'stop_limit_price' | 'sl' | 'tp' | 'symbol'
export interface Problem {
  readonly field: Field
  readonly says: string
}

const COMMENT_MAX = 31
export const commentProblem = (comment: string): string | null =>
  comment.length > COMMENT_MAX ? `${comment.length} letters: a terminal keeps ${COMMENT_MAX}` : null

/** Points as a distance in price. */
export const pointOf = ({ digits }: Pick<SymbolView, 'digits'>): number | null =>
  digits === null ? null : 1 / 10 ** digits

const rounded = (price: number, digits: number | null) => Number(price.toFixed(digits ?? 8))

/** The price of a level that is given in points from `from`. */
export function levelAt(
  from: number,
  points: number,
  side: Side,
  which: 'sl' | 'tp',
  spec: Pick<SymbolView, 'digits'>,
): number | null {
  const point = pointOf(spec)
  if (point === null) return null
  const up = (side === 'buy') === (which === 'tp')
  return rounded(from + (up ? 1 : -1) * points * point, spec.digits)
}

/** One step more or less, never outside of what the symbol allows. */
export function stepVolume(volume: number | null, way: 1 | -1, spec: SymbolView | undefined): number {
  const step = spec?.volume_step || 0.01
  const min = spec?.volume_min || step
  const max = spec?.volume_max || Number.POSITIVE_INFINITY
  const steps = Math.round(((volume ?? 0) - min) / step) + way
  return Number(Math.min(max, Math.max(min, min + steps * step)).toFixed(8))
}

export function volumeProblem(volume: number | null, spec: SymbolView | undefined): string | null {
  if (volume === null || !(volume > 0)) return 'Say how many lots'
  if (!spec) return null
  const { volume_min, volume_max, volume_step } = spec
  if (volume_min && volume < volume_min) return `At least ${lotsText(volume_min)} lots`
  if (volume_max && volume > volume_max) return `At most ${lotsText(volume_max)} lots`
  if (!volume_step) return null
  const steps = volume / volume_step
  return Math.abs(steps - Math.round(steps)) > 1e-6 ? `In steps of ${lotsText(volume_step)} lots` : null
}

/** The price that the order would be filled at, or asks for. */
export function entryOf({ kind, side, price, stop_limit_price }: Draft, quote: Quote | undefined) {
  if (kind === 'stop_limit') return stop_limit_price
  if (kind !== 'market') return price
  return quote === undefined ? null : side === 'buy' ? quote.ask : quote.bid
}

export function problemsOf(
  draft: Draft,
  spec: SymbolView | undefined,
  quote: Quote | undefined,
): readonly Problem[] {
  const found: Problem[] = []
  const say = (field: Field, says: string | null) => {
    if (says !== null) found.push({ field, says })
  }
  if (draft.symbol === '') say('symbol', 'Choose a symbol')
  say('symbol', modeProblem(spec, draft.side))
  say('volume', volumeProblem(draft.volume, spec))
  if (draft.kind !== 'market') say('price', priceProblem(draft, spec, quote))
  if (draft.kind === 'stop_limit') say('stop_limit_price', stopLimitProblem(draft, spec))
  for (const which of ['sl', 'tp'] as const)
    say(which, levelProblem(which, draft[which], draft.side, closingSide(draft, quote), spec))
  return found
}

const MODES: Readonly<Record<string, string>> = {
  '0': 'The broker does not trade this symbol now',
  '3': 'The broker lets this symbol only be closed',
}

function modeProblem(spec: SymbolView | undefined, side: Side): string | null {
  const mode = String(spec?.trade_mode ?? '')
  if (mode === '1' && side === 'sell') return 'The broker lets this symbol only be bought'
  if (mode === '2' && side === 'buy') return 'The broker lets this symbol only be sold'
  return MODES[mode] ?? null
}

/** A level is measured from where the position would be closed: a buy at the bid, a sell at the ask. */
function closingSide(draft: Draft, quote: Quote | undefined): number | null {
  if (draft.kind !== 'market') return entryOf(draft, quote)
  return quote === undefined ? null : draft.side === 'buy' ? quote.bid : quote.ask
}

function priceProblem(
  { kind, side, price }: Draft,
  spec: SymbolView | undefined,
  quote: Quote | undefined,
): string | null {
  if (price === null || !(price > 0)) return 'Say at which price'
  const fineness = digitsProblem(price, spec)
  if (fineness !== null || quote === undefined) return fineness
  const now = side === 'buy' ? quote.ask : quote.bid
  const below = (side === 'buy') === (kind === 'limit')
  return sideProblem(price, now, below, spec, `A ${side} ${kind.replace('_', ' ')}`)
}

function stopLimitProblem({ side, price, stop_limit_price }: Draft, spec: SymbolView | undefined) {
  if (stop_limit_price === null || !(stop_limit_price > 0)) return 'Say where the limit is set then'
  const fineness = digitsProblem(stop_limit_price, spec)
  if (fineness !== null || price === null) return fineness
  return sideProblem(stop_limit_price, price, side === 'buy', spec, `The limit of a ${side}`)
}

/** Null `from`: no price is known, so only its digits are looked at. */
export function levelProblem(
  which: 'sl' | 'tp',
  level: number | null,
  side: Side,
  from: number | null,
  spec: SymbolView | undefined,
): string | null {
  if (level === null || level === 0) return null
  if (Number.isNaN(level)) return 'Not a number above zero, or no price yet to measure from'
  if (!(level > 0)) return 'A price above zero, or empty for none'
  const fineness = digitsProblem(level, spec)
  if (fineness !== null || from === null) return fineness
  const below = (side === 'buy') === (which === 'sl')
  return sideProblem(level, from, below, spec, `${which.toUpperCase()} of a ${side}`)
}

/** On its side of the price, and as far from it as the broker asks for. */
function sideProblem(
  price: number,
  from: number,
  below: boolean,
  spec: SymbolView | undefined,
  what: string,
): string | null {
  const point = spec ? (pointOf(spec) ?? 0) : 0
  const apart = (spec?.stops_level ?? 0) * point
  const edge = below ? from - apart : from + apart
  const fits = below ? price <= edge + 1e-9 && price < from : price >= edge - 1e-9 && price > from
  if (fits) return null
  const where = below ? 'below' : 'above'
  return apart > 0
    ? `${what} must be ${priceText(edge, spec?.digits)} or ${where}: ${spec?.stops_level} points from the price`
    : `${what} must be ${where} ${priceText(from, spec?.digits)}`
}

function digitsProblem(price: number, spec: SymbolView | undefined): string | null {
  const digits = spec?.digits
  if (digits === null || digits === undefined) return null
  return Math.abs(price - rounded(price, digits)) > 10 ** -(digits + 3) ? `${digits} digits at most` : null
}
