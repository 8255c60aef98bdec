// What only reads, or sets something absolute that is no trade: run again whenever the outcome is unknown.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { BrokerTime, oneOf, SymbolName } from '../model/fields.ts'
import { TIMEFRAMES, type Timeframe } from '../vocabulary.ts'
import type { CommandDefinition } from './definition.ts'

const common = {
  idempotent: true,
  resend: 'repeat',
  reduces_risk: true,
  ttl_ms: 60_000,
  plain: false,
} as const
const fine = () => null

/** The whole list: symbols that are not in it are no longer streamed. */
export const SubscribeSymbolsPayload = Type.Object(
  { symbols: Type.Array(SymbolName, { maxItems: limits.symbols_subscribed_max, uniqueItems: true }) },
  { additionalProperties: false },
)
export type SubscribeSymbolsPayload = Static<typeof SubscribeSymbolsPayload>
export const subscribeSymbols: CommandDefinition = {
  ...common,
  type: 'SUBSCRIBE_SYMBOLS',
  priority: 'LOW',
  payload: SubscribeSymbolsPayload,
  problem: fine,
}

export const RequestHistoryPayload = Type.Object(
  {
    symbol: SymbolName,
    timeframe: oneOf(Object.keys(TIMEFRAMES) as Timeframe[]),
    from: BrokerTime,
    to: Type.Optional(BrokerTime),
  },
  { additionalProperties: false },
)
export type RequestHistoryPayload = Static<typeof RequestHistoryPayload>
export const requestHistory: CommandDefinition = {
  ...common,
  type: 'REQUEST_HISTORY',
  priority: 'LOW',
  payload: RequestHistoryPayload,
  problem: fine,
}

export const RequestSyncPayload = Type.Object({}, { additionalProperties: false })
export const requestSync: CommandDefinition = {
  ...common,
  type: 'REQUEST_SYNC',
  priority: 'NORMAL',
  payload: RequestSyncPayload,
  problem: fine,
}

/** What became of another command: looked up in the journal, then at the broker. The server makes them itself. */
export const ProbePayload = Type.Object(
  { command_id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) },
  { additionalProperties: false },
)
export type ProbePayload = Static<typeof ProbePayload>
export const probe: CommandDefinition = {
  ...common,
  type: 'PROBE',
  priority: 'HIGH',
  payload: ProbePayload,
  problem: fine,
}
