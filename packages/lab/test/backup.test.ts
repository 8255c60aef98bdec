// A backup under load, more commands after it, a restore: the EAs tell what the ledger forgot, nothing happens twice.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createNativeEa,
  createSimulatedEa,
  findSymbol,
  localBroker,
  Random,
  type RunningNativeEa,
  randomWalk,
  SimulatedBroker,
  systemClock,
  TradeServer,
} from '@ngtb/ea-sim'
import { createClient } from '@ngtb/sdk'
import {
  makeBackup,
  openLedger,
  type RunningServer,
  readConfig,
  restoreBackup,
  silentLog,
  startServer,
} from '@ngtb/server'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    testDatabaseUrl: string
  }
}
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const NATIVE = '12345678'
const PLAIN = '22222222'
const folder = mkdtempSync(join(tmpdir(), 'ngtb-backup-'))
const databases: string[] = []
const ends: (() => Promise<void>)[] = []
let admin: string
let server: RunningServer

const until = (holds: () => unknown) =>
  vi.waitFor(async () => expect(await holds()).toBeTruthy(), { timeout: 120_000, interval: 50 })

async function database(): Promise<string> {
  const name = `backup_${process.pid}_${databases.length}`
  await asAdmin(`create database ${name}`)
  databases.push(name)
  const url = new URL(inject('testDatabaseUrl'))
  url.pathname = `/${name}`
  return url.href
}

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject('testDatabaseUrl') })
  await admin.connect()
  await admin.query(sql).finally(() => admin.end())
}

async function start(url: string, ports?: RunningServer['ports']): Promise<RunningServer> {
  const fixed = ports && {
    PORT_COMMAND: `${ports.command}`,
    PORT_TICKS: `${ports.ticks}`,
    PORT_TRADES: `${ports.trades}`,
    PORT_LOGS: `${ports.logs}`,
    PORT_WEBUI: `${ports.webui}`,
  }
  const env = { DATABASE_URL: url, NGTB_DATA_DIR: join(folder, 'data'), NGTB_TICK_WORKERS: '0', ...fixed }
  return startServer({ env, log: silentLog, any_port: ports === undefined })
}

const CADENCE = { poll_ms: 50, heartbeat_ms: 300, sync_ms: 300, tick_interval_ms: 20 }
const BACKOFF = { base_ms: 20, max_ms: 200 }

/** A key of a new account's EA. */
async function enrolled(login: string): Promise<string> {
  const { desks, keys } = server.server.services
  const { account_id } = await desks.enrol(login, 'Pepperstone', 'test')
  return (await keys.create({ account_id, scopes: ['ea:session'], label: 'EA' }, 'test')).api_key
}

const where = () => ({ url: `http://127.0.0.1:${server.ports.command}`, ports: server.ports })
const walk = () => {
  const spec = findSymbol('EURUSD')
  if (!spec) throw new Error('no EURUSD')
  return randomWalk({ spec, random: new Random(3), start_ms: Date.now(), interval_ms: 50, count: 100_000 })
}

async function nativeEa(): Promise<{ ea: RunningNativeEa; broker: SimulatedBroker }> {
  const broker = new SimulatedBroker()
  const ea = createNativeEa({
    ...where(),
    ...{ account: NATIVE, api_key: await enrolled(NATIVE), push: true, push_retry_ms: 200, settle_ms: 500 },
    broker: localBroker(new TradeServer(broker, { login: NATIVE }), systemClock),
    journal_path: join(folder, 'ea', 'journal.log'),
    cadence: CADENCE,
    backoff: BACKOFF,
  })
  ends.push(() => ea.kill())
  await ea.start()
  ea.feed(walk(), 1).catch(() => {})
  await until(() => ea.stats.ticks_acked > 0)
  return { ea, broker }
}

beforeAll(async () => {
  server = await start(await database())
  const { keys } = server.server.services
  admin = (await keys.create({ account_id: null, scopes: ['admin'], label: 'test' }, 'test')).api_key
})
afterAll(async () => {
  for (const end of ends) await end()
  await server.stop()
  for (const name of databases) await asAdmin(`drop database if exists ${name} with (force)`)
  rmSync(folder, { recursive: true, force: true })
})

const clientOf = (account: string) => createClient({ url: server.url, api_key: admin, account })
const order = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 } as const

test('restored from a backup under load, both sides agree again and nothing happened twice', async () => {
  const { broker } = await nativeEa()
  const plain = createSimulatedEa({
    ...{ ...where(), account: PLAIN, api_key: await enrolled(PLAIN), ticks: walk(), speed: 1 },
    ...{ cadence: CADENCE, backoff: BACKOFF },
  })
  ends.push(() => plain.stop().then(() => {}))
  const asked: string[] = []
  /** Opens, and closes every other one. */
  const trade = async (times: number) => {
    const client = clientOf(NATIVE)
    for (let at = 0; at < times; at++) {
      const opened = await client.openTrade(order)
      asked.push(opened.command_id)
      const outcome = await opened.settled()
      if (outcome.kind !== 'completed') throw new Error(`${outcome.kind}`)
      if (at % 2 === 0) continue
      const closed = await client.closeTrade({ ticket: String(outcome.ticket) })
      asked.push(closed.command_id)
      await closed.settled()
    }
    await client.close()
  }
  // Nobody fetches it before the backup; somebody does right after it.
  const waiting = await clientOf(PLAIN).openTrade({ ...order, ttl_ms: 600_000 })
  await trade(4)
  const file = join(folder, 'ledger.tar')
  const config = readConfig({ DATABASE_URL: server.database_url, NGTB_DATA_DIR: join(folder, 'data') })
  const [report] = await Promise.all([makeBackup({ config, file }), trade(4)])
  expect(report.manifest.accounts).toHaveLength(3)
  expect(report.manifest.tables.find(({ name }) => name === 'tick')?.rows).toBeGreaterThan(0)
  await plain.start()
  await until(() => plain.broker.ledger.executionCount(waiting.command_id) === 1)
  await trade(6)
  const before = broker.ledger.executions.length
  expect(before).toBe(asked.length)

  const { ports } = server
  await server.stop()
  const url = await database()
  const restored = await restoreBackup({
    config: readConfig({ DATABASE_URL: url, NGTB_DATA_DIR: join(folder, 'data') }),
    ...{ file, actor: 'test' },
  })
  expect(restored.audit).toMatchObject({ accounts: 3, problems: [] })
  expect(restored.unknown).toBeGreaterThanOrEqual(1)
  server = await start(url, ports)

  await until(async () => (await clientOf(NATIVE).account()).connection?.replaying === false)
  const open = async () => {
    const tickets: string[] = []
    for await (const { ticket } of clientOf(NATIVE).trades({ status: 'open' })) tickets.push(ticket)
    return tickets.sort()
  }
  const held = () => broker.positions().map(({ ticket }) => ticket)
  await until(async () => JSON.stringify(await open()) === JSON.stringify(held().sort()))
  // It trades again, and every name that was ever asked took effect once.
  await until(() =>
    trade(1).then(
      () => true,
      () => false,
    ),
  )
  expect(asked.map((id) => broker.ledger.executionCount(id))).toEqual(asked.map(() => 1))
  expect(plain.broker.ledger.executionCount(waiting.command_id)).toBe(1)
  // The simulated EA knows what it did; one that does not would open again: it must not even be handed out.
  const polls = plain.stats.polls
  await until(() => plain.stats.polls > polls + 10)
  const handed = await clientOf(PLAIN).audit({ kind: 'command.delivered' }).all()
  // What the restore itself says of it, as if it had been, is in the name of who restored.
  const of_it = handed.filter(({ subject, actor }) => subject === waiting.command_id && actor !== 'test')
  expect(of_it).toEqual([])
  const again = await clientOf(PLAIN).command(waiting.command_id)
  expect(['timeout', 'completed']).toContain(again.status)
  const ledger = await openLedger({ DATABASE_URL: url, NGTB_DATA_DIR: join(folder, 'data') })
  expect(await ledger.verify().finally(() => ledger.close())).toMatchObject({ problems: [] })
})
