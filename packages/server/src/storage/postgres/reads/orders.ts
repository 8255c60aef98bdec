// Reads of pending orders.
import type { Command, Order } from '@ngtb/core'
import type pg from 'pg'
import type { Page, PageRequest } from '../../../ports.ts'
import { fromRow } from '../rows.ts'
import { pageOf } from './accounts.ts'

export async function ordersAmong(
  pool: Pick<pg.Pool, 'query'>,
  account_id: number,
  tickets: readonly string[],
): Promise<Order[]> {
  if (tickets.length === 0) return []
  const { rows } = await pool.query(
    'select * from pending_order where account_id = $1 and ticket = any($2::bigint[]) order by ticket',
    [account_id, tickets],
  )
  return rows.map((row) => fromRow<Order>(row))
}

export async function orders(
  pool: pg.Pool,
  account_id: number,
  { limit, after }: PageRequest,
  { status, symbol }: { status: 'waiting' | 'over' | 'all'; symbol?: string },
): Promise<Page<Order>> {
  const { rows } = await pool.query(
    `select * from pending_order where account_id = $1 and ($2::bigint is null or ticket < $2) and ($3::text is null or symbol = $3)
       and ($4 = 'all' or (over_by is null) = ($4 = 'waiting'))
     order by ticket desc limit $5`,
    [account_id, after?.[0] ?? null, symbol ?? null, status, limit + 1],
  )
  return pageOf(
    rows.map((row) => fromRow<Order>(row)),
    limit,
    (row) => [row.ticket],
  )
}

export async function newestOrderEnd(
  pool: pg.Pool,
  account_id: number,
  before_ms: number,
): Promise<number | null> {
  const { rows } = await pool.query<{ done_time_ms: string | null }>(
    'select max(done_time_ms) as done_time_ms from pending_order where account_id = $1 and done_time_ms < $2',
    [account_id, before_ms],
  )
  const newest = rows[0]?.done_time_ms ?? null
  return newest === null ? null : Number(newest)
}

export async function commandsOfOrder(pool: pg.Pool, account_id: number, ticket: string): Promise<Command[]> {
  const { rows } = await pool.query(
    `(select * from command where account_id = $1 and type in ('MODIFY_PENDING', 'CANCEL_PENDING')
        and payload ->> 'ticket' = $2 order by command_no desc limit $3)
     union all
     (select * from command where account_id = $1 and type = 'CLOSE_ALL' order by command_no desc limit $3)
     order by command_no desc`,
    [account_id, ticket, COMMANDS_MAX],
  )
  return rows.map((row) => fromRow<Command>(row))
}

const COMMANDS_MAX = 50
