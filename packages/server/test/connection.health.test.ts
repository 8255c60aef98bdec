// Contract §9: the health of a connection, by the server's own clock.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Log } from '../src/ports.ts'
import { UNLIMITED } from './support/doors.ts'
import { type ManualTime, manualTime } from './support/manual-time.ts'
import { type FreshDatabase, freshDatabase, type TestServer, testServer } from './support/server.ts'

let t: TestServer
let time: ManualTime
let ea: string
let told: string[]
const log: Log = {
  info: (message) => told.push(message),
  warn: (message) => told.push(message),
  error: (message) => told.push(message),
}
beforeEach(async () => {
  told = []
  time = manualTime()
  t = await testServer({ env: UNLIMITED, log, ...time })
  ea = await t.enrol(42)
})
afterEach(() => t.stop())

const post = (path: string, body: unknown = {}) => t.call('command', 'POST', path, { key: ea, body })
const heartbeat = (more: Record<string, unknown> = {}) => post('/api/heartbeat', { account: 42, ...more })
const look = async (server = t) =>
  (await server.call('webui', 'GET', '/api/system/status')).body.connections.details[0]

test('silence: degraded, failed, and every interval one more', async () => {
  await heartbeat()
  await time.pass(t, 59_999)
  expect(await look()).toMatchObject({
    state: 'connected',
    healthy: true,
    health_score: 100,
    consecutive_failures: 0,
  })
  await time.pass(t, 1)
  expect(await look()).toMatchObject({
    state: 'reconnecting',
    healthy: false,
    health_score: 90,
    consecutive_failures: 1,
    failed_heartbeats: 1,
  })
  await time.pass(t, 60_000)
  expect(await look()).toMatchObject({ state: 'reconnecting', health_score: 80, consecutive_failures: 2 })
  await time.pass(t, 60_000)
  expect(await look()).toMatchObject({ state: 'failed', health_score: 70, consecutive_failures: 3 })
  await time.pass(t, 12 * 60_000)
  expect(await look()).toMatchObject({
    state: 'failed',
    health_score: 0,
    consecutive_failures: 15,
    failed_heartbeats: 15,
  })
  expect(told.filter((line) => line === 'connection degraded')).toHaveLength(2)
  expect(told.filter((line) => line === 'connection failed')).toHaveLength(13)
})

test('any sign of life brings it back; the score comes back by heartbeats', async () => {
  await heartbeat()
  await time.pass(t, 4 * 60_000)
  expect(await look()).toMatchObject({ state: 'failed', health_score: 60 })
  await post('/api/get_commands')
  expect(await look()).toMatchObject({
    state: 'connected',
    consecutive_failures: 0,
    reconnect_count: 1,
    failed_heartbeats: 4,
    health_score: 60,
  })
  await heartbeat()
  expect(await look()).toMatchObject({ health_score: 65, reconnect_count: 1, heartbeat_count: 2 })
  for (let n = 0; n < 20; n++) await heartbeat()
  expect(await look()).toMatchObject({ health_score: 100, heartbeat_count: 22 })
})

test('a low score is unhealthy although connected', async () => {
  await heartbeat()
  await time.pass(t, 5 * 60_000)
  await post('/api/get_commands')
  expect(await look()).toMatchObject({ state: 'connected', health_score: 50, healthy: false })
  await heartbeat()
  expect(await look()).toMatchObject({ health_score: 55, healthy: true })
})

test.each(['/api/get_commands', '/api/heartbeat'])('polls alone keep it connected: %s', async (path) => {
  for (let n = 0; n < 10; n++) {
    await time.pass(t, 50_000)
    await post(path)
  }
  expect(await look()).toMatchObject({ state: 'connected', failed_heartbeats: 0, reconnect_count: 0 })
})

test('after a clean goodbye silence is no failure', async () => {
  await post('/api/disconnect', { reason: 'weekend' })
  await time.pass(t, 3_600_000)
  expect(await look()).toMatchObject({
    state: 'disconnected',
    failed_heartbeats: 0,
    health_score: 100,
    healthy: false,
  })
  await heartbeat()
  expect(await look()).toMatchObject({ state: 'connected', reconnect_count: 0 })
})

test('latency: the first sample as it is, then α = 0.3, in seconds', async () => {
  await heartbeat({ latency_ms: 100 })
  expect((await look()).avg_heartbeat_latency).toBeCloseTo(0.1, 10)
  await heartbeat({ latency_ms: 200 })
  expect((await look()).avg_heartbeat_latency).toBeCloseTo(0.13, 10)
  await heartbeat()
  expect((await look()).avg_heartbeat_latency).toBeCloseTo(0.13, 10)
})

test('the figures of a heartbeat are kept, those left out stay', async () => {
  await heartbeat({ balance: 10_000, equity: 10_050, margin: 100, free_margin: 9_950, open_positions: 2 })
  await heartbeat({ equity: 9_000 })
  expect(await look()).toMatchObject({
    balance: 10_000,
    equity: 9_000,
    margin: 100,
    free_margin: 9_950,
    open_positions: 2,
  })
})

test('total, healthy and unhealthy count them', async () => {
  const other = await t.enrol(43)
  await time.pass(t, 40_000)
  await t.call('command', 'POST', '/api/get_commands', { key: other, body: {} })
  await time.pass(t, 30_000)
  const { body } = await t.call('webui', 'GET', '/api/system/status')
  expect(body.connections).toMatchObject({ total: 2, healthy: 1, unhealthy: 1 })
})

test('the settings are obeyed: age, failures, rates', async () => {
  const env = {
    ...UNLIMITED,
    MAX_HEARTBEAT_AGE_SEC: '10',
    HEARTBEAT_INTERVAL_SEC: '5',
    MAX_CONSECUTIVE_FAILURES: '2',
    HEALTH_DEGRADATION_RATE: '30',
    HEALTH_RECOVERY_RATE: '7',
    MIN_HEALTH_SCORE: '40',
  }
  const other_time = manualTime()
  const other = await testServer({ env, ...other_time })
  try {
    const key = await other.enrol(42)
    await other_time.pass(other, 10_000)
    expect(await look(other)).toMatchObject({ state: 'reconnecting', health_score: 70 })
    await other_time.pass(other, 10_000)
    expect(await look(other)).toMatchObject({ state: 'failed', health_score: 40 })
    await other.call('command', 'POST', '/api/get_commands', { key, body: {} })
    expect(await look(other)).toMatchObject({ state: 'connected', healthy: false })
    await other.call('command', 'POST', '/api/heartbeat', { key, body: {} })
    expect(await look(other)).toMatchObject({ health_score: 47, healthy: true })
  } finally {
    await other.stop()
  }
})

describe('a restart', () => {
  test("keeps the counters; the server's own downtime is not the EA's failure", async () => {
    const database: FreshDatabase = await freshDatabase()
    const first = manualTime()
    const before = await testServer({
      env: UNLIMITED,
      ...first,
      database: { ...database, drop: async () => {} },
    })
    const key = await before.enrol(42)
    await before.call('command', 'POST', '/api/heartbeat', { key, body: { latency_ms: 100, balance: 5 } })
    await first.pass(before, 130_000)
    await before.call('command', 'POST', '/api/get_commands', { key, body: {} })
    await before.call('ticks', 'POST', '/api/ticks/batch', {
      key,
      body: { ticks: [{ symbol: 'E', bid: 1, ask: 1, timestamp: 1_700_000_000 }] },
    })
    const was = await look(before)
    expect(was).toMatchObject({ failed_heartbeats: 2, reconnect_count: 1, health_score: 80, tick_count: 1 })
    await before.stop()

    const second = manualTime(first.clock.now() + 3_600_000)
    const after = await testServer({ env: UNLIMITED, ...second, database })
    try {
      // What holds now is another question (connection.conditions.test.ts).
      const { conditions: _, ...kept } = was
      expect(await look(after)).toMatchObject({ ...kept, healthy: false })
      await second.pass(after, 59_999)
      expect(await look(after)).toMatchObject({ failed_heartbeats: 2, state: 'connected' })
      await second.pass(after, 1)
      expect(await look(after)).toMatchObject({ failed_heartbeats: 3, state: 'reconnecting' })
      await after.call('command', 'POST', '/api/get_commands', { key, body: {} })
      expect(await look(after)).toMatchObject({ state: 'connected', reconnect_count: 2, balance: 5 })
    } finally {
      await after.stop()
    }
  })
})
