// CANCEL_PENDING: "make sure it is gone"; the answer says `filled` when the order became a deal first.
import Type, { type Static } from 'typebox'
import { Int64, Text } from '../model/fields.ts'
import type { CommandDefinition } from './definition.ts'
import { ticketProblem } from './ticket.ts'

export const CancelPendingPayload = Type.Object(
  { ticket: Int64, reason: Type.Optional(Text) },
  { additionalProperties: false },
)
export type CancelPendingPayload = Static<typeof CancelPendingPayload>

export const cancelPending: CommandDefinition = {
  type: 'CANCEL_PENDING',
  priority: 'HIGH',
  idempotent: true,
  resend: 'repeat',
  reduces_risk: true,
  ttl_ms: 300_000,
  plain: false,
  payload: CancelPendingPayload,
  problem: (payload) => ticketProblem((payload as CancelPendingPayload).ticket),
}
