// What surrounds the rows of ticks in their transaction, as text: one message opens it, one closes it. A message for
// each statement would be a round trip for each, and on a busy machine those are what a commit takes its time for.
// Each statement is prepared once, and called with its rows as JSON in a quoted literal.
//
//   T6. What two writers may both lock — batch ids, runs, counters — is locked in one order.
import pg from 'pg'
import type { TickBatch, TickGap } from '../../ports.ts'
import { toIso } from './rows.ts'
import { TICK_COPY_SQL } from './tick-copy.ts'

const PREPARED = {
  /** T1. */
  tick_claim: `insert into tick_batch (account_id, batch_id, ticks, received_at)
    select * from json_to_recordset($1) as r(account_id int, batch_id text, ticks int, received_at timestamptz) order by 1, 2
    on conflict do nothing returning account_id, batch_id`,
  tick_runs: `select account_id, run, next_seq, opened from tick_run
    where (account_id, run) in (select * from json_to_recordset($1) as r(account_id int, run text)) order by 1, 2 for update`,
  tick_run_on: `insert into tick_run as c (account_id, run, next_seq, last_at)
    select * from json_to_recordset($1) as r(account_id int, run text, next_seq bigint, last_at timestamptz) order by 1, 2
    on conflict (account_id, run) do update
      set next_seq = greatest(c.next_seq, excluded.next_seq), last_at = excluded.last_at`,
  tick_lose: `insert into tick_loss (account_id, run, first_seq, last_seq, received_at)
    select * from json_to_recordset($1)
      as r(account_id int, run text, first_seq bigint, last_seq bigint, received_at timestamptz)
    on conflict do nothing`,
  tick_unclaim: `delete from tick_batch where (account_id, batch_id) in (
    select * from json_to_recordset($1) as r(account_id int, batch_id text))`,
  tick_count: `insert into tick_counter as c (account_id, ticks, batches, lost, last_at)
    select * from json_to_recordset($1)
      as r(account_id int, ticks bigint, batches bigint, lost bigint, last_at timestamptz) order by 1
    on conflict (account_id) do update set ticks = c.ticks + excluded.ticks, batches = c.batches + excluded.batches,
      lost = least(c.lost + excluded.lost, ${Number.MAX_SAFE_INTEGER}), last_at = greatest(c.last_at, excluded.last_at)`,
} as const

/** Once for each connection. */
export async function prepare(client: pg.Client): Promise<void> {
  await client.query(
    Object.entries(PREPARED)
      .map(([name, text]) => `prepare ${name} (json) as ${text}`)
      .join(';\n'),
  )
}

/** Nothing to do is nothing to say. */
const call = (name: keyof typeof PREPARED, rows: readonly object[]): string[] =>
  rows.length === 0 ? [] : [`execute ${name} (${pg.escapeLiteral(JSON.stringify(rows))})`]

export interface Opening {
  readonly claimed: readonly { readonly account_id: number; readonly batch_id: string }[]
  readonly runs: readonly {
    readonly account_id: number
    readonly run: string
    readonly next_seq: string
    readonly opened: number
  }[]
}

/** Begins: of the batches' ids those that are new are taken, and where the runs stand that they number on is read. */
export async function open(client: pg.Client, batches: readonly TickBatch[]): Promise<Opening> {
  const claim = call(
    'tick_claim',
    batches
      .filter(({ batch_id }) => batch_id !== null)
      .map(({ account_id, batch_id, ticks, received_at }) => ({
        ...{ account_id, batch_id, ticks: ticks.length, received_at: toIso(received_at) },
      })),
  )
  const runs = call(
    'tick_runs',
    batches.flatMap(({ account_id, numbers }) => (numbers ? [{ account_id, run: numbers.run }] : [])),
  )
  const results = (await client.query(['begin', ...claim, ...runs].join(';\n'))) as unknown
  const rows = (Array.isArray(results) ? results : [results]).map((result: pg.QueryResult) => result.rows)
  return {
    claimed: claim.length > 0 ? (rows[1] ?? []) : [],
    runs: runs.length > 0 ? (rows[1 + claim.length] ?? []) : [],
  }
}

/** What a group leaves behind beside its ticks. */
export interface Closing {
  readonly stored: readonly TickBatch[]
  /** Where the runs stand now. */
  readonly runs: readonly { account_id: number; run: string; next_seq: number; last_at: number }[]
  readonly losses: readonly (TickGap & { account_id: number; received_at: number })[]
  /** Refused: not stored, so not known either. */
  readonly refused: readonly TickBatch[]
}

/** @param copies ticks are copied first, by whoever sends this text */
export const closing = ({ stored, runs, losses, refused }: Closing, copies: boolean): string =>
  [
    ...(copies ? [TICK_COPY_SQL] : []),
    ...call(
      'tick_run_on',
      runs.map(({ last_at, ...run }) => ({ ...run, last_at: toIso(last_at) })),
    ),
    ...call(
      'tick_lose',
      losses.map(({ received_at, ...gap }) => ({ ...gap, received_at: toIso(received_at) })),
    ),
    ...call(
      'tick_unclaim',
      refused.map(({ account_id, batch_id }) => ({ account_id, batch_id })),
    ),
    ...call('tick_count', totalsOf(stored, losses)),
    'commit',
  ].join(';\n')

function totalsOf(stored: Closing['stored'], losses: Closing['losses']): object[] {
  const totals = new Map<number, { ticks: number; batches: number; lost: number; last_at: number }>()
  for (const { account_id, ticks, received_at } of stored) {
    const total = totals.get(account_id) ?? { ticks: 0, batches: 0, lost: 0, last_at: 0 }
    totals.set(account_id, total)
    total.ticks += ticks.length
    total.batches += 1
    total.last_at = Math.max(total.last_at, received_at)
  }
  for (const { account_id, first_seq, last_seq } of losses) {
    const total = totals.get(account_id)
    if (total) total.lost += last_seq - first_seq + 1
  }
  return [...totals].map(([account_id, { last_at, ...total }]) => ({
    ...{ account_id, ...total, last_at: toIso(last_at) },
  }))
}
