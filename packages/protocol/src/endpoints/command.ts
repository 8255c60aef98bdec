// Port 9900: connection and commands (contract §3). Unknown fields are ignored: existing EAs send some.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import {
  AnswerReply,
  AnswersReply,
  CommandsReply,
  ConnectReply,
  GoodbyeReply,
  HeartbeatReply,
} from '../model/ea-replies.ts'
import { ApiKey, BrokerTime, Int64, Money, SymbolName, Text } from '../model/fields.ts'
import { AnswerFields, nativeHello, nativePositions, nativeSession, terminalStanding } from '../native.ts'
import { endpoints } from './endpoint.ts'

const small = limits.body_bytes_small_max
/** Every EA message may name its account and carry its key in the body. */
export const ea = { account: Type.Optional(Int64), api_key: Type.Optional(ApiKey) }

export const SymbolSpec = Type.Object({
  symbol: SymbolName,
  description: Type.Optional(Text),
  volume_min: Type.Optional(Type.Number({ minimum: 0, maximum: limits.volume_max })),
  volume_max: Type.Optional(Type.Number({ minimum: 0, maximum: 1e12 })),
  volume_step: Type.Optional(Type.Number({ minimum: 0, maximum: limits.volume_max })),
  stops_level: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9, description: 'points' })),
  freeze_level: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9, description: 'points' })),
  trade_mode: Type.Optional(Type.Union([Type.Number(), Type.String({ maxLength: 64 })])),
  digits: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
  point_value: Type.Optional(Type.Number({ minimum: 0, maximum: limits.price_max })),
  contract_size: Type.Optional(Type.Number({ minimum: 0, maximum: 1e12, description: 'units in one lot' })),
  tick_size: Type.Optional(Type.Number({ minimum: 0, maximum: limits.price_max })),
  tick_value: Type.Optional(
    Type.Number({
      ...{ minimum: 0, maximum: 1e12 },
      description:
        'what tick_size is worth of one lot, in the account’s currency, at the price of this moment',
    }),
  ),
  currency_profit: Type.Optional(Type.String({ maxLength: 16 })),
})
export type SymbolSpec = Static<typeof SymbolSpec>

export const ConnectBody = Type.Object({
  account: Int64,
  api_key: Type.Optional(ApiKey),
  broker: Type.Optional(Text),
  platform: Type.Optional(Text),
  timestamp: Type.Optional(BrokerTime),
  available_symbols: Type.Optional(
    Type.Array(Type.Union([SymbolName, SymbolSpec]), { maxItems: limits.symbols_per_connect_max }),
  ),
  account_info: Type.Optional(
    Type.Unknown({
      description: 'AccountInfo* of MQL5: docs/spec/market-data.md; what does not fit is left out',
    }),
  ),
  ...nativeHello,
  ...terminalStanding,
})
export type ConnectBody = Static<typeof ConnectBody>

export const HeartbeatBody = Type.Object({
  ...ea,
  balance: Type.Optional(Money),
  equity: Type.Optional(Money),
  margin: Type.Optional(Money),
  free_margin: Type.Optional(Money),
  open_positions: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e6 })),
  latency_ms: Type.Optional(Type.Number({ minimum: 0, maximum: 3_600_000 })),
  ...nativeSession,
  ...nativePositions,
  ...terminalStanding,
})
export type HeartbeatBody = Static<typeof HeartbeatBody>

export const CommandResponseBody = Type.Object({
  ...ea,
  ...nativeSession,
  ...AnswerFields,
})
export type CommandResponseBody = Static<typeof CommandResponseBody>

/** Many answers in one commit: for a native EA that was handed many commands. */
export const CommandResponsesBody = Type.Object({
  ...ea,
  ...nativeSession,
  responses: Type.Array(Type.Object(AnswerFields), {
    minItems: 1,
    maxItems: limits.answers_per_batch_max,
  }),
})
export type CommandResponsesBody = Static<typeof CommandResponsesBody>

export const GetCommandsBody = Type.Object({
  ...ea,
  ...nativeSession,
  wait_ms: Type.Optional(
    Type.Integer({ minimum: 0, maximum: limits.poll_wait_ms_max, description: 'wait for something to do' }),
  ),
})
export type GetCommandsBody = Static<typeof GetCommandsBody>
export const DisconnectBody = Type.Object({ ...ea, ...nativeSession, reason: Type.Optional(Text) })
export const CommandIdParams = Type.Object({
  command_id: Type.String({ minLength: 1, maxLength: limits.command_id_length_max }),
})

export const commandEndpoints = endpoints({
  connect: {
    method: 'POST',
    path: '/api/connect',
    dialect: 'also legacy',
    summary: 'An EA says hello; an unknown login may be enrolled and then receives its key, once',
    access: 'connect',
    body: ConnectBody,
    reply: ConnectReply,
  },
  heartbeat: {
    method: 'POST',
    path: '/api/heartbeat',
    dialect: 'also legacy',
    summary: 'Sign of life with the account figures; the answer carries commands',
    access: 'ea',
    body: HeartbeatBody,
    reply: HeartbeatReply,
    body_bytes_max: small,
    rate: 'poll',
  },
  get_commands: {
    method: 'POST',
    path: '/api/get_commands',
    dialect: 'also legacy',
    summary: 'The commands that are due for this account, each handed out under a lease',
    access: 'ea',
    body: GetCommandsBody,
    reply: CommandsReply,
    body_bytes_max: small,
    rate: 'poll',
  },
  command_response: {
    method: 'POST',
    path: '/api/command_response',
    dialect: 'also legacy',
    summary: 'What became of a command',
    access: 'ea',
    body: CommandResponseBody,
    reply: AnswerReply,
    rate: 'poll',
  },
  command_responses: {
    method: 'POST',
    path: '/api/command_responses',
    summary: 'What became of many commands, in one commit',
    access: 'ea',
    body: CommandResponsesBody,
    reply: AnswersReply,
    rate: 'poll',
  },
  disconnect: {
    method: 'POST',
    path: '/api/disconnect',
    summary: 'A clean goodbye',
    access: 'ea',
    body: DisconnectBody,
    reply: GoodbyeReply,
    body_bytes_max: small,
  },
  status: { method: 'GET', path: '/api/status', summary: 'Is it running, and how well', access: 'watch' },
  command_status: {
    method: 'GET',
    path: '/api/command/:command_id/status',
    summary: 'One command: status, attempts, times, latency, response',
    access: 'either',
    params: CommandIdParams,
  },
})
