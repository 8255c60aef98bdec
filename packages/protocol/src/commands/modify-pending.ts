// MODIFY_PENDING: absolute price, stops and expiration of a pending order; the newest command_no wins.
import Type, { type Static } from 'typebox'
import { BrokerTime, Int64, Price, Stop } from '../model/fields.ts'
import type { CommandDefinition } from './definition.ts'
import { ticketProblem } from './ticket.ts'

export const ModifyPendingPayload = Type.Object(
  {
    ticket: Int64,
    price: Type.Optional(Price),
    stop_limit_price: Type.Optional(Price),
    sl: Type.Optional(Stop),
    tp: Type.Optional(Stop),
    expiration: Type.Optional(BrokerTime),
  },
  { additionalProperties: false },
)
export type ModifyPendingPayload = Static<typeof ModifyPendingPayload>

export const modifyPending: CommandDefinition = {
  type: 'MODIFY_PENDING',
  priority: 'HIGH',
  idempotent: true,
  resend: 'repeat',
  reduces_risk: true,
  ttl_ms: 30_000,
  plain: false,
  payload: ModifyPendingPayload,
  problem(payload) {
    const { ticket, ...wanted } = payload as ModifyPendingPayload
    if (Object.keys(wanted).length === 0)
      return 'give price, sl, tp or expiration: what the order should have'
    return ticketProblem(ticket)
  },
}
