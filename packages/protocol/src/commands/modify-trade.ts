// MODIFY_TRADE: absolute SL and TP on a position; repeating it is harmless.
import Type, { type Static } from 'typebox'
import { Int64, Stop } from '../model/fields.ts'
import type { CommandDefinition } from './definition.ts'
import { ticketProblem } from './ticket.ts'

export const ModifyTradePayload = Type.Object(
  { ticket: Int64, sl: Type.Optional(Stop), tp: Type.Optional(Stop) },
  { additionalProperties: false },
)
export type ModifyTradePayload = Static<typeof ModifyTradePayload>

export const modifyTrade: CommandDefinition = {
  type: 'MODIFY_TRADE',
  priority: 'HIGH',
  idempotent: true,
  resend: 'repeat',
  reduces_risk: true,
  ttl_ms: 30_000,
  plain: true,
  payload: ModifyTradePayload,
  problem(payload) {
    const { ticket, sl, tp } = payload as ModifyTradePayload
    if (sl === undefined && tp === undefined) return 'give sl or tp (0 removes one)'
    return ticketProblem(ticket)
  },
}
