// What is sampled over time, and how many samples become one point when a long time is looked at.
//
//   T1. An answer has POINTS_MAX points at most: the step grows with the time that is asked for.
//   T2. mean: of the samples · max: what a mean would hide · last: a stock, of which the newest counts · rate: the mean
//       of one server's samples times how many servers there were.

export type Thinning = 'mean' | 'max' | 'last' | 'rate'
export type Rules = Readonly<Record<string, Thinning>>

export const POINTS_MAX = 1_000

export const ACCOUNT_SAMPLE = {
  connected: 'mean',
  health_score: 'mean',
  heartbeat_latency_ms: 'mean',
  command_latency_p50_ms: 'mean',
  command_latency_p99_ms: 'max',
  balance: 'last',
  equity: 'last',
  margin: 'last',
  open_positions: 'last',
  open_volume: 'last',
} as const satisfies Rules

export const SYSTEM_SAMPLE = {
  ticks_per_s: 'rate',
  commands_created_per_s: 'rate',
  commands_settled_per_s: 'rate',
  commands_unsettled: 'last',
  sockets: 'rate',
  event_loop_p99_ms: 'max',
  commit_ms: 'mean',
  commit_max_ms: 'max',
  database_bytes: 'last',
  redis_reachable: 'mean',
  memory_bytes: 'rate',
} as const satisfies Rules

/** What is not known is null. */
export type Measured<R extends Rules> = { readonly [K in keyof R]: number | null }
export type AccountMeasured = Measured<typeof ACCOUNT_SAMPLE>
export type SystemMeasured = Measured<typeof SYSTEM_SAMPLE>

/** T1. @param asked ms between two points, as somebody wishes @param every ms between two samples */
export function historyStep(from: number, to: number, asked: number, every: number): number {
  const fewest = Math.ceil((to - from) / POINTS_MAX)
  return Math.max(1, Math.ceil(Math.max(asked, fewest, every) / every)) * every
}

/** The value below which `share` of them lie; null: there are none. */
export function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
}
