// The life of a command, as data (contract §4). Pure: no clock, no I/O, no chance.
//
//   C1. `timeout` means "outcome unknown"; only evidence settles it.
//   C2. A `completed` fact overrides any final status, and says so (`overrode`): someone must be told.
//   C3. A duplicate is no error: the network delivers at least once.
//   C4. A contradiction is never swallowed: it is refused and recorded.
//   C5. Only undelivered commands (attempt 0) become cancelled or expired.
//   C6. A command that is not idempotent goes to one EA only: to a plain client once, ever (no answer makes it
//       `timeout`, never `pending`); again only to the journal that has it already.
//   C7. An OPEN is completed only with the ticket of its position or order.
//   C8. A person settles only what was handed out and is unknown; the EA's `completed` overrides him, too (C2).

import type { CommandStatus, Evidence } from '@ngtb/protocol'
import { COMMANDS, toRetcode } from '@ngtb/protocol'
import { type Command, isNative } from './command.ts'

export type CommandEvent =
  | { kind: 'delivered'; at: number; native?: NativeDelivery }
  | { kind: 'progress'; at: number; lease_ms: number }
  | {
      kind: 'completed'
      at: number
      response: Record<string, unknown>
      ticket: string | null
      evidence?: Evidence
    }
  | { kind: 'refused'; at: number; refusal: RefusalFacts; evidence?: Evidence }
  | { kind: 'attempt_failed'; at: number; refusal: RefusalFacts; backoff_ms: number }
  | { kind: 'lease_expired'; at: number; backoff_ms: number }
  | { kind: 'outcome_unknown'; at: number; why: string; response?: Record<string, unknown> }
  | { kind: 'expired'; at: number }
  | { kind: 'cancelled'; at: number; superseded_by?: string }
  | { kind: 'superseded'; at: number; by: string }
  | { kind: 'position_seen'; at: number; ticket: string }
  | { kind: 'person_completed'; at: number; ticket: string | null; note: string }
  | { kind: 'person_denied'; at: number; note: string }

/** A delivery to an EA that keeps a journal. */
export interface NativeDelivery {
  journal_id: string
  epoch: number
  lease_ms: number
}

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
    progress: same, // late: it waits to be handed out again
    attempt_failed: same, // the late refusal of an attempt that already counted
    lease_expired: no,
    outcome_unknown: to('timeout'),
    expired: to('expired'),
    cancelled: to('cancelled'),
    superseded: to('failed'),
    position_seen: to('completed'),
    person_completed: no,
    person_denied: no,
  },
  executing: {
    delivered: no, // one lease at a time
    completed: to('completed'),
    refused: to('failed'),
    progress: to('executing'),
    attempt_failed: to('pending'),
    lease_expired: to('pending'),
    outcome_unknown: to('timeout'),
    expired: no,
    cancelled: no,
    superseded: to('failed'),
    position_seen: to('completed'),
    person_completed: no, // its EA may still answer
    person_denied: no,
  },
  timeout: {
    delivered: to('executing'), // a new round of an idempotent command
    completed: to('completed'),
    refused: to('failed'),
    progress: same,
    attempt_failed: same,
    lease_expired: no,
    outcome_unknown: same,
    expired: no,
    cancelled: no,
    superseded: to('failed'),
    position_seen: to('completed'),
    person_completed: to('completed'),
    person_denied: to('failed'),
  },
  completed: {
    delivered: no,
    completed: same,
    refused: no,
    progress: same,
    attempt_failed: no,
    lease_expired: no,
    outcome_unknown: same,
    expired: no,
    cancelled: no,
    superseded: no,
    position_seen: same,
    person_completed: same,
    person_denied: no,
  },
  failed: {
    delivered: no,
    completed: to('completed'), // it happened after all: the alarm of alarms
    refused: same,
    progress: same,
    attempt_failed: same,
    lease_expired: no,
    outcome_unknown: no,
    expired: no,
    cancelled: no,
    superseded: same,
    position_seen: no,
    person_completed: no,
    person_denied: same,
  },
  cancelled: {
    delivered: no,
    completed: to('completed'),
    refused: same,
    progress: same,
    attempt_failed: same,
    lease_expired: no,
    outcome_unknown: no,
    expired: no,
    cancelled: same,
    superseded: same,
    position_seen: no,
    person_completed: no,
    person_denied: no,
  },
  expired: {
    delivered: no,
    completed: to('completed'),
    refused: same,
    progress: same,
    attempt_failed: same,
    lease_expired: no,
    outcome_unknown: no,
    expired: same,
    cancelled: no,
    superseded: no,
    position_seen: no,
    person_completed: no,
    person_denied: no,
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
  if (event.kind === 'delivered' && delivered && once && !sameJournal(command, event)) return no
  if (event.kind === 'lease_expired' && once && !isNative(command)) return no
  if (event.kind === 'attempt_failed' && once) return no
  if (event.kind === 'completed' && once && (event.ticket ?? command.ticket) === null) return no
  if (event.kind === 'person_completed' && once && (event.ticket ?? command.ticket) === null) return no
  if (NEEDS_DELIVERY.has(event.kind) && !delivered) return no
  return null
}

const NEEDS_DELIVERY: ReadonlySet<CommandEvent['kind']> = new Set([
  'outcome_unknown',
  'position_seen',
  'superseded',
])

const sameJournal = (command: Command, event: CommandEvent & { kind: 'delivered' }): boolean =>
  isNative(command) && event.native?.journal_id === command.journal_id

function consequences(command: Command, event: CommandEvent): Partial<Command> {
  switch (event.kind) {
    case 'delivered':
      return {
        attempt: command.attempt + 1,
        // A timeout that is handed out again starts a new round of retries.
        retry_count: command.status === 'timeout' ? 0 : command.retry_count,
        sent_at: event.at,
        lease_expires_at: event.at + (event.native?.lease_ms ?? command.timeout_ms),
        journal_id: event.native?.journal_id ?? null,
        epoch: event.native?.epoch ?? null,
        note: null,
        next_probe_at: null,
      }
    case 'progress':
      return { lease_expires_at: event.at + event.lease_ms }
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
        evidence: event.evidence ?? 'answer',
        next_probe_at: null,
      }
    case 'refused':
      return {
        completed_at: event.at,
        lease_expires_at: null,
        note: null,
        evidence: event.evidence ?? 'answer',
        next_probe_at: null,
        ...event.refusal,
      }
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
      return { completed_at: event.at, superseded_by: event.superseded_by ?? command.superseded_by }
    case 'superseded':
      return {
        completed_at: event.at,
        lease_expires_at: null,
        error: 'a newer command set these values; this one is not sent again',
        retcode: null,
        safe_to_retry: false,
        note: null,
        evidence: 'superseded',
        superseded_by: event.by,
        next_probe_at: null,
      }
    case 'position_seen':
      return {
        completed_at: event.at,
        lease_expires_at: null,
        ticket: event.ticket,
        error: null,
        retcode: null,
        safe_to_retry: null,
        note: 'settled_by_position',
        evidence: 'position',
        next_probe_at: null,
      }
    case 'person_completed':
      return { ...byPerson(event), ticket: event.ticket ?? command.ticket, error: null, safe_to_retry: null }
    case 'person_denied':
      return { ...byPerson(event), error: `a person settled it: ${event.note}`, safe_to_retry: true }
  }
}

const byPerson = (event: { at: number }) => ({
  completed_at: event.at,
  lease_expires_at: null,
  retcode: null,
  note: 'settled_by_person',
  evidence: 'person',
  next_probe_at: null,
})

const nextAttempt = (command: Command, event: CommandEvent & { backoff_ms: number }) => ({
  // What a native EA is asked again is no try more: its journal executes once.
  retry_count: command.retry_count + (isNative(command) && event.kind === 'lease_expired' ? 0 : 1),
  available_at: event.at + event.backoff_ms,
  lease_expires_at: null,
})
