// CLOSE_BY: a position against an opposite one of the same symbol (hedging accounts); compare-and-set on the first.
import Type, { type Static } from 'typebox'
import { Int64, Text, Volume } from '../model/fields.ts'
import { toInt64 } from '../numbers.ts'
import type { CommandDefinition } from './definition.ts'
import { ticketProblem } from './ticket.ts'

export const CloseByPayload = Type.Object(
  {
    ticket: Int64,
    opposite_ticket: Int64,
    expected_volume: Type.Optional(Volume),
    remaining_volume: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1e6, description: 'lots of `ticket` afterwards; 0 = gone' }),
    ),
    reason: Type.Optional(Text),
  },
  { additionalProperties: false },
)
export type CloseByPayload = Static<typeof CloseByPayload>

export const closeBy: CommandDefinition = {
  type: 'CLOSE_BY',
  priority: 'HIGH',
  idempotent: true,
  resend: 'compare',
  reduces_risk: true,
  ttl_ms: 60_000,
  plain: false,
  payload: CloseByPayload,
  problem(payload) {
    const { ticket, opposite_ticket, expected_volume, remaining_volume } = payload as CloseByPayload
    const tickets = ticketProblem(ticket) ?? ticketProblem(opposite_ticket, 'opposite_ticket')
    if (tickets !== null) return tickets
    if (toInt64(ticket) === toInt64(opposite_ticket))
      return 'ticket and opposite_ticket are the same position'
    if ((expected_volume === undefined) !== (remaining_volume === undefined))
      return 'give expected_volume and remaining_volume together, or neither'
    if (
      expected_volume !== undefined &&
      remaining_volume !== undefined &&
      remaining_volume >= expected_volume
    )
      return `remaining_volume ${remaining_volume} is not below expected_volume ${expected_volume}`
    return null
  },
}
