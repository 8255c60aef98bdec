// What a native EA tells by itself, numbered per journal and stream without a gap (P10): facts of trades, and
// log lines.
import Type, { type Static } from 'typebox'
import { LogBody } from './endpoints/logs.ts'
import { EaTrade, TradeClosedBody, TradeModifiedBody, TradeOpenedBody } from './endpoints/trades.ts'
import { limits } from './limits.ts'
import { BrokerTime, Int64, Magic, Money, nullable, oneOf, SymbolName, Text } from './model/fields.ts'
import { OrderEvent, OrderNotFoundEvent } from './orders.ts'

export const STREAMS = ['trade', 'log'] as const
export type StreamName = (typeof STREAMS)[number]

/** MT5's ENUM_DEAL_TYPE: what moves a position, and what moves the balance alone. */
export const DEAL_TYPES = [
  'DEAL_TYPE_BUY',
  'DEAL_TYPE_SELL',
  'DEAL_TYPE_BALANCE',
  'DEAL_TYPE_CREDIT',
  'DEAL_TYPE_CHARGE',
  'DEAL_TYPE_CORRECTION',
  'DEAL_TYPE_BONUS',
  'DEAL_TYPE_COMMISSION',
  'DEAL_TYPE_COMMISSION_DAILY',
  'DEAL_TYPE_COMMISSION_MONTHLY',
  'DEAL_TYPE_COMMISSION_AGENT_DAILY',
  'DEAL_TYPE_COMMISSION_AGENT_MONTHLY',
  'DEAL_TYPE_INTEREST',
  'DEAL_TYPE_BUY_CANCELED',
  'DEAL_TYPE_SELL_CANCELED',
  'DEAL_DIVIDEND',
  'DEAL_DIVIDEND_FRANKED',
  'DEAL_TAX',
] as const
export type DealType = (typeof DEAL_TYPES)[number]

/** MT5's ENUM_DEAL_ENTRY. */
export const DEAL_ENTRIES = [
  'DEAL_ENTRY_IN',
  'DEAL_ENTRY_OUT',
  'DEAL_ENTRY_INOUT',
  'DEAL_ENTRY_OUT_BY',
] as const
export type DealEntry = (typeof DEAL_ENTRIES)[number]

/** MT5's ENUM_DEAL_REASON: who or what made the deal. */
export const DEAL_REASONS = [
  'DEAL_REASON_CLIENT',
  'DEAL_REASON_MOBILE',
  'DEAL_REASON_WEB',
  'DEAL_REASON_EXPERT',
  'DEAL_REASON_SL',
  'DEAL_REASON_TP',
  'DEAL_REASON_SO',
  'DEAL_REASON_ROLLOVER',
  'DEAL_REASON_VMARGIN',
  'DEAL_REASON_SPLIT',
  'DEAL_REASON_CORPORATE_ACTION',
] as const
export type DealReason = (typeof DEAL_REASONS)[number]

const without = <T extends Type.TObject>(schema: T) => {
  const { account: _account, api_key: _key, ...fields } = schema.properties as Type.TProperties
  return fields
}

/** One line of the account's history, as it stands there: it never changes. */
export const DealFields = {
  deal: Int64,
  type: oneOf(DEAL_TYPES),
  entry: Type.Optional(nullable(oneOf(DEAL_ENTRIES))),
  reason: Type.Optional(nullable(oneOf(DEAL_REASONS))),
  order: Type.Optional(nullable(Int64)),
  position: Type.Optional(nullable(Int64)),
  symbol: Type.Optional(nullable(SymbolName)),
  volume: Type.Optional(nullable(Type.Number({ minimum: 0, maximum: limits.volume_max }))),
  price: Type.Optional(nullable(Type.Number({ minimum: 0, maximum: limits.price_max }))),
  profit: Type.Optional(nullable(Money)),
  swap: Type.Optional(nullable(Money)),
  commission: Type.Optional(nullable(Money)),
  fee: Type.Optional(nullable(Money)),
  magic: Type.Optional(nullable(Magic)),
  comment: Type.Optional(nullable(Text)),
  time: Type.Optional(BrokerTime),
}
export const DealEvent = Type.Object({ kind: Type.Literal('deal'), ...DealFields })
export type DealEvent = Static<typeof DealEvent>

/** What became of a position that is still open: another volume, side or level (netting: another price, too). */
export const ChangedEvent = Type.Object({ kind: Type.Literal('changed'), ...EaTrade.properties })
export type ChangedEvent = Static<typeof ChangedEvent>

/** Each by its `kind`; the fields of the plain endpoint of that name. */
export const STREAM_EVENTS: Readonly<Record<StreamName, Readonly<Record<string, Type.TSchema>>>> = {
  trade: {
    opened: Type.Object(without(TradeOpenedBody)),
    modified: Type.Object(without(TradeModifiedBody)),
    closed: Type.Object({
      ...without(TradeClosedBody),
      reason: Type.Optional(nullable(oneOf(DEAL_REASONS))),
    }),
    changed: ChangedEvent,
    deal: DealEvent,
    order: OrderEvent,
    order_not_found: OrderNotFoundEvent,
  },
  log: { log: Type.Object(without(LogBody)) },
}
