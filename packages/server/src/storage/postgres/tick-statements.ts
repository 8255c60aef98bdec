// What surrounds the rows of ticks in their transaction, as text: one message opens it, one closes it. A message with a
// parameter for each value would be one round trip for each statement, and on a busy machine those are what a commit
// takes its time for. Values come as JSON in a quoted literal.
//
//   T6. What two writers may both lock — batch ids, runs, counters — is locked in one order.
import pg from 'pg'
import type { TickBatch, TickGap } from '../../ports.ts'
import { toIso } from './rows.ts'
import { TICK_COPY_SQL } from './tick-copy.ts'

const recordset = (rows: readonly object[], columns: string) =>
  `json_to_recordset(${pg.escapeLiteral(JSON.stringify(rows))}) as r(${columns})`

export interface Opening {
  readonly claimed: readonly { readonly account_id: number; readonly batch_id: string }[]
  readonly runs: readonly { readonly account_id: number; readonly run: string; readonly next_seq: string }[]
}

/** Begins: of the batches' ids those that are new are taken (T1), and the runs that they number on are read. */
export async function open(client: pg.Client, batches: readonly TickBatch[]): Promise<Opening> {
  const named = batches.filter(({ batch_id }) => batch_id !== null)
  const numbered = batches.filter(({ numbers }) => numbers !== null)
  const claim = recordset(
    named.map(({ account_id, batch_id, ticks, received_at }) => ({
      ...{ account_id, batch_id, ticks: ticks.length, received_at: toIso(received_at) },
    })),
    'account_id int, batch_id text, ticks int, received_at timestamptz',
  )
  const runs = recordset(
    numbered.map(({ account_id, numbers }) => ({ account_id, run: numbers?.run })),
    'account_id int, run text',
  )
  const results = await client.query(
    `begin;
     insert into tick_batch (account_id, batch_id, ticks, received_at) select * from ${claim} order by 1, 2
       on conflict do nothing returning account_id, batch_id;
     select account_id, run, next_seq from tick_run where (account_id, run) in (select r.account_id, r.run from ${runs})
       order by 1, 2 for update`,
  )
  const [, claimed, found] = results as unknown as pg.QueryResult[]
  return { claimed: claimed?.rows ?? [], runs: found?.rows ?? [] }
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
export const closing = (close: Closing, copies: boolean): string =>
  [
    ...(copies ? [TICK_COPY_SQL] : []),
    ...(close.runs.length > 0 ? [writeRuns(close)] : []),
    ...(close.losses.length > 0 ? [writeLosses(close)] : []),
    ...(close.refused.length > 0 ? [unclaim(close)] : []),
    ...(close.stored.length > 0 ? [count(close)] : []),
    'commit',
  ].join(';\n')

const writeRuns = ({ runs }: Closing) =>
  `insert into tick_run as c (account_id, run, next_seq, last_at)
   select * from ${recordset(
     runs.map(({ last_at, ...run }) => ({ ...run, last_at: toIso(last_at) })),
     'account_id int, run text, next_seq bigint, last_at timestamptz',
   )} order by 1, 2
   on conflict (account_id, run) do update
     set next_seq = greatest(c.next_seq, excluded.next_seq), last_at = excluded.last_at`

const writeLosses = ({ losses }: Closing) =>
  `insert into tick_loss (account_id, run, first_seq, last_seq, received_at)
   select * from ${recordset(
     losses.map(({ received_at, ...gap }) => ({ ...gap, received_at: toIso(received_at) })),
     'account_id int, run text, first_seq bigint, last_seq bigint, received_at timestamptz',
   )}`

const unclaim = ({ refused }: Closing) =>
  `delete from tick_batch where (account_id, batch_id) in (select r.account_id, r.batch_id from ${recordset(
    refused.map(({ account_id, batch_id }) => ({ account_id, batch_id })),
    'account_id int, batch_id text',
  )})`

function count({ stored, losses }: Closing): string {
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
  const rows = [...totals].map(([account_id, { last_at, ...total }]) => ({
    ...{ account_id, ...total, last_at: toIso(last_at) },
  }))
  return `insert into tick_counter as c (account_id, ticks, batches, lost, last_at)
   select * from ${recordset(rows, 'account_id int, ticks bigint, batches bigint, lost bigint, last_at timestamptz')}
   order by 1
   on conflict (account_id) do update set ticks = c.ticks + excluded.ticks, batches = c.batches + excluded.batches,
     lost = c.lost + excluded.lost, last_at = greatest(c.last_at, excluded.last_at)`
}
