// An archive that is damaged, of another version, or for a place that is taken, is refused with a sentence; one of an
// older version is brought to ours.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { verifyArchive, writeArchive } from '../src/backup/archive.ts'
import { makeBackup } from '../src/backup/backup.ts'
import type { Manifest } from '../src/backup/manifest.ts'
import { restoreBackup } from '../src/backup/restore.ts'
import { readConfig } from '../src/config.ts'
import { openLedger } from '../src/ledger.ts'
import { migrate, ownMigrations } from '../src/storage/postgres/migrate.ts'
import { freshDatabase } from './support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'ngtb-archive-'))
const file = join(folder, 'ledger.tar')
const drops: (() => Promise<void>)[] = []
let manifest: Manifest

const configOf = (url: string) => readConfig({ DATABASE_URL: url, NGTB_DATA_DIR: join(folder, 'none') })
const restore = (url: string, archive = file) =>
  restoreBackup({ config: configOf(url), file: archive, actor: 'test' })

async function migrated(): Promise<string> {
  const database = await freshDatabase()
  drops.push(database.drop)
  return database.url
}

/** A database that no version has opened. */
async function untouched(): Promise<string> {
  const url = new URL(await migrated())
  await sql(inject('testDatabaseUrl'), `drop database ${url.pathname.slice(1)} with (force)`)
  await sql(inject('testDatabaseUrl'), `create database ${url.pathname.slice(1)}`)
  return url.href
}

async function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  const url = await migrated()
  const ledger = await openLedger({ DATABASE_URL: url, NGTB_DATA_DIR: join(folder, 'none') })
  await ledger.services.desks.enrol('12345678', 'Pepperstone\nLondon \\ "N"', 'test')
  await ledger.services.people.invite('ann', 'admin', 'test')
  await ledger.close()
  // Far more than one part.
  await sql(
    url,
    `select make_tick_day(20000);
     insert into symbol (name) values ('EURUSD');
     insert into tick select 1, 1, t, t, n, array[t], array[1.1 + n * 1e-7], array[1.2], array[1e-300]
       from (select n, 20000 * 86400000::bigint + n as t from generate_series(1, 120000) n) s`,
  )
  manifest = (await makeBackup({ config: configOf(url), file })).manifest
})
afterAll(async () => {
  for (const drop of drops) await drop()
  rmSync(folder, { recursive: true, force: true })
})

test('it says what it holds, is for its owner alone, and has parts of some megabytes', async () => {
  expect(await verifyArchive(file)).toEqual(manifest)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const tick = manifest.tables.find(({ name }) => name === 'tick')
  expect(tick).toMatchObject({ rows: 120_000 })
  expect(tick?.parts.length).toBeGreaterThan(1)
  expect(manifest).toMatchObject({
    schema: ownMigrations().at(-1),
    accounts: [{}, { account_number: '12345678' }],
  })
  // Links and sessions of people don't come to life again.
  expect(manifest.tables.map(({ name }) => name)).not.toContain('invitation')
})

test('it comes back to the last digit, ids go on behind the highest, and the trail is whole', async () => {
  const url = await untouched()
  const { audit } = await restore(url)
  expect(audit).toMatchObject({ accounts: 2, problems: [] })
  const [sums] = await sql(
    url,
    `select count(*)::int as n, sum(bid[1])::text as bids, min(volume[1])::text as volume from tick`,
  )
  expect(sums).toMatchObject({ n: 120_000, volume: '1e-300' })
  const [broker] = await sql(url, 'select broker, incarnation::int from account where account_id = 1')
  expect(broker).toEqual({ broker: 'Pepperstone\nLondon \\ "N"', incarnation: 2 })
  const [next] = await sql(url, "insert into symbol (name) values ('GBPUSD') returning symbol_id")
  expect(next).toEqual({ symbol_id: 2 })
  await expect(restore(url)).rejects.toThrow(/is not empty: its table account has rows/)
})

test('every flipped byte that matters, and every cut, is found before anything is written', async () => {
  const bytes = readFileSync(file)
  const broken = join(folder, 'broken.tar')
  const url = await migrated()
  for (const at of [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => Math.floor(bytes.length * share))) {
    const copy = Buffer.from(bytes)
    copy[at] = (copy[at] ?? 0) ^ 0xff
    writeFileSync(broken, copy)
    await expect(restore(url, broken), `byte ${at}`).rejects.toThrow(/damaged/)
    writeFileSync(broken, bytes.subarray(0, at))
    await expect(restore(url, broken), `cut at ${at}`).rejects.toThrow(/damaged|not finished/)
  }
  writeFileSync(broken, 'no archive at all')
  await expect(restore(url, broken)).rejects.toThrow(/no archive of ours/)
  // Whole, but with a row less than it says: nothing of it stays.
  const short = { ...manifest, tables: manifest.tables.map((t) => ({ ...t, parts: [] })), rows: 1 }
  await writeArchive(broken, async () => short)
  await expect(restore(url, broken)).rejects.toThrow(/nothing was restored/)
  expect(await sql(url, 'select account_id from account')).toEqual([{ account_id: 0 }])
})

test('of a newer version: refused with its name; for a newer database: refused, too', async () => {
  const newer = join(folder, 'newer.tar')
  const strange = [...manifest.migrations, '999999_from_the_future']
  await writeArchive(newer, async () => ({ ...manifest, migrations: strange, tables: [] }))
  await expect(restore(await untouched(), newer)).rejects.toThrow(/newer version.*999999_from_the_future/)
  const older = join(folder, 'older.tar')
  await writeArchive(older, async () => ({ ...manifest, migrations: strange.slice(0, 3), tables: [] }))
  await expect(restore(await migrated(), older)).rejects.toThrow(/that no version has opened yet/)
})

test('of an older version: brought to this one in the same go', async () => {
  const old = await untouched()
  await migrate(old, () => {}, 15)
  await sql(
    old,
    `insert into ea_log (account_id, level, message, received_at) values (0, 'info', 'from long ago', now())`,
  )
  const archive = join(folder, 'old.tar')
  const { manifest: made } = await makeBackup({ config: configOf(old), file: archive })
  expect(made.migrations).toHaveLength(15)
  const url = await untouched()
  const { audit } = await restore(url, archive)
  expect(audit.problems).toEqual([])
  expect(await sql(url, 'select message from ea_log')).toEqual([{ message: 'from long ago' }])
  const names = await sql(url, 'select name from ngtb_migration order by name')
  expect(names.map(({ name }) => name)).toEqual(ownMigrations())
  // A server of this version finds nothing to do there.
  await migrate(url, (message) => expect.fail(message))
})

test('nothing to back up, and a database that is away, are sentences', async () => {
  const config = configOf(await untouched())
  await expect(makeBackup({ config, file: join(folder, 'x.tar') })).rejects.toThrow(
    /no ledger in this database/,
  )
  const away = configOf('postgres://nobody@127.0.0.1:1/none')
  await expect(makeBackup({ config: away, file: join(folder, 'x.tar') })).rejects.toThrow(
    /DATABASE_URL can not be used/,
  )
})
