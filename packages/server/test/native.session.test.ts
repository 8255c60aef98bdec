// Native sessions at the doors (P9, P14, R11, K19, K20, K23): epochs, one owner, copies, a ledger that went back.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LOGIN, Scene } from './support/client.ts'
import { sql } from './support/ledger.ts'
import { NativeHand } from './support/native-ea.ts'
import { ManualTime } from './support/time.ts'

let s: Scene
let time: ManualTime
let ea: NativeHand

beforeEach(async () => {
  time = new ManualTime()
  s = await Scene.open({ clock: time, timers: time })
  ea = new NativeHand(s)
})
afterEach(() => s.stop())

const OPEN = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }
const open = () => s.create(randomUUID(), { type: 'OPEN_TRADE', payload: OPEN })
const connection = async () =>
  (await s.t.call('webui', 'GET', `/api/v1/accounts/${LOGIN}`, { key: s.admin })).body.connection

test('a native connect is given an epoch, and what it needs to know', async () => {
  const { status, body } = await ea.connect()
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'success',
    protocol: 2,
    epoch: 1,
    incarnation: 1,
    command_no: 0,
    rev: 0,
    owner_lease_ms: 15_000,
    settle_ms: 30_000,
    replay: false,
    generations: [],
  })
  expect(body.session_id).toBeTruthy()
  expect(await connection()).toMatchObject({
    protocol: 2,
    epoch: 1,
    owner_journal_id: ea.journal_id,
    contended: false,
    replaying: false,
  })
  expect((await ea.connect()).body.epoch).toBe(2)
  expect(await s.problems()).toEqual([])
})

test('a native hello without its journal is told what is missing', async () => {
  expect(await ea.connect({ journal_id: undefined })).toMatchObject({
    status: 400,
    body: { error: 'NGTB_BODY_INVALID', message: expect.stringContaining('journal_id') },
  })
})

test('P9: polls and heartbeats of an older epoch are refused; facts are taken', async () => {
  await ea.connect()
  const { body } = await open()
  await ea.commands()
  const old = { epoch: ea.epoch }
  await ea.connect()
  expect(await ea.poll(old)).toMatchObject({ status: 409, body: { error: 'NGTB_FENCED' } })
  expect((await ea.heartbeat(old)).status).toBe(409)
  expect(await ea.poll({ journal_id: randomUUID() })).toMatchObject({ status: 409 })
  expect(
    await ea.answer(body.command_id, 'completed', { ticket: '7' }, { ...old, evidence: 'journal' }),
  ).toMatchObject({
    status: 200,
    body: { duplicate: false },
  })
  expect(await s.status(body.command_id)).toBe('completed')
})

test('P9: a plain poll on a native account is refused, and hands out nothing', async () => {
  await ea.connect()
  await open()
  expect(await s.ask('get_commands')).toMatchObject({ status: 409, body: { error: 'NGTB_FENCED' } })
  expect(await ea.commands()).toHaveLength(1)
})

test('R11, P14: a second EA waits; opening is 423 meanwhile, reducing is not; then it opens again', async () => {
  await ea.connect()
  const other = new NativeHand(s)
  const refused = await other.connect()
  expect(refused).toMatchObject({ status: 409, body: { error: 'NGTB_OWNER_OTHER' } })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect(await open()).toMatchObject({ status: 423, body: { code: 'NGTB_RISK_CLOSED' } })
  const pending = { symbol: 'EURUSD', order_type: 'ORDER_TYPE_BUY_LIMIT', volume: 0.1, price: 1 }
  expect((await s.create(randomUUID(), { type: 'PLACE_PENDING', payload: pending })).status).toBe(423)
  for (const [type, payload] of [
    ['CLOSE_ALL', {}],
    ['CLOSE_TRADE', { ticket: 5 }],
    ['REQUEST_SYNC', {}],
  ] as const)
    expect((await s.create(randomUUID(), { type, payload })).status).toBe(201)
  await time.advance(14_999)
  expect((await open()).status).toBe(423)
  await ea.poll()
  await time.advance(1)
  expect((await open()).status).toBe(201)
  expect((await connection()).contended).toBe(false)
})

test('K23: after the owner’s lease the other takes over, and the first is fenced', async () => {
  await ea.connect()
  await time.advance(10_000)
  await ea.poll()
  const other = new NativeHand(s)
  await time.advance(14_999)
  expect((await other.connect()).status).toBe(409)
  await time.advance(1)
  expect(await other.connect()).toMatchObject({ status: 200, body: { epoch: 2 } })
  expect((await ea.poll()).status).toBe(409)
  expect((await other.poll()).status).toBe(200)
})

test('a clean goodbye lets the next one in at once', async () => {
  await ea.connect()
  await ea.say('/api/disconnect', { ...ea.session, reason: 'test' })
  expect((await new NativeHand(s).connect()).status).toBe(200)
})

test('a copy, or an old image, is told to replace its journal', async () => {
  await ea.connect()
  await ea.poll()
  await ea.connect()
  await ea.poll()
  expect(await ea.connect({ last_epoch: 1 })).toMatchObject({
    status: 409,
    body: { error: 'NGTB_JOURNAL_COPY' },
  })
  expect((await ea.connect({ last_epoch: 0 })).status).toBe(409)
  expect((await ea.connect({ last_epoch: 2 })).status).toBe(200)
})

test('a connect whose answer was lost is accepted again, until somebody spoke under the new epoch', async () => {
  await ea.connect()
  await ea.poll()
  expect((await ea.connect()).body.epoch).toBe(2)
  expect((await ea.connect({ last_epoch: 1 })).body.epoch).toBe(3)
  await ea.poll()
  expect((await ea.connect({ last_epoch: 1 })).status).toBe(409)
})

test('K19: a journal that knows more shows that the ledger went back: replay first, then opening', async () => {
  await ea.connect()
  ea.epoch = 8
  const { body } = await ea.connect({ highest_command_no: 41 })
  expect(body).toMatchObject({ epoch: 9, incarnation: 2, command_no: 41, replay: true })
  expect((await open()).status).toBe(423)
  const orphan = { command_no: 40, evidence: 'journal', replay: true }
  const told = () => ea.answer('lost-1', 'completed', { ticket: '77', open_price: 1.1 }, orphan)
  expect(await told()).toMatchObject({ status: 200, body: { orphan: true, duplicate: false } })
  expect(await told()).toMatchObject({ status: 200, body: { orphan: true, duplicate: true } })
  const { body: kept } = await s.t.call('webui', 'GET', `/api/v1/accounts/${LOGIN}/orphans`, { key: s.admin })
  expect(kept.items).toMatchObject([{ command_id: 'lost-1', command_no: 40, status: 'completed' }])
  await ea.poll({ incarnation: 1 })
  expect((await open()).status).toBe(423)
  await ea.poll({ incarnation: 2 })
  const next = await open()
  expect(next).toMatchObject({ status: 201, body: { command_no: 42 } })
  // The strategy repeats the intent that the ledger lost: its result is here already.
  const again = await s.create('lost-1', { type: 'OPEN_TRADE', payload: OPEN, command_id: 'lost-1' })
  expect(again).toMatchObject({ status: 201, body: { status: 'completed', evidence: 'journal' } })
  expect((await s.trades())['77']).toMatchObject({ status: 'open', command_id: 'lost-1' })
  expect(await s.problems()).toEqual([])
})

test('a plain client’s unknown id stays its mistake', async () => {
  expect(await s.answer('nobody', 'completed', { ticket: 1 })).toMatchObject({ status: 404 })
})

test('an account whose native EA is gone can be taken by a plain one, which is handed no old OPEN', async () => {
  await ea.connect()
  const { body } = await open()
  await ea.commands()
  await time.advance(15_000)
  expect((await ea.say('/api/connect', { account: LOGIN, broker: 'Test' })).status).toBe(200)
  expect(await s.poll()).toEqual([])
  await time.advance(60_000)
  expect(await s.status(body.command_id)).toBe('timeout')
  expect(
    (await s.create(randomUUID(), { type: 'PROBE', payload: { command_id: body.command_id } })).status,
  ).toBe(422)
})

test('P1, P9: "failed" of an EA that lost its lease settles nothing that another has in hand, and is kept', async () => {
  await ea.connect()
  const { body } = await s.create(randomUUID(), { type: 'CLOSE_ALL', payload: {} })
  expect(await ea.commands()).toHaveLength(1)
  await time.advance(15_000)
  const next = new NativeHand(s)
  expect((await next.connect()).status).toBe(200)
  const handed = (await next.heartbeat()).body.commands
  expect(handed).toMatchObject([{ id: body.command_id, attempt: 2 }])
  const refusal = { error: 'no connection', retcode: 10031 }
  expect(await ea.answer(body.command_id, 'failed', refusal)).toMatchObject({
    status: 200,
    body: { duplicate: true },
  })
  expect(await s.status(body.command_id)).toBe('executing')
  const said = await rowsWhere("kind = 'command.contradicted'")
  expect(said).toMatchObject([{ subject: body.command_id, data: { said: 'failed', was: 'executing' } }])
  await next.answer(body.command_id, 'completed', { closed: [] })
  expect(await s.status(body.command_id)).toBe('completed')
  expect(await s.problems()).toEqual([])
})

const rowsWhere = (condition: string) =>
  sql<{ subject: string; data: Record<string, unknown> }>(
    s.t.database_url,
    `select subject, data from audit_event where ${condition} order by seq`,
  )
