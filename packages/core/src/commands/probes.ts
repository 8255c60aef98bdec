// What became of a command whose outcome nobody knows: an EA is asked, and its finding settles it (contract §4, K20).
//
//   Q1. Asked only after expires_at + settle: earlier, an order on its way could still appear.
//   Q2. One question at a time for a command; a question that got no answer is asked again.
//   Q3. A finding is the EA's word: "not executed" comes with a tombstone, so that a late delivery can't execute it.
import {
  EVIDENCE,
  type Evidence,
  PROBE_OUTCOMES,
  type ProbeOutcome,
  toInt64,
  toRetcode,
} from '@ngtb/protocol'
import { errorText } from './answers.ts'
import type { Command } from './command.ts'
import { giveUpAt, type RetryPolicy } from './deadlines.ts'
import type { CommandEvent } from './lifecycle.ts'

/**
 * When a command that has just become unknown is asked about; null: it runs again instead, or nobody is asked.
 * @param began_at of this process's clock: what passed before it is not known, for the wall clock may have jumped. What
 *   an earlier process handed out has its whole time once more, before anybody is asked who does not have it.
 */
export function firstProbeAt(command: Command, policy: RetryPolicy, began_at = 0): number | null {
  const { expires_at, sent_at } = command
  const give_up = giveUpAt(command, policy)
  if (command.type === 'PROBE' || expires_at === null || give_up === null) return null
  return sent_at === null || sent_at >= began_at ? give_up : give_up + Math.max(0, began_at - sent_at)
}

/**
 * When an EA is asked about it; null: never. What an earlier process has noted was noted by an earlier clock, so it is
 * not asked before this process's own wait is over.
 */
export function probeAt(command: Command, policy: RetryPolicy, began_at = 0): number | null {
  const { status, next_probe_at } = command
  if (status !== 'timeout' || next_probe_at === null) return null
  return Math.max(next_probe_at, firstProbeAt(command, policy, began_at) ?? 0)
}

/** Those that an EA is asked about now. */
export function probesDue(
  commands: Iterable<Command>,
  now: number,
  policy: RetryPolicy,
  began_at = 0,
): Command[] {
  const isDue = (command: Command) => now >= (probeAt(command, policy, began_at) ?? Number.POSITIVE_INFINITY)
  return [...commands].filter(isDue).sort((a, b) => a.command_no - b.command_no)
}

/** The event that a PROBE's answer stands for, told of the command that it asked about; null: it says nothing. */
export function eventOfFinding(
  probed: Command,
  response: Record<string, unknown>,
  now: number,
): CommandEvent | null {
  const outcome = response.outcome
  if (!isOutcome(outcome)) return null
  const evidence = isEvidence(response.evidence) ? response.evidence : 'tag'
  if (outcome === 'done')
    return {
      kind: 'completed',
      at: now,
      response,
      ticket: toInt64(response.ticket) ?? ticketOf(probed),
      evidence,
    }
  const safe_to_retry = outcome !== 'refused' || response.safe_to_retry === true
  const error = outcome === 'not_executed' ? 'the EA found no trace of it' : errorText(response)
  const refusal = { response, error, retcode: toRetcode(response.retcode), safe_to_retry }
  return { kind: 'refused', at: now, refusal, evidence }
}

const ticketOf = ({ payload }: Command) => toInt64(payload.ticket)
const isOutcome = (value: unknown): value is ProbeOutcome =>
  PROBE_OUTCOMES.some((outcome) => outcome === value)
const isEvidence = (value: unknown): value is Evidence => EVIDENCE.some((evidence) => evidence === value)
