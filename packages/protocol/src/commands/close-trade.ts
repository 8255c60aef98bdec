// CLOSE_TRADE: "make sure it is closed"; a position that is gone already is a success.
import Type, { type Static } from 'typebox'
import { Int64, Text } from '../model/fields.ts'
import type { CommandDefinition } from './definition.ts'
import { ticketProblem } from './ticket.ts'

export const CloseTradePayload = Type.Object(
  { ticket: Int64, reason: Type.Optional(Text) },
  { additionalProperties: false },
)
export type CloseTradePayload = Static<typeof CloseTradePayload>

export const closeTrade: CommandDefinition = {
  type: 'CLOSE_TRADE',
  priority: 'HIGH',
  idempotent: true,
  resend: 'close',
  reduces_risk: true,
  ttl_ms: 300_000,
  plain: true,
  payload: CloseTradePayload,
  problem: (payload) => ticketProblem((payload as CloseTradePayload).ticket),
}
