// What a doctor asks a database: is it durable, how fast does it answer, what time does it think it is.
import pg from 'pg'

export interface DatabaseFacts {
  readonly version: string
  /** Settings that lose acknowledged data while they are off; empty is good. */
  readonly unsafe: string[]
  /** Settings that make it slow or hide damage; empty is good. */
  readonly careless: string[]
  /** The newest migration, or null for an empty database. */
  readonly schema: string | null
  /** Of a small query, in ms: the median of five. */
  readonly latency_ms: number
  /** The database's own clock, in ms UTC, at about the middle of one round trip. */
  readonly now: number
}

/** Reads only; changes nothing. */
export async function inspectDatabase(url: string): Promise<DatabaseFacts> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'ngtb doctor',
    connectionTimeoutMillis: 3_000,
    query_timeout: 5_000,
  })
  await client.connect()
  try {
    const { rows: settings } = await client.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings
       where name in ('server_version', 'fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum', 'data_checksums')`,
    )
    const value = (name: string) => settings.find((row) => row.name === name)?.setting ?? ''
    const { rows: clock } = await client.query<{ now: string }>(
      'select extract(epoch from clock_timestamp()) * 1000 as now',
    )
    return {
      version: value('server_version'),
      // synchronous_commit is turned on by every connection of ours, whatever the server's default is.
      unsafe: ['fsync', 'full_page_writes'].filter((name) => value(name) !== 'on'),
      careless: ['autovacuum', 'data_checksums'].filter((name) => value(name) !== 'on'),
      schema: await newestMigration(client),
      latency_ms: await medianLatency(client),
      now: Number(clock[0]?.now ?? 0),
    }
  } finally {
    await client.end()
  }
}

async function newestMigration(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ known: boolean }>(
    "select to_regclass('ngtb_migration') is not null as known",
  )
  if (!rows[0]?.known) return null
  const { rows: names } = await client.query<{ name: string }>(
    'select name from ngtb_migration order by name desc limit 1',
  )
  return names[0]?.name ?? null
}

async function medianLatency(client: pg.Client): Promise<number> {
  const taken: number[] = []
  for (let at = 0; at < 5; at++) {
    const began = performance.now() // sim-ok: measures a real database
    await client.query('select 1')
    taken.push(performance.now() - began) // sim-ok: measures a real database
  }
  return taken.toSorted((a, b) => a - b)[2] ?? 0
}
