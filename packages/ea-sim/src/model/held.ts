// A position as the broker holds it: whole points, whole 1e-8 lots, whole cents. Never leaves the model.

import type { Direction } from '@ngtb/protocol'
import type { CloseReason, DealReason, Position } from './broker-types.ts'
import { fromCents, fromPoints, fromUnits, ONE, profitCents } from './decimal.ts'
import type { Quotes } from './quotes.ts'
import type { SymbolSpec } from './symbols.ts'

export interface Held {
  /** The position's identifier: it stays through partial closes and reversals. */
  readonly ticket: string
  readonly spec: SymbolSpec
  direction: Direction
  units: number
  /** On a netting account the average, rounded to the symbol's digits. */
  open_points: number
  open_time_ms: number
  /** Points, 0 = none. */
  sl: number
  /** Points, 0 = none. */
  tp: number
  /** Taken at the opening and kept: opposite positions are not offset against each other. */
  margin_cents: number
  /** Negative: everything charged so far, partial closes too. */
  commission_cents: number
  /** Profit of partial closes. */
  realised_cents: number
  magic: string
  comment: string
  command_id: string | null
}

/** MT5's name for each way a position can come about or end. */
export const DEAL_REASONS: Readonly<Record<CloseReason, DealReason>> = {
  expert: 'DEAL_REASON_EXPERT',
  manual: 'DEAL_REASON_CLIENT',
  sl_hit: 'DEAL_REASON_SL',
  tp_hit: 'DEAL_REASON_TP',
}

export const oppositeOf = (direction: Direction): Direction => (direction === 'BUY' ? 'SELL' : 'BUY')

/** Profit in cents of `units` of it if closed at `points` (by default all of it, where the last tick would). */
export function floatingCents(
  held: Held,
  quotes: Quotes,
  currency: string,
  points?: number,
  units = held.units,
): number {
  const { spec, direction } = held
  const quote = quotes.get(spec.symbol)
  const market = direction === 'BUY' ? quote?.bid : quote?.ask
  const close_points = points ?? market ?? held.open_points
  const own = { symbol: spec.symbol, points: close_points }
  return profitCents({
    sign: direction === 'BUY' ? 1 : -1,
    open_points: held.open_points,
    close_points,
    units,
    digits: spec.digits,
    contract_size: spec.contract_size,
    // A pair that can't be converted was refused at the opening (PRICE_OFF), so ONE is never reached.
    rate: quotes.rate(spec.quote_currency, currency, own) ?? ONE,
  })
}

/** The position as others may see it. */
export function viewOf(held: Held, profit_cents: number, commission_cents: number): Position {
  const { spec } = held
  return {
    ticket: held.ticket,
    symbol: spec.symbol,
    direction: held.direction,
    volume: fromUnits(held.units),
    open_price: fromPoints(held.open_points, spec.digits),
    open_time_ms: held.open_time_ms,
    sl: fromPoints(held.sl, spec.digits),
    tp: fromPoints(held.tp, spec.digits),
    profit: fromCents(profit_cents),
    swap: 0,
    commission: fromCents(commission_cents),
    magic: held.magic,
    comment: held.comment,
    command_id: held.command_id,
  }
}
