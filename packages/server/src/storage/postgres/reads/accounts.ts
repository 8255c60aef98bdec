// Reads of accounts, connections and keys.

import type { Command, Order, Trade } from '@ngtb/core'
import { NEW_HEALTH, NEW_OWNERSHIP } from '@ngtb/core'
import type { SymbolSpec } from '@ngtb/protocol'
import type pg from 'pg'
import type {
  Account,
  AccountHead,
  ApiKeyRow,
  Attempt,
  Connection,
  GenerationRow,
  JournalRow,
  LoadedAccount,
  OrphanResult,
  Page,
  PageRequest,
  StrategyRow,
  StreamRow,
} from '../../../ports.ts'
import { fromRow } from '../rows.ts'

export async function accounts(pool: Pick<pg.Pool, 'query'>): Promise<Account[]> {
  const { rows } = await pool.query('select * from account order by account_id')
  return rows.map((row) => fromRow<Account>(row))
}

export async function accountByNumber(pool: pg.Pool, account_number: string): Promise<Account | null> {
  const { rows } = await pool.query('select * from account where account_number = $1', [account_number])
  return rows[0] ? fromRow<Account>(rows[0]) : null
}

export async function versions(pool: pg.Pool, account_ids: readonly number[]): Promise<AccountHead[]> {
  const { rows } = await pool.query({
    name: 'versions',
    text: `select account_id, version, audit_no, rev from account
           where account_id = any($1::integer[]) order by account_id`,
    values: [account_ids],
  })
  return rows.map((row) => fromRow<AccountHead>(row))
}

/** All that an account's desk keeps at hand, as one consistent picture. */
export const loadAccount = (pool: pg.Pool, account_id: number): Promise<LoadedAccount | null> =>
  atOneMoment(pool, (client) => readAccount(client, account_id))

/** Runs `look` on a connection that sees the ledger as it is now, whatever is written meanwhile. */
export async function atOneMoment<T>(pool: pg.Pool, look: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let failed: Error | undefined
  const fail = (error: Error) => {
    failed = error // the running query says it to the caller; unheard, it would end the process
  }
  client.on('error', fail)
  try {
    await client.query('begin transaction isolation level repeatable read read only')
    const found = await look(client)
    await client.query('commit')
    return found
  } catch (error) {
    failed = error as Error // in the middle of a transaction: of no use to the next reader
    throw error
  } finally {
    client.off('error', fail)
    client.release(failed)
  }
}

export async function readAccount(
  client: Pick<pg.PoolClient, 'query'>,
  account_id: number,
): Promise<LoadedAccount | null> {
  const one = async (sql: string) => (await client.query(sql, [account_id])).rows as Record<string, unknown>[]
  const [account] = await one('select * from account where account_id = $1')
  const [connection] = await one('select * from ea_connection where account_id = $1')
  const specs = await one('select symbol, spec from symbol_spec where account_id = $1 order by symbol')
  const commands = await one(
    `select * from command where account_id = $1 and status in ('pending', 'executing', 'timeout') order by command_no`,
  )
  const attempts = await one(
    `select distinct on (a.command_id) a.* from command_attempt a join command c using (account_id, command_id)
       where account_id = $1 and c.status in ('pending', 'executing', 'timeout') order by a.command_id, a.attempt desc`,
  )
  const trades = await one(`select * from trade where account_id = $1 and status = 'open' order by ticket`)
  const orders = await one(
    'select * from pending_order where account_id = $1 and over_by is null order by ticket',
  )
  const journals = await one('select * from ea_journal where account_id = $1 order by journal_id')
  const generations = await one('select * from generation where account_id = $1 order by scope')
  const orphans = await one('select * from orphan_result where account_id = $1 order by command_id')
  const strategies = await one('select * from strategy where account_id = $1 order by strategy_no')
  const streams = await one('select * from ea_stream where account_id = $1 order by journal_id, stream')
  if (!account) return null
  return {
    account: fromRow<Account>(account),
    connection: connection ? { ...NEW_HEALTH, ...NEW_OWNERSHIP, ...fromRow<Connection>(connection) } : null,
    specs: new Map(specs.map((row) => [row.symbol as string, row.spec as SymbolSpec])),
    commands: commands.map((row) => fromRow<Command>(row)),
    attempts: attempts.map((row) => fromRow<Attempt>(row)),
    trades: trades.map((row) => toTrade(row)),
    orders: orders.map((row) => fromRow<Order>(row)),
    journals: journals.map((row) => fromRow<JournalRow>(row)),
    generations: generations.map((row) => fromRow<GenerationRow>(row)),
    orphans: orphans.map((row) => fromRow<OrphanResult>(row)),
    strategies: strategies.map((row) => fromRow<StrategyRow>(row)),
    streams: streams.map((row) => fromRow<StreamRow>(row)),
  }
}

/** What was known before this process began counts as heard first of all. */
export const toTrade = (row: Record<string, unknown>): Trade => ({ ...fromRow<Trade>(row), heard_no: 0 })

/**
 * The newest moment that the ledger has seen; 0: none. Of each account its last event: what a server that died had
 * under way may be committed behind the next one's, with an older moment and a higher number.
 */
export async function newestMoment(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ newest: number | null }>(
    `select greatest((select max(last_seen_at) from ea_connection), (select max(last_at) from tick_counter),
       (select max(last.at) from account a, lateral (
         select e.at from audit_event e where e.account_id = a.account_id order by e.audit_no desc limit 1
       ) last)) as newest`,
  )
  return rows[0]?.newest ?? 0
}

export async function keysOf(pool: pg.Pool, account_id: number): Promise<ApiKeyRow[]> {
  const { rows } = await pool.query(
    'select * from api_key where account_id = $1 order by created_at, key_id',
    [account_id],
  )
  return rows.map((row) => fromRow<ApiKeyRow>(row))
}

export async function keysReplacedBy(pool: pg.Pool, key_id: string): Promise<ApiKeyRow[]> {
  const { rows } = await pool.query('select * from api_key where replaced_by = $1 order by key_id', [key_id])
  return rows.map((row) => fromRow<ApiKeyRow>(row))
}

export async function keys(pool: pg.Pool, { limit, after }: PageRequest): Promise<Page<ApiKeyRow>> {
  const { rows } = await pool.query('select * from api_key where key_id > $1 order by key_id limit $2', [
    after?.[0] ?? '',
    limit + 1,
  ])
  return pageOf(
    rows.map((row) => fromRow<ApiKeyRow>(row)),
    limit,
    (row) => [row.key_id],
  )
}

export async function touchKey(pool: pg.Pool, key_id: string, at: number): Promise<void> {
  await pool.query('update api_key set last_used_at = to_timestamp($2 / 1000.0) where key_id = $1', [
    key_id,
    at,
  ])
}

export async function armEnrolment(
  pool: pg.Pool,
  account_number: string,
  until: number,
  by: string,
): Promise<void> {
  await pool.query(
    `insert into enrolment (account_number, armed_until, armed_by) values ($1, to_timestamp($2 / 1000.0), $3)
     on conflict (account_number) do update set armed_until = excluded.armed_until, armed_by = excluded.armed_by`,
    [account_number, until, by],
  )
}

export async function takeEnrolment(pool: pg.Pool, account_number: string, now: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    'delete from enrolment where account_number = $1 and armed_until > to_timestamp($2 / 1000.0)',
    [account_number, now],
  )
  return rowCount === 1
}

export async function enrolmentArmed(pool: pg.Pool, account_number: string, now: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    'select 1 from enrolment where account_number = $1 and armed_until > to_timestamp($2 / 1000.0)',
    [account_number, now],
  )
  return rowCount === 1
}

/** `rows` holds one more than asked for when there is more. */
export function pageOf<T>(rows: T[], limit: number, cursor: (row: T) => (string | number)[]): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? cursor(last) : null }
}
