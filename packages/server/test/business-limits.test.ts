// Business limits at the doors: counted in the creating step, audited, folded, and never against what closes.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemIds } from '../src/platform/ids.ts'
import { verifyAudit } from '../src/services/audit.ts'
import { OPEN, Scene } from './support/client.ts'
import { UNLIMITED } from './support/doors.ts'
import { sql } from './support/ledger.ts'
import { manualTime } from './support/manual-time.ts'
import { serverOn } from './support/neighbours.ts'

const AT = '/api/v1/accounts'
const time = manualTime()
let scene: Scene
let login = 700

beforeAll(async () => {
  scene = await Scene.open({ env: UNLIMITED, ...time })
})
afterAll(() => scene.t.stop())
beforeEach(async () => {
  scene = await Scene.at(scene.t, String(++login))
})

const limits = (body: unknown, key = scene.admin) =>
  scene.t.call('webui', 'PUT', `${AT}/${scene.login}/limits`, { key, body })
const shown = async (key = scene.admin) =>
  (await scene.t.call('webui', 'GET', `${AT}/${scene.login}/limits`, { key })).body
const open = (payload: Record<string, unknown> = {}) =>
  scene.create(systemIds.uuid(), { type: 'OPEN_TRADE', payload: { ...OPEN.payload, ...payload } })
const refused = (says: RegExp) => ({
  status: 422,
  body: { code: 'NGTB_LIMIT', detail: expect.stringMatching(says) },
})

test('nothing is limited at first; set as a whole, shown, and audited with who did it', async () => {
  const nothing = { max_volume: null, max_open_positions: null, symbols: null, close_only: false }
  expect(await shown()).toMatchObject({ ...nothing, changed_at: null, changed_by: null })
  expect(await limits({ max_volume: 0.5, symbols: ['EURUSD'] })).toMatchObject({
    status: 200,
    body: { account_number: scene.login, max_volume: 0.5, symbols: ['EURUSD'], max_open_positions: null },
  })
  const { body } = await limits({ max_openings_per_minute: 3, max_volume: null })
  expect(body).toMatchObject({
    ...nothing,
    max_openings_per_minute: 3,
    changed_by: expect.stringMatching(/^key:/),
  })
  const events = await scene.t.call('webui', 'GET', `${AT}/${scene.login}/audit?kind=account.limits`, {
    key: scene.admin,
  })
  expect(events.body.items).toHaveLength(2)
  expect(events.body.items[0].data).toMatchObject({ was: { max_volume: 0.5 }, limits: { max_volume: null } })
})

test('who may: an admin sets, everyone with a key of the account sees', async () => {
  const trader = await scene.t.key(['commands:open'], scene.login)
  expect(await limits({ max_volume: 1 }, trader)).toMatchObject({ status: 403, body: { code: 'NGTB_SCOPE' } })
  expect(await shown(trader)).toMatchObject({ max_volume: null })
  expect(await limits({ max_volume: 0 })).toMatchObject({ status: 400 })
  expect(await limits({ volume: 1 })).toMatchObject({ status: 400, body: { code: 'NGTB_BODY_INVALID' } })
})

describe('an opening that breaks a limit', () => {
  test('volume, symbol, close_only: refused with the limit, its value, and who may change it', async () => {
    await limits({ max_volume: 0.2, symbols: ['EURUSD'] })
    expect(await open({ volume: 0.2 })).toMatchObject({ status: 201 })
    expect(await open({ volume: 0.21 })).toMatchObject(refused(/volume 0\.21 .*max_volume of 0\.2 .*admin/))
    expect(await open({ symbol: 'GBPUSD' })).toMatchObject(refused(/GBPUSD .*symbols: EURUSD/))
    await limits({ close_only: true })
    expect(await open()).toMatchObject(refused(/close_only/))
  })

  test('positions: open ones, undelivered and in-doubt commands count; a settled failure does not', async () => {
    await limits({ max_open_positions: 3 })
    await scene.event('opened', { ticket: 11, symbol: 'EURUSD', direction: 'BUY', volume: 1, open_price: 1 })
    const first = (await open()).body.command_id
    expect((await open()).status).toBe(201)
    expect(await open()).toMatchObject(refused(/^3 positions.*max_open_positions of 3/))
    await scene.poll()
    // Handed out: may have been executed. Nobody knows: may have been executed, too.
    expect(await open()).toMatchObject(refused(/^3 /))
    await scene.answer(first, 'failed', { retcode: 10012, error: 'timeout' })
    expect(await scene.status(first)).toBe('timeout')
    expect(await open()).toMatchObject(refused(/^3 /))
    expect((await shown()).now.open_positions).toBe(3)
    await scene.answer(first, 'failed', { retcode: 10006, error: 'rejected' })
    const settled = await scene.t.call('webui', 'POST', `${scene.path}/${first}/settle`, {
      key: scene.admin,
      body: { not_executed: true, note: 'not there' },
    })
    expect([200, 409]).toContain(settled.status)
    expect((await shown()).now.open_positions).toBe(2)
    expect((await open()).status).toBe(201)
  })

  test('one that the EA called done counts until its position is told, and once then', async () => {
    await limits({ max_open_positions: 2 })
    const { command_id } = (await open()).body
    await scene.poll()
    await scene.answer(command_id, 'completed', { ticket: 21, retcode: 10009 })
    expect((await shown()).now.open_positions).toBe(1)
    await scene.event('opened', {
      ticket: 21,
      symbol: 'EURUSD',
      direction: 'BUY',
      volume: 0.1,
      open_price: 1,
    })
    expect((await shown()).now.open_positions).toBe(1)
    await scene.event('closed', { ticket: 21, close_price: 1 })
    expect((await shown()).now.open_positions).toBe(0)
  })

  test('openings in 60 s, also those that another process made', async () => {
    await open()
    await limits({ max_openings_per_minute: 3 })
    expect((await open()).status).toBe(201)
    const other = scene.on(await serverOn(scene.t.database_url, { env: UNLIMITED, ...time }))
    try {
      expect((await other.create(systemIds.uuid())).status).toBe(201)
      expect(await other.create(systemIds.uuid())).toMatchObject(
        refused(/^3 openings in the last 60 s.*of 3/),
      )
      expect(await open()).toMatchObject(refused(/^3 openings/))
    } finally {
      await other.t.stop()
    }
    await time.pass(scene.t, 60_001)
    expect((await open()).status).toBe(201)
  })

  test('a batch is refused as a whole when one of it would be too many; a known name is answered all the same', async () => {
    await limits({ max_open_positions: 2 })
    const named = (n: number) => ({ ...OPEN, command_id: `b${login}-${n}` })
    const batch = (commands: unknown[]) =>
      scene.t.call('webui', 'POST', `${scene.path}/batch`, { key: scene.admin, body: { commands } })
    const answer = await batch([named(1), named(2), named(3)])
    expect(answer).toMatchObject(refused(/^commands\[2\]: 2 positions.*none of the batch/))
    expect((await shown()).now).toEqual({ open_positions: 0, openings_last_minute: 0 })
    expect((await batch([named(1), named(2)])).status).toBe(201)
    await limits({ close_only: true })
    expect((await batch([named(1), named(2)])).status).toBe(200)
  })
})

test('closing is never limited', async () => {
  await scene.event('opened', { ticket: 31, symbol: 'EURUSD', direction: 'BUY', volume: 1, open_price: 1 })
  await limits({
    close_only: true,
    max_volume: 0.01,
    symbols: [],
    max_open_positions: 0,
    max_openings_per_minute: 0,
  })
  await scene.made('CLOSE_TRADE', { ticket: '31' })
  await scene.made('MODIFY_TRADE', { ticket: '31', sl: 0.5, tp: 2 })
  await scene.made('CLOSE_ALL', {})
  expect(await open()).toMatchObject(refused(/close_only/))
})

test('P13: limits are the fold of their events; a row changed behind the server is found', async () => {
  await limits({ max_volume: 3 })
  const { store, database_url } = scene.t
  expect((await verifyAudit(store, systemIds)).problems).toEqual([])
  const [row] = await sql<{ limits: unknown }>(
    database_url,
    'select limits from account where account_number = $1',
    [scene.login],
  )
  await sql(database_url, 'update account set limits = null where account_number = $1', [scene.login])
  const { problems } = await verifyAudit(store, systemIds)
  expect(JSON.stringify(problems)).toMatch(/limits/)
  await sql(database_url, 'update account set limits = $2 where account_number = $1', [
    scene.login,
    row?.limits,
  ])
  expect((await verifyAudit(store, systemIds)).problems).toEqual([])
})
