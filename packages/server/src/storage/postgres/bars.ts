// Bars: a few statements store a batch (core/ticks/bars.ts says what replaces what).
import type pg from 'pg'
import type { BarBatch, Page, PageRequest, StoredBar } from '../../ports.ts'
import { pageOf } from './reads/accounts.ts'
import { fromRow, toIso } from './rows.ts'

const COLUMNS = ['open', 'high', 'low', 'close', 'tick_volume', 'real_volume', 'spread', 'complete'] as const
const list = (of: (column: string) => string) => COLUMNS.map(of).join(', ')

const SAVE = `
  insert into bar as b (account_id, symbol, timeframe, time_ms, ${list((column) => column)}, received_at)
  select $1, $2, $3, r.time_ms, ${list((column) => `r.${column}`)}, $5
  from jsonb_populate_recordset(null::bar, $4::jsonb) r
  order by r.time_ms
  on conflict (account_id, symbol, timeframe, time_ms) do update
    set ${list((column) => `${column} = excluded.${column}`)}, received_at = excluded.received_at
    where (excluded.complete or (not b.complete and excluded.tick_volume >= b.tick_volume))
      and (${list((column) => `b.${column}`)}) is distinct from (${list((column) => `excluded.${column}`)})`

/** @returns how many of them were new, or another */
export async function saveBars(
  client: Pick<pg.Client, 'query'>,
  { account_id, symbol, timeframe, bars, received_at }: BarBatch,
): Promise<number> {
  let stored = 0
  for (let at = 0; at < bars.length; at += A_STATEMENT) {
    const rows = JSON.stringify(bars.slice(at, at + A_STATEMENT))
    const values = [account_id, symbol, timeframe, rows, toIso(received_at)]
    stored += (await client.query({ name: 'save_bars', text: SAVE, values })).rowCount ?? 0
  }
  return stored
}

/** A statement of all would hold its place in the database's log for a second. */
const A_STATEMENT = 2_000

/** Oldest first, from `from` on and before `to`, ms of broker time. */
export async function bars(
  pool: pg.Pool,
  { account_id, symbol, timeframe }: Pick<BarBatch, 'account_id' | 'symbol' | 'timeframe'>,
  from: number,
  to: number,
  { limit, after }: PageRequest,
): Promise<Page<StoredBar>> {
  const { rows } = await pool.query(
    `select time_ms, ${list((column) => column)}, received_at from bar
     where account_id = $1 and symbol = $2 and timeframe = $3 and time_ms >= $4 and time_ms < $5
     order by time_ms limit $6`,
    [account_id, symbol, timeframe, Math.max(from, Number(after?.[0] ?? -1) + 1), to, limit + 1],
  )
  return pageOf(
    rows.map((row) => fromRow<StoredBar>(row)),
    limit,
    ({ time_ms }) => [time_ms],
  )
}
