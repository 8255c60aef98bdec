// Numbered SQL migrations, run at start under a lock. A newer schema than this code stops with what to do.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import pg from 'pg'

const dir = fileURLToPath(new URL('./migrations', import.meta.url))
const TABLE = 'ngtb_migration'
/** Any number, the same in every version: two servers that start together migrate one after the other. */
const LOCK = 7245900

export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
}

class NotTheOwner extends Error {
  constructor(pending: readonly string[]) {
    super(
      `The database has to be migrated (${pending.join(', ')}) by the owner of its tables: start this version's ` +
        'server once as the owner, or let DATABASE_URL name the owner for this once.',
    )
  }
}

/** What this code knows, in order. */
export const ownMigrations = (): string[] =>
  readdirSync(dir)
    .map((file) => file.replace(/\.sql$/, ''))
    .sort()

/**
 * Brings the database at `url` to this code's schema.
 * @param first only so many of this code's, into an empty database: as it was in an older version
 * @throws {SchemaTooNew} when the database was migrated by a newer version of this code
 */
export async function migrate(url: string, log: (message: string) => void, first?: number): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'ngtb migrate',
    connectionTimeoutMillis: 5_000,
  })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    const pending = await pendingMigrations(client)
    // Nothing to do needs no right to do it: the server's own role may look, too.
    if (pending.length === 0) return
    const done = await runner({
      dbClient: client,
      dir,
      direction: 'up',
      ...(first === undefined ? {} : { count: first }),
      migrationsTable: TABLE,
      noLock: true, // ours waits; the library's would fail the second server's start
      checkOrder: true,
      log: () => {},
    })
    for (const migration of done) log(`migrated the database: ${migration.name}`)
  } finally {
    await client.end()
  }
}

/**
 * The same within a transaction of the caller's: rows of an older version are filled in, and migrated, at one go.
 * @param applied what the database has; the first of this code's
 */
export async function migrateWithin(
  client: Pick<pg.Client, 'query'>,
  applied: readonly string[],
): Promise<void> {
  for (const name of ownMigrations().slice(applied.length)) {
    await client.query(readFileSync(join(dir, `${name}.sql`), 'utf8'))
    await client.query(`insert into ${TABLE} (name, run_on) values ($1, now())`, [name])
  }
}

/** Of this code, in their order. @throws {SchemaTooNew} */
async function pendingMigrations(client: pg.Client): Promise<string[]> {
  const ours = ownMigrations()
  const { rows: tables } = await client.query<{ owns: boolean }>(
    "select pg_has_role(relowner, 'usage') as owns from pg_class where oid = to_regclass($1)",
    [TABLE],
  )
  const [table] = tables
  if (!table) return ours
  const { rows: applied } = await client.query<{ name: string }>(`select name from ${TABLE} order by name`)
  const unknown = applied.filter((row) => !ours.includes(row.name))
  if (unknown.length > 0)
    throw new SchemaTooNew(
      `The database is newer than this server: it has ${unknown.map((row) => row.name).join(', ')}, which this version does not know. ` +
        'Start the newer version (git pull && npm ci), or point DATABASE_URL or NGTB_DATA_DIR to another database.',
    )
  const pending = ours.filter((name) => !applied.some((row) => row.name === name))
  if (pending.length > 0 && !table.owns) throw new NotTheOwner(pending)
  return pending
}
