// Days of ticks that are made ahead and leave whole, and batches that are forgotten. What needs the owner's rights is
// lent by functions of his (migrations 000003, 000008).
import type pg from 'pg'
import { toIso } from './rows.ts'

const DAY_MS = 86_400_000

export async function tickDays(pool: Pick<pg.Pool, 'query'>): Promise<number[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'tick'::regclass order by 1`,
  )
  return rows.flatMap(({ name }) => {
    const [, year = '', month = '', day = ''] = /^tick_(\d{4})(\d\d)(\d\d)$/.exec(name) ?? []
    return year === '' ? [] : [Date.UTC(Number(year), Number(month) - 1, Number(day)) / DAY_MS]
  })
}

export async function makeTickDay(pool: Pick<pg.Pool, 'query'>, day: number): Promise<void> {
  await pool.query('select make_tick_day($1)', [day])
}

export async function dropTickDay(pool: pg.Pool, day: number): Promise<void> {
  await pool.query('select drop_tick_day($1)', [day])
}

export async function forgetTickBatches(pool: pg.Pool, before: number, limit: number): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from tick_batch where (account_id, batch_id) in (
       select account_id, batch_id from tick_batch where received_at < $1 order by received_at limit $2
     )`,
    [toIso(before), limit],
  )
  return rowCount ?? 0
}
