// Which commands one poll receives, and in which order (P12).
//
//   D1. Priority first, then command_no: an emergency stop can't be overtaken.
//   D2. Where more are due than fit one reply, its last place goes to the one of the rest that waits longest since
//       it was made or last handed out: nobody starves, and an unanswered one starves nobody. A single place is D1's.
//   D3. A command that is not idempotent is due once, ever.

import { COMMANDS } from '@ngtb/protocol'
import type { Command } from './command.ts'

/** May this command be handed out now? */
export function isDue(command: Command, now: number): boolean {
  if (command.expires_at !== null && now >= command.expires_at) return false
  if (command.status === 'pending')
    return now >= command.available_at && (command.attempt === 0 || COMMANDS[command.type].idempotent)
  return command.status === 'timeout' && COMMANDS[command.type].idempotent
}

export const deliveryOrder = (a: Command, b: Command): number =>
  b.priority - a.priority || a.command_no - b.command_no

/** The due commands of one account, at most `limit`, in delivery order. */
export function chooseDue(commands: Iterable<Command>, now: number, limit: number): Command[] {
  const due = [...commands].filter((command) => isDue(command, now)).sort(deliveryOrder)
  if (due.length <= limit) return due
  if (limit <= 1) return due.slice(0, Math.max(0, limit))
  const rest = due.slice(limit - 1)
  const patient = rest.reduce((a, b) => (longerWaiting(a, b) <= 0 ? a : b))
  return [...due.slice(0, limit - 1), patient]
}

const longerWaiting = (a: Command, b: Command): number =>
  (a.sent_at ?? a.created_at) - (b.sent_at ?? b.created_at) || a.command_no - b.command_no
