// Reads of deals, and of events that could not be taken.
import type { Deal } from '@ngtb/core'
import type pg from 'pg'
import type { DeadLetter, DealFilter, Page, PageRequest } from '../../../ports.ts'
import { fromRow } from '../rows.ts'
import { pageOf } from './accounts.ts'

export async function dealsAmong(
  pool: pg.Pool,
  account_id: number,
  deals: readonly string[],
): Promise<Deal[]> {
  if (deals.length === 0) return []
  const { rows } = await pool.query({
    name: 'deals_among',
    text: 'select * from deal where account_id = $1 and deal = any($2::bigint[]) order by deal',
    values: [account_id, deals],
  })
  return rows.map((row) => fromRow<Deal>(row))
}

export async function dealsOfPosition(pool: pg.Pool, account_id: number, position: string): Promise<Deal[]> {
  const { rows } = await pool.query(
    'select * from deal where account_id = $1 and position = $2 order by deal',
    [account_id, position],
  )
  return rows.map((row) => fromRow<Deal>(row))
}

export async function deals(
  pool: pg.Pool,
  account_id: number,
  { limit, after }: PageRequest,
  { symbol, made_by, kind }: DealFilter,
): Promise<Page<Deal>> {
  const { rows } = await pool.query(
    `select * from deal where account_id = $1 and ($2::bigint is null or deal < $2) and ($3::text is null or symbol = $3)
       and ($4::text is null or made_by = $4) and ($5::text is null or (position is null) = ($5 = 'balance'))
     order by deal desc limit $6`,
    [account_id, after?.[0] ?? null, symbol ?? null, made_by ?? null, kind ?? null, limit + 1],
  )
  return pageOf(
    rows.map((row) => fromRow<Deal>(row)),
    limit,
    (row) => [row.deal],
  )
}

export async function deadLetters(pool: pg.Pool, account_id: number, limit: number): Promise<DeadLetter[]> {
  const { rows } = await pool.query(
    'select * from dead_letter where account_id = $1 order by received_at desc, journal_id, stream, seq desc limit $2',
    [account_id, limit],
  )
  return rows.map((row) => fromRow<DeadLetter>(row))
}
