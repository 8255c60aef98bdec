// When a command moves by itself: leases that run out, retries, times to live (contract §4, plain client).
import { COMMANDS } from '@ngtb/protocol'
import type { Command } from './command.ts'
import type { CommandEvent } from './lifecycle.ts'

export interface RetryPolicy {
  /** Seconds: the wait before retry n is base^n (RETRY_BACKOFF_BASE). */
  readonly backoff_base_s: number
}

/** The moment at which `deadlineEvent` has something to say, or null. */
export function nextDeadline(command: Command): number | null {
  if (command.status === 'executing') return command.lease_expires_at
  if (command.status === 'pending') return command.expires_at
  return null
}

/** What has happened to a command by the passing of time alone, or null. */
export function deadlineEvent(command: Command, now: number, policy: RetryPolicy): CommandEvent | null {
  const deadline = nextDeadline(command)
  if (deadline === null || now < deadline) return null
  if (command.status === 'pending') {
    if (command.attempt === 0) return { kind: 'expired', at: now }
    return {
      kind: 'outcome_unknown',
      at: now,
      why: 'its time to live ended while it waited to be handed out again',
    }
  }
  if (!canRetry(command, now))
    return {
      kind: 'outcome_unknown',
      at: now,
      why: `the EA did not answer within ${command.timeout_ms / 1000} s`,
    }
  return { kind: 'lease_expired', at: now, backoff_ms: backoffMs(command, policy) }
}

/** Attempts left, type idempotent, time to live left (contract §4). */
export function canRetry(command: Command, now: number): boolean {
  return (
    COMMANDS[command.type].idempotent &&
    command.retry_count < command.max_retries &&
    (command.expires_at === null || now < command.expires_at)
  )
}

/** The wait before the next attempt: 2, 4, 8 s by default. */
export const backoffMs = (command: Command, policy: RetryPolicy): number =>
  policy.backoff_base_s ** (command.retry_count + 1) * 1000
