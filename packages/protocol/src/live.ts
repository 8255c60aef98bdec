// The live window on 9905 (`/ws`): what is asked and what is told.
import Type, { type Static } from 'typebox'
import { Int64, oneOf, UtcTime } from './model/fields.ts'
import { TOPICS } from './vocabulary.ts'

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
