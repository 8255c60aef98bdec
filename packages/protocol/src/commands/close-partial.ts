// CLOSE_PARTIAL: compare-and-set on a position's volume. At remaining_volume: done. At expected_volume: closed down
// to it. Anything else: refused, for the position is not what the caller saw.
import Type, { type Static } from 'typebox'
import { Int64, Text, Volume } from '../model/fields.ts'
import type { CommandDefinition } from './definition.ts'
import { ticketProblem } from './ticket.ts'

export const ClosePartialPayload = Type.Object(
  {
    ticket: Int64,
    volume: Type.Optional(Volume),
    expected_volume: Type.Optional(Volume),
    remaining_volume: Type.Optional(Volume),
    reason: Type.Optional(Text),
  },
  { additionalProperties: false },
)
export type ClosePartialPayload = Static<typeof ClosePartialPayload>

/** What both compare-and-set types ask of their volumes; null when they are fit. */
export function volumesProblem(expected?: number, remaining?: number): string | null {
  if (expected === undefined || remaining === undefined)
    return 'give expected_volume (lots now) and remaining_volume (lots afterwards), or volume (lots to close)'
  return remaining < expected
    ? null
    : `remaining_volume ${remaining} is not below expected_volume ${expected}`
}

export const closePartial: CommandDefinition = {
  type: 'CLOSE_PARTIAL',
  priority: 'HIGH',
  idempotent: true,
  resend: 'compare',
  reduces_risk: true,
  ttl_ms: 60_000,
  plain: false,
  payload: ClosePartialPayload,
  problem(payload) {
    const { ticket, volume, expected_volume, remaining_volume } = payload as ClosePartialPayload
    if (volume === undefined)
      return ticketProblem(ticket) ?? volumesProblem(expected_volume, remaining_volume)
    if (remaining_volume !== undefined) return 'give volume or remaining_volume, not both'
    if (expected_volume !== undefined && volume >= expected_volume)
      return `volume ${volume} is not below expected_volume ${expected_volume}: CLOSE_TRADE closes all of it`
    return ticketProblem(ticket)
  },
}
