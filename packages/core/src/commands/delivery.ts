// Which commands one poll or push receives, and in which order (P4, P12).
//
//   D1. Priority first, then command_no: an emergency stop can't be overtaken.
//   D2. Where more are due than fit one reply, its last place goes to the one of the rest that waits longest since
//       it was made or last handed out: nobody starves, and an unanswered one starves nobody. A single place is D1's.
//   D3. A command that is not idempotent goes to one EA only: to a plain client once, ever; to a native one again,
//       but only to the journal that has it (P3).
//   D4. What may be repeated goes to another journal by its type's rule (`Resend`): where the first may still be
//       in flight, not before it has settled.

import { COMMANDS, type MarginMode } from '@ngtb/protocol'
import { type Command, isNative } from './command.ts'
import { giveUpAt, type RetryPolicy } from './deadlines.ts'

/** Who asks. */
export interface Receiver {
  /** Null: a plain client. */
  readonly journal_id: string | null
  readonly margin_mode: MarginMode
}

/** May this command be handed out now, and to this receiver? */
export function isDue(command: Command, now: number, to: Receiver, policy: RetryPolicy): boolean {
  if (command.status !== 'pending' && command.status !== 'timeout') return false
  if (command.status === 'pending' && now < command.available_at) return false
  const alive = command.expires_at === null || now < command.expires_at
  if (command.attempt === 0) return alive
  // Newer values are on their way: what became of these is still to be heard, but nobody is asked to set them again.
  if (command.superseded_by !== null) return false
  if (isNative(command) && command.journal_id === to.journal_id) {
    // Past its time to live, too: the journal tells what became of it, and an order is not started late (P5).
    const give_up = giveUpAt(command, policy)
    return give_up === null || now < give_up
  }
  return alive && mayGoToAnother(command, now, to, policy)
}

/** D3, D4. To a plain client "another" is the same one, of which nobody knows what it remembers. */
function mayGoToAnother(command: Command, now: number, to: Receiver, policy: RetryPolicy): boolean {
  if (!isNative(command) && to.journal_id === null) return COMMANDS[command.type].idempotent
  switch (COMMANDS[command.type].resend) {
    case 'repeat':
      return true
    case 'close':
      return to.margin_mode === 'hedging' || now >= (command.sent_at ?? now) + policy.settle_ms
    // After ttl + settle it is no longer alive: a PROBE reads the volume instead.
    case 'compare':
    case 'never':
      return false
  }
}

export const deliveryOrder = (a: Command, b: Command): number =>
  b.priority - a.priority || a.command_no - b.command_no

/** The due commands of one account, at most `limit`, in delivery order. */
export function chooseDue(
  commands: Iterable<Command>,
  now: number,
  limit: number,
  to: Receiver,
  policy: RetryPolicy,
): Command[] {
  const due = [...commands].filter((command) => isDue(command, now, to, policy)).sort(deliveryOrder)
  if (due.length <= limit) return due
  if (limit <= 1) return due.slice(0, Math.max(0, limit))
  const rest = due.slice(limit - 1)
  const patient = rest.reduce((a, b) => (longerWaiting(a, b) <= 0 ? a : b))
  return [...due.slice(0, limit - 1), patient]
}

const longerWaiting = (a: Command, b: Command): number =>
  (a.sent_at ?? a.created_at) - (b.sent_at ?? b.created_at) || a.command_no - b.command_no
