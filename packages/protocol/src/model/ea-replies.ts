// What the server says to an EA: its answers on 9900, and what comes by itself over /ws/ea. A plain client's answers
// have none of a native one's heads.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { ledgerMark, streamHeads } from '../native.ts'
import { nullable, SymbolName, UtcTime } from './fields.ts'

const Counter = Type.Integer({ minimum: 0 })
const Done = Type.Literal('success')
const CommandName = Type.String({ maxLength: limits.command_id_length_max })

const GenerationView = Type.Object({
  symbol: nullable(SymbolName),
  strategy_no: nullable(Counter),
  command_no: Counter,
})

/** The heads of every answer to a native EA; beside them the ledger's mark, where the ledger is known to hold it. */
const heads = {
  epoch: Counter,
  incarnation: Counter,
  rev: Counter,
  generations: Type.Array(GenerationView, {
    description: 'the newest CLOSE_ALL of each scope; null: every one',
  }),
}
const maybeHeads = {
  epoch: Type.Optional(Counter),
  incarnation: Type.Optional(Counter),
  rev: Type.Optional(Counter),
  generations: Type.Optional(heads.generations),
}

const named = { id: CommandName, type: Type.String() }
const delivery = {
  command_no: Counter,
  priority: Type.Integer(),
  attempt: Type.Integer({ minimum: 1, description: 'above 1: it may have been seen before' }),
  ttl_ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description: 'null: no limit' }),
  strategy_no: nullable(Counter),
  magic: Type.Optional(
    Type.Unknown({ description: 'OPEN_TRADE, PLACE_PENDING: the tag, text; to be set as the order’s magic' }),
  ),
  generation: Type.Optional(
    Type.Integer({ minimum: 0, description: 'above command_no: the EA refuses the order' }),
  ),
}
/** Flat: the fields of its payload (docs/reference/commands.md) stand beside these. */
export const NativeCommand = Type.Object({ ...named, ...delivery }, { additionalProperties: true })
export const AnyCommand = Type.Object(
  {
    ...named,
    command_no: Type.Optional(Counter),
    priority: Type.Optional(Type.Integer()),
    attempt: Type.Optional(delivery.attempt),
    ttl_ms: Type.Optional(delivery.ttl_ms),
    strategy_no: Type.Optional(delivery.strategy_no),
    magic: delivery.magic,
    generation: delivery.generation,
  },
  { additionalProperties: true },
)

export const ConnectReply = Type.Object({
  status: Done,
  server_time: UtcTime,
  session_id: Type.Optional(Type.String()),
  account_id: Type.Optional(Type.Integer({ minimum: 1 })),
  api_key: Type.Optional(Type.String({ description: 'the first time only: the EA’s key' })),
  subscribed_symbols: Type.Array(SymbolName),
  health_status: Type.Record(Type.String(), Type.Unknown()),
  settings: Type.Optional(Type.Record(Type.String(), Type.Number())),
  protocol: Type.Optional(Type.Literal(2)),
  ...maybeHeads,
  ...ledgerMark,
  ...streamHeads,
  last_deal: Type.Optional(nullable(Type.String({ description: 'the newest deal that is stored' }))),
  waiting_orders: Type.Optional(
    Type.Array(Type.String(), { description: 'pending orders that the ledger takes for waiting' }),
  ),
  last_order_end: Type.Optional(
    nullable(
      Type.Integer({
        description: 'broker time in ms at which the newest pending order ended that is stored',
      }),
    ),
  ),
  command_no: Type.Optional(Counter),
  owner_lease_ms: Type.Optional(Counter),
  settle_ms: Type.Optional(Counter),
  replay: Type.Optional(
    Type.Boolean({ description: 'the ledger went back: tell every result of the journal again' }),
  ),
})
export type ConnectReply = Static<typeof ConnectReply>

const commandsReply = {
  status: Done,
  server_time: UtcTime,
  commands: Type.Array(AnyCommand, { maxItems: limits.commands_per_reply_max }),
  ...maybeHeads,
  ...ledgerMark,
}
/** To a poll. */
export const CommandsReply = Type.Object(commandsReply)
export const HeartbeatReply = Type.Object({
  ...commandsReply,
  sync: Type.Optional(
    Type.Literal(true, { description: 'the positions differ (R13): send a full list now' }),
  ),
})

const acknowledged = {
  command_id: CommandName,
  duplicate: Type.Boolean({ description: 'it was told before' }),
  orphan: Type.Optional(Type.Boolean({ description: 'kept: the ledger does not know the command' })),
}
export const AnswerReply = Type.Object({
  status: Done,
  ...acknowledged,
  rev: maybeHeads.rev,
  ...ledgerMark,
})
export const AnswersReply = Type.Object({
  status: Done,
  results: Type.Array(
    Type.Object({
      ...acknowledged,
      status: Type.Union([Done, Type.Literal('error')]),
      error: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
    }),
    { description: 'in the order of `responses`' },
  ),
  rev: maybeHeads.rev,
  ...ledgerMark,
})
export const EventsReply = Type.Object({
  status: Done,
  stream: Type.String(),
  last_seq: Counter,
  duplicates: Counter,
  dead: Type.Array(Counter, {
    description: 'numbers of events that could not be taken: kept as dead letters',
  }),
  rev: maybeHeads.rev,
  ...ledgerMark,
})
export const GoodbyeReply = Type.Object({ status: Done })

/** `/ws/ea`, by itself: commands under a lease; their time to live counts from `anchor_ms` of the EA's own clock. */
export const PushMessage = Type.Object({
  type: Type.Literal('commands'),
  anchor_ms: Type.Number({ minimum: 0 }),
  ...heads,
  ...ledgerMark,
  commands: Type.Array(NativeCommand, { minItems: 1, maxItems: limits.commands_per_reply_max }),
})

/** The answer to a text of the EA over `/ws/ea`: its `ref`, HTTP's status number, and HTTP's body beside them. */
export const SocketReply = Type.Object(
  { type: Type.Literal('reply'), ref: Type.Unknown(), http: Type.Integer({ minimum: 200, maximum: 599 }) },
  { additionalProperties: true },
)
