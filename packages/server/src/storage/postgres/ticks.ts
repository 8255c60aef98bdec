// Ticks into the table: batch ids, rows and counters of many batches in one commit (P11).
//
//   T1. A batch id is stored with its rows in one transaction: a resend finds it and stores nothing.
//   T2. `seq` keeps the order in which ticks came, also among equal milliseconds; it only rises.
//   T3. A missing day's partition is made before the rows come.
//   T6. Two writers take turns, so that one reads its rows together while the other waits for its flush.
//   T12. What was begun before the end is brought to its end: a connection that is being made is found and closed.
import { Refusal, type TickRunState } from '@ngtb/protocol'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { BarBatch, TickBatch, TickOutcome } from '../../ports.ts'
import { saveBars } from './bars.ts'
import { isAway } from './pool.ts'
import { toIso } from './rows.ts'
import { connectionOf, type DatabaseAddress } from './session.ts'
import { encodeTicks } from './tick-copy.ts'
import { place } from './tick-numbers.ts'
import { runsOf, type TickRun } from './tick-runs.ts'
import type { TickSequence } from './tick-sequence.ts'
import { closing, open, prepare } from './tick-statements.ts'

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
  // A connection of their own: ticks do not wait for a history.
  const bars = new TickWriter(address, onError)
  let bars_before: Promise<unknown> = Promise.resolve()
  const under_way = new Set<Promise<unknown>>()
  let closed = false
  /** T12. */
  function begin<T>(work: () => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(new Refusal('NGTB_STOPPING'))
    const done = work()
    under_way.add(done)
    const forget = () => under_way.delete(done)
    done.then(forget, forget)
    return done
  }
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
    ingest: (batches: readonly TickBatch[]): Promise<readonly TickOutcome[]> =>
      begin(() => {
        // At once: the later group may be the quicker one (T2).
        const numbers = sequence.take(
          batches.reduce((sum, { ticks }) => sum + ticks.length, 0),
          batches.reduce((newest, { received_at }) => Math.max(newest, received_at), 0),
        )
        return turn((writer) => writer.ingest(batches, numbers.first)).finally(() => numbers.settle())
      }),
    openTickRun: (account_id: number, run: string, now: number): Promise<TickRunState> =>
      begin(() => turn((writer) => writer.openRun(account_id, run, now))),
    saveBars: (batch: BarBatch): Promise<number> =>
      begin(() => {
        const saved = bars_before.then(() => bars.saveBars(batch))
        bars_before = saved.catch(() => {})
        return saved
      }),
    async close(): Promise<void> {
      closed = true
      await Promise.allSettled(under_way)
      await Promise.all([...all, bars].map((writer) => writer.close()))
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
  ingest(batches: readonly TickBatch[], first_seq: number): Promise<readonly TickOutcome[]> {
    return this.#with(async (client) => {
      await this.#prepare(client, batches)
      return await this.#transact(client, batches, first_seq)
    })
  }

  openRun(account_id: number, run: string, now: number): Promise<TickRunState> {
    return this.#with((client) => openRun(client, account_id, run, now))
  }

  saveBars(batch: BarBatch): Promise<number> {
    return this.#with((client) => saveBars(client, batch))
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
  ): Promise<readonly TickOutcome[]> {
    const placed = place(batches, await open(client, batches))
    const runs = runsOf(placed.stored, (name) => this.#symbols.get(name) ?? 0, first_seq)
    const text = closing(placed, runs.length > 0)
    if (runs.length > 0) await copy(client, text, runs)
    else await client.query(text)
    return placed.outcomes
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
    this.#client = client // closed by whoever sees the next step fail
    await prepare(client)
    // Partitions may have been dropped meanwhile, and a restored database numbers its symbols anew.
    this.#days.clear()
    this.#symbols.clear()
    return client
  }
}

/** The stream is finished when all of `text` is: it begins with the copying and ends with the commit. */
function copy(client: pg.Client, text: string, runs: readonly TickRun[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(text))
    stream.on('error', reject)
    stream.on('finish', resolve)
    stream.end(encodeTicks(runs))
  })
}

/** Waits for what is being written of the run: what is below `next_seq` is stored, and nothing older comes behind. */
async function openRun(
  client: pg.Client,
  account_id: number,
  run: string,
  now: number,
): Promise<TickRunState> {
  const { rows } = await client.query<{ next_seq: string; opened: number }>(
    `insert into tick_run as r (account_id, run, next_seq, opened, last_at) values ($1, $2, 1, 1, $3)
     on conflict (account_id, run) do update set opened = r.opened + 1, last_at = excluded.last_at
     returning next_seq, opened`,
    [account_id, run, toIso(now)],
  )
  return { next_seq: Number(rows[0]?.next_seq), opened: rows[0]?.opened ?? 0 }
}
