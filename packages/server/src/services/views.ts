// From what the ledger holds to what callers see: both names of the account, ISO times, tickets as text.

import {
  brokerToUtc,
  type Command,
  type Condition,
  type Conditions,
  type Deal,
  type Order,
  ownerLeaseUntil,
  type Trade,
} from '@ngtb/core'
import {
  type AccountView,
  type AttemptView,
  type AuditView,
  type CommandView,
  type ConditionView,
  type ConnectionView,
  type DeadLetterView,
  type DealView,
  type KeyView,
  type LogView,
  type OrderView,
  type OrphanView,
  retcodeName,
  type SymbolSpec,
  type SymbolView,
  type TickLossView,
  type TradeView,
  type WireView,
} from '@ngtb/protocol'
import type {
  Account,
  ApiKeyRow,
  Attempt,
  Connection,
  DeadLetter,
  OrphanResult,
  StoredAudit,
  StoredLog,
  TickCount,
  TickLoss,
  WireText,
} from '../ports.ts'
import type { DeskState } from './desk-state.ts'

const iso = (ms: number) => new Date(ms).toISOString() // sim-ok: formats a given moment
export const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms))
/** Broker wall clock: ISO without a zone, for it has none that we could name. */
const brokerIso = (ms: number | null) => (ms === null ? null : iso(ms).slice(0, -1))
const seconds = (ms: number | null) => (ms === null ? null : ms / 1000)

export const serverTime = iso

/** A broker moment as UTC text, by the account's offset (contract §8). */
export const brokerUtc = (broker_ms: number, offset_min: number) => iso(brokerToUtc(broker_ms, offset_min))

const bothNames = (account: Account) => ({
  account_id: account.account_id,
  account_number: account.account_number ?? '',
})

export interface ConnectionFacts {
  readonly account: Account
  readonly connection: Connection
  readonly healthy: boolean
  readonly ticks: TickCount
  readonly conditions: Conditions
}

export function connectionView(facts: ConnectionFacts, now: number): ConnectionView {
  const { account, connection, healthy, ticks, conditions } = facts
  return {
    ...bothNames(account),
    broker: account.broker,
    state: connection.state,
    healthy,
    session_id: connection.session_id,
    connected_at: isoOrNull(connection.connected_at),
    last_seen_at: isoOrNull(connection.last_seen_at),
    last_heartbeat: isoOrNull(connection.last_heartbeat_at),
    last_sync_at: isoOrNull(connection.last_sync_at),
    heartbeat_count: connection.heartbeat_count,
    failed_heartbeats: connection.failed_heartbeats,
    reconnect_count: connection.reconnect_count,
    tick_count: ticks.ticks,
    ticks_lost: ticks.lost,
    command_count: connection.command_count,
    consecutive_failures: connection.consecutive_failures,
    health_score: connection.health_score,
    avg_heartbeat_latency: seconds(connection.avg_heartbeat_latency_ms),
    avg_command_response_latency: seconds(connection.avg_command_latency_ms),
    balance: connection.balance,
    equity: connection.equity,
    margin: connection.margin,
    free_margin: connection.free_margin,
    open_positions: connection.open_positions,
    broker_offset_minutes: connection.broker_offset_min,
    time_basis: connection.time_basis,
    drifted: connection.drifted,
    protocol: connection.protocol,
    dialect: connection.dialect,
    epoch: account.epoch,
    incarnation: account.incarnation,
    rev: account.rev,
    owner_journal_id: connection.owner_journal_id,
    owner_lease_until: isoOrNull(ownerLeaseUntil(connection)),
    contended: connection.contended_until !== null && now < connection.contended_until,
    replaying: connection.replaying,
    conditions: {
      ea_link: conditionView(conditions.ea_link),
      broker_link: conditionView(conditions.broker_link),
      trading_allowed: conditionView(conditions.trading_allowed),
      quotes_fresh: conditionView(conditions.quotes_fresh),
      in_sync: conditionView(conditions.in_sync),
      drifted: conditionView(conditions.drifted),
    },
  }
}

export const conditionView = ({ is, since, cause }: Condition): ConditionView => ({
  is,
  since: isoOrNull(since),
  cause,
})

export const accountView = (
  { account, connection: { account_info } }: Pick<DeskState, 'account' | 'connection'>,
  subscribed_symbols: string[],
  connection: ConnectionView,
): AccountView => ({
  ...bothNames(account),
  broker: account.broker,
  created_at: iso(account.created_at),
  info: account_info,
  subscribed_symbols,
  connection,
})

export const symbolView = (spec: SymbolSpec, is_subscribed: boolean): SymbolView => ({
  symbol: spec.symbol,
  subscribed: is_subscribed,
  description: spec.description ?? null,
  digits: spec.digits ?? null,
  point_value: spec.point_value ?? null,
  volume_min: spec.volume_min ?? null,
  volume_max: spec.volume_max ?? null,
  volume_step: spec.volume_step ?? null,
  stops_level: spec.stops_level ?? null,
  freeze_level: spec.freeze_level ?? null,
  trade_mode: spec.trade_mode ?? null,
  contract_size: spec.contract_size ?? null,
  tick_size: spec.tick_size ?? null,
  tick_value: spec.tick_value ?? null,
  currency_profit: spec.currency_profit ?? null,
})

export function commandView(account: Account, command: Command, ea_connected: boolean): CommandView {
  const answered = command.completed_at !== null && command.sent_at !== null
  return {
    command_id: command.command_id,
    id: command.command_id,
    ...bothNames(account),
    command_no: command.command_no,
    command_type: command.type,
    type: command.type,
    payload: { ...command.payload },
    priority: command.priority,
    status: command.status,
    created_at: iso(command.created_at),
    expires_at: isoOrNull(command.expires_at),
    sent_at: isoOrNull(command.sent_at),
    completed_at: isoOrNull(command.completed_at),
    attempt: command.attempt,
    retry_count: command.retry_count,
    max_retries: command.max_retries,
    timeout: command.timeout_ms / 1000,
    latency_ms: answered ? (command.completed_at as number) - (command.sent_at as number) : null,
    response: command.response,
    response_data: command.response,
    error_message: command.error,
    retcode: command.retcode,
    retcode_name: command.retcode === null ? null : retcodeName(command.retcode),
    safe_to_retry: command.safe_to_retry,
    note: command.note,
    evidence: command.evidence,
    superseded_by: command.superseded_by,
    ea_connected,
  }
}

export const attemptView = (attempt: Attempt): AttemptView => ({
  attempt: attempt.attempt,
  delivered_at: iso(attempt.delivered_at),
  channel: attempt.channel,
  lease_expires_at: iso(attempt.lease_expires_at),
  answered_at: isoOrNull(attempt.answered_at),
  outcome: attempt.outcome,
})

export const wireView = ({ attempt, direction, at, text, cut }: WireText): WireView => ({
  attempt,
  direction,
  at: iso(at),
  text,
  cut,
})

export const orphanView = (orphan: OrphanResult): OrphanView => ({
  command_id: orphan.command_id,
  command_no: orphan.command_no,
  status: orphan.status,
  response: { ...orphan.response },
  evidence: orphan.evidence,
  journal_id: orphan.journal_id,
  received_at: iso(orphan.received_at),
})

export function tradeView(account: Account, trade: Trade): TradeView {
  const utc = (ms: number | null) => isoOrNull(ms === null ? null : brokerToUtc(ms, trade.broker_offset_min))
  return {
    ...bothNames(account),
    ticket: trade.ticket,
    symbol: trade.symbol,
    direction: trade.direction,
    volume: trade.volume,
    open_price: trade.open_price,
    open_time_broker: brokerIso(trade.open_time_ms),
    open_time: utc(trade.open_time_ms),
    sl: trade.sl,
    tp: trade.tp,
    wanted_sl: trade.wanted_sl,
    wanted_tp: trade.wanted_tp,
    profit: trade.profit,
    swap: trade.swap,
    commission: trade.commission,
    comment: trade.comment,
    magic: trade.magic,
    status: trade.status,
    source: trade.source,
    command_id: trade.command_id,
    close_price: trade.close_price,
    close_time_broker: brokerIso(trade.close_time_ms),
    close_time: utc(trade.close_time_ms),
    close_reason: trade.close_reason,
    closed_by: trade.closed_by,
    suspect_since: isoOrNull(trade.absent_since),
    created_at: iso(trade.created_at),
    updated_at: iso(trade.updated_at),
  }
}

export function dealView(account: Account, deal: Deal): DealView {
  const { order_ticket, time_ms, broker_offset_min, received_at, account_id: _id, ...fields } = deal
  return {
    ...bothNames(account),
    ...fields,
    order: order_ticket,
    time_broker: brokerIso(time_ms),
    time: isoOrNull(time_ms === null ? null : brokerToUtc(time_ms, broker_offset_min)),
    received_at: iso(received_at),
  }
}

export function orderView(account: Account, order: Order): OrderView {
  const { expiration_ms, time_ms, done_time_ms, broker_offset_min, account_id: _id, ...fields } = order
  const utc = (ms: number | null) => isoOrNull(ms === null ? null : brokerToUtc(ms, broker_offset_min))
  return {
    ...bothNames(account),
    ...fields,
    status: order.over_by === null ? 'waiting' : 'over',
    expiration_broker: brokerIso(expiration_ms),
    expiration: utc(expiration_ms),
    placed_broker: brokerIso(time_ms),
    placed: utc(time_ms),
    ended_broker: brokerIso(done_time_ms),
    ended: utc(done_time_ms),
    created_at: iso(order.created_at),
    updated_at: iso(order.updated_at),
  }
}

export const deadLetterView = (account: Account, letter: DeadLetter): DeadLetterView => ({
  ...bothNames(account),
  journal_id: letter.journal_id,
  stream: letter.stream,
  seq: letter.seq,
  event: letter.event,
  error: letter.error,
  received_at: iso(letter.received_at),
})

export const tickLossView = (account: Account, loss: TickLoss): TickLossView => ({
  ...bothNames(account),
  run: loss.run,
  first_seq: loss.first_seq,
  last_seq: loss.last_seq,
  count: loss.last_seq - loss.first_seq + 1,
  received_at: iso(loss.received_at),
})

export const auditView = (event: StoredAudit): AuditView => ({
  seq: event.seq,
  account_id: event.account_id,
  audit_no: event.audit_no,
  at: iso(event.at),
  kind: event.kind,
  actor: event.actor,
  subject: event.subject,
  data: { ...event.data },
  prev_hash: event.prev_hash,
  hash: event.hash,
})

export const logView = (account: Account, log: StoredLog): LogView => ({
  seq: log.seq,
  ...bothNames(account),
  level: log.level,
  message: log.message,
  details: log.details,
  received_at: iso(log.received_at),
})

export const keyView = (key: ApiKeyRow, account: Account | undefined): KeyView => ({
  key_id: key.key_id,
  account_id: key.account_id,
  account_number: account?.account_number ?? null,
  label: key.label,
  scopes: [...key.scopes],
  created_at: iso(key.created_at),
  expires_at: isoOrNull(key.expires_at),
  last_used_at: isoOrNull(key.last_used_at),
  revoked_at: isoOrNull(key.revoked_at),
  replaced_by: key.replaced_by,
})
