// Reads of commands, trades, audit events and logs. Every list has an order and a cursor.
import type { Command, Trade } from '@ngtb/core'
import { COMMAND_TYPES, COMMANDS } from '@ngtb/protocol'
import type pg from 'pg'
import type {
  Attempt,
  AuditFilter,
  CommandFilter,
  Opening,
  Page,
  PageRequest,
  StoredAudit,
  StoredLog,
  TradeFilter,
} from '../../../ports.ts'
import { fromRow, toIso } from '../rows.ts'
import { pageOf, toTrade } from './accounts.ts'

const INT64_MAX = '9223372036854775807'

export async function command(
  pool: pg.Pool,
  account_id: number,
  command_id: string,
): Promise<Command | null> {
  const { rows } = await pool.query({
    name: 'command',
    text: 'select * from command where account_id = $1 and command_id = $2',
    values: [account_id, command_id],
  })
  return rows[0] ? fromRow<Command>(rows[0]) : null
}

/** By the number that an order's tag carries. */
export async function commandByNo(
  pool: pg.Pool,
  account_id: number,
  command_no: number,
): Promise<Command | null> {
  const { rows } = await pool.query({
    name: 'command_by_no',
    text: 'select * from command where account_id = $1 and command_no = $2',
    values: [account_id, command_no],
  })
  return rows[0] ? fromRow<Command>(rows[0]) : null
}

export async function commandOwners(pool: pg.Pool, command_id: string): Promise<number[]> {
  const { rows } = await pool.query<{ account_id: number }>(
    'select account_id from command where command_id = $1 order by account_id',
    [command_id],
  )
  return rows.map((row) => row.account_id)
}

export async function commands(
  pool: pg.Pool,
  account_id: number,
  { limit, after }: PageRequest,
  { statuses, types, symbol, since }: CommandFilter,
): Promise<Page<Command>> {
  const { rows } = await pool.query(
    `select * from command where account_id = $1 and command_no < $2
       and ($3::text[] is null or status = any($3)) and ($4::text[] is null or type = any($4))
       and ($5::text is null or payload ->> 'symbol' = $5) and ($6::timestamptz is null or created_at >= $6)
     order by command_no desc limit $7`,
    [
      ...[account_id, after?.[0] ?? INT64_MAX, statuses ?? null, types ?? null],
      ...[symbol ?? null, toIso(since ?? null), limit + 1],
    ],
  )
  return pageOf(
    rows.map((row) => fromRow<Command>(row)),
    limit,
    (row) => [row.command_no],
  )
}

export async function openingsSince(
  pool: pg.Pool,
  account_id: number,
  since: number,
  limit: number,
): Promise<Opening[]> {
  const { rows } = await pool.query({
    name: 'openings_since',
    text: `select command_no, created_at from command
           where account_id = $1 and created_at > $2 and type = any($3) order by command_no desc limit $4`,
    values: [account_id, toIso(since), OPENINGS, limit],
  })
  return rows.map((row) => fromRow<Opening>(row))
}

const OPENINGS = COMMAND_TYPES.filter((type) => !COMMANDS[type].reduces_risk)

export async function attempts(pool: pg.Pool, account_id: number, command_id: string): Promise<Attempt[]> {
  const { rows } = await pool.query(
    'select * from command_attempt where account_id = $1 and command_id = $2 order by attempt',
    [account_id, command_id],
  )
  return rows.map((row) => fromRow<Attempt>(row))
}

export async function tradesAmong(
  pool: Pick<pg.Pool, 'query'>,
  account_id: number,
  tickets: readonly string[],
): Promise<Trade[]> {
  if (tickets.length === 0) return []
  const { rows } = await pool.query(
    'select * from trade where account_id = $1 and ticket = any($2::bigint[]) order by ticket',
    [account_id, tickets],
  )
  return rows.map(toTrade)
}

/** When a trade closed, in broker time: of one that was missing in a list, when that was seen (index: 000017). */
const CLOSED_WITHIN = `and status = 'closed' and (
    (close_time_ms >= $6 and close_time_ms < $7) or (
      close_time_ms is null
      and (extract(epoch from updated_at) * 1000)::bigint + broker_offset_min * 60000 between $6 and $7 - 1
    )
  )`

export async function trades(
  pool: pg.Pool,
  account_id: number,
  { limit, after }: PageRequest,
  { status, symbol, from, to }: TradeFilter,
): Promise<Page<Trade>> {
  const within = from === undefined && to === undefined ? '' : CLOSED_WITHIN
  const { rows } = await pool.query(
    `select * from trade where account_id = $1 and ($2::bigint is null or ticket < $2)
       and ($3 = 'all' or status = $3) and ($4::text is null or symbol = $4) ${within}
     order by ticket desc limit $5`,
    [
      ...[account_id, after?.[0] ?? null, status, symbol ?? null, limit + 1],
      ...(within === '' ? [] : [from ?? 0, to ?? INT64_MAX]),
    ],
  )
  return pageOf(rows.map(toTrade), limit, (row) => [row.ticket])
}

/** Kinds and actors that are most of the trail; what is not among them has an index of its own (000017). */
const isFrequentKind = (kind: string) => /^(?:[a-z]{0,7}\*$|command\.|trade\.)/.test(kind)
const SELDOM_KIND = `and kind not like 'command.%' and kind not like 'trade.%'`
const isFrequentActor = (actor: string) => /^(?:key:.*|server|push)$/.test(actor)
const SELDOM_ACTOR = `and actor not like 'key:%' and actor not in ('server', 'push')`

export async function auditOf(
  pool: pg.Pool,
  account_id: number | null,
  { limit, after }: PageRequest,
  { kind, subject, actor, since }: AuditFilter,
): Promise<Page<StoredAudit>> {
  const prefix = kind?.endsWith('*') ? kind.slice(0, -1) : null
  const { rows } = await pool.query(
    `select * from audit_event where ($1::int is null or account_id = $1) and seq < $2
       and ($3::text is null or kind = $3) and ($4::text is null or subject = $4)
       and ($5::text is null or starts_with(kind, $5)) and ($6::text is null or actor = $6)
       and ($7::timestamptz is null or at >= $7)
       ${kind !== undefined && !isFrequentKind(kind) ? SELDOM_KIND : ''}
       ${actor !== undefined && !isFrequentActor(actor) ? SELDOM_ACTOR : ''}
     order by seq desc limit $8`,
    [
      ...[account_id, after?.[0] ?? INT64_MAX, prefix === null ? (kind ?? null) : null, subject ?? null],
      ...[prefix, actor ?? null, toIso(since ?? null), limit + 1],
    ],
  )
  return pageOf(
    rows.map((row) => fromRow<StoredAudit>(row)),
    limit,
    (row) => [row.seq],
  )
}

export async function auditChain(
  pool: Pick<pg.Pool, 'query'>,
  account_id: number,
  after_no: number,
  limit: number,
): Promise<StoredAudit[]> {
  const { rows } = await pool.query(
    'select * from audit_event where account_id = $1 and audit_no > $2 order by audit_no limit $3',
    [account_id, after_no, limit],
  )
  return rows.map((row) => fromRow<StoredAudit>(row))
}

export async function logs(
  pool: pg.Pool,
  account_id: number,
  { limit, after }: PageRequest,
  { level, search }: { level?: string; search?: string },
): Promise<Page<StoredLog>> {
  const { rows } = await pool.query(
    `select * from ea_log where account_id = $1 and seq < $2
       and ($3::text is null or level = $3) and ($4::text is null or position(lower($4) in lower(message)) > 0)
     order by seq desc limit $5`,
    [account_id, after?.[0] ?? INT64_MAX, level ?? null, search ?? null, limit + 1],
  )
  return pageOf(
    rows.map((row) => fromRow<StoredLog>(row)),
    limit,
    (row) => [row.seq],
  )
}

/**
 * Two index scans and a merge: both tables share one sequence. Each scan sees the ledger at its own moment, so both
 * end at a number read before them: what is below it was committed before it (P13), and none sees less.
 */
export async function eventsAfter(
  pool: pg.Pool,
  after: number,
  limit: number,
): Promise<({ audit: StoredAudit } | { log: StoredLog })[]> {
  const newest = await newestSeq(pool)
  if (newest <= after) return []
  const [audit, log] = await Promise.all([
    pool.query({
      name: 'audit_after',
      text: 'select * from audit_event where seq > $1 and seq <= $3 order by seq limit $2',
      values: [after, limit, newest],
    }),
    pool.query({
      name: 'logs_after',
      text: 'select * from ea_log where seq > $1 and seq <= $3 order by seq limit $2',
      values: [after, limit, newest],
    }),
  ])
  const events = [
    ...audit.rows.map((row) => ({ seq: Number(row.seq), event: { audit: fromRow<StoredAudit>(row) } })),
    ...log.rows.map((row) => ({ seq: Number(row.seq), event: { log: fromRow<StoredLog>(row) } })),
  ]
  return events
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)
    .map(({ event }) => event)
}

export async function newestSeq(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ seq: string }>(
    'select greatest((select max(seq) from audit_event), (select max(seq) from ea_log), 0) as seq',
  )
  return Number(rows[0]?.seq ?? 0)
}
