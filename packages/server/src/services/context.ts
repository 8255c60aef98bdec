// What every desk service works with: the ports, the desks, the settings as milliseconds.
import type { HealthPolicy, ResponseTimeouts, RetryPolicy } from '@ngtb/core'
import type { Config } from '../config.ts'
import type { Clock, CrashPoint, Ids, Log, Store } from '../ports.ts'
import type { Metrics, Traces } from '../telemetry/ports.ts'
import type { Bells } from './bells.ts'
import type { DeskState } from './desk-state.ts'
import type { Desks } from './desks.ts'
import type { Keys } from './keys.ts'
import type { Meter } from './meter.ts'
import type { PushLines } from './push-lines.ts'
import type { Ways } from './ways.ts'

export interface Context {
  readonly config: Config
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly desks: Desks
  readonly keys: Keys
  readonly health: HealthPolicy
  /** Bells of this process: whoever waits for something to do on an account. */
  readonly bells: Bells
  /** EAs that are pushed to, by account. */
  readonly lines: PushLines
  /** ms UTC, by the clock of this process: when it began to look. */
  readonly began_at: number
  /** What this process did in the last minute. */
  readonly meter: Meter
  readonly metrics: Metrics
  readonly traces: Traces
  /** Commands on their way, and the EAs' clocks. */
  readonly ways: Ways
  /** Where a test may end this process (contract §6); else it does nothing. */
  readonly crashPoint: CrashPoint
  /** Numbers what comes in, in order of arrival: decides what a position list may judge (P8). */
  arrival(): number
}

export const healthPolicy = (config: Config): HealthPolicy => ({
  heartbeat_timeout_ms: config.MAX_HEARTBEAT_AGE_SEC * 1000,
  max_consecutive_failures: config.MAX_CONSECUTIVE_FAILURES,
  min_health_score: config.MIN_HEALTH_SCORE,
  degradation: config.HEALTH_DEGRADATION_RATE,
  recovery: config.HEALTH_RECOVERY_RATE,
})

/** How an account's commands are retried: the house's backoff, its own EA's cadence and settle time. */
export const retryPolicy = (config: Config, { connection }: DeskState): RetryPolicy => ({
  backoff_base_s: config.RETRY_BACKOFF_BASE,
  settle_ms: connection.settle_ms,
  poll_interval_ms: connection.poll_interval_ms,
})

export const responseTimeouts = (config: Config): ResponseTimeouts => ({
  critical_ms: config.CRITICAL_PRIORITY_TIMEOUT * 1000,
  high_ms: config.HIGH_PRIORITY_TIMEOUT * 1000,
  default_ms: config.DEFAULT_COMMAND_TIMEOUT * 1000,
})

export function arrivals(): () => number {
  let arrived = 0
  return () => ++arrived
}
