// Bars: one statement stores a batch (core/ticks/bars.ts says what replaces what).
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
    where (excluded.complete or not b.complete)
      and (${list((column) => `b.${column}`)}) is distinct from (${list((column) => `excluded.${column}`)})`

/** @returns how many of them were new, or another */
export async function saveBars(
  client: Pick<pg.Client, 'query'>,
  { account_id, symbol, timeframe, bars, received_at }: BarBatch,
): Promise<number> {
  const rows = JSON.stringify(bars)
  const { rowCount } = await client.query(SAVE, [account_id, symbol, timeframe, rows, toIso(received_at)])
  return rowCount ?? 0
}

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
