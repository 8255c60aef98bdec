// How rows and values correspond. Field names are column names; only moments and 64-bit counters change form.
import { jsonText } from '@ngtb/protocol'
import type pg from 'pg'

/** The columns of each table that a change set writes, in no particular order. */
export const TABLES = {
  account: cols(
    'account_id account_number broker subscribed_symbols version command_no audit_no audit_hash commands_completed',
    'commands_failed commands_timeout commands_expired commands_cancelled epoch incarnation rev limits',
    '@created_at',
  ),
  ea_connection: cols(
    'account_id state session_id platform heartbeat_count failed_heartbeats reconnect_count command_count',
    'consecutive_failures health_score avg_heartbeat_latency_ms avg_command_latency_ms balance equity margin',
    'free_margin open_positions empty_lists drifted broker_offset_min time_basis protocol owner_journal_id',
    'poll_interval_ms settle_ms margin_mode replaying snapshot_no account_info @owner_seen_at @contended_until',
    '@connected_at @last_seen_at @last_heartbeat_at @silent_since @last_sync_at @state_since terminal_connected',
    '@terminal_connected_since trade_blocked_by @trade_blocked_since @synced_since @drifted_since',
    'dialect run_symbols',
  ),
  broker_offset: cols('account_id @valid_from minutes basis'),
  api_key: cols(
    'key_id account_id secret_hash label scopes @created_at @expires_at @last_used_at @revoked_at replaced_by',
  ),
  symbol_spec: cols('account_id symbol spec'),
  command: cols(
    'account_id command_id command_no type payload priority status fingerprint origin @created_at @expires_at',
    'timeout_ms attempt retry_count max_retries @available_at @lease_expires_at @sent_at @completed_at response',
    'error retcode safe_to_retry note ticket lists_without journal_id epoch strategy_no evidence superseded_by',
    '@next_probe_at',
  ),
  command_attempt: cols(
    'account_id command_id attempt @delivered_at channel @lease_expires_at @answered_at outcome journal_id epoch',
  ),
  trade: cols(
    'account_id ticket symbol direction volume open_price open_time_ms sl tp wanted_sl wanted_tp profit swap',
    'commission comment magic status source command_id close_price close_time_ms close_reason closed_by',
    'broker_offset_min rev @absent_since @created_at @updated_at',
  ),
  audit_event: cols('account_id audit_no @at kind actor subject data prev_hash hash'),
  ea_log: cols('account_id level message details @received_at'),
  interaction_minute: cols('account_id @minute kind count @first_at @last_at longest_gap_ms'),
  ea_journal: cols('account_id journal_id epoch previous_epoch confirmed @first_seen_at @last_seen_at'),
  generation: cols('account_id scope symbol strategy_no command_no'),
  orphan_result: cols('account_id command_id command_no status response evidence journal_id @received_at'),
  strategy: cols('account_id strategy_no strategy_magic'),
  ea_stream: cols('account_id journal_id stream last_seq'),
  dead_letter: cols('account_id journal_id stream seq event error @received_at'),
  deal: cols(
    'account_id deal type entry reason order_ticket position symbol volume price profit swap commission fee magic',
    'comment time_ms broker_offset_min made_by command_id @received_at',
  ),
  pending_order: cols(
    'account_id ticket type state reason symbol volume volume_left price stop_limit_price sl tp expiration_ms magic',
    'comment position time_ms done_time_ms over_by made_by command_id ended_by ended_command_id broker_offset_min',
    '@created_at @updated_at',
  ),
  person: cols(
    'person_id name name_key role password_hash totp_secret totp_offered totp_step recovery_hashes @created_at',
    '@last_login_at @disabled_at',
  ),
  person_session: cols(
    'session_id person_id token_hash previous_hash @previous_until csrf_token @created_at @last_seen_at @expires_at',
    '@confirmed_until address agent @ended_at',
  ),
  invitation: cols('token_hash person_id created_by @created_at @expires_at @spent_at'),
  policy: cols('name value'),
  alert: cols(
    'alert_id name rule account_id severity text notice raised_by @raised_at @last_at count @acknowledged_at',
    'acknowledged_by note @cleared_at cleared_by',
  ),
  alert_delivery: cols(
    'delivery_id alert_id channel tiding message state attempts @created_at @next_at @done_at error claimed_by',
    '@claimed_until',
  ),
  alert_setting: cols('account_id settings'),
  alert_mark: cols('account_id peak_equity day day_equity balance_deal'),
  alert_cursor: cols('name seq'),
} as const

export type TableName = keyof typeof TABLES

interface Columns {
  readonly all: readonly string[]
  readonly moments: readonly string[]
}

function cols(...lines: string[]): Columns {
  const words = lines.join(' ').split(' ')
  const name = (word: string) => word.replace('@', '')
  return { all: words.map(name), moments: words.filter((word) => word.startsWith('@')).map(name) }
}

/**
 * The value as JSON text for `jsonb_populate_recordset`: moments as ISO text, everything else as it is, and what is
 * null left out. Text at once, and not an object first: of the rows of a busy second that is most of the work.
 * @param more members beside the columns
 */
export function rowText(
  table: TableName,
  value: object,
  more: Readonly<Record<string, unknown>> = {},
): string {
  const source = value as Record<string, unknown>
  let members = ''
  for (const { name, label, moment } of PLACES[table]) {
    const is = source[name]
    if (is === null || is === undefined) continue
    members += (members === '' ? '' : ',') + label + (moment ? momentText(is as number) : valueText(is))
  }
  for (const name in more) members += `,"${name}":${valueText(more[name])}`
  return `{${members}}`
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return jsonText(value)
  return typeof value === 'number' && Number.isInteger(value) ? `${value}` : JSON.stringify(value)
}

/** All that a step writes has the moment of the step. */
let last = { ms: Number.NaN, text: '' }

function momentText(ms: number): string {
  if (last.ms !== ms) last = { ms, text: `"${toIso(ms)}"` }
  return last.text
}

interface Place {
  readonly name: string
  /** Its name as JSON, and the colon. */
  readonly label: string
  readonly moment: boolean
}

const PLACES = Object.fromEntries(
  Object.entries(TABLES).map(([table, { all, moments }]) => [
    table,
    all.map((name): Place => ({ name, label: `"${name}":`, moment: moments.includes(name) })),
  ]),
) as unknown as Record<TableName, readonly Place[]>

// Moments keep whole milliseconds: JavaScript's own precision of a moment.
export const toIso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString()) // sim-ok: formats a given moment

/**
 * Parsers for one connection's results: timestamptz as ms, counters as numbers.
 * int8 stays text for tickets and logins (R1); the columns below are counters that stay under 2^53.
 */
export const COUNTERS = new Set([
  'version',
  'command_no',
  'audit_no',
  'heartbeat_count',
  'failed_heartbeats',
  'reconnect_count',
  'command_count',
  'commands_completed',
  'commands_failed',
  'commands_timeout',
  'commands_expired',
  'commands_cancelled',
  'open_time_ms',
  'close_time_ms',
  'time_ms',
  'expiration_ms',
  'done_time_ms',
  'seq',
  'first_seq',
  'last_seq',
  'ticks',
  'batches',
  'count',
  'epoch',
  'previous_epoch',
  'incarnation',
  'rev',
  'snapshot_no',
  'strategy_magic',
  'tick_volume',
  'totp_step',
  'alert_no',
  'delivery_no',
])

/** A result row as the value that core and services know. */
export function fromRow<T>(row: Record<string, unknown>): T {
  for (const name in row) {
    const value = row[name]
    if (typeof value === 'string' && COUNTERS.has(name)) row[name] = Number(value)
  }
  return row as T
}

const TIMESTAMPTZ = 1184

/** Reads timestamptz as ms since 1970; everything else as `pg` does. */
export function typeParsers(types: typeof pg.types): pg.CustomTypesConfig {
  return {
    getTypeParser(oid: number, format?: 'text' | 'binary') {
      if (oid === TIMESTAMPTZ && format !== 'binary') return (text: string) => Date.parse(isoOf(text)) // sim-ok: parses text
      return types.getTypeParser(oid, format as 'text')
    },
  } as pg.CustomTypesConfig
}

/** PostgreSQL prints `2026-11-22 17:00:00.123+00`; the session's time zone is UTC. */
const isoOf = (text: string) => `${text.replace(' ', 'T').replace(/\+00$/, '')}Z`
