// What happens becomes an alert: at once where an event tells it, by the next look elsewhere; once for several servers.
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBell } from '../src/open-bell.ts'
import { systemIds } from '../src/platform/ids.ts'
import { verifyAudit } from '../src/services/audit.ts'
import { UNLIMITED } from './support/doors.ts'
import { type ManualTime, manualTime } from './support/manual-time.ts'
import { type FreshDatabase, freshDatabase, type TestServer, testServer } from './support/server.ts'
import { turns, until } from './support/wait.ts'

const LOGIN = '4242'
let database: FreshDatabase
let time: ManualTime
let servers: TestServer[]
let t: TestServer
let ea: string
let admin: string
let tampered: boolean

/** An EA is silent after 10 s, and lost after 15. */
const QUICK = {
  ...{ NGTB_ALERT_EVERY_SEC: '3', HEARTBEAT_INTERVAL_SEC: '1', MAX_HEARTBEAT_AGE_SEC: '5' },
  DEFAULT_COMMAND_TIMEOUT: '2',
}

const open = async (): Promise<TestServer> => {
  const server = await testServer({
    env: { ...UNLIMITED, ...QUICK },
    bell: openBell,
    database: { ...database, drop: async () => {} },
    ...time,
    hornTimers: time.timers,
  })
  servers.push(server)
  return server
}

beforeEach(async () => {
  database = await freshDatabase()
  time = manualTime()
  servers = []
  tampered = false
  t = await open()
  ea = await t.enrol(LOGIN)
  admin = await t.key(['admin'])
  await until(async () => (await t.store.alertCursor('events')) !== null)
  await t.server.services.alerts.setSettings(0, { silence_s: 10 }, 'test')
})
afterEach(async () => {
  if (!tampered) expect((await verifyAudit(t.store, systemIds)).problems).toEqual([])
  for (const server of servers) await server.stop()
  await database.drop()
})

/** Time passes until it is so; what a look needs of the real world is waited for. */
async function comes(holds: () => Promise<boolean>, meanwhile: () => unknown = () => {}): Promise<void> {
  while (!(await holds())) {
    await meanwhile()
    await time.pass(t, 1_000) // of all servers: they share it
    await turns()
  }
}

const names = async () => (await t.store.openAlerts()).map(({ name }) => name)
const told = async () =>
  (await t.store.auditOf(0, { limit: 100, after: null }, { kind: 'alert.*' })).items
    .reverse()
    .map(({ kind, data }) => `${kind} ${data.name}`)
const beat = (equity: number, server = t) =>
  server.call('command', 'POST', '/api/heartbeat', {
    key: ea,
    body: { balance: 1_000, equity, margin: 0, free_margin: 1, open_positions: 0, latency_ms: 1 },
  })
const say = (port: 'webui' | 'command', path: string, body: unknown, key = admin) =>
  t.call(port, 'POST', path, { key, body })

test('an EA that falls silent is told to be silent, then lost; both are over once it speaks', async () => {
  await beat(1_000)
  await comes(async () => {
    const standing = await names()
    return standing.includes('ea_silent:1') && standing.includes('connection_lost:1')
  })
  await comes(
    async () => (await names()).length === 0,
    () => beat(1_000),
  )
  const turns_of = async (name: string) => (await told()).filter((line) => line.endsWith(name))
  for (const name of ['ea_silent:1', 'connection_lost:1'])
    expect(await turns_of(name)).toEqual([`alert.raised ${name}`, `alert.cleared ${name}`])
})

test('two servers on one ledger, and another after a restart: raised once, counted right', async () => {
  await open()
  for (const id of ['one', 'two']) {
    const payload = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }
    const command = { type: 'OPEN_TRADE', payload, command_id: id }
    await say('webui', `/api/v1/accounts/${LOGIN}/commands`, command)
    await say('command', '/api/get_commands', {}, ea)
    await say(
      'command',
      '/api/command_response',
      { command_id: id, status: 'failed', response: { error: 'no' } },
      ea,
    )
  }
  const failed = async () => (await t.store.openAlerts()).find(({ rule }) => rule === 'command_failed')
  await comes(async () => (await failed())?.count === 2)
  const first = await failed()
  expect(first).toMatchObject({ notice: true, name: 'command_failed:1' })
  await servers.pop()?.stop()
  await open()
  // All of them have looked once more.
  const silent = async () => (await names()).includes('ea_silent:1')
  await comes(silent)
  expect(await failed()).toMatchObject({ alert_id: first?.alert_id, count: 2 })
  expect((await told()).filter((line) => line.includes('command_failed'))).toEqual([
    'alert.raised command_failed:1',
  ])
  expect((await told()).filter((line) => line.includes('ea_silent'))).toEqual(['alert.raised ea_silent:1'])
  expect(await t.store.deliveriesOf(first?.alert_id ?? '')).toHaveLength(1)
})

test('a command in doubt is told by its event, and is over with its answer', async () => {
  const command = { type: 'OPEN_TRADE', payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 } }
  await say('webui', `/api/v1/accounts/${LOGIN}/commands`, { ...command, command_id: 'open-1' })
  await say('command', '/api/get_commands', {}, ea)
  const doubted = async () => (await names()).includes('command_in_doubt:1:open-1')
  await comes(doubted)
  const response = { ticket: 77, price: 1.1 }
  await say('command', '/api/command_response', { command_id: 'open-1', status: 'completed', response }, ea)
  await comes(async () => !(await doubted()))
  expect((await told()).filter((line) => line.includes('in_doubt'))).toEqual([
    'alert.raised command_in_doubt:1:open-1',
    'alert.cleared command_in_doubt:1:open-1',
  ])
})

test('drawdown and daily loss by the equity that heartbeats tell; the peak outlives a restart', async () => {
  const mark = async () => (await t.store.alertMarks())[0]?.peak_equity
  await comes(
    async () => (await mark()) === 1_000,
    () => beat(1_000),
  )
  await comes(
    async () => (await names()).includes('daily_loss:1'),
    () => beat(940),
  )
  expect(await names()).not.toContain('drawdown:1')
  await servers.pop()?.stop()
  t = await open()
  await comes(
    async () => (await names()).includes('drawdown:1'),
    () => beat(790),
  )
  expect(await mark()).toBe(1_000)
})

test('an event that was changed behind the server’s back is told', async () => {
  tampered = true
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('alter table audit_event disable trigger all')
  await client.query(`update audit_event set actor = 'nobody' where account_id = 1 and audit_no = 1`)
  await client.end()
  await comes(async () => (await names()).includes('audit_break:1'))
})
