// Reads of ticks: out of the runs that they are stored in, in the order of their moments and of their coming.
import type pg from 'pg'
import type {
  ArrivedTick,
  Page,
  PageRequest,
  TickCount,
  TickLoss,
  TickRow,
  TicksBehind,
} from '../../../ports.ts'
import { fromRow } from '../rows.ts'
import { SPAN_MS } from '../tick-runs.ts'
import { pageOf } from './accounts.ts'

/**
 * Runs overlap, so a page is not the first so many of them. But each has a tick at its own beginning, and none before
 * it: up to where run number limit + 1 begins, the runs that began by then hold every tick, and more than a page.
 */
const PAGE_OF_TICKS = `
  with named as materialized (select symbol_id, name from symbol where name = $2),
  enough as (
    select coalesce((
      select t.first_ms from tick t, named
      where t.account_id = $1 and t.symbol_id = named.symbol_id and t.first_ms >= $3 and t.first_ms > $6 and t.first_ms < $4
      order by t.first_ms offset $8 limit 1
    ), $4) as ms
  )
  select named.name as symbol, one.time_ms, t.seq + one.place - 1 as seq, one.bid, one.ask, one.volume
  from named, enough, tick t,
    unnest(t.time_ms, t.bid, t.ask, t.volume) with ordinality as one (time_ms, bid, ask, volume, place)
  where t.account_id = $1 and t.symbol_id = named.symbol_id
    and t.first_ms > $5 and t.first_ms < $4 and t.first_ms <= enough.ms and t.last_ms >= $3
    and one.time_ms >= $3 and one.time_ms < $4 and one.time_ms <= enough.ms
    and (one.time_ms, t.seq + one.place - 1) > ($6, $7)
  order by 2, 3 limit $8`

export async function ticks(
  pool: pg.Pool,
  account_id: number,
  symbol: string,
  from: number,
  to: number,
  { limit, after }: PageRequest,
): Promise<Page<TickRow>> {
  const [after_ms, after_seq] = [Number(after?.[0] ?? -1), after?.[1] ?? -1]
  const begin = Math.max(from, after_ms)
  const { rows } = await pool.query(PAGE_OF_TICKS, [
    account_id,
    symbol,
    begin,
    to,
    begin - SPAN_MS,
    after_ms,
    after_seq,
    limit + 1,
  ])
  return pageOf(
    rows.map((row) => fromRow<TickRow>(row)),
    limit,
    (row) => [row.time_ms, row.seq],
  )
}

export async function newestTick(pool: pg.Pool, account_id: number, symbol: string): Promise<number | null> {
  const { rows } = await pool.query<{ ms: string | null }>(
    `with named as materialized (select symbol_id from symbol where name = $2),
       newest as (
         select t.first_ms from tick t, named where t.account_id = $1 and t.symbol_id = named.symbol_id
         order by t.first_ms desc limit 1
       )
     select max(t.last_ms) as ms from tick t, named, newest
     where t.account_id = $1 and t.symbol_id = named.symbol_id and t.first_ms > newest.first_ms - $3`,
    [account_id, symbol, SPAN_MS],
  )
  const ms = rows[0]?.ms ?? null
  return ms === null ? null : Number(ms)
}

export async function tickCounts(pool: pg.Pool): Promise<Map<number, TickCount>> {
  const { rows } = await pool.query<{ account_id: number; ticks: string; lost: string }>(
    'select account_id, ticks, lost from tick_counter order by account_id',
  )
  return new Map(
    rows.map(({ account_id, ticks, lost }) => [account_id, { ticks: Number(ticks), lost: Number(lost) }]),
  )
}

export async function tickLosses(pool: pg.Pool, account_id: number, limit: number): Promise<TickLoss[]> {
  const { rows } = await pool.query(
    `select account_id, run, first_seq, last_seq, received_at from tick_loss
     where account_id = $1 order by received_at desc, run, first_seq desc limit $2`,
    [account_id, limit],
  )
  return rows.map((row) => fromRow<TickLoss>(row))
}

/** A row holds so many ticks at most (tick-runs.ts): one that began before `after` may end behind it. */
const RUN_MAX = 50

/** As many rows as ticks are wanted hold enough of them. */
const TICKS_BEHIND = `
  select t.account_id, s.name as symbol, one.time_ms, t.seq + one.place - 1 as seq, one.bid, one.ask, one.volume
  from (
    select * from tick
    where seq > $1::bigint - ${RUN_MAX} and seq <= $2
      and seq + cardinality(time_ms) - 1 > $1
      and ($4::int[] is null or account_id = any($4))
      and ($5::text[] is null or symbol_id = any(array(select symbol_id from symbol where name = any($5))))
    order by seq limit $3
  ) t
  join symbol s using (symbol_id),
  unnest(t.time_ms, t.bid, t.ask, t.volume) with ordinality as one (time_ms, bid, ask, volume, place)
  where t.seq + one.place - 1 > $1 and t.seq + one.place - 1 <= $2
  order by 4 limit $3`

export async function ticksBehind(
  pool: pg.Pool,
  { accounts, symbols, after, upto, limit }: TicksBehind,
): Promise<ArrivedTick[]> {
  const { rows } = await pool.query(TICKS_BEHIND, [after, upto, limit, accounts, symbols])
  return rows.map((row) => fromRow<ArrivedTick>(row))
}
