// The health of a connection, as data and one function per event (contract §9).
//
//   H1. The score stays within 0–100: −degradation per failure, +recovery per heartbeat.
//   H2. Any sign of life connects: consecutive 0, and one more reconnect if the connection was lost.
//   H3. `failed_heartbeats` only grows.
//   H4. An interval without a sign of life is a failure, and again every interval, by the server's own clock.

import type { ConnectionState } from '@ngtb/protocol'

export interface Health {
  readonly state: ConnectionState
  /** ms UTC of the last change of `state`; null before the first. */
  readonly state_since: number | null
  readonly health_score: number
  readonly consecutive_failures: number
  readonly heartbeat_count: number
  readonly failed_heartbeats: number
  readonly reconnect_count: number
  /** ms UTC; null before the first. */
  readonly last_seen_at: number | null
  readonly last_heartbeat_at: number | null
  /** Start of the running silent interval: last sign of life, last failure, or when this server began to watch. */
  readonly silent_since: number | null
  /** ms; exponential averages with α = 0.3. */
  readonly avg_heartbeat_latency_ms: number | null
  readonly avg_command_latency_ms: number | null
}

export interface HealthPolicy {
  readonly heartbeat_timeout_ms: number
  readonly max_consecutive_failures: number
  readonly min_health_score: number
  readonly degradation: number
  readonly recovery: number
}

const ALPHA = 0.3

export const NEW_HEALTH: Health = {
  state: 'connecting',
  state_since: null,
  health_score: 100,
  consecutive_failures: 0,
  heartbeat_count: 0,
  failed_heartbeats: 0,
  reconnect_count: 0,
  last_seen_at: null,
  last_heartbeat_at: null,
  silent_since: null,
  avg_heartbeat_latency_ms: null,
  avg_command_latency_ms: null,
}

/** Any authenticated request. */
export function signOfLife(health: Health, now: number): Health {
  const lost = health.state === 'reconnecting' || health.state === 'failed'
  return {
    ...health,
    ...entered(health, 'connected', now),
    consecutive_failures: 0,
    reconnect_count: health.reconnect_count + (lost ? 1 : 0),
    last_seen_at: now,
    silent_since: now,
  }
}

/** @param latency_ms as the EA measured it; left out when it did not */
export function heartbeat(health: Health, now: number, policy: HealthPolicy, latency_ms?: number): Health {
  const alive = signOfLife(health, now)
  return {
    ...alive,
    health_score: clamp(alive.health_score + policy.recovery),
    heartbeat_count: alive.heartbeat_count + 1,
    last_heartbeat_at: now,
    avg_heartbeat_latency_ms: average(alive.avg_heartbeat_latency_ms, latency_ms),
  }
}

export const commandAnswered = (health: Health, latency_ms: number): Health => ({
  ...health,
  avg_command_latency_ms: average(health.avg_command_latency_ms, latency_ms),
})

/** One interval without a sign of life, ended at `now`. */
export function failure(health: Health, now: number, policy: HealthPolicy): Health {
  const consecutive = health.consecutive_failures + 1
  return {
    ...health,
    ...entered(health, consecutive >= policy.max_consecutive_failures ? 'failed' : 'reconnecting', now),
    consecutive_failures: consecutive,
    failed_heartbeats: health.failed_heartbeats + 1,
    health_score: clamp(health.health_score - policy.degradation),
    silent_since: now,
  }
}

/** A clean goodbye: silence afterwards is no failure. */
export const goodbye = (health: Health, now: number): Health => ({
  ...health,
  ...entered(health, 'disconnected', now),
})

/** When the running silent interval ends, or null while nobody is expected. */
export function nextFailureAt(health: Health, policy: HealthPolicy): number | null {
  if (health.state === 'disconnected' || health.silent_since === null) return null
  return health.silent_since + policy.heartbeat_timeout_ms
}

/** At start: our own downtime is not the EA's failure. */
export const watchFrom = (health: Health, now: number): Health =>
  health.silent_since === null ? health : { ...health, silent_since: Math.max(health.silent_since, now) }

export function isHealthy(health: Health, now: number, policy: HealthPolicy): boolean {
  return (
    health.state === 'connected' &&
    health.last_seen_at !== null &&
    now - health.last_seen_at < policy.heartbeat_timeout_ms &&
    health.consecutive_failures < policy.max_consecutive_failures &&
    health.health_score > policy.min_health_score
  )
}

const entered = (before: Health, state: ConnectionState, now: number) => ({
  state,
  state_since: before.state === state ? before.state_since : now,
})

const clamp = (score: number) => Math.min(100, Math.max(0, score))

function average(before: number | null, sample: number | undefined): number | null {
  if (sample === undefined) return before
  return before === null ? sample : before + ALPHA * (sample - before)
}
