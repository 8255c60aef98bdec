// PLACE_PENDING: a limit, stop or stop-limit order. Sent to the broker at most once, ever.
import Type, { type Static } from 'typebox'
import { BrokerTime, Price, Stop, SymbolName, Volume } from '../model/fields.ts'
import type { CommandDefinition } from './definition.ts'
import type { Direction } from './open-trade.ts'
import { orderMarks } from './order-marks.ts'

export const PlacePendingPayload = Type.Object(
  {
    symbol: SymbolName,
    order_type: Type.String({
      maxLength: 40,
      description:
        'ORDER_TYPE_BUY_LIMIT, _SELL_LIMIT, _BUY_STOP, _SELL_STOP, _BUY_STOP_LIMIT, _SELL_STOP_LIMIT',
    }),
    volume: Volume,
    price: Price,
    stop_limit_price: Type.Optional(Price),
    sl: Type.Optional(Stop),
    tp: Type.Optional(Stop),
    expiration: Type.Optional(BrokerTime),
    ...orderMarks,
  },
  { additionalProperties: false },
)
export type PlacePendingPayload = Static<typeof PlacePendingPayload>

export type PendingKind = 'LIMIT' | 'STOP' | 'STOP_LIMIT'

/** Direction and kind of a pending order type, with or without MetaTrader's prefix; null for any other type. */
export function pendingType(order_type: string): { direction: Direction; kind: PendingKind } | null {
  const match = /^(?:ORDER_TYPE_)?(BUY|SELL)_(LIMIT|STOP|STOP_LIMIT)$/.exec(order_type)
  return match ? { direction: match[1] as Direction, kind: match[2] as PendingKind } : null
}

export const placePending: CommandDefinition = {
  type: 'PLACE_PENDING',
  priority: 'NORMAL',
  idempotent: false,
  resend: 'never',
  reduces_risk: false,
  ttl_ms: 30_000,
  plain: false,
  payload: PlacePendingPayload,
  problem(payload) {
    const { order_type, price, stop_limit_price, sl, tp } = payload as PlacePendingPayload
    const type = pendingType(order_type)
    if (type === null)
      return `order_type ${order_type} is not a pending order; send ORDER_TYPE_BUY_LIMIT, _SELL_LIMIT, _BUY_STOP, _SELL_STOP, _BUY_STOP_LIMIT or _SELL_STOP_LIMIT`
    const entry = type.kind === 'STOP_LIMIT' ? stop_limit_price : price
    if (entry === undefined) return `stop_limit_price is missing: ${order_type} needs it`
    if (type.kind !== 'STOP_LIMIT' && stop_limit_price !== undefined)
      return `stop_limit_price is for STOP_LIMIT orders only: remove it`
    const buy = type.direction === 'BUY'
    if (sl && (buy ? sl >= entry : sl <= entry)) return `sl ${sl} is on the wrong side of the entry ${entry}`
    if (tp && (buy ? tp <= entry : tp >= entry)) return `tp ${tp} is on the wrong side of the entry ${entry}`
    return null
  },
}
