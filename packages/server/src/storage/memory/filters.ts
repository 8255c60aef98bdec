// What a list of the tables in memory leaves out: the words of storage/postgres/reads/ledger.ts, row by row.
import type { AuditEvent, Command, Trade } from '@ngtb/core'
import type { AuditFilter, CommandFilter, TradeFilter } from '../../ports.ts'

export const command = (row: Command, { statuses, types, symbol, since }: CommandFilter): boolean =>
  (statuses ?? [row.status]).includes(row.status) &&
  (types ?? [row.type]).includes(row.type) &&
  (symbol === undefined || row.payload.symbol === symbol) &&
  row.created_at >= (since ?? row.created_at)

export function trade(row: Trade, { status, symbol, from, to }: TradeFilter): boolean {
  if (status !== 'all' && row.status !== status) return false
  if ((symbol ?? row.symbol) !== row.symbol) return false
  if (from === undefined && to === undefined) return true
  const closed_ms = row.close_time_ms ?? Math.trunc(row.updated_at) + row.broker_offset_min * 60_000
  return row.status === 'closed' && closed_ms >= (from ?? 0) && closed_ms < (to ?? Number.POSITIVE_INFINITY)
}

export const audit = (row: AuditEvent, { kind, subject, actor, since }: AuditFilter): boolean =>
  (kind === undefined || (kind.endsWith('*') ? row.kind.startsWith(kind.slice(0, -1)) : row.kind === kind)) &&
  (subject ?? row.subject) === row.subject &&
  (actor ?? row.actor) === row.actor &&
  row.at >= (since ?? row.at)
