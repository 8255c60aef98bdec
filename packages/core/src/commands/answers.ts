// What an EA's answer means (contract §4, §5.6): done, refused for good, refused for now, or nobody knows.
import { COMMANDS, retcodeClass, toInt64 } from '@ngtb/protocol'
import type { Command } from './command.ts'
import { backoffMs, canRetry, type RetryPolicy } from './deadlines.ts'
import type { CommandEvent, RefusalFacts } from './lifecycle.ts'

export interface Answer {
  readonly status: 'completed' | 'failed'
  readonly response: Record<string, unknown>
}

/** The event that a plain client's answer stands for. */
export function eventOfAnswer(
  command: Command,
  answer: Answer,
  now: number,
  policy: RetryPolicy,
): CommandEvent {
  const { response } = answer
  const ticket = toInt64(response.ticket)
  if (answer.status === 'completed') {
    // P3 needs the position's name: an OPEN that is "done" without one stays open until it is found.
    if (command.type === 'OPEN_TRADE' && ticket === null)
      return { kind: 'outcome_unknown', at: now, why: 'the EA said completed, without a ticket', response }
    return { kind: 'completed', at: now, response, ticket: ticket ?? toInt64(command.payload.ticket) }
  }
  return eventOfRefusal(command, response, now, policy)
}

function eventOfRefusal(
  command: Command,
  response: Record<string, unknown>,
  now: number,
  policy: RetryPolicy,
): CommandEvent {
  const retcode = typeof response.retcode === 'number' ? response.retcode : null
  const error = errorText(response)
  const kind = retcode === null ? null : retcodeClass(retcode)
  const idempotent = COMMANDS[command.type].idempotent
  // "Gone" is what a CLOSE wanted; "nothing to change" is what a MODIFY wanted.
  if (command.type === 'CLOSE_TRADE' && retcode === 10036) return completed(command, response, now)
  if (command.type === 'MODIFY_TRADE' && retcode === 10025) return completed(command, response, now)
  if (kind === 'ambiguous' && !idempotent)
    return {
      kind: 'outcome_unknown',
      at: now,
      why: `the EA answered ${error}: it may still have been executed`,
      response,
    }
  const definite = kind === 'refused' || !idempotent
  const refusal: RefusalFacts = { response, error, retcode, safe_to_retry: definite || kind === 'transient' }
  if (!definite && canRetry(command, now))
    return { kind: 'attempt_failed', at: now, refusal, backoff_ms: backoffMs(command, policy) }
  return { kind: 'refused', at: now, refusal }
}

const completed = (command: Command, response: Record<string, unknown>, now: number): CommandEvent => ({
  kind: 'completed',
  at: now,
  response,
  ticket: toInt64(command.payload.ticket),
})

/** The reason in the EA's own words; its absence is said, and counted by whoever reads it. */
function errorText(response: Record<string, unknown>): string {
  for (const field of ['error', 'error_message', 'message', 'reason']) {
    const text = response[field]
    if (typeof text === 'string' && text.trim() !== '') return text.slice(0, 1_000)
  }
  return NO_REASON
}

export const NO_REASON = 'no reason given'
