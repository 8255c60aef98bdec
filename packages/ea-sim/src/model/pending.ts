// Pending orders: what is refused, when one triggers, when it runs out. The broker fills what triggers.
//
//   O1. An order waits on the far side of the market: a limit is better than the price, a stop worse.
//   O2. A triggered stop-limit becomes a limit at its second price and keeps its ticket.

import type { Direction, PendingKind } from '@ngtb/protocol'
import type { HistoryOrder, OrderState, PendingOrder } from './broker-types.ts'
import { levelPoints, type Refusal, Retcode, refuse } from './checks.ts'
import { fromPoints, fromUnits } from './decimal.ts'
import type { Quote } from './quotes.ts'
import type { SymbolSpec } from './symbols.ts'

/** As the broker holds it: whole points, whole 1e-8 lots; 0 = no level. */
export interface HeldOrder {
  readonly ticket: string
  readonly spec: SymbolSpec
  readonly direction: Direction
  kind: PendingKind
  readonly units: number
  price: number
  stop_limit_price: number
  sl: number
  tp: number
  expiration_ms: number | null
  readonly time_ms: number
  readonly reason: PendingOrder['reason']
  readonly magic: string
  readonly comment: string
  readonly command_id: string | null
}

/** What a request wants an order to be; absent = keep, 0 or null = none. */
export interface OrderLevels {
  price?: number
  stop_limit_price?: number
  sl?: number | null
  tp?: number | null
  expiration_ms?: number | null
}

export type PendingRequest = OrderLevels & {
  symbol: string
  direction: Direction
  kind: PendingKind
  volume: number
  price: number
  comment?: string
  magic?: string
}

type Wanted = Pick<HeldOrder, 'price' | 'stop_limit_price' | 'sl' | 'tp' | 'expiration_ms'>

export class PendingBook {
  readonly #by_ticket = new Map<string, HeldOrder>()

  get size(): number {
    return this.#by_ticket.size
  }

  get(ticket: string): HeldOrder | undefined {
    return this.#by_ticket.get(ticket)
  }

  /** Oldest first. */
  all(): HeldOrder[] {
    return [...this.#by_ticket.values()]
  }

  add(order: HeldOrder): void {
    this.#by_ticket.set(order.ticket, order)
  }

  remove(order: HeldOrder): void {
    this.#by_ticket.delete(order.ticket)
  }

  /** Those that this quote triggers. A stop-limit that is reached turns into a limit on the spot (O2). */
  triggered(symbol: string, quote: Quote): HeldOrder[] {
    if (this.size === 0) return []
    return this.all().filter((order) => order.spec.symbol === symbol && reached(order, quote))
  }

  expired(now_ms: number): HeldOrder[] {
    if (this.size === 0) return []
    return this.all().filter(({ expiration_ms }) => expiration_ms !== null && expiration_ms <= now_ms)
  }
}

function reached(order: HeldOrder, quote: Quote): boolean {
  const buy = order.direction === 'BUY'
  const price = buy ? quote.ask : quote.bid
  const beyond = (level: number) => (buy ? price >= level : price <= level)
  const within = (level: number) => (buy ? price <= level : price >= level)
  if (order.kind === 'STOP') return beyond(order.price)
  if (order.kind === 'STOP_LIMIT') {
    if (!beyond(order.price)) return false
    order.kind = 'LIMIT'
    order.price = order.stop_limit_price
    order.stop_limit_price = 0
  }
  return within(order.price)
}

/** The levels in points, merged with what the order has; a refusal when one is no price. */
export function wantedLevels(spec: SymbolSpec, levels: OrderLevels, held?: HeldOrder): Wanted | Refusal {
  const read = (level: number | null | undefined, kept: number) =>
    level === undefined ? kept : levelPoints(level, spec.digits)
  const price = read(levels.price, held?.price ?? 0)
  const stop_limit_price = read(levels.stop_limit_price, held?.stop_limit_price ?? 0)
  const sl = read(levels.sl, held?.sl ?? 0)
  const tp = read(levels.tp, held?.tp ?? 0)
  if (price === null || price === 0 || stop_limit_price === null)
    return refuse(Retcode.INVALID_PRICE, 'price and stop_limit_price must be prices')
  if (sl === null || tp === null) return refuse(Retcode.INVALID_STOPS, 'sl and tp must be prices')
  const { expiration_ms = held?.expiration_ms ?? null } = levels
  return { price, stop_limit_price, sl, tp, expiration_ms: expiration_ms === 0 ? null : expiration_ms }
}

/** Is the order on the right side of the market, are its stops on the right side of its entry (O1)? */
export function refuseLevels(
  spec: SymbolSpec,
  quote: Quote,
  order: { direction: Direction; kind: PendingKind } & Wanted,
  now_ms: number,
): Refusal | null {
  const { direction, kind, price, stop_limit_price, sl, tp, expiration_ms } = order
  const sign = direction === 'BUY' ? 1 : -1
  const market = direction === 'BUY' ? quote.ask : quote.bid
  const text = (points: number) => fromPoints(points, spec.digits)
  const away = sign * (price - market) * (kind === 'LIMIT' ? -1 : 1)
  if (away < Math.max(spec.stops_level, 1))
    return refuse(
      Retcode.INVALID_PRICE,
      `${direction} ${kind} at ${text(price)}: the market is at ${text(market)}`,
    )
  if ((kind === 'STOP_LIMIT') !== (stop_limit_price !== 0))
    return refuse(Retcode.INVALID_PRICE, 'stop_limit_price is for STOP_LIMIT orders, and only for them')
  if (kind === 'STOP_LIMIT' && sign * (price - stop_limit_price) < 1)
    return refuse(
      Retcode.INVALID_PRICE,
      `the limit ${text(stop_limit_price)} is not better than ${text(price)}`,
    )
  const entry = kind === 'STOP_LIMIT' ? stop_limit_price : price
  const distance_min = Math.max(spec.stops_level, 1)
  if (sl !== 0 && sign * (entry - sl) < distance_min)
    return refuse(Retcode.INVALID_STOPS, `sl ${text(sl)} is on the wrong side of ${text(entry)}, or too near`)
  if (tp !== 0 && sign * (tp - entry) < distance_min)
    return refuse(Retcode.INVALID_STOPS, `tp ${text(tp)} is on the wrong side of ${text(entry)}, or too near`)
  if (expiration_ms !== null && expiration_ms <= now_ms)
    return refuse(Retcode.INVALID_EXPIRATION, 'the expiration is over already')
  return null
}

export const sameLevels = (held: HeldOrder, wanted: Wanted): boolean =>
  held.price === wanted.price &&
  held.stop_limit_price === wanted.stop_limit_price &&
  held.sl === wanted.sl &&
  held.tp === wanted.tp &&
  held.expiration_ms === wanted.expiration_ms

/** The order as others may see it. */
export function orderView(held: HeldOrder): PendingOrder {
  const { spec, units, price, stop_limit_price, sl, tp, ...rest } = held
  const text = (points: number) => fromPoints(points, spec.digits)
  return {
    ...rest,
    symbol: spec.symbol,
    volume: fromUnits(units),
    price: text(price),
    stop_limit_price: text(stop_limit_price),
    sl: text(sl),
    tp: text(tp),
  }
}

/** The order at its end. */
export function orderGone(
  held: HeldOrder,
  state: OrderState,
  time_ms: number,
  position: string | null,
): HistoryOrder {
  const { ticket, spec, units, magic, comment, command_id } = held
  const volume = fromUnits(units)
  const filled_volume = state === 'ORDER_STATE_FILLED' ? volume : 0
  const text = { magic, comment, command_id }
  const was = orderView(held)
  return { ticket, was, symbol: spec.symbol, state, volume, filled_volume, position, time_ms, ...text }
}
