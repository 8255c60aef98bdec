// Numbered migrations under a lock (issue 2, Database; F44).
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
