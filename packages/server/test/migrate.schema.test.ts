// Numbered migrations under a lock (issue 2, Database; F44).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../src/platform/log.ts'
import { startServer } from '../src/start.ts'
import { migrate, SchemaTooNew } from '../src/storage/postgres/migrate.ts'
import { enterAsApp } from '../src/storage/postgres/roles.ts'
import { openStore, sql } from './support/ledger.ts'
import { type FreshDatabase, freshDatabase } from './support/server.ts'

let database: FreshDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.drop())

const empty = () => sql(database.url, 'drop schema public cascade; create schema public')
const applied = async () =>
  (await sql<{ name: string }>(database.url, 'select name from ngtb_migration order by id')).map(
    ({ name }) => name,
  )

test('an empty database is brought to this schema, and a second start finds it done', async () => {
  await empty()
  const said: string[] = []
  await migrate(database.url, (message) => void said.push(message))
  const names = await applied()
  expect(said).toEqual(names.map((name) => `migrated the database: ${name}`))
  expect(names.length).toBeGreaterThan(0)
  said.length = 0
  await migrate(database.url, (message) => void said.push(message))
  expect(said).toEqual([])
  await enterAsApp(database.url, null)
  const store = openStore(database.url)
  expect((await store.accounts()).map(({ account_id }) => account_id)).toEqual([0])
  await store.close()
})

test('servers that migrate at once do it one after the other: each migration once', async () => {
  await empty()
  const said: string[] = []
  await Promise.all(
    Array.from({ length: 4 }, () => migrate(database.url, (message) => void said.push(message))),
  )
  const names = await applied()
  expect(new Set(names).size).toBe(names.length)
  expect(said).toHaveLength(names.length)
})

test('000005: ticks that stood in rows of their own come into runs, none lost, in their order', async () => {
  await empty()
  const before = ['000001_ledger', '000002_native', '000003_roles', '000004_guarded_rows']
  const folder = fileURLToPath(new URL('../src/storage/postgres/migrations/', import.meta.url))
  await sql(
    database.url,
    'create table ngtb_migration (id serial primary key, name text not null, run_on timestamp not null)',
  )
  for (const name of before) {
    await sql(database.url, readFileSync(`${folder}${name}.sql`, 'utf8'))
    await sql(database.url, `insert into ngtb_migration (name, run_on) values ('${name}', now())`)
  }
  const from = Date.UTC(2020, 0, 1, 23, 59)
  await sql(
    database.url,
    `insert into account (account_id, account_number, created_at, audit_hash) values (1, 1001, now(), '');
     insert into symbol (name) values ('EURUSD'), ('GBPUSD');
     select make_tick_day(18262), make_tick_day(18263);
     insert into tick (account_id, symbol_id, time_ms, seq, bid, ask, volume)
       select 1, 1 + n % 2, ${from} + n / 3 * 1000, n, 1, 2, n from generate_series(0, 999) n`,
  )
  await migrate(database.url, () => {})
  await enterAsApp(database.url, null)
  const store = openStore(database.url)
  for (const [at, symbol] of ['EURUSD', 'GBPUSD'].entries()) {
    const { items } = await store.ticks(1, symbol, 0, 5e12, { limit: 10_000, after: null })
    const wanted = Array.from({ length: 500 }, (_, n) => 2 * n + at)
    expect(items.map(({ volume }) => volume)).toEqual(wanted)
    expect(items.map(({ time_ms }) => time_ms)).toEqual(wanted.map((n) => from + Math.floor(n / 3) * 1000))
  }
  await store.close()
})

test('a newer schema stops the start with what to do, and nothing is touched', async () => {
  await sql(
    database.url,
    "insert into ngtb_migration (name, run_on) values ('999999_from_the_future', now())",
  )
  const before = await applied()
  await expect(migrate(database.url, () => {})).rejects.toThrow(SchemaTooNew)
  const start = startServer({ env: { DATABASE_URL: database.url }, any_port: true, log: silentLog })
  await expect(start).rejects.toThrow(
    /newer than this server: it has 999999_from_the_future.*(git pull|DATABASE_URL)/,
  )
  expect(await applied()).toEqual(before)
  // The lock went with its connection: the next one is not kept waiting.
  await sql(database.url, "delete from ngtb_migration where name like '999999%'")
  await migrate(database.url, () => {})
})

test('a migration that fails leaves nothing of itself, and the next start does it whole', async () => {
  await empty()
  await sql(database.url, 'create table trade (in_the_way integer)')
  await expect(migrate(database.url, () => {})).rejects.toThrow(/trade/)
  const tables = await sql<{ t: string }>(
    database.url,
    "select tablename as t from pg_tables where schemaname = 'public' order by 1",
  )
  expect(tables.map(({ t }) => t)).toEqual(['ngtb_migration', 'trade'])
  await sql(database.url, 'drop table trade')
  await migrate(database.url, () => {})
  expect(await sql(database.url, 'select * from trade')).toEqual([])
})
