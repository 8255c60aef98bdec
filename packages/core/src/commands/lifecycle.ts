// The life of a command, as data (contract §4). Pure: no clock, no I/O, no chance.
//
//   C1. `timeout` means "outcome unknown"; only evidence settles it.
//   C2. A `completed` fact overrides any final status, and says so (`overrode`): someone must be told.
//   C3. A duplicate is no error: the network delivers at least once.
//   C4. A contradiction is never swallowed: it is refused and recorded.
//   C5. Only undelivered commands (attempt 0) become cancelled or expired.
//   C6. A command that is not idempotent is delivered once, ever: no answer makes it `timeout`, never `pending`.
//   C7. An OPEN is completed only with the ticket of its position.

import type { CommandStatus } from '@ngtb/protocol'
import { COMMANDS, toRetcode } from '@ngtb/protocol'
import type { Command } from './command.ts'

export type CommandEvent =
  | { kind: 'delivered'; at: number }
  | { kind: 'completed'; at: number; response: Record<string, unknown>; ticket: string | null }
  | { kind: 'refused'; at: number; refusal: RefusalFacts }
  | { kind: 'attempt_failed'; at: number; refusal: RefusalFacts; backoff_ms: number }
  | { kind: 'lease_expired'; at: number; backoff_ms: number }
  | { kind: 'outcome_unknown'; at: number; why: string; response?: Record<string, unknown> }
  | { kind: 'expired'; at: number }
  | { kind: 'cancelled'; at: number }
  | { kind: 'position_seen'; at: number; ticket: string }

export interface RefusalFacts {
  response: Record<string, unknown>
  error: string
  retcode: number | null
  safe_to_retry: boolean
}

type Verdict = 'moved' | 'duplicate' | 'refused'
export type Cell =
  | { verdict: 'moved'; status: CommandStatus }
  | { verdict: 'duplicate' }
  | { verdict: 'refused' }

const to = (status: CommandStatus): Cell => ({ verdict: 'moved', status })
const same: Cell = { verdict: 'duplicate' }
const no: Cell = { verdict: 'refused' }

// Record without Partial: a new status or event does not compile until it has answered everywhere.
export const LIFECYCLE: Record<CommandStatus, Record<CommandEvent['kind'], Cell>> = {
  pending: {
    delivered: to('executing'),
    completed: to('completed'), // the answer to an earlier attempt, or a fact told before we asked
    refused: to('failed'),
    attempt_failed: same, // the late refusal of an attempt that already counted
    lease_expired: no,
    outcome_unknown: to('timeout'),
    expired: to('expired'),
    cancelled: to('cancelled'),
    position_seen: to('completed'),
  },
  executing: {
    delivered: no, // one lease at a time
    completed: to('completed'),
    refused: to('failed'),
    attempt_failed: to('pending'),
    lease_expired: to('pending'),
    outcome_unknown: to('timeout'),
    expired: no,
    cancelled: no,
    position_seen: to('completed'),
  },
  timeout: {
    delivered: to('executing'), // a new round of an idempotent command
    completed: to('completed'),
    refused: to('failed'),
    attempt_failed: same,
    lease_expired: no,
    outcome_unknown: same,
    expired: no,
    cancelled: no,
    position_seen: to('completed'),
  },
  completed: {
    delivered: no,
    completed: same,
    refused: no,
    attempt_failed: no,
    lease_expired: no,
    outcome_unknown: same,
    expired: no,
    cancelled: no,
    position_seen: same,
  },
  failed: {
    delivered: no,
    completed: to('completed'), // it happened after all: the alarm of alarms
    refused: same,
    attempt_failed: same,
    lease_expired: no,
    outcome_unknown: no,
    expired: no,
    cancelled: no,
    position_seen: no,
  },
  cancelled: {
    delivered: no,
    completed: to('completed'),
    refused: same,
    attempt_failed: same,
    lease_expired: no,
    outcome_unknown: no,
    expired: no,
    cancelled: same,
    position_seen: no,
  },
  expired: {
    delivered: no,
    completed: to('completed'),
    refused: same,
    attempt_failed: same,
    lease_expired: no,
    outcome_unknown: no,
    expired: same,
    cancelled: no,
    position_seen: no,
  },
}

export interface Transition {
  readonly command: Command
  readonly verdict: Verdict
  /** The final status that a `completed` fact replaced (C2). */
  readonly overrode: CommandStatus | null
}

/** What becomes of `command` when `event` happens. */
export function applyCommandEvent(command: Command, event: CommandEvent): Transition {
  const cell = guard(command, event) ?? LIFECYCLE[command.status][event.kind]
  if (cell.verdict !== 'moved') return { command, verdict: cell.verdict, overrode: null }
  const final = command.status === 'failed' || command.status === 'cancelled' || command.status === 'expired'
  return {
    command: { ...command, status: cell.status, ...consequences(command, event) },
    verdict: 'moved',
    overrode: final ? command.status : null,
  }
}

/** What the table alone can't know: how often the command was handed out, and what it opened (C5, C6, C7). */
function guard(command: Command, event: CommandEvent): Cell | null {
  const delivered = command.attempt > 0
  const once = !COMMANDS[command.type].idempotent
  if ((event.kind === 'cancelled' || event.kind === 'expired') && delivered && command.status === 'pending')
    return no
  if (event.kind === 'delivered' && delivered && once) return no
  if ((event.kind === 'lease_expired' || event.kind === 'attempt_failed') && once) return no
  if (event.kind === 'completed' && once && (event.ticket ?? command.ticket) === null) return no
  if ((event.kind === 'outcome_unknown' || event.kind === 'position_seen') && !delivered) return no
  return null
}

function consequences(command: Command, event: CommandEvent): Partial<Command> {
  switch (event.kind) {
    case 'delivered':
      return {
        attempt: command.attempt + 1,
        // A timeout that is handed out again starts a new round of retries.
        retry_count: command.status === 'timeout' ? 0 : command.retry_count,
        sent_at: event.at,
        lease_expires_at: event.at + command.timeout_ms,
        note: null,
      }
    case 'completed':
      return {
        completed_at: event.at,
        lease_expires_at: null,
        response: event.response,
        error: null,
        retcode: toRetcode(event.response.retcode),
        safe_to_retry: null,
        ticket: event.ticket ?? command.ticket,
        note: null,
      }
    case 'refused':
      return { completed_at: event.at, lease_expires_at: null, note: null, ...event.refusal }
    case 'attempt_failed':
      return { ...nextAttempt(command, event), ...event.refusal }
    case 'lease_expired':
      return nextAttempt(command, event)
    case 'outcome_unknown':
      return {
        lease_expires_at: null,
        note: 'outcome_unknown',
        error: event.why,
        // What an earlier attempt was told says nothing about this outcome.
        retcode: toRetcode(event.response?.retcode),
        safe_to_retry: null,
        ...(event.response ? { response: event.response } : {}),
      }
    case 'expired':
      return { completed_at: event.at, error: 'not delivered before its time to live ended' }
    case 'cancelled':
      return { completed_at: event.at }
    case 'position_seen':
      return {
        completed_at: event.at,
        lease_expires_at: null,
        ticket: event.ticket,
        error: null,
        retcode: null,
        safe_to_retry: null,
        note: 'settled_by_position',
      }
  }
}

const nextAttempt = (command: Command, event: { at: number; backoff_ms: number }) => ({
  retry_count: command.retry_count + 1,
  available_at: event.at + event.backoff_ms,
  lease_expires_at: null,
})
