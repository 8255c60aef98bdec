// When a command moves by itself: leases that run out, retries, times to live (contract §4).
//
//   T1. A plain client's lease is the response timeout; then it waits base^n seconds, at most max_retries times.
//   T2. A native EA's lease is 3 polls: it is asked again at once, its journal knows what was done. That ends at
//       expires_at + settle + 2 polls (P6): by then its word had every chance, and the outcome is called unknown.
//   T3. A question that nobody answered in its time has failed: it did nothing, so there is nothing unknown, and
//       nobody is asked what became of a question. Where its answer is still wanted, it is asked anew.
import { COMMANDS, limits } from '@ngtb/protocol'
import { type Command, isNative } from './command.ts'
import type { CommandEvent } from './lifecycle.ts'

export interface RetryPolicy {
  /** Seconds: the wait before retry n is base^n (RETRY_BACKOFF_BASE). */
  readonly backoff_base_s: number
  /** The longest time after which an accepted or lost order can still appear (contract §1). */
  readonly settle_ms: number
  /** The EA's cadence. */
  readonly poll_interval_ms: number
}

/** How long a native EA has a command to itself: three of its polls (contract §4). Progress renews it by as much. */
export const nativeLeaseMs = ({ poll_interval_ms }: RetryPolicy): number =>
  Math.max(limits.native_lease_ms_min, 3 * poll_interval_ms)

/** After this a native EA's word is waited for no longer (P6); null: without end. */
export const giveUpAt = (command: Command, policy: RetryPolicy): number | null =>
  command.expires_at === null ? null : command.expires_at + policy.settle_ms + 2 * policy.poll_interval_ms

/** The moment at which `deadlineEvent` has something to say, or null. */
export function nextDeadline(command: Command, policy: RetryPolicy): number | null {
  const native = isNative(command)
  const give_up = native ? giveUpAt(command, policy) : null
  if (command.status === 'executing')
    return give_up === null
      ? command.lease_expires_at
      : Math.min(command.lease_expires_at ?? give_up, give_up)
  if (command.status === 'pending') return command.attempt > 0 && native ? give_up : command.expires_at
  return null
}

/** What has happened to a command by the passing of time alone, or null. */
export function deadlineEvent(command: Command, now: number, policy: RetryPolicy): CommandEvent | null {
  const deadline = nextDeadline(command, policy)
  if (deadline === null || now < deadline) return null
  const unknown = (why: string): CommandEvent => ({ kind: 'outcome_unknown', at: now, why })
  if (isNative(command)) return nativeDeadline(command, now, policy, unknown)
  if (command.status === 'pending') {
    if (command.attempt === 0) return { kind: 'expired', at: now }
    return unknown('its time to live ended while it waited to be handed out again')
  }
  if (!canRetry(command, now)) return unknown(`the EA did not answer within ${command.timeout_ms / 1000} s`)
  return { kind: 'lease_expired', at: now, backoff_ms: backoffMs(command, policy) }
}

function nativeDeadline(
  command: Command,
  now: number,
  policy: RetryPolicy,
  unknown: (why: string) => CommandEvent,
): CommandEvent {
  const give_up = giveUpAt(command, policy)
  if (give_up !== null && now >= give_up)
    return command.type === 'PROBE'
      ? { kind: 'refused', at: now, refusal: UNANSWERED, evidence: 'expired' }
      : unknown('its EA did not tell what became of it, and its time to live and to settle ended')
  return { kind: 'lease_expired', at: now, backoff_ms: 0 }
}

const UNANSWERED = {
  response: {},
  error: 'its EA did not answer this question within its time to live',
  retcode: null,
  safe_to_retry: true,
} as const

/** Attempts left, type idempotent, time to live left, and no newer command in its place (contract §4). */
export function canRetry(command: Command, now: number): boolean {
  return (
    COMMANDS[command.type].idempotent &&
    command.superseded_by === null &&
    command.retry_count < command.max_retries &&
    (command.expires_at === null || now < command.expires_at)
  )
}

/** The wait before the next attempt: 2, 4, 8 s by default. */
export const backoffMs = (command: Command, policy: Pick<RetryPolicy, 'backoff_base_s'>): number =>
  policy.backoff_base_s ** (command.retry_count + 1) * 1000
