// The machine without us: what the same PostgreSQL does for one connection, in the same run.
import type { Writable } from 'node:stream'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { Latencies, nowMs } from '../support/measure.ts'
import type { RawFigures } from './rows.ts'

const COPY_ROWS = 10_000
/** Ticks in a row, as a group of batches makes them. */
const RUN = 20
const WARM_UP = 100

/** Two rounds, one before and one after the rows: a machine that changed its mind in between is met halfway. */
export class RawRounds {
  readonly #client: pg.Client
  readonly #commits = new Latencies()
  readonly #selects = new Latencies()
  #commit_ms = 0
  #copy_ms = 0
  #copied = 0
  #rows: Buffer = Buffer.alloc(0)

  private constructor(client: pg.Client) {
    this.#client = client
  }

  static async open(database_url: string): Promise<RawRounds> {
    const client = new pg.Client({ connectionString: database_url, options: '-c synchronous_commit=on' })
    client.on('error', () => {}) // said again by the query that it breaks
    await client.connect()
    await client.query(`
      create table raw_commit (id bigserial primary key, at timestamptz not null, data jsonb not null);
      create table raw_tick (like tick);
      create index on raw_tick (account_id, symbol_id, first_ms)`)
    const rounds = new RawRounds(client)
    rounds.#rows = await someTicks(client)
    return rounds
  }

  async round(commits: number, selects: number, copies: number): Promise<void> {
    for (let at = -WARM_UP; at < commits; at++) {
      const ms = await timed(() => this.#commit(at))
      if (at < 0) continue
      this.#commits.record(ms)
      this.#commit_ms += ms
    }
    for (let at = -WARM_UP; at < selects; at++) {
      const ms = await timed(() => this.#client.query({ name: 'one', text: 'select 1' }))
      if (at >= 0) this.#selects.record(ms)
    }
    for (let at = -2; at < copies; at++) {
      const ms = await timed(() => this.#copy())
      if (at < 0) continue
      this.#copy_ms += ms
      this.#copied += COPY_ROWS
    }
  }

  async end(): Promise<RawFigures> {
    await this.#client.query('drop table raw_commit; drop table raw_tick')
    await this.#client.end()
    return {
      commit: this.#commits.summary(),
      commits_per_s: (this.#commits.count / this.#commit_ms) * 1000,
      copy_ticks_per_s: (this.#copied / this.#copy_ms) * 1000,
      select: this.#selects.summary(),
    }
  }

  /** About as many bytes as a command's row. */
  #commit(at: number): Promise<unknown> {
    const data = { at, symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, comment: 'x'.repeat(200) }
    return this.#client.query({
      name: 'raw_commit',
      text: 'insert into raw_commit (at, data) values (now(), $1)',
      values: [data],
    })
  }

  #copy(): Promise<void> {
    return copyInto(this.#client, 'raw_tick', this.#rows)
  }
}

/** The same, into a table with a row and an index entry for each tick: what ours would be without runs (adr 0008). */
export async function rowCopyTicksPerS(database_url: string, copies: number): Promise<number> {
  const client = new pg.Client({ connectionString: database_url, options: '-c synchronous_commit=on' })
  await client.connect()
  try {
    await client.query(`
      create table raw_row (account_id integer not null, symbol_id integer not null, time_ms bigint not null,
        seq bigint not null, bid float8 not null, ask float8 not null, volume float8 not null);
      create index on raw_row (account_id, symbol_id, time_ms, seq)`)
    const rows = await binaryRows(
      client,
      `select 1, n % 20, 1577836800000 + n::bigint, n::bigint, 1.09::float8 + n * 1e-5::float8, 1.0901::float8, 1::float8
       from generate_series(1, ${COPY_ROWS}) n`,
    )
    for (let at = 0; at < 2; at++) await copyInto(client, 'raw_row', rows)
    const ms = await timed(async () => {
      for (let at = 0; at < copies; at++) await copyInto(client, 'raw_row', rows)
    })
    await client.query('drop table raw_row')
    return ((copies * COPY_ROWS) / ms) * 1_000
  } finally {
    await client.end()
  }
}

function copyInto(client: pg.Client, table: string, rows: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream: Writable = client.query(copyFrom(`copy ${table} from stdin (format binary)`))
    stream.on('error', reject)
    stream.on('finish', () => resolve())
    stream.end(rows)
  })
}

/** Rows as the binary COPY wants them; PostgreSQL writes them itself, so no encoder of ours is measured. */
async function binaryRows(client: pg.Client, select: string): Promise<Buffer> {
  const stream = client.query(copyTo(`copy (${select}) to stdout (format binary)`))
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const someTicks = (client: pg.Client): Promise<Buffer> =>
  binaryRows(
    client,
    `select 1 as account_id, n % 20 as symbol_id, 1577836800000 + n::bigint as first_ms,
       1577836800000 + n::bigint + ${RUN} as last_ms, n::bigint as seq,
       array(select 1577836800000 + n::bigint + at from generate_series(1, ${RUN}) at) as time_ms,
       array_fill(1.09::float8 + n * 1e-5::float8, array[${RUN}]) as bid,
       array_fill(1.0901::float8 + n * 1e-5::float8, array[${RUN}]) as ask,
       array_fill(1::float8, array[${RUN}]) as volume
     from generate_series(1, ${COPY_ROWS / RUN}) n`,
  )

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = nowMs()
  await work()
  return nowMs() - began
}
