// What an EA's answer means (contract §4, §5.6): done, refused for good, refused for now, or nobody knows.
import { COMMANDS, type Evidence, type RetcodeClass, retcodeClass, toInt64, toRetcode } from '@ngtb/protocol'
import { type Command, isNative } from './command.ts'
import { backoffMs, canRetry, nativeLeaseMs, type RetryPolicy } from './deadlines.ts'
import type { CommandEvent, RefusalFacts } from './lifecycle.ts'

export interface EaAnswer {
  readonly status: 'completed' | 'failed' | 'progress'
  readonly response: Record<string, unknown>
  /** Said by a native EA only. */
  readonly evidence?: Evidence | undefined
}

/** By these a native EA disowns a command: it will not happen, whatever a retcode says. */
const DISOWNED: ReadonlySet<Evidence> = new Set(['rejected', 'expired', 'settled', 'tombstone'])
/** And by these it says that nothing was done at all. */
const UNTOUCHED: ReadonlySet<Evidence> = new Set(['expired', 'settled', 'tombstone'])

/** The event that an EA's answer stands for. */
export function eventOfAnswer(
  command: Command,
  answer: EaAnswer,
  now: number,
  policy: RetryPolicy,
): CommandEvent {
  const { response, evidence } = answer
  if (answer.status === 'progress') return { kind: 'progress', at: now, lease_ms: leaseMs(command, policy) }
  if (answer.status === 'failed') return eventOfRefusal(command, response, evidence, now, policy)
  const ticket = toInt64(response.ticket)
  // P3 needs the position's name: an OPEN that is "done" without one stays open until it is found.
  if (COMMANDS[command.type].resend === 'never' && ticket === null)
    return { kind: 'outcome_unknown', at: now, why: 'the EA said completed, without a ticket', response }
  return completed(command, response, now, evidence, ticket)
}

/** Another terminal was given it before, and its deadline ends the doubt (P5). */
export const HELD_ELSEWHERE =
  'the EA refused it, and a terminal that was given it before may still carry it out'
/** What is there already is refused by MetaTrader, too: no retcode says that it was another reason. */
export const UNANSWERED = 'the EA refused a repeat, and never told what became of an earlier attempt'

/**
 * What a refusal comes to while an earlier attempt, of which nobody told what became, may be or become its effect: the
 * end of an attempt, not the last word (P7).
 */
export function whileInDoubt(
  command: Command,
  event: CommandEvent,
  now: number,
  policy: RetryPolicy,
  why: string,
): CommandEvent {
  if (event.kind !== 'refused') return event
  const { refusal } = event
  return canRetry(command, now) || command.status === 'pending'
    ? { kind: 'attempt_failed', at: now, refusal, backoff_ms: backoffMs(command, policy) }
    : { kind: 'outcome_unknown', at: now, response: refusal.response, why }
}

function eventOfRefusal(
  command: Command,
  response: Record<string, unknown>,
  evidence: Evidence | undefined,
  now: number,
  policy: RetryPolicy,
): CommandEvent {
  const retcode = toRetcode(response.retcode)
  const error = errorText(response)
  const { idempotent, ttl_ms } = COMMANDS[command.type]
  if (evidence !== undefined && DISOWNED.has(evidence)) {
    const safe_to_retry = UNTOUCHED.has(evidence) || response.safe_to_retry === true
    return { kind: 'refused', at: now, refusal: { response, error, retcode, safe_to_retry }, evidence }
  }
  const kind = outcomeOf(command, retcode)
  if (kind === 'done') return completed(command, response, now, evidence)
  const unknown = (why: string): CommandEvent => ({ kind: 'outcome_unknown', at: now, why, response })
  if (kind === 'ambiguous' && !idempotent)
    return unknown(`the EA answered ${error}: it may still have been executed`)
  const definite = kind === 'refused' || !idempotent
  // An OPEN whose EA names no reason may stand at the broker all the same: nothing says that a repeat is safe.
  const safe_to_retry = idempotent || kind === 'refused' || kind === 'transient'
  const refusal: RefusalFacts = { response, error, retcode, safe_to_retry }
  const refused: CommandEvent = { kind: 'refused', at: now, refusal, ...(evidence ? { evidence } : {}) }
  if (definite) return refused
  // A late word about an earlier attempt, while the next one waits to be handed out, is not the last word.
  if (canRetry(command, now) || command.status === 'pending')
    return { kind: 'attempt_failed', at: now, refusal, backoff_ms: backoffMs(command, policy) }
  // `failed` would say more than the EA did; and an emergency stop has no last attempt (contract §4).
  if (kind === 'ambiguous' || (kind === 'transient' && ttl_ms === null))
    return unknown(`the EA answered ${error} at the last attempt of this round`)
  return refused
}

/** What a `failed` with this retcode says of this command; null when the EA named none. */
function outcomeOf(command: Command, retcode: number | null): RetcodeClass | null {
  if (retcode === null) return null
  // "Gone" is what a CLOSE wanted; "nothing to change" is what a MODIFY wanted.
  if (retcode === POSITION_CLOSED && command.type === 'CLOSE_TRADE') return 'done'
  if (retcode === NO_CHANGES && (command.type === 'MODIFY_TRADE' || command.type === 'MODIFY_PENDING'))
    return 'done'
  // One position of many was gone: the others still wait for a rerun.
  if (retcode === POSITION_CLOSED && command.type === 'CLOSE_ALL') return 'transient'
  const kind = retcodeClass(retcode)
  // "Failed" and "done" in one answer contradict each other: nobody knows.
  return kind === 'done' ? 'ambiguous' : kind
}

const POSITION_CLOSED = 10036
const NO_CHANGES = 10025

const completed = (
  command: Command,
  response: Record<string, unknown>,
  now: number,
  evidence: Evidence | undefined,
  ticket: string | null = null,
): CommandEvent => ({
  kind: 'completed',
  at: now,
  response,
  ticket: ticket ?? toInt64(command.payload.ticket),
  ...(evidence ? { evidence } : {}),
})

/**
 * As long as a delivery's. Not as long as the running one has come to be: each word would make it longer by all that
 * has passed, and an emergency stop would wait for a dead EA.
 */
const leaseMs = (command: Command, policy: RetryPolicy): number =>
  isNative(command) ? nativeLeaseMs(policy) : command.timeout_ms

/** The reason in the EA's own words; its absence is said, and counted by whoever reads it. */
export function errorText(response: Record<string, unknown>): string {
  for (const field of ['error', 'error_message', 'message', 'reason']) {
    const text = response[field]
    if (typeof text === 'string' && text.trim() !== '') return text.slice(0, 1_000).toWellFormed()
  }
  return NO_REASON
}

export const NO_REASON = 'no reason given'
