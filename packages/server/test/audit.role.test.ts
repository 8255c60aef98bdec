// Append-only for the role that the server works as (P13; roles.ts N1–N3), on real databases of every kind.
import fs from 'node:fs'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { openLedger } from '../src/ledger.ts'
import { silentLog } from '../src/platform/log.ts'
import { enter, type RunningServer, startServer } from '../src/start.ts'
import { findEmbeddedPostgres } from '../src/storage/embedded/index.ts'
import { migrate } from '../src/storage/postgres/migrate.ts'
import { APP_ROLE, enterAsApp } from '../src/storage/postgres/roles.ts'
import { connectionOf, type DatabaseAddress } from '../src/storage/postgres/session.ts'
import { Scene as Places } from './embedded/helper.ts'
import { sql } from './support/ledger.ts'
import { AS_APP, type FreshDatabase, freshDatabase } from './support/server.ts'

const places = new Places()
const fresh: FreshDatabase[] = []
let running: RunningServer | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
  for (const database of fresh.splice(0)) await database.drop()
  await places.clear()
})

async function database(): Promise<FreshDatabase> {
  const made = await freshDatabase()
  fresh.push(made)
  return made
}

async function asking<T>(address: DatabaseAddress, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connectionOf(address))
  await client.connect()
  try {
    return await ask(client)
  } finally {
    await client.end()
  }
}

const ATTACKS = [
  "update audit_event set actor = 'me'",
  'delete from audit_event',
  'truncate audit_event',
  'truncate audit_event cascade',
  'drop trigger append_only on audit_event',
  'alter table audit_event disable trigger append_only',
  'alter table audit_event disable trigger all',
  'alter table audit_event add column mine integer',
  `alter table audit_event owner to ${APP_ROLE}`,
  'drop table audit_event cascade',
  `create or replace function refuse_change() returns trigger language plpgsql as 'begin return null; end'`,
  'create rule quiet as on insert to audit_event do instead nothing',
  'create trigger mine before insert on audit_event for each statement execute function refuse_change()',
  // A grant of what one has not is a warning.
  `grant update on audit_event to ${APP_ROLE}; update audit_event set actor = 'me'`,
  'set session_replication_role = replica',
  'truncate account cascade',
  'delete from account where account_id = 0',
  'reset role; delete from audit_event',
  "insert into audit_event select * from audit_event on conflict (seq) do update set actor = 'me'",
]

/** Each attack is refused for want of a right, and the events are what they were. */
async function holds(address: DatabaseAddress): Promise<void> {
  const events = (client: pg.Client) => client.query('select * from audit_event order by seq')
  const before = await asking(address, events)
  expect(before.rows.length).toBeGreaterThan(0)
  for (const attack of ATTACKS)
    await asking(address, async (client) => {
      const refused = await client.query(attack).then(
        () => 'it was done',
        (error: { code?: string }) => error.code,
      )
      expect({ attack, refused }).toEqual({ attack, refused: '42501' })
    })
  expect((await asking(address, events)).rows).toEqual(before.rows)
}

/** One event at least, by the server's own hand. */
const somethingHappens = ({ server }: RunningServer) =>
  server.services.keys.create({ account_id: null, scopes: ['admin'], label: 'x' }, 'test')

const start = (url: string, said?: string[]) =>
  startServer({
    env: { DATABASE_URL: url },
    data_dir: places.dataDir(),
    any_port: true,
    log: { ...silentLog, warn: (text, details) => void said?.push(`${text} ${JSON.stringify(details)}`) },
  })

test('N1: the server of a DATABASE_URL, whose user is a superuser, works as a role that can change no event', async () => {
  const { url } = await database()
  running = await start(url)
  await somethingHappens(running)
  const sessions = await sql<{ who: string; asks: string }>(
    url,
    `select application_name as asks, usesysid::regrole::text as who from pg_stat_activity
     where datname = current_database() and application_name like 'ngtb %'`,
  )
  expect(sessions.length).toBeGreaterThan(0)
  const address = await enter(url, false, silentLog)
  expect(address.guard).toEqual({ kind: 'role', role: APP_ROLE, why: null })
  await holds(address)
})

test('N1: what the role may do is what the server does, and no more', async () => {
  const { url } = await database()
  const rights = await sql<{ name: string; rights: string; owner: boolean }>(
    url,
    `select c.relname as name, pg_get_userbyid(c.relowner) = '${APP_ROLE}' as owner,
            concat_ws(' ', ${['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']
              .map(
                (right) =>
                  `case when has_table_privilege('${APP_ROLE}', c.oid, '${right}') then '${right}' end`,
              )
              .join(', ')}) as rights
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') order by 1`,
  )
  const those = (with_right: string) =>
    rights.filter((row) => row.rights.split(' ').includes(with_right)).map((row) => row.name)
  expect(rights.filter((row) => row.owner)).toEqual([])
  expect(rights.find((row) => row.name === 'audit_event')?.rights).toBe('select insert')
  expect(those('delete')).toEqual([
    'account_sample',
    'alert',
    'alert_delivery',
    'command_wire',
    'ea_log',
    'enrolment',
    'interaction_minute',
    'invitation',
    'person_session',
    'system_sample',
    'tick_batch',
  ])
  expect([...those('truncate'), ...those('references'), ...those('trigger')]).toEqual([])
  // A table that a migration adds has to be thought of in RIGHTS.
  expect(rights.filter((row) => !row.rights.includes('select'))).toEqual([])
})

test('a right that somebody gave is taken back at the next start, or the guard is called what it is', async () => {
  const { url } = await database()
  await sql(url, `grant update, delete on audit_event to ${APP_ROLE}`)
  expect((await enterAsApp(url, null)).guard.kind).toBe('role')
  const [left] = await sql<{ may: boolean }>(
    url,
    `select has_table_privilege('${APP_ROLE}', 'audit_event', 'update, delete') as may`,
  )
  expect(left?.may).toBe(false)
  await sql(url, 'grant delete on audit_event to public')
  expect((await enterAsApp(url, null)).guard).toMatchObject({
    kind: 'trigger',
    why: expect.stringMatching(/granted more than SELECT and INSERT/),
  })
})

test('N2: the embedded database: a login of its own, also beside a running server and after a restart', async () => {
  const data_dir = places.dataDir()
  const begin = () => startServer({ env: {}, data_dir, any_port: true, log: silentLog })
  running = await begin()
  const { api_key } = await running.server.services.accounts.add('1001', 'Test', 'test')
  expect(new URL(running.database_url).username).toBe(APP_ROLE)
  const now = Date.now()
  const ticks = [0, 1, 2].map((day) => ({
    symbol: 'EURUSD',
    bid: 1,
    ask: 1.1,
    volume: 1,
    timestamp: now / 1000 - day * 86_400,
  }))
  const url = `http://127.0.0.1:${running.ports.ticks}/api/ticks/batch`
  const headers = { 'content-type': 'application/json', 'x-api-key': api_key }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ ticks }) })
  expect([answer.status, await answer.json()]).toMatchObject([200, { processed: 3 }])
  await holds({ url: running.database_url })
  // Nor is there a way back to the owner: this login is nobody else.
  await holds({ url: `${running.database_url}?options=-c%20role%3Dnone` })
  const beside = await openLedger({ NGTB_DATA_DIR: data_dir })
  expect([beside.served, beside.guard]).toEqual([true, { kind: 'role', role: APP_ROLE, why: null }])
  expect((await beside.verify()).problems).toEqual([])
  await beside.close()
  await running.stop()
  running = await begin()
  await somethingHappens(running)
  await holds({ url: running.database_url })
  await running.stop()
  const alone = await openLedger({ NGTB_DATA_DIR: data_dir })
  expect([alone.served, alone.guard.kind]).toEqual([false, 'role'])
  expect((await alone.verify()).problems).toEqual([])
  await alone.close()
})

test('N3: an owner who may not make the role: the trigger guards, that is said, and a superuser’s word mends it', async () => {
  const cluster = await places.start(places.dataDir())
  const as = (user: string, name: string) => {
    const url = new URL(cluster.url)
    url.username = user
    url.password = 'secret'
    url.pathname = `/${name}`
    return url.href
  }
  const owner = async (user: string, more: string) => {
    await sql(cluster.url, `create role ${user} login ${more} password 'secret'`)
    await sql(cluster.url, `create database ${user} owner ${user}`)
    return as(user, user)
  }
  const plain = await owner('plain', '')
  const said: string[] = []
  running = await start(plain, said)
  await somethingHappens(running)
  expect(said).toEqual([
    expect.stringMatching(/guarded by its trigger alone.*plain may not create roles; let a superuser run/),
  ])
  for (const change of [
    "update audit_event set actor = 'me'",
    'delete from audit_event',
    'truncate audit_event',
  ])
    await expect(sql(plain, change)).rejects.toThrow(/append-only/)
  await running.stop()

  const maker = await owner('maker', 'createrole')
  running = await start(maker)
  await somethingHappens(running)
  expect(running.database_url).toBe(maker)
  await holds(await enter(maker, false, silentLog))
  await running.stop()

  // The role is there now, but plain is no member of it.
  const { guard } = await enter(plain, false, silentLog)
  expect(guard).toMatchObject({ kind: 'trigger', why: expect.stringMatching(/no member of ngtb_app/) })
  const remedy = /run: (.*)$/.exec(guard.why ?? '')?.[1] ?? ''
  await sql(cluster.url, remedy)
  running = await start(plain)
  await somethingHappens(running)
  await holds(await enter(plain, false, silentLog))
  await running.stop()
  running = undefined

  // The strongest: a login that owns nothing. It can not migrate, and needs not.
  await sql(cluster.url, `create role worker login password 'secret' in role ${APP_ROLE}`)
  const worker = as('worker', 'plain')
  const entrance = await enter(worker, false, silentLog)
  expect(entrance.guard).toEqual({ kind: 'role', role: 'worker', why: null })
  await holds(entrance)
  await sql(plain, "delete from ngtb_migration where name = '000003_roles'")
  await expect(enter(worker, false, silentLog)).rejects.toThrow(
    /migrated .000003_roles. by the owner of its tables/,
  )
})

test('options of the url stay, and ours come last', async () => {
  const { url } = await database()
  const show = (address: DatabaseAddress) =>
    asking(address, async (client) => {
      const { rows } = await client.query(
        "select current_setting('statement_timeout') as t, current_setting('timezone') as z, current_user as who",
      )
      return rows[0]
    })
  const given = `${url}?options=${encodeURIComponent('-c statement_timeout=7s -c timezone=Asia/Tokyo -c role=none')}`
  expect(await show({ url: given, role: AS_APP })).toEqual({ t: '7s', z: 'UTC', who: APP_ROLE })
  expect(connectionOf({ url: '/tmp ngtb' }).connectionString).toBe('/tmp ngtb')
})

test('servers that start at once make the role and its rights once', async () => {
  const { url } = await database()
  await sql(url, 'drop schema public cascade; create schema public')
  await migrate(url, () => {})
  const guards = await Promise.all(Array.from({ length: 5 }, () => enterAsApp(url, null)))
  expect(guards.map(({ guard }) => guard.kind)).toEqual(Array(5).fill('role'))
})

test('the owner’s url is found by whoever may read the data folder', async () => {
  const data_dir = places.dataDir()
  running = await startServer({ env: {}, data_dir, any_port: true, log: silentLog })
  const owner = await findEmbeddedPostgres(data_dir)
  expect(new URL(owner ?? '').username).toBe('ngtb')
  expect(fs.readFileSync(`${data_dir}/run.json`, 'utf8')).not.toContain(new URL(owner ?? '').password)
})
