// Numbered batches in the ledger: each stands behind the last of its run, or tells what was lost in between (P11).
import { placeTicks } from '@ngtb/protocol'
import type pg from 'pg'
import type { TickBatch, TickLoss, TickNumbers } from '../../ports.ts'
import { toIso } from './rows.ts'

type Numbered = TickBatch & { readonly numbers: TickNumbers }

export interface PlacedBatches {
  readonly lost: ReadonlyMap<TickBatch, TickLoss>
  /** Refused, each with the next free number of its run. */
  readonly taken: ReadonlyMap<TickBatch, number>
}

const NOTHING: PlacedBatches = { lost: new Map(), taken: new Map() }

/** @param fresh batches that were never stored, in the order in which they came; in an open transaction */
export async function placeBatches(client: pg.Client, fresh: readonly TickBatch[]): Promise<PlacedBatches> {
  const numbered = fresh.filter((batch): batch is Numbered => batch.numbers !== null)
  if (numbered.length === 0) return NOTHING
  const runs = await nextNumbers(client, numbered)
  const lost = new Map<TickBatch, TickLoss>()
  const taken = new Map<TickBatch, number>()
  for (const batch of numbered) {
    const { account_id, numbers, ticks, received_at } = batch
    const at = runs.get(nameOf(batch)) ?? { ...batch, next_seq: 1 }
    const placed = placeTicks(at.next_seq, numbers.first_seq)
    if (placed.kind === 'taken') taken.set(batch, placed.expected)
    else runs.set(nameOf(batch), { ...batch, next_seq: numbers.first_seq + ticks.length })
    if (placed.kind === 'gap')
      lost.set(batch, {
        ...{ account_id, run: numbers.run, received_at },
        ...{ first_seq: placed.from, last_seq: placed.to },
      })
  }
  await writeRuns(client, [...runs.values()])
  if (lost.size > 0) await writeLosses(client, [...lost.values()])
  if (taken.size > 0) await unclaim(client, [...taken.keys()])
  return { lost, taken }
}

/** What is below it is stored; 1 for a run that is not known. */
export async function nextNumber(client: pg.Client, account_id: number, run: string): Promise<number> {
  const { rows } = await client.query<{ next_seq: string }>(
    'select next_seq from tick_run where account_id = $1 and run = $2',
    [account_id, run],
  )
  return Number(rows[0]?.next_seq ?? 1)
}

type Run = Pick<Numbered, 'account_id' | 'numbers' | 'received_at'> & { next_seq: number }

const nameOf = ({ account_id, numbers }: Pick<Numbered, 'account_id' | 'numbers'>) =>
  `${account_id} ${numbers.run}`

/** Locked, in one order for all writers. */
async function nextNumbers(client: pg.Client, batches: readonly Numbered[]): Promise<Map<string, Run>> {
  const by_name = new Map(batches.map((batch) => [nameOf(batch), batch]))
  const { rows } = await client.query<{ account_id: number; run: string; next_seq: string }>({
    name: 'tick_runs',
    text: `select account_id, run, next_seq from tick_run
           where (account_id, run) in (select * from unnest($1::int[], $2::text[])) order by 1, 2 for update`,
    values: [
      [...by_name.values()].map(({ account_id }) => account_id),
      [...by_name.values()].map(({ numbers }) => numbers.run),
    ],
  })
  return new Map(
    rows.flatMap(({ account_id, run, next_seq }) => {
      const name = `${account_id} ${run}`
      const batch = by_name.get(name)
      return batch ? [[name, { ...batch, next_seq: Number(next_seq) }] as const] : []
    }),
  )
}

async function writeRuns(client: pg.Client, runs: readonly Run[]): Promise<void> {
  await client.query({
    name: 'write_tick_runs',
    text: `insert into tick_run as r (account_id, run, next_seq, last_at)
           select * from unnest($1::int[], $2::text[], $3::bigint[], $4::timestamptz[]) order by 1, 2
           on conflict (account_id, run) do update
             set next_seq = greatest(r.next_seq, excluded.next_seq), last_at = excluded.last_at`,
    values: [
      runs.map(({ account_id }) => account_id),
      runs.map(({ numbers }) => numbers.run),
      runs.map(({ next_seq }) => next_seq),
      runs.map(({ received_at }) => toIso(received_at)),
    ],
  })
}

async function writeLosses(client: pg.Client, losses: readonly TickLoss[]): Promise<void> {
  await client.query(
    `insert into tick_loss (account_id, run, first_seq, last_seq, received_at)
     select * from unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[])`,
    [
      losses.map(({ account_id }) => account_id),
      losses.map(({ run }) => run),
      losses.map(({ first_seq }) => first_seq),
      losses.map(({ last_seq }) => last_seq),
      losses.map(({ received_at }) => toIso(received_at)),
    ],
  )
}

/** What is refused is not stored, so it is not known either. */
async function unclaim(client: pg.Client, batches: readonly TickBatch[]): Promise<void> {
  await client.query(
    'delete from tick_batch where (account_id, batch_id) in (select * from unnest($1::int[], $2::text[]))',
    [batches.map(({ account_id }) => account_id), batches.map(({ batch_id }) => batch_id)],
  )
}
