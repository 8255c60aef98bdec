// The live window on 9905 (`/ws`): what is asked and what is told.
import Type, { type Static } from 'typebox'
import { Int64, oneOf, SymbolName, UtcTime } from './model/fields.ts'
import { TIMEFRAMES, type Timeframe, TOPICS } from './vocabulary.ts'

export const SubscribeMessage = Type.Object(
  {
    type: Type.Literal('subscribe'),
    topics: Type.Array(oneOf(TOPICS), {
      minItems: 1,
      maxItems: TOPICS.length,
    }),
    accounts: Type.Optional(
      Type.Array(Int64, { maxItems: 1_000, description: 'logins; left out: all the key may see' }),
    ),
    after: Type.Optional(Type.Integer({ minimum: 0, description: 'resume behind this seq' })),
  },
  { additionalProperties: false },
)
export type SubscribeMessage = Static<typeof SubscribeMessage>

/** Live ticks, beside the topics and independent of them; asked again it replaces what was asked before. */
export const SubscribeTicksMessage = Type.Object(
  {
    type: Type.Literal('subscribe_ticks'),
    mode: oneOf(['latest', 'every', 'off']),
    accounts: Type.Optional(
      Type.Array(Int64, { maxItems: 1_000, description: 'logins; left out: all the key may see' }),
    ),
    symbols: Type.Optional(Type.Array(SymbolName, { maxItems: 1_000, description: 'left out: all' })),
    after: Type.Optional(
      Type.Integer({ minimum: 0, description: 'every: go on behind this cursor; left out: from now on' }),
    ),
    interval_ms: Type.Optional(
      Type.Integer({
        ...{ minimum: 0, maximum: 10_000 },
        description: 'latest: one message of all accounts together in so long; 0: one an account, at once',
      }),
    ),
  },
  { additionalProperties: false },
)
export type SubscribeTicksMessage = Static<typeof SubscribeTicksMessage>

/** Live candles of these series; asked again it replaces what was asked before, and an empty list ends it. */
export const SubscribeCandlesMessage = Type.Object(
  {
    type: Type.Literal('subscribe_candles'),
    series: Type.Array(
      Type.Object(
        {
          account: Type.Optional(Int64),
          symbol: SymbolName,
          timeframe: oneOf(Object.keys(TIMEFRAMES) as Timeframe[]),
        },
        { additionalProperties: false },
      ),
      { maxItems: 50 },
    ),
  },
  { additionalProperties: false },
)
export type SubscribeCandlesMessage = Static<typeof SubscribeCandlesMessage>

export const CandlesMessage = Type.Object({
  type: Type.Literal('candles'),
  account: Type.String({ description: 'the MT5 login' }),
  symbol: Type.String(),
  timeframe: oneOf(Object.keys(TIMEFRAMES) as Timeframe[]),
  candles: Type.Array(
    Type.Object({
      time_ms: Type.Integer({ description: 'start of the candle, broker time in ms' }),
      open: Type.Number({ description: 'bid prices' }),
      high: Type.Number(),
      low: Type.Number(),
      close: Type.Number(),
      ticks: Type.Integer(),
      complete: Type.Boolean({ description: 'a newer one has begun' }),
    }),
    { description: 'the newest state of each that changed, oldest first' },
  ),
})
export type CandlesMessage = Static<typeof CandlesMessage>

const Cursor = Type.Integer({
  minimum: 0,
  description: 'everything up to here was told: `after` of the next subscribe_ticks',
})

export const TicksMessage = Type.Object({
  type: Type.Literal('ticks'),
  mode: oneOf(['latest', 'every']),
  account: Type.Optional(Type.String({ description: 'the MT5 login' })),
  cursor: Cursor,
  behind_ms: Type.Optional(Type.Integer({ description: 'every: how far behind the present this is' })),
  downgraded: Type.Optional(
    Type.Boolean({
      description: 'you fell behind: from here on the newest quotes only; cursor says where every tick ended',
    }),
  ),
  ticks: Type.Array(
    Type.Object({
      account: Type.Optional(Type.String({ description: 'its login, where the message has none' })),
      symbol: Type.String(),
      bid: Type.Number(),
      ask: Type.Number(),
      volume: Type.Optional(Type.Number()),
      time_ms: Type.Integer({ description: 'broker time' }),
      seq: Type.Optional(Type.Integer({ description: 'every: number of arrival, never given twice' })),
    }),
  ),
})
export type TicksMessage = Static<typeof TicksMessage>

/**
 * One event. `seq` rises; connection, command, trade and log events can be asked for again with `after`.
 * Quotes and heartbeat figures are the latest only: they carry the seq they came behind, and are not repeated.
 */
export interface LiveEvent {
  seq: number
  topic: string
  /** The MT5 login. */
  account: string
  /** ISO 8601 UTC. */
  at: string
  data: Record<string, unknown>
}

const Seq = Type.Integer({ minimum: 0 })
const Topic = oneOf(TOPICS)

/** What the window says: an event, and what is about the window itself. */
export const LIVE_MESSAGES = {
  event: Type.Object({
    seq: Seq,
    topic: Topic,
    account: Type.String({ description: 'the MT5 login' }),
    at: UtcTime,
    data: Type.Record(Type.String(), Type.Unknown()),
  }),
  subscribed: Type.Object({
    type: Type.Literal('subscribed'),
    topics: Type.Array(Topic),
    seq: Type.Integer({ minimum: 0, description: 'the first event has a higher one' }),
  }),
  ticks_subscribed: Type.Object({
    type: Type.Literal('ticks_subscribed'),
    mode: oneOf(['latest', 'every', 'off']),
    cursor: Cursor,
  }),
  ticks: TicksMessage,
  candles_subscribed: Type.Object({
    type: Type.Literal('candles_subscribed'),
    series: Type.Integer({ minimum: 0, description: 'how many' }),
  }),
  candles: CandlesMessage,
  skipped: Type.Object({
    type: Type.Literal('skipped'),
    topic: Type.Literal('quote'),
    count: Type.Integer({ minimum: 1, description: 'quotes that a slow listener was not told' }),
  }),
  error: Type.Object({
    type: Type.Literal('error'),
    code: Type.String(),
    message: Type.String(),
    hint: Type.String(),
  }),
} as const

/** WebSocket close codes of `/ws`. */
export const LIVE_CLOSE = { TOO_SLOW: 4008, KEY_GONE: 4401 } as const
