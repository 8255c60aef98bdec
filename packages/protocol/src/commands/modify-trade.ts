// MODIFY_TRADE: absolute SL and TP on a position; repeating it is harmless.
import Type, { type Static } from 'typebox'
import { Int64, Stop } from '../model/fields.ts'
import { toInt64 } from '../numbers.ts'
import type { CommandDefinition } from './definition.ts'

export const ModifyTradePayload = Type.Object(
  { ticket: Int64, sl: Type.Optional(Stop), tp: Type.Optional(Stop) },
  { additionalProperties: false },
)
export type ModifyTradePayload = Static<typeof ModifyTradePayload>

export const ticketProblem = (ticket: unknown) =>
  toInt64(ticket) === null ? `ticket ${String(ticket)} is not a number from 1 to 2^63−1` : null

export const modifyTrade: CommandDefinition = {
  type: 'MODIFY_TRADE',
  priority: 'HIGH',
  idempotent: true,
  reduces_risk: true,
  ttl_ms: 30_000,
  payload: ModifyTradePayload,
  problem(payload) {
    const { ticket, sl, tp } = payload as ModifyTradePayload
    if (sl === undefined && tp === undefined) return 'give sl or tp (0 removes one)'
    return ticketProblem(ticket)
  },
}
