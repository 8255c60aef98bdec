// Port 9902: trades. The rows of a sync are judged one by one (R10): a bad one does not spoil the others.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { EventsReply } from '../model/ea-replies.ts'
import { BrokerTime, Int64, Magic, Money, oneOf, Price, Stop, SymbolName, Volume } from '../model/fields.ts'
import { nativeSession, nativeSnapshot } from '../native.ts'
import { ea } from './command.ts'
import { endpoints } from './endpoint.ts'

export const DirectionText = Type.Union(
  [Type.String({ maxLength: 40 }), Type.Integer({ minimum: 0, maximum: 1 })],
  {
    description: 'BUY or SELL; POSITION_TYPE_BUY, POSITION_TYPE_SELL, 0 and 1 are understood',
  },
)
const optionalMoney = Type.Optional(Type.Union([Money, Type.Null()]))
const comment = Type.Optional(Type.Union([Type.String({ maxLength: limits.text_length_max }), Type.Null()]))

export const EaTrade = Type.Object({
  ticket: Int64,
  symbol: SymbolName,
  direction: DirectionText,
  volume: Volume,
  open_price: Price,
  open_time: Type.Optional(BrokerTime),
  sl: Type.Optional(Stop),
  tp: Type.Optional(Stop),
  profit: optionalMoney,
  swap: optionalMoney,
  commission: optionalMoney,
  comment,
  magic: Type.Optional(Type.Union([Magic, Type.Null()])),
})
export type EaTrade = Static<typeof EaTrade>

export const TradesSyncBody = Type.Object({
  ...ea,
  trades: Type.Array(Type.Unknown(), { maxItems: limits.trades_per_sync_max }),
  ...nativeSession,
  ...nativeSnapshot,
})
export type TradesSyncBody = Static<typeof TradesSyncBody>

export const TradeOpenedBody = Type.Object({
  ...ea,
  ticket: Int64,
  symbol: SymbolName,
  direction: DirectionText,
  volume: Volume,
  open_price: Price,
  sl: Type.Optional(Stop),
  tp: Type.Optional(Stop),
  comment,
  magic: Type.Optional(Type.Union([Magic, Type.Null()])),
  timestamp: Type.Optional(BrokerTime),
})
export type TradeOpenedBody = Static<typeof TradeOpenedBody>

export const TradeClosedBody = Type.Object({
  ...ea,
  ticket: Int64,
  close_price: Price,
  close_reason: Type.Optional(Type.Union([Type.String({ maxLength: limits.text_length_max }), Type.Null()])),
  profit: optionalMoney,
  swap: optionalMoney,
  commission: optionalMoney,
  timestamp: Type.Optional(BrokerTime),
})
export type TradeClosedBody = Static<typeof TradeClosedBody>

export const TradeModifiedBody = Type.Object({
  ...ea,
  ticket: Int64,
  sl: Type.Optional(Stop),
  tp: Type.Optional(Stop),
  timestamp: Type.Optional(BrokerTime),
})
export type TradeModifiedBody = Static<typeof TradeModifiedBody>

/** A native EA's stream (P10): facts, taken from any epoch. Events are checked one by one (docs/spec/streams.md). */
export const EventsBody = Type.Object({
  ...ea,
  ...nativeSession,
  stream: oneOf(['trade', 'log']),
  first_seq: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'of the first event',
  }),
  events: Type.Array(Type.Unknown(), { minItems: 1, maxItems: limits.events_per_batch_max }),
})
export type EventsBody = Static<typeof EventsBody>

export const ForceSyncBody = Type.Object(ea)

export const tradeEndpoints = endpoints({
  trades_sync: {
    method: 'POST',
    path: '/api/trades/sync',
    summary:
      'The complete list of open positions; what is missing in it is closed, a native EA’s after proof (contract §7)',
    access: 'ea',
    body: TradesSyncBody,
    body_bytes_max: limits.body_bytes_max,
  },
  trade_opened: {
    method: 'POST',
    path: '/api/trades/opened',
    summary: 'A position was opened',
    access: 'ea',
    body: TradeOpenedBody,
  },
  trade_closed: {
    method: 'POST',
    path: '/api/trades/closed',
    summary: 'A position was closed',
    access: 'ea',
    body: TradeClosedBody,
  },
  trade_modified: {
    method: 'POST',
    path: '/api/trades/modified',
    summary: 'SL or TP changed',
    access: 'ea',
    body: TradeModifiedBody,
  },
  events: {
    method: 'POST',
    path: '/api/events',
    summary: 'Numbered facts of a native EA: trades, deals, log lines; each stored once, without a gap (P10)',
    access: 'ea',
    body: EventsBody,
    reply: EventsReply,
    body_bytes_max: limits.body_bytes_max,
  },
  sync_force: {
    method: 'POST',
    path: '/api/trades/sync/force',
    summary: 'Ask the EA for a full sync now',
    access: 'either',
    body: ForceSyncBody,
  },
})
