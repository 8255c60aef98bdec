// Pending orders as a native EA tells them, in MetaTrader's own names.
import Type, { type Static } from 'typebox'
import { limits } from './limits.ts'
import { BrokerTime, Int64, Magic, nullable, oneOf, SymbolName, Text, Volume } from './model/fields.ts'

/** MT5's ENUM_ORDER_TYPE, of orders that wait. */
export const PENDING_ORDER_TYPES = [
  'ORDER_TYPE_BUY_LIMIT',
  'ORDER_TYPE_SELL_LIMIT',
  'ORDER_TYPE_BUY_STOP',
  'ORDER_TYPE_SELL_STOP',
  'ORDER_TYPE_BUY_STOP_LIMIT',
  'ORDER_TYPE_SELL_STOP_LIMIT',
] as const
export type PendingOrderType = (typeof PENDING_ORDER_TYPES)[number]

/** MT5's ENUM_ORDER_STATE. */
export const ORDER_STATES = [
  'ORDER_STATE_STARTED',
  'ORDER_STATE_PLACED',
  'ORDER_STATE_CANCELED',
  'ORDER_STATE_PARTIAL',
  'ORDER_STATE_FILLED',
  'ORDER_STATE_REJECTED',
  'ORDER_STATE_EXPIRED',
  'ORDER_STATE_REQUEST_ADD',
  'ORDER_STATE_REQUEST_MODIFY',
  'ORDER_STATE_REQUEST_CANCEL',
] as const
export type OrderState = (typeof ORDER_STATES)[number]

/** MT5's ENUM_ORDER_REASON: who or what placed it. */
export const ORDER_REASONS = [
  'ORDER_REASON_CLIENT',
  'ORDER_REASON_MOBILE',
  'ORDER_REASON_WEB',
  'ORDER_REASON_EXPERT',
  'ORDER_REASON_SL',
  'ORDER_REASON_TP',
  'ORDER_REASON_SO',
] as const
export type OrderReason = (typeof ORDER_REASONS)[number]

const Level = Type.Optional(nullable(Type.Number({ minimum: 0, maximum: limits.price_max })))

/** An order as the terminal shows it now, or as it stands in the history: then `done_time` says since when. */
export const OrderEvent = Type.Object({
  kind: Type.Literal('order'),
  order: Int64,
  type: oneOf(PENDING_ORDER_TYPES),
  state: oneOf(ORDER_STATES),
  reason: Type.Optional(nullable(oneOf(ORDER_REASONS))),
  symbol: SymbolName,
  /** Lots; what is left of them stands beside. */
  volume: Volume,
  volume_left: Type.Optional(nullable(Type.Number({ minimum: 0, maximum: limits.volume_max }))),
  price: Level,
  stop_limit_price: Level,
  sl: Level,
  tp: Level,
  expiration: Type.Optional(nullable(BrokerTime)),
  magic: Type.Optional(nullable(Magic)),
  comment: Type.Optional(nullable(Text)),
  position: Type.Optional(nullable(Int64)),
  time: Type.Optional(nullable(BrokerTime)),
  done_time: Type.Optional(nullable(BrokerTime)),
})
export type OrderEvent = Static<typeof OrderEvent>

/** The server takes it for waiting, and the terminal shows it neither among its orders nor in its history. */
export const OrderNotFoundEvent = Type.Object({ kind: Type.Literal('order_not_found'), order: Int64 })
export type OrderNotFoundEvent = Static<typeof OrderNotFoundEvent>
