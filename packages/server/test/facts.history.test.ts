// History and health over the API: what happened is sampled, shown at most a thousand points at a time, and by whom.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LastMinute } from '../src/services/meter.ts'
import { OPEN, Scene } from './support/client.ts'
import { UNLIMITED } from './support/doors.ts'
import { manualTime } from './support/manual-time.ts'
import { until } from './support/wait.ts'

const time = manualTime()
let scene: Scene
const AT = '/api/v1'
const get = (path: string, key = scene.admin) => scene.t.call('webui', 'GET', `${AT}${path}`, { key })

beforeAll(async () => {
  scene = await Scene.open({ env: UNLIMITED, ...time })
})
afterAll(() => scene.t.stop())

test('a minute counts what came in its sixty seconds', () => {
  const count = new LastMinute()
  const begin = 1_000_000_000
  for (let second = 0; second < 100; second++) count.add(begin + second * 1_000, 2)
  expect(count.sum(begin + 99_000)).toBe(120)
  expect(count.sum(begin + 129_000)).toBe(62)
  expect(count.sum(begin + 200_000)).toBe(0)
})

describe('history', () => {
  test('each minute leaves a point of the account and of the system', async () => {
    await scene.ask('heartbeat', { balance: 1_000, equity: 990, margin: 10, open_positions: 1 })
    await scene.event('opened', { ticket: 1, symbol: 'EURUSD', direction: 'BUY', volume: 0.3, open_price: 1 })
    const { body } = await scene.create('one', OPEN)
    await scene.poll()
    await scene.answer(body.command_id, 'completed', { ticket: 2, retcode: 10009 })
    await scene.ticks('b', [{ symbol: 'EURUSD', bid: 1, ask: 1.1, timestamp: 1_767_614_400 }])
    await time.pass(scene.t, 61_000)
    await until(async () => (await get('/system/history')).body.points.length > 0)
    const account = await get(`/accounts/${scene.login}/history`)
    expect(account.status).toBe(200)
    expect(account.body).toMatchObject({ account_number: scene.login, step_ms: 120_000 })
    expect(account.body.points.at(-1)).toMatchObject({
      balance: 1_000,
      equity: 990,
      margin: 10,
      open_positions: expect.any(Number),
      open_volume: expect.any(Number),
    })
    const fine = await get(
      `/accounts/${scene.login}/history?from=${time.clock.now() - 300_000}&to=${time.clock.now()}`,
    )
    expect(fine.body.step_ms).toBe(60_000)
    expect(fine.body.points.length).toBeGreaterThanOrEqual(1)
    expect(fine.body.points[0].open_volume).toBeGreaterThanOrEqual(0.3)
    const system = await get('/system/history')
    expect(system.body.points[0]).toMatchObject({ ticks_per_s: expect.any(Number), redis_reachable: null })
    expect(system.body.points[0].database_bytes).toBeGreaterThan(1e6)
    expect(system.body.points[0].commands_created_per_s).toBeGreaterThan(0)
    expect(system.body.points[0].commands_settled_per_s).toBeGreaterThan(0)
  })

  test('what can not be asked for is refused', async () => {
    for (const query of ['from=5&to=5', 'from=10&to=5', 'from=yesterday', 'step=0'])
      expect(await get(`/system/history?${query}`), query).toMatchObject({
        status: 400,
        body: { code: 'NGTB_QUERY_INVALID' },
      })
    const bound = await scene.t.key(['commands:read'], scene.login)
    expect(await get('/system/history', bound)).toMatchObject({ status: 403 })
    expect(await get(`/accounts/${scene.login}/history`, bound)).toMatchObject({ status: 200 })
  })
})

test('health: queues by account and status, throughput, database, and conditions with a word', async () => {
  await scene.create('two', OPEN)
  const { body } = await get('/system/health')
  expect(body.database).toMatchObject({ up: true, kind: 'embedded' })
  expect(body.database.size_bytes).toBeGreaterThan(1e6)
  expect(body.queues.total).toMatchObject({ undelivered: 1, executing: 0, unknown: 0 })
  expect(body.queues.accounts).toMatchObject([{ account_number: scene.login, undelivered: 1 }])
  expect(body.audit_seq).toBeGreaterThan(0)
  expect(body.conditions).toMatchObject({
    database_up: { is: true, since: expect.any(String), cause: 'the database answers' },
    redis_reachable: { is: null, since: null },
    event_loop_free: { is: null },
  })
  const elsewhere = await Scene.at(scene.t, '888')
  const bound = await scene.t.key(['commands:read'], elsewhere.login)
  expect((await get('/system/health', bound)).body.queues.accounts).toMatchObject([{ account_number: '888' }])
})
