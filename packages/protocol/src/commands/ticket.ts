// What every command that names a ticket asks of it (R1).
import { toInt64 } from '../numbers.ts'

export const ticketProblem = (ticket: unknown, field = 'ticket') =>
  toInt64(ticket) === null ? `${field} ${String(ticket)} is not a number from 1 to 2^63−1` : null
