// Measurements over time: one small statement a minute, and points that the database makes of them.
import {
  ACCOUNT_SAMPLE,
  type AccountMeasured,
  type Rules,
  SYSTEM_SAMPLE,
  type SystemMeasured,
} from '@ngtb/core'
import type pg from 'pg'
import type { AccountSample, Forgettable, Point, Span, SystemSample, WireText } from '../../ports.ts'
import { toIso } from './rows.ts'

const insert = (table: string, key: string, rules: Rules) => {
  const names = Object.keys(rules)
  return `insert into ${table} (${key}, at, ${names.join(', ')})
    select ${key}, at, ${names.join(', ')} from jsonb_populate_recordset(null::${table}, $1::jsonb)
    on conflict (${key}, at) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`
}
const ACCOUNTS = insert('account_sample', 'account_id', ACCOUNT_SAMPLE)
const SYSTEM = insert('system_sample', 'server', SYSTEM_SAMPLE)

const rowsOf = (samples: readonly { at: number }[]) =>
  JSON.stringify(samples.map((sample) => ({ ...sample, at: toIso(sample.at) })))

export async function saveSamples(
  pool: pg.Pool,
  accounts: readonly AccountSample[],
  system: SystemSample,
): Promise<void> {
  if (accounts.length > 0) await pool.query(ACCOUNTS, [rowsOf(accounts)])
  await pool.query(SYSTEM, [rowsOf([system])])
}

/** T2. */
const column = (name: string, rule: string, servers: string) => {
  if (rule === 'max') return `max(${name}) as ${name}`
  if (rule === 'last')
    return `(array_agg(${name} order by at desc) filter (where ${name} is not null))[1] as ${name}`
  return `avg(${name})${rule === 'rate' ? ` * ${servers}` : ''} as ${name}`
}

const pointsIn = (table: string, rules: Rules, where: string, servers: string) => {
  const columns = Object.entries(rules).map(([name, rule]) => column(name, rule, servers))
  return `select at_ms, ${columns.join(', ')} from (
      select *, $1::bigint + ((extract(epoch from at) * 1000)::bigint - $1::bigint) / $3::bigint * $3::bigint as at_ms
      from ${table} where at >= $4 and at < $5 ${where} and $2::bigint > $1::bigint
    ) sampled group by at_ms order by at_ms`
}
const ACCOUNT_POINTS = pointsIn('account_sample', ACCOUNT_SAMPLE, 'and account_id = $6', '1')
const SYSTEM_POINTS = pointsIn('system_sample', SYSTEM_SAMPLE, '', 'count(distinct server)')

const spanOf = ({ from, to, step_ms }: Span) => [from, to, step_ms, toIso(from), toIso(to)]

function pointOf<T>({ at_ms, ...values }: Record<string, unknown>): Point<T> {
  return { at: Number(at_ms), ...values } as Point<T>
}

export async function accountHistory(
  pool: pg.Pool,
  account_id: number,
  span: Span,
): Promise<Point<AccountMeasured>[]> {
  const { rows } = await pool.query(ACCOUNT_POINTS, [...spanOf(span), account_id])
  return rows.map(pointOf<AccountMeasured>)
}

export async function systemHistory(pool: pg.Pool, span: Span): Promise<Point<SystemMeasured>[]> {
  const { rows } = await pool.query(SYSTEM_POINTS, spanOf(span))
  return rows.map(pointOf<SystemMeasured>)
}

export async function forgetSamples(pool: pg.Pool, before: number): Promise<void> {
  for (const table of ['account_sample', 'system_sample', 'command_wire'])
    while ((await leave(pool, table, 'at < $1', before, AT_ONCE)) === AT_ONCE);
}

/** A statement that deletes for long holds up the vacuum of everything else. */
const AT_ONCE = 5_000

/** When a row of each is over. */
const OVER: Readonly<Record<Forgettable, string>> = {
  ea_log: 'received_at < $1',
  person_session: 'coalesce(ended_at, expires_at) < $1',
  invitation: 'least(coalesce(spent_at, expires_at), expires_at) < $1',
  interaction_minute: 'minute < $1',
}

export const forgetOld = (pool: pg.Pool, what: Forgettable, before: number, limit: number): Promise<number> =>
  leave(pool, what, OVER[what], before, limit)

async function leave(
  pool: pg.Pool,
  table: string,
  over: string,
  before: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from ${table} where ctid = any(array(select ctid from ${table} where ${over} limit $2))`,
    [toIso(before), limit],
  )
  return rowCount ?? 0
}

export async function size(pool: pg.Pool): Promise<number | null> {
  const { rows } = await pool.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes')
  return rows[0] ? Number(rows[0].bytes) : null
}

export async function saveWire(pool: pg.Pool, texts: readonly WireText[]): Promise<void> {
  await pool.query(
    `insert into command_wire (account_id, command_id, attempt, direction, at, text, cut)
     select account_id, command_id, attempt, direction, at, text, cut
     from jsonb_populate_recordset(null::command_wire, $1::jsonb)`,
    [rowsOf(texts)],
  )
}

const WIRE_READ_MAX = 200

export async function wireOf(pool: pg.Pool, account_id: number, command_id: string): Promise<WireText[]> {
  const { rows } = await pool.query(
    `select account_id, command_id, attempt, direction, at, text, cut from command_wire
     where account_id = $1 and command_id = $2 order by seq limit $3`,
    [account_id, command_id, WIRE_READ_MAX],
  )
  return rows as WireText[]
}
