// Ticks into the table: batch ids, rows and counters of many batches in one commit (P11).
//
//   T1. A batch id is stored with its rows in one transaction: a resend finds it and stores nothing.
//   T2. `seq` keeps the order in which ticks came, also among equal milliseconds; it only rises.
//   T3. A missing day's partition is made before the rows come.
//   T6. Two writers take turns, so that one reads its rows together while the other waits for its flush. What both
//       lock, batch ids and counters, is locked in one order.
import { Refusal } from '@ngtb/protocol'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { TickBatch, TickGap, TickOutcome } from '../../ports.ts'
import { isAway } from './pool.ts'
import { toIso } from './rows.ts'
import { connectionOf, type DatabaseAddress } from './session.ts'
import { encodeTicks, TICK_COPY_SQL } from './tick-copy.ts'
import { nextNumber, type PlacedBatches, placeBatches } from './tick-numbers.ts'
import { runsOf, type TickRun } from './tick-runs.ts'
import type { TickSequence } from './tick-sequence.ts'

const DAY_MS = 86_400_000

const WRITERS = 2

/** T6. */
export function tickWriters(
  address: DatabaseAddress,
  onError: (error: Error) => void,
  sequence: TickSequence,
) {
  const free = Array.from({ length: WRITERS }, () => new TickWriter(address, onError))
  const all = [...free]
  const waiting: ((writer: TickWriter) => void)[] = []
  async function turn<T>(work: (writer: TickWriter) => Promise<T>): Promise<T> {
    const writer = free.pop() ?? (await new Promise<TickWriter>((resolve) => waiting.push(resolve)))
    try {
      return await work(writer)
    } finally {
      const next = waiting.shift()
      if (next) next(writer)
      else free.push(writer)
    }
  }
  return {
    ingest(batches: readonly TickBatch[]): Promise<TickOutcome[]> {
      // At once: the later group may be the quicker one (T2).
      const numbers = sequence.take(
        batches.reduce((sum, { ticks }) => sum + ticks.length, 0),
        batches.reduce((newest, { received_at }) => Math.max(newest, received_at), 0),
      )
      return turn((writer) => writer.ingest(batches, numbers.first)).finally(() => numbers.settle())
    },
    nextTickSeq: (account_id: number, run: string): Promise<number> =>
      turn((writer) => writer.nextSeq(account_id, run)),
    async close(): Promise<void> {
      await Promise.all(all.map((writer) => writer.close()))
    },
  }
}

class TickWriter {
  #client: pg.Client | null = null
  readonly #days = new Set<number>()
  readonly #symbols = new Map<string, number>()
  readonly #address: DatabaseAddress
  readonly #onError: (error: Error) => void

  constructor(address: DatabaseAddress, onError: (error: Error) => void) {
    this.#address = address
    this.#onError = onError
  }

  /** Answers what became of each batch. Call again only after the last call ended. */
  ingest(batches: readonly TickBatch[], first_seq: number): Promise<TickOutcome[]> {
    return this.#with(async (client) => {
      await this.#prepare(client, batches)
      return await this.#transact(client, batches, first_seq)
    })
  }

  nextSeq(account_id: number, run: string): Promise<number> {
    return this.#with((client) => nextNumber(client, account_id, run))
  }

  async #with<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#connected())
    } catch (error) {
      await this.close() // an open transaction dies with its connection
      if (isAway(error)) throw new Refusal('NGTB_DATABASE_AWAY')
      throw error
    }
  }

  async close(): Promise<void> {
    const client = this.#client
    this.#client = null
    await client?.end().catch(() => {})
  }

  async #transact(
    client: pg.Client,
    batches: readonly TickBatch[],
    first_seq: number,
  ): Promise<TickOutcome[]> {
    await client.query('begin')
    const fresh = await this.#claimBatchIds(client, batches)
    const placed = await placeBatches(
      client,
      batches.filter((_, at) => fresh[at]),
    )
    const stored = batches.filter((batch, at) => fresh[at] && !placed.taken.has(batch))
    const runs = runsOf(stored, (name) => this.#symbols.get(name) ?? 0, first_seq)
    if (runs.length > 0) await copy(client, runs)
    await count(client, stored, placed)
    await client.query('commit')
    return batches.map((batch, at) => ({
      fresh: fresh[at] === true && !placed.taken.has(batch),
      lost: gapOf(placed.lost.get(batch)),
      expected_seq: placed.taken.get(batch) ?? null,
    }))
  }

  /** T1. Of two batches with one id in the same group only the first is new. */
  async #claimBatchIds(client: pg.Client, batches: readonly TickBatch[]): Promise<boolean[]> {
    const named = batches.filter((batch) => batch.batch_id !== null)
    if (named.length === 0) return batches.map(() => true)
    const { rows } = await client.query<{ account_id: number; batch_id: string }>({
      name: 'claim_batch_ids',
      text: `insert into tick_batch (account_id, batch_id, ticks, received_at)
             select * from unnest($1::int[], $2::text[], $3::int[], $4::timestamptz[]) order by 1, 2
             on conflict do nothing returning account_id, batch_id`,
      values: [
        named.map((batch) => batch.account_id),
        named.map((batch) => batch.batch_id),
        named.map((batch) => batch.ticks.length),
        named.map((batch) => toIso(batch.received_at)),
      ],
    })
    const claimed = new Set(rows.map((row) => `${row.account_id} ${row.batch_id}`))
    return batches.map(
      (batch) => batch.batch_id === null || claimed.delete(`${batch.account_id} ${batch.batch_id}`),
    )
  }

  async #prepare(client: pg.Client, batches: readonly TickBatch[]): Promise<void> {
    const days = new Set<number>()
    const symbols = new Set<string>()
    for (const { ticks } of batches)
      for (const { time_ms, symbol } of ticks) {
        days.add(Math.floor(time_ms / DAY_MS))
        if (!this.#symbols.has(symbol)) symbols.add(symbol)
      }
    for (const day of days) if (!this.#days.has(day)) await this.#makeDay(client, day)
    if (symbols.size > 0) await this.#nameSymbols(client, [...symbols])
  }

  /** T3. By a function of the owner's: who writes ticks needs no right to make tables (migration 000003). */
  async #makeDay(client: pg.Client, day: number): Promise<void> {
    await client.query('select make_tick_day($1)', [day])
    this.#days.add(day)
  }

  async #nameSymbols(client: pg.Client, names: string[]): Promise<void> {
    await client.query('insert into symbol (name) select unnest($1::text[]) on conflict do nothing', [names])
    const { rows } = await client.query<{ symbol_id: number; name: string }>(
      'select symbol_id, name from symbol where name = any($1) order by symbol_id',
      [names],
    )
    for (const row of rows) this.#symbols.set(row.name, row.symbol_id)
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client) return this.#client
    const client = new pg.Client({
      ...connectionOf(this.#address, 'synchronous_commit=on'),
      application_name: 'ngtb ticks',
      connectionTimeoutMillis: 2_000,
      query_timeout: 60_000,
    })
    client.on('error', (error) => {
      this.#onError(error)
      if (this.#client === client) this.#client = null
    })
    await client.connect()
    this.#client = client
    // Partitions may have been dropped meanwhile, and a restored database numbers its symbols anew.
    this.#days.clear()
    this.#symbols.clear()
    return client
  }
}

const gapOf = (loss: TickGap | undefined): TickGap | null =>
  loss ? { run: loss.run, first_seq: loss.first_seq, last_seq: loss.last_seq } : null

function copy(client: pg.Client, runs: readonly TickRun[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(TICK_COPY_SQL))
    stream.on('error', reject)
    stream.on('finish', resolve)
    stream.end(encodeTicks(runs))
  })
}

async function count(
  client: pg.Client,
  stored: readonly TickBatch[],
  { lost }: PlacedBatches,
): Promise<void> {
  const totals = new Map<number, { ticks: number; batches: number; lost: number; last_at: number }>()
  for (const batch of stored) {
    const { account_id, ticks, received_at } = batch
    const gap = lost.get(batch)
    const total = totals.get(account_id) ?? { ticks: 0, batches: 0, lost: 0, last_at: 0 }
    totals.set(account_id, {
      ticks: total.ticks + ticks.length,
      batches: total.batches + 1,
      lost: total.lost + (gap ? gap.last_seq - gap.first_seq + 1 : 0),
      last_at: Math.max(total.last_at, received_at),
    })
  }
  if (totals.size === 0) return
  const values = [...totals.values()]
  await client.query({
    name: 'count_ticks',
    text: `insert into tick_counter as c (account_id, ticks, batches, lost, last_at)
           select * from unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[]) order by 1
           on conflict (account_id) do update set ticks = c.ticks + excluded.ticks,
             batches = c.batches + excluded.batches, lost = c.lost + excluded.lost, last_at = greatest(c.last_at, excluded.last_at)`,
    values: [
      [...totals.keys()],
      values.map((total) => total.ticks),
      values.map((total) => total.batches),
      values.map((total) => total.lost),
      values.map((total) => toIso(total.last_at)),
    ],
  })
}
