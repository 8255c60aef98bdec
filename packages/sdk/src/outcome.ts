// What became of a command, as a union that says what to do next.
//
//   O1. `timeout` is `unknown`: a kind of its own, never a failure (contract §4).
//   O2. `unknown` says what is known, and what will settle it.
//   O3. `failed` is said only when the EA said so, disowned the command, or a person did; `evidence` says who.

import { COMMANDS, type CommandView, isCommandType, toInt64 } from '@ngtb/protocol'

/**
 * Where a final word comes from: `journal`, `tag`, `state`, `retcode`, …, `answer` (plain EA), `position`,
 * `person`.
 */
type Evidence = string | null

/** Done. `ticket` is text: never rounded. */
export interface Completed {
  kind: 'completed'
  ticket?: string
  response: Record<string, unknown> | null
  evidence: Evidence
  command: CommandView
}

/** The EA said no. A new attempt is a new intent; `safe_to_retry` says whether it may double anything. */
export interface Failed {
  kind: 'failed'
  error: string
  retcode: number | null
  retcode_name: string | null
  safe_to_retry: boolean
  evidence: Evidence
  command: CommandView
}

/** A newer MODIFY of the same position or order took its place: what that one set is what counts. */
export interface Superseded {
  kind: 'superseded'
  by: string
  command: CommandView
}

/** Never delivered: nothing happened, nothing will. */
export interface Undelivered {
  kind: 'expired' | 'cancelled'
  command: CommandView
}

/**
 * What can settle an unknown outcome. `evidence`: the EA's journal, or its position or order at the broker, found by
 * the server by itself. `next_round`: it is sent again, for that can't double it. `person`: `settle()`.
 */
export type SettledBy = 'evidence' | 'next_round' | 'person'

/**
 * Handed out, and nobody knows what came of it. Look at the trades; never repeat an OPEN. `known()` waits until
 * evidence or a person has settled it.
 */
export interface Unknown {
  kind: 'unknown'
  /** How often it was handed out, and when last. */
  attempts: number
  sent_at: string | null
  /** What was heard last: mostly that nothing was. */
  why: string
  /** Full position lists since came without it: most likely nothing happened, and a person may say so. */
  likely_not_executed: boolean
  settled_by: readonly SettledBy[]
  /** May the same be asked for again as a new intent, without harm whatever became of this one? */
  safe_to_retry: boolean
  command: CommandView
}

/** What became of a command, and with it what to do next. */
export type Outcome = Completed | Failed | Superseded | Undelivered | Unknown
/** An outcome that nothing but the EA's own `completed` can change any more. */
export type KnownOutcome = Exclude<Outcome, Unknown>

/** The outcome that a status says, or null while it is open. */
export function outcomeOf(command: CommandView): Outcome | null {
  const { evidence, superseded_by } = command
  switch (command.status) {
    case 'completed': {
      const ticket = toInt64(command.response?.ticket ?? command.payload.ticket)
      const { response } = command
      return { kind: 'completed', ...(ticket === null ? {} : { ticket }), response, evidence, command }
    }
    case 'failed':
      // Refused by the EA before the newer one: that word is the truer one.
      if (superseded_by !== null && evidence === 'superseded')
        return { kind: 'superseded', by: superseded_by, command }
      return failed(command)
    case 'timeout':
      return unknown(command)
    case 'cancelled':
      return superseded_by === null
        ? { kind: 'cancelled', command }
        : { kind: 'superseded', by: superseded_by, command }
    case 'expired':
      return { kind: 'expired', command }
    default:
      return null
  }
}

function failed(command: CommandView): Failed {
  const { retcode, retcode_name, evidence } = command
  return {
    kind: 'failed',
    error: command.error_message ?? 'no reason given',
    retcode,
    retcode_name,
    safe_to_retry: command.safe_to_retry ?? false,
    evidence,
    command,
  }
}

function unknown(command: CommandView): Unknown {
  const resend = isCommandType(command.type) ? COMMANDS[command.type].resend : 'never'
  const goes_on = resend !== 'never' && command.superseded_by === null
  return {
    kind: 'unknown',
    attempts: command.attempt,
    sent_at: command.sent_at,
    why: command.error_message ?? 'the EA has not answered',
    likely_not_executed: command.note === 'likely_not_executed',
    settled_by: goes_on ? ['evidence', 'next_round', 'person'] : ['evidence', 'person'],
    // A second close could reverse on a netting account, a second part could close twice: only what is absolute.
    safe_to_retry: resend === 'repeat',
    command,
  }
}
