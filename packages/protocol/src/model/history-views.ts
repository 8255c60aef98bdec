// Accounts and the system over time, and how the system does now.
import Type, { type Static } from 'typebox'
import { both, nullable, UtcTime } from './fields.ts'
import { ConditionView } from './views.ts'

const measured = (description: string) => nullable(Type.Number({ description }))

export const AccountPoint = Type.Object({
  at: UtcTime,
  connected: measured('share of the step in which the EA was connected, 0 … 1'),
  health_score: measured('mean'),
  heartbeat_latency_ms: measured('mean'),
  command_latency_p50_ms: measured('hand-out to answer: mean of the samples’ medians'),
  command_latency_p99_ms: measured('the largest'),
  balance: measured('the newest'),
  equity: measured('the newest'),
  margin: measured('the newest'),
  open_positions: measured('the newest'),
  open_volume: measured('lots, the newest'),
})
export const SystemPoint = Type.Object({
  at: UtcTime,
  ticks_per_s: measured('mean'),
  commands_created_per_s: measured('mean'),
  commands_settled_per_s: measured('mean'),
  commands_unsettled: measured('the newest'),
  sockets: measured('EAs that are pushed to'),
  event_loop_p99_ms: measured('the largest'),
  commit_ms: measured('mean'),
  commit_max_ms: measured('the largest'),
  database_bytes: measured('the newest'),
  redis_reachable: measured('share of the step, 0 … 1; null: none is set'),
  memory_bytes: measured('mean'),
})
const span = {
  from: UtcTime,
  to: UtcTime,
  step_ms: Type.Integer({
    description: 'between two points: wider than asked where that were more than 1,000',
  }),
}
export const AccountHistoryView = Type.Object({ ...both, ...span, points: Type.Array(AccountPoint) })
export type AccountHistoryView = Static<typeof AccountHistoryView>
export const SystemHistoryView = Type.Object({ ...span, points: Type.Array(SystemPoint) })
export type SystemHistoryView = Static<typeof SystemHistoryView>

const depth = {
  undelivered: Type.Integer(),
  retrying: Type.Integer({ description: 'handed out before, due again' }),
  executing: Type.Integer({ description: 'handed out, not answered yet' }),
  unknown: Type.Integer({ description: 'timeout: nobody knows what became of it' }),
}

export const SystemHealthView = Type.Object({
  version: Type.String(),
  started_at: UtcTime,
  uptime_s: Type.Number(),
  audit_seq: nullable(Type.Integer({ description: 'newest event of all chains' })),
  database: Type.Object({
    up: Type.Boolean(),
    latency_ms: nullable(Type.Number({ description: 'of one round trip' })),
    kind: Type.String({ description: 'embedded, or url (DATABASE_URL)' }),
    size_bytes: nullable(Type.Number()),
    commit_ms: nullable(Type.Number({ description: 'mean of the last minute' })),
    commit_max_ms: nullable(Type.Number()),
  }),
  redis: Type.Object({ configured: Type.Boolean(), reachable: nullable(Type.Boolean()) }),
  queues: Type.Object({
    total: Type.Object(depth),
    accounts: Type.Array(Type.Object({ ...both, ...depth, oldest_undelivered_at: nullable(UtcTime) })),
  }),
  last_minute: Type.Object({
    ticks_per_s: Type.Number(),
    commands_created_per_s: Type.Number(),
    commands_settled_per_s: Type.Number(),
  }),
  sockets: Type.Object({
    ea_push: Type.Integer({ description: 'EAs that are pushed to' }),
    windows: Type.Boolean({ description: 'does anybody watch /ws' }),
  }),
  process: Type.Object({
    event_loop_p50_ms: nullable(Type.Number()),
    event_loop_p99_ms: nullable(Type.Number()),
    event_loop_max_ms: nullable(Type.Number()),
    memory_bytes: nullable(Type.Number()),
  }),
  conditions: Type.Object({
    database_up: ConditionView,
    redis_reachable: ConditionView,
    event_loop_free: ConditionView,
  }),
})
export type SystemHealthView = Static<typeof SystemHealthView>
