// Every metric of the server in one table: name, kind, labels, what it says. The registry, /metrics and
// docs/reference/metrics.md are made of it; a test holds that nothing else is exposed.
//
//   M1. Names are Prometheus's: ngtb_, base units (seconds, bytes), counters end in _total.
//   M2. Labels are bounded: words of our own, and `account`, of which the first ACCOUNTS_LABELLED have one.
//   M3. What cannot be known is left out, not called zero.

export type MetricKind = 'counter' | 'gauge' | 'histogram'

export interface Metric {
  readonly kind: MetricKind
  readonly about: string
  /** The words that tell its series apart. */
  readonly labels?: readonly string[]
  /** Upper ends, for a histogram. */
  readonly buckets?: readonly number[]
}

/** Accounts with series of their own: a thousand accounts must not make a hundred thousand series. */
export const ACCOUNTS_LABELLED = 200

/** From half a millisecond to half a minute. */
const SPANS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const COUNTS = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 100_000]
const gauge = (about: string, ...labels: string[]) => ({ kind: 'gauge', about, labels }) as const
const counter = (about: string, ...labels: string[]) => ({ kind: 'counter', about, labels }) as const
const spans = (about: string, ...labels: string[]) =>
  ({ kind: 'histogram', about, labels, buckets: SPANS }) as const

export const METRICS = {
  ngtb_build_info: gauge('1; its labels name this server', 'version', 'node'),
  ngtb_start_time_seconds: gauge('when this process began, UTC, seconds since 1970'),

  ngtb_accounts: gauge('accounts of the ledger'),
  ngtb_accounts_labelled: gauge(
    `accounts that have series of their own below: the first ${ACCOUNTS_LABELLED} by their ids`,
  ),
  ngtb_connections: gauge('EA connections by state', 'state'),
  ngtb_connection_up: gauge('1: the EA is connected', 'account'),
  ngtb_connection_healthy: gauge('1: connected, and its score is above MIN_HEALTH_SCORE', 'account'),
  ngtb_connection_health_score: gauge('0 to 100: docs/spec/connection-health.md', 'account'),
  ngtb_connection_consecutive_failures: gauge('silent intervals since the last sign of life', 'account'),
  ngtb_connection_last_seen_timestamp_seconds: gauge('the last sign of life, UTC', 'account'),
  ngtb_connection_condition: gauge(
    '1: it holds, 0: it does not; left out: nobody can know. Conditions as in connection-health.md',
    ...['account', 'condition'],
  ),
  ngtb_heartbeat_latency_seconds: gauge(
    'mean round trip that the EA measured between its heartbeats',
    'account',
  ),
  ngtb_heartbeats_total: counter('heartbeats, as the ledger counts them', 'account'),
  ngtb_ea_clock_uncertainty_seconds: gauge(
    'by how much the EA’s clock, put on the server’s, may be off',
    'account',
  ),
  ngtb_account_drifted: gauge('1: the EA’s open positions are not the ledger’s', 'account'),
  ngtb_drifts_total: counter('times that list and ledger began to differ, since this process began'),
  ngtb_open_positions: gauge('open positions by the ledger', 'account'),
  ngtb_ea_push_lines: gauge('EAs that are pushed to over a socket'),

  ngtb_commands: gauge('commands that are not settled, by state', 'state'),
  ngtb_commands_oldest_undelivered_seconds: gauge(
    'age of the oldest command that no EA was handed; 0: there is none',
  ),
  ngtb_commands_created_total: counter('commands created by this process, by type', 'type'),
  ngtb_command_events_total: counter('steps of commands’ lives, by the event’s name', 'event'),
  ngtb_command_hop_seconds: spans(
    'time from one step of a command to the next: docs/operations/observability.md',
    'hop',
  ),
  ngtb_command_duration_seconds: spans('from created to settled, by what became of it', 'status'),
  ngtb_leases: gauge('commands that an EA holds under a lease'),
  ngtb_leases_overdue: gauge('leases that ran out and were not looked at yet'),
  ngtb_leases_expired_total: counter('leases that ran out without a word'),

  ngtb_ticks_stored_total: counter('ticks stored by this process'),
  ngtb_ticks_lost_total: counter('ticks that EAs told to have lost before they reached the server'),
  ngtb_tick_batches_total: counter('batches of ticks taken'),
  ngtb_tick_group_ticks: {
    kind: 'histogram',
    buckets: COUNTS,
    labels: [],
    about: 'ticks of one account in one commit',
  },
  ngtb_quote_age_seconds: gauge('since the newest quote of the account; left out: none came yet', 'account'),

  ngtb_stream_gaps_total: counter('messages refused because events in front of them are missing', 'stream'),
  ngtb_dead_letters_total: counter('events of EAs that could not be taken and were kept', 'stream'),

  ngtb_database_up: gauge('1: the database answers'),
  ngtb_database_ping_seconds: gauge('one round trip to it, now; left out: it does not answer'),
  ngtb_database_size_bytes: gauge('what it takes on disk; left out: it does not answer'),
  ngtb_database_pool_connections: gauge('connections of the reading pool, by state', 'state'),
  ngtb_database_pool_waiting: gauge('reads that wait for one of them'),
  ngtb_commits_total: counter('steps that were committed'),
  ngtb_commit_failures_total: counter('steps that were not, by why', 'reason'),
  ngtb_commit_seconds: spans('a step’s wait for its commit'),
  ngtb_audit_events_total: counter('entries written into the audit chain'),
  ngtb_redis_up: gauge('1: Redis answers; left out: none is set'),

  ngtb_event_loop_delay_seconds: gauge('what is due runs so late, since the last measurement', 'statistic'),
  ngtb_process_resident_memory_bytes: gauge('memory of this process'),
  ngtb_process_cpu_seconds_total: counter('processor time of this process, all threads'),

  ngtb_window_clients: gauge('subscribers of /ws, by what they are told', 'feed'),
  ngtb_window_downgrades_total: counter('subscribers of every tick that fell behind and get the latest only'),

  ngtb_alerts: gauge('alerts that are raised and not cleared, by severity', 'severity'),
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof METRICS

/** The names by what they are: the registry takes a count only for a counter. */
export type NameOf<K extends MetricKind> = {
  [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never
}[MetricName]
