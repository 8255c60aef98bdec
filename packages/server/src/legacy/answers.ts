// An answer of an EA of the older dialect, in the published words (docs/spec/legacy-ea.md). Pure.
//
//   A1. It prints tickets with `%d`: of a ticket above 2^31−1 the low 32 bits are left. On an account that has such
//       tickets none of its answers names one; the position is found by its likeness, or by its low bits.
//   A2. "Position N not found" is what a CLOSE wants.
//   A3. "All filling modes failed" hides the true retcode, and up to three positions: watched for, never believed.

import type { Answer, CommandType } from '@ngtb/protocol'
import { toInt64 } from '@ngtb/protocol'

const INT32_MAX = 2_147_483_647n
const NOT_FOUND = /^Position -?\d+ not found/

type Fields = Readonly<Record<string, unknown>>

/** Does this account have tickets that `%d` cuts? */
export function hasLongTickets(tickets: Iterable<string>): boolean {
  for (const ticket of tickets) if (BigInt(ticket) > INT32_MAX) return true
  return false
}

/** The low 32 bits of a ticket or login, as `%d` prints them. */
export const cutTicket = (ticket: string): string => BigInt.asIntN(32, BigInt(ticket)).toString()

export interface Told {
  readonly type: CommandType | null
  /** Of the command: its own ticket, whole. */
  readonly ticket: string | null
  readonly long_tickets: boolean
}

/** @returns null: neither `completed` nor `failed`, so nothing that moves a command */
export function readAnswer(body: Fields, { type, ticket, long_tickets }: Told): Answer | null {
  const command_id = typeof body.command_id === 'string' ? body.command_id : null
  const { status } = body
  if (command_id === null || command_id === '' || (status !== 'completed' && status !== 'failed')) return null
  const response =
    typeof body.response === 'object' && body.response !== null && !Array.isArray(body.response)
      ? { ...(body.response as Record<string, unknown>) }
      : {}
  if (status === 'failed') return failed(command_id, type, ticket, response)
  return { command_id, status, response: withTicket(response, type, ticket, long_tickets) }
}

function failed(
  command_id: string,
  type: CommandType | null,
  ticket: string | null,
  response: Record<string, unknown>,
): Answer {
  const error = typeof response.error === 'string' ? response.error : ''
  if (type === 'CLOSE_TRADE' && NOT_FOUND.test(error))
    return { command_id, status: 'completed', response: { ...response, ticket, already_closed: true } }
  return { command_id, status: 'failed', response }
}

function withTicket(
  response: Record<string, unknown>,
  type: CommandType | null,
  ticket: string | null,
  long_tickets: boolean,
): Record<string, unknown> {
  // What was asked for names its position itself, whole.
  if (type !== 'OPEN_TRADE') return ticket === null ? response : { ...response, ticket }
  const told = response.ticket
  if (toInt64(told) !== null && !long_tickets) return response
  const { ticket: _cut, ...rest } = response
  return { ...rest, cut_ticket: String(told) }
}

/** May a refusal of an OPEN hide positions (A3)? */
export const mayHidePositions = ({ error }: Fields): boolean => error === 'All filling modes failed'
