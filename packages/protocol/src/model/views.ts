// What the management API answers: one shape per thing, the same in REST, /ws and SDK. Times are ISO 8601 UTC.
import Type, { type Static } from 'typebox'
import { AccountInfo } from './account-info.ts'
import { both, nullable, UtcTime } from './fields.ts'

const Seconds = (description: string) => nullable(Type.Number({ description }))

export const ConditionView = Type.Object({
  is: nullable(Type.Boolean({ description: 'null: nobody can know' })),
  since: nullable(UtcTime),
  cause: Type.String({ description: 'a sentence for a person' }),
})
export type ConditionView = Static<typeof ConditionView>

/** What holds of an account's way to the broker now, each with since when and why (contract §9). */
export const ConditionsView = Type.Object({
  ea_link: ConditionView,
  broker_link: ConditionView,
  trading_allowed: ConditionView,
  quotes_fresh: ConditionView,
  in_sync: ConditionView,
  drifted: ConditionView,
})
export type ConditionsView = Static<typeof ConditionsView>

export const ConnectionView = Type.Object({
  ...both,
  broker: Type.String(),
  state: Type.String(),
  healthy: Type.Boolean(),
  session_id: nullable(Type.String()),
  connected_at: nullable(UtcTime),
  last_seen_at: nullable(UtcTime),
  last_heartbeat: nullable(UtcTime),
  last_sync_at: nullable(UtcTime),
  heartbeat_count: Type.Integer(),
  failed_heartbeats: Type.Integer(),
  reconnect_count: Type.Integer(),
  tick_count: Type.Integer(),
  ticks_lost: Type.Integer({
    description: 'told by their numbers: let go by the EA before they could be sent (P11)',
  }),
  command_count: Type.Integer(),
  consecutive_failures: Type.Integer(),
  health_score: Type.Number(),
  avg_heartbeat_latency: Seconds('seconds'),
  avg_command_response_latency: Seconds('seconds'),
  balance: nullable(Type.Number()),
  equity: nullable(Type.Number()),
  margin: nullable(Type.Number()),
  free_margin: nullable(Type.Number()),
  open_positions: nullable(Type.Integer()),
  broker_offset_minutes: Type.Integer(),
  time_basis: Type.String(),
  drifted: Type.Boolean(),
  protocol: nullable(Type.Integer({ description: '2: native EA, 1: plain client' })),
  dialect: nullable(
    Type.String({ description: 'legacy: an EA of the older dialect (docs/spec/legacy-ea.md)' }),
  ),
  epoch: Type.Integer({ description: 'rises by one at every accepted connect of a native EA' }),
  incarnation: Type.Integer({ description: 'rises when the database went back' }),
  rev: Type.Integer({ description: 'revision of the trade table' }),
  owner_journal_id: nullable(Type.String()),
  owner_lease_until: nullable(UtcTime),
  contended: Type.Boolean({
    description: 'a second EA asked while the owner was alive: opening is 423 (P14)',
  }),
  replaying: Type.Boolean({
    description: 'results are replayed after the database went back: opening is 423',
  }),
  conditions: ConditionsView,
})
export type ConnectionView = Static<typeof ConnectionView>

export const AccountView = Type.Object({
  ...both,
  broker: Type.String(),
  created_at: UtcTime,
  info: nullable(AccountInfo),
  subscribed_symbols: Type.Array(Type.String()),
  connection: ConnectionView,
})
export type AccountView = Static<typeof AccountView>

/** A symbol as the terminal of this account has it; what it did not say is null. */
export const SymbolView = Type.Object({
  symbol: Type.String(),
  subscribed: Type.Boolean({ description: 'its ticks are asked for' }),
  description: nullable(Type.String()),
  digits: nullable(Type.Integer()),
  point_value: nullable(Type.Number()),
  volume_min: nullable(Type.Number({ description: 'lots' })),
  volume_max: nullable(Type.Number()),
  volume_step: nullable(Type.Number()),
  stops_level: nullable(Type.Number({ description: 'points' })),
  freeze_level: nullable(Type.Number({ description: 'points' })),
  trade_mode: nullable(Type.Union([Type.Number(), Type.String()])),
  contract_size: nullable(Type.Number({ description: 'units in one lot' })),
  tick_size: nullable(Type.Number({ description: 'in price' })),
  tick_value: nullable(
    Type.Number({ description: 'of one lot, in the account’s currency, as it was at the EA’s connect' }),
  ),
  currency_profit: nullable(Type.String({ description: 'the account’s own: tick_value does not move' })),
})
export type SymbolView = Static<typeof SymbolView>

export const AttemptView = Type.Object({
  attempt: Type.Integer(),
  delivered_at: UtcTime,
  channel: Type.String(),
  lease_expires_at: UtcTime,
  answered_at: nullable(UtcTime),
  outcome: nullable(Type.String()),
})
export type AttemptView = Static<typeof AttemptView>

export const CommandView = Type.Object({
  command_id: Type.String(),
  id: Type.String({ description: 'the same as command_id' }),
  ...both,
  command_no: Type.Integer(),
  command_type: Type.String(),
  type: Type.String({ description: 'the same as command_type' }),
  payload: Type.Record(Type.String(), Type.Unknown()),
  priority: Type.Integer(),
  status: Type.String(),
  created_at: UtcTime,
  expires_at: nullable(UtcTime),
  sent_at: nullable(UtcTime),
  completed_at: nullable(UtcTime),
  attempt: Type.Integer({ description: 'deliveries so far; 0 = undelivered' }),
  retry_count: Type.Integer(),
  max_retries: Type.Integer(),
  timeout: Type.Number({ description: 'seconds that an answer may take' }),
  latency_ms: nullable(Type.Number({ description: 'last delivery to answer' })),
  response: nullable(Type.Record(Type.String(), Type.Unknown())),
  response_data: nullable(Type.Record(Type.String(), Type.Unknown())),
  error_message: nullable(Type.String()),
  retcode: nullable(Type.Integer()),
  retcode_name: nullable(Type.String()),
  safe_to_retry: nullable(Type.Boolean()),
  note: nullable(Type.String()),
  evidence: nullable(
    Type.String({ description: 'what settled it: the EA’s word, a tag, a position, a person' }),
  ),
  superseded_by: nullable(Type.String({ description: 'the newer MODIFY that took its place' })),
  ea_connected: Type.Boolean(),
})
export type CommandView = Static<typeof CommandView>
export const CreatedCommandView = Type.Object({
  ...CommandView.properties,
  replayed: Type.Boolean({ description: 'this intent was known: nothing was made (P2)' }),
})

export const AuditView = Type.Object({
  seq: Type.Integer(),
  account_id: Type.Integer({ description: '0 is the system itself' }),
  audit_no: Type.Integer(),
  at: UtcTime,
  kind: Type.String(),
  actor: Type.String(),
  subject: nullable(Type.String()),
  data: Type.Record(Type.String(), Type.Unknown()),
  prev_hash: Type.String(),
  hash: Type.String(),
})
export type AuditView = Static<typeof AuditView>

const Departure = Type.Object({
  what: Type.String({ description: 'command, trade, account, connection, journal, generation, key, …' }),
  subject: nullable(Type.String({ description: 'its name; null: the account itself' })),
  field: nullable(Type.String({ description: 'null: it is missing on one side' })),
  told: Type.Unknown({ description: 'as the events tell it' }),
  is: Type.Unknown({ description: 'as the row of today has it' }),
})
const replayed = {
  ...both,
  asked_at: nullable(UtcTime),
  asked_seq: nullable(Type.Integer()),
  events: Type.Integer({ description: 'how many were folded' }),
  last: nullable(
    Type.Object(
      {
        seq: Type.Integer(),
        audit_no: Type.Integer(),
        at: UtcTime,
        kind: Type.String(),
        actor: Type.String(),
      },
      { description: 'the last event that was folded' },
    ),
  ),
  departures: Type.Array(Departure, {
    description: 'where the rows of today differ: since then, or, with neither at nor seq, behind the server',
  }),
}
const Fields = Type.Record(Type.String(), Type.Unknown())

/** A command as its events tell it, at a time (P13). */
export const CommandReplayView = Type.Object({
  ...replayed,
  command_id: Type.String(),
  state: nullable(Type.Record(Type.String(), Type.Unknown(), { description: 'null: not there yet' })),
})
export type CommandReplayView = Static<typeof CommandReplayView>

/** The same of an account: its heads, and what was unsettled and open. */
export const AccountReplayView = Type.Object({
  ...replayed,
  state: Type.Object({
    account: Fields,
    connection: Fields,
    journals: Type.Array(Fields),
    generations: nullable(Type.Array(Fields)),
    strategies: Type.Array(Fields),
    orphans: Type.Array(Fields),
    keys: Type.Array(Fields),
    commands: Type.Array(Fields, { description: 'unsettled ones' }),
    trades: Type.Array(Fields, { description: 'open ones' }),
    orders: Type.Array(Fields, { description: 'pending ones that wait' }),
    commands_by_status: Type.Record(Type.String(), Type.Integer()),
  }),
})
export type AccountReplayView = Static<typeof AccountReplayView>

/** From one step of a command's life to the next; they sum to the whole. */
export const HopView = Type.Object({
  from: Type.String(),
  to: Type.String(),
  attempt: Type.Integer({ description: '0: before the first hand-out' }),
  at: UtcTime,
  ms: Type.Number(),
  uncertainty_ms: Type.Optional(
    Type.Number({ description: 'an end of it was told by the EA’s clock, and may be off by so much' }),
  ),
})
export type HopView = Static<typeof HopView>

/** As it went over the wire; bounded, without keys, and lost where the server was flooded or killed. */
export const WireView = Type.Object({
  attempt: nullable(Type.Integer({ description: 'null: the message does not say' })),
  direction: Type.String({ description: 'sent to the EA, or received from it' }),
  at: UtcTime,
  text: Type.String({ description: 'JSON; at most 8,192 characters' }),
  cut: Type.Boolean({ description: 'it was longer' }),
})
export type WireView = Static<typeof WireView>

export const CommandDetailView = Type.Object({
  ...CommandView.properties,
  attempts: Type.Array(AttemptView),
  events: Type.Array(AuditView),
  hops: Type.Array(HopView),
  wire: Type.Array(WireView),
})
export type CommandDetailView = Static<typeof CommandDetailView>

/** A result that an EA told of a command which the ledger does not know: kept, never forgotten (K19). */
export const OrphanView = Type.Object({
  command_id: Type.String(),
  command_no: nullable(Type.Integer()),
  status: Type.String(),
  response: Type.Record(Type.String(), Type.Unknown()),
  evidence: nullable(Type.String()),
  journal_id: nullable(Type.String()),
  received_at: UtcTime,
})
export type OrphanView = Static<typeof OrphanView>

export const DeadLetterView = Type.Object({
  ...both,
  journal_id: Type.String(),
  stream: Type.String(),
  seq: Type.Integer(),
  event: Type.Unknown(),
  error: Type.String(),
  received_at: UtcTime,
})
export type DeadLetterView = Static<typeof DeadLetterView>

export const TickLossView = Type.Object({
  ...both,
  run: Type.String({ description: 'the sender’s own name for itself, from its start to its end' }),
  first_seq: Type.Integer(),
  last_seq: Type.Integer(),
  count: Type.Integer(),
  received_at: UtcTime,
})
export type TickLossView = Static<typeof TickLossView>

export const TickView = Type.Object({
  symbol: Type.String(),
  time_ms: Type.Integer({ description: 'broker time as the EA sent it, in ms' }),
  time: UtcTime,
  bid: Type.Number(),
  ask: Type.Number(),
  volume: Type.Number(),
})
export type TickView = Static<typeof TickView>

export const CandleView = Type.Object({
  time_ms: Type.Integer({ description: 'start of the candle, broker time in ms' }),
  time: UtcTime,
  open: Type.Number({ description: 'bid prices' }),
  high: Type.Number(),
  low: Type.Number(),
  close: Type.Number(),
  ticks: Type.Integer(),
  complete: Type.Boolean(),
})
export type CandleView = Static<typeof CandleView>

export const BarView = Type.Object({
  time_ms: Type.Integer({ description: 'start of the bar, broker time in ms' }),
  time: UtcTime,
  open: Type.Number(),
  high: Type.Number(),
  low: Type.Number(),
  close: Type.Number(),
  tick_volume: Type.Integer(),
  real_volume: Type.Number(),
  spread: Type.Integer({ description: 'points' }),
  complete: Type.Boolean({ description: 'false: it was still forming when the terminal told it' }),
  received_at: UtcTime,
})
export type BarView = Static<typeof BarView>

export const LogView = Type.Object({
  seq: Type.Integer(),
  ...both,
  level: Type.String(),
  message: Type.String(),
  details: Type.Unknown(),
  received_at: UtcTime,
})
export type LogView = Static<typeof LogView>

export const KeyView = Type.Object({
  key_id: Type.String(),
  account_id: nullable(Type.Integer()),
  account_number: nullable(Type.String()),
  label: Type.String(),
  scopes: Type.Array(Type.String()),
  created_at: UtcTime,
  expires_at: nullable(UtcTime),
  last_used_at: nullable(UtcTime),
  revoked_at: nullable(UtcTime),
  /** The key that was made in its place; it works on until `expires_at`. */
  replaced_by: nullable(Type.String()),
})
export type KeyView = Static<typeof KeyView>
export const NewKeyView = Type.Object({ ...KeyView.properties, api_key: Type.String() })
export type NewKeyView = Static<typeof NewKeyView>

export const SystemStatusView = Type.Object({
  connections: Type.Object({
    total: Type.Integer(),
    healthy: Type.Integer(),
    unhealthy: Type.Integer(),
    details: Type.Array(ConnectionView),
  }),
  commands: Type.Object({
    total_processed: Type.Integer(),
    total_failed: Type.Integer(),
    success_rate: Type.Number(),
    active: Type.Integer(),
    expired: Type.Integer(),
    cancelled: Type.Integer(),
  }),
  data: Type.Object({
    total_ticks_received: Type.Integer(),
    total_heartbeats_received: Type.Integer(),
  }),
})
export type SystemStatusView = Static<typeof SystemStatusView>
