// Contract §3, §4, P4, P12: commands as a plain client receives and answers them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fresh, rowsOf, UNLIMITED } from './support/doors.ts'
import { type ManualTime, manualTime } from './support/manual-time.ts'
import { type TestServer, testServer } from './support/server.ts'

const LOGIN = '12345678'
const OPEN = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }

let t: TestServer
let time: ManualTime
let ea: string
let admin: string
beforeEach(async () => {
  time = manualTime()
  t = await testServer({ env: UNLIMITED, ...time })
  ea = await t.enrol(LOGIN)
  admin = await t.key(['admin'])
})
afterEach(() => t.stop())

const create = async (
  type: string,
  payload: unknown,
  more: Record<string, unknown> = {},
): Promise<string> => {
  const command_id = fresh('c')
  const body = { type, payload, command_id, ...more }
  const { status } = await t.call('webui', 'POST', `/api/v1/accounts/${LOGIN}/commands`, { key: admin, body })
  expect(status).toBe(201)
  return command_id
}
const post = (path: string, body: unknown = {}) => t.call('command', 'POST', path, { key: ea, body })
const poll = async () => (await post('/api/get_commands')).body.commands
const ids = (commands: { id: string }[]) => commands.map(({ id }) => id)
const answer = (command_id: string, status: string, response: unknown = {}) =>
  post('/api/command_response', { command_id, status, response })
const show = async (id: string) =>
  (await t.call('command', 'GET', `/api/command/${id}/status`, { key: ea })).body

describe('handing out', () => {
  test('flat: id, type and the fields of the payload, tickets as bare numbers while they fit', async () => {
    const open = await create('OPEN_TRADE', {
      ...OPEN,
      sl: 1.0,
      tp: 2.0,
      comment: 'c',
      magic: 7,
      deviation: 3,
    })
    const close = await create('CLOSE_TRADE', { ticket: '16218652', reason: 'why' })
    const large = await create('MODIFY_TRADE', { ticket: '9223372036854775807', sl: 1, tp: 2 })
    const { body } = await post('/api/get_commands')
    expect(body).toMatchObject({ status: 'success', server_time: expect.stringMatching(/Z$/) })
    expect(body.commands).toEqual([
      { id: close, type: 'CLOSE_TRADE', ticket: 16218652, reason: 'why' },
      { id: large, type: 'MODIFY_TRADE', ticket: '9223372036854775807', sl: 1, tp: 2 },
      { id: open, type: 'OPEN_TRADE', ...OPEN, sl: 1.0, tp: 2.0, comment: 'c', magic: 7, deviation: 3 },
    ])
  })

  test('a heartbeat carries them, too, under the same lease', async () => {
    const id = await create('OPEN_TRADE', OPEN)
    const heartbeat = await post('/api/heartbeat', {
      account: 12345678,
      balance: 1,
      equity: 1,
      latency_ms: 40,
    })
    expect(heartbeat.body).toMatchObject({ status: 'success', commands: [{ id, type: 'OPEN_TRADE' }] })
    expect(await poll()).toEqual([])
    expect(await show(id)).toMatchObject({
      status: 'executing',
      attempts: [{ attempt: 1, channel: 'heartbeat' }],
    })
  })

  test('P12: by priority, then in the order of creation; CLOSE_ALL takes undelivered opens back', async () => {
    const low = await create('CLOSE_TRADE', { ticket: 1 }, { priority: 'LOW' })
    const open = await create('OPEN_TRADE', OPEN)
    const modify = await create('MODIFY_TRADE', { ticket: 1, sl: 1, tp: 2 })
    const close = await create('CLOSE_TRADE', { ticket: 2 })
    const other = await create('CLOSE_ALL', { symbol: 'GBPUSD' })
    expect(ids(await poll())).toEqual([other, modify, close, open, low])
    const late = await create('OPEN_TRADE', OPEN)
    const stop = await create('CLOSE_ALL', { symbol: 'EURUSD' })
    const after = await create('OPEN_TRADE', OPEN)
    expect(ids(await poll())).toEqual([stop, after])
    expect(await show(late)).toMatchObject({ status: 'cancelled', attempt: 0 })
  })

  test('at most 50 at once, none twice, none left', async () => {
    const made = new Set<string>()
    for (let n = 0; n < 120; n++) made.add(await create('CLOSE_TRADE', { ticket: n + 1 }))
    const got = [await poll(), await poll(), await poll(), await poll()].map(ids)
    expect(got.map(({ length }) => length)).toEqual([50, 50, 20, 0])
    expect(new Set(got.flat())).toEqual(made)
  })

  test('P1: what was handed out is in the ledger as such', async () => {
    const id = await create('OPEN_TRADE', OPEN)
    await poll()
    expect(await rowsOf(t, 'select status, attempt from command where command_id = $1', [id])).toEqual([
      { status: 'executing', attempt: 1 },
    ])
    expect(await rowsOf(t, 'select attempt, outcome from command_attempt')).toEqual([
      { attempt: 1, outcome: null },
    ])
  })
})

describe('running out', () => {
  test.each([
    ['CLOSE_ALL', { symbol: 'X' }, 5],
    ['CLOSE_TRADE', { ticket: 5 }, 10],
  ])('%s: lease of its priority, then 2, 4, 8 s, then timeout', async (type, payload, lease_s) => {
    const id = await create(type, payload)
    for (const [attempt, backoff_s] of [
      [1, 2],
      [2, 4],
      [3, 8],
    ] as const) {
      expect(ids(await poll())).toEqual([id])
      await time.pass(t, lease_s * 1000 - 1)
      expect(await show(id)).toMatchObject({ status: 'executing', attempt, retry_count: attempt - 1 })
      await time.pass(t, 1)
      expect(await show(id)).toMatchObject({ status: 'pending', retry_count: attempt })
      await time.pass(t, backoff_s * 1000 - 1)
      expect(await poll()).toEqual([])
      await time.pass(t, 1)
    }
    expect(ids(await poll())).toEqual([id])
    await time.pass(t, lease_s * 1000 - 1)
    expect(await show(id)).toMatchObject({ status: 'executing', retry_count: 3 })
    await time.pass(t, 1)
    expect(await show(id)).toMatchObject({ status: 'timeout', attempt: 4 })
    expect(ids(await poll())).toEqual([id]) // still deliverable: a new round at the next sign of life
    expect(await show(id)).toMatchObject({ status: 'executing', retry_count: 0 })
  })

  test('an OPEN is handed out once, ever: unanswered it is timeout', async () => {
    const id = await create('OPEN_TRADE', OPEN, { ttl_ms: 600_000 })
    expect(ids(await poll())).toEqual([id])
    await time.pass(t, 30_000)
    expect(await show(id)).toMatchObject({ status: 'timeout', attempt: 1, note: 'outcome_unknown' })
    await time.pass(t, 300_000)
    expect(await poll()).toEqual([])
  })

  test('P5: undelivered past its time to live: expired, never handed out', async () => {
    const id = await create('OPEN_TRADE', OPEN)
    await time.pass(t, 29_999)
    expect(await show(id)).toMatchObject({ status: 'pending' })
    await time.pass(t, 1)
    expect(await poll()).toEqual([])
    expect(await show(id)).toMatchObject({ status: 'expired', attempt: 0 })
  })
})

describe('answers', () => {
  test('completed with a ticket settles; again the same is acknowledged, once counted', async () => {
    const id = await create('OPEN_TRADE', OPEN)
    await poll()
    await time.pass(t, 120)
    const first = await answer(id, 'completed', { ticket: 16218652, open_price: 1.09 })
    expect(first).toMatchObject({ status: 200, body: { status: 'success', command_id: id } })
    expect(await answer(id, 'completed', { ticket: 16218652, open_price: 1.09 })).toMatchObject({
      status: 200,
    })
    expect(await show(id)).toMatchObject({
      status: 'completed',
      latency_ms: 120,
      response: { ticket: 16218652, open_price: 1.09 },
      attempts: [{ attempt: 1, outcome: 'completed' }],
    })
    const { body } = await t.call('command', 'GET', '/api/status')
    expect(body).toMatchObject({
      status: 'running',
      commands: { total_processed: 1, total_failed: 0, success_rate: 100, active: 0 },
    })
    const trades = await t.call('webui', 'GET', `/api/v1/accounts/${LOGIN}/trades`, { key: admin })
    expect(trades.body.items).toMatchObject([{ ticket: '16218652', source: 'command', command_id: id }])
  })

  test('a refusal after a completion contradicts: 409, recorded, and nothing changes', async () => {
    const id = await create('OPEN_TRADE', OPEN)
    await poll()
    await answer(id, 'completed', { ticket: 5, open_price: 1 })
    expect(await answer(id, 'failed', { error: 'no' })).toMatchObject({
      status: 409,
      body: { status: 'error', error: 'NGTB_ANSWER_CONTRADICTS' },
    })
    expect(await show(id)).toMatchObject({ status: 'completed' })
    const kinds = await t.call('webui', 'GET', `/api/v1/accounts/${LOGIN}/audit?kind=command.contradicted`, {
      key: admin,
    })
    expect(kinds.body.items).toHaveLength(1)
  })

  test('a completion after a failure overrides it', async () => {
    const id = await create('OPEN_TRADE', OPEN)
    await poll()
    await answer(id, 'failed', { retcode: 10006, error: 'rejected' })
    expect(await show(id)).toMatchObject({
      status: 'failed',
      retcode_name: 'TRADE_RETCODE_REJECT',
      safe_to_retry: true,
    })
    expect((await answer(id, 'completed', { ticket: 5, open_price: 1 })).status).toBe(200)
    expect(await show(id)).toMatchObject({ status: 'completed' })
  })

  test('completed without a ticket does not settle an OPEN', async () => {
    const id = await create('OPEN_TRADE', OPEN)
    await poll()
    expect((await answer(id, 'completed', {})).status).toBe(200)
    expect(await show(id)).toMatchObject({ status: 'timeout', note: 'outcome_unknown' })
  })

  test('failed without a word: "no reason given"; an idempotent one is tried again', async () => {
    const open = await create('OPEN_TRADE', OPEN)
    const close = await create('CLOSE_TRADE', { ticket: 5 })
    await poll()
    await answer(open, 'failed')
    await answer(close, 'failed')
    expect(await show(open)).toMatchObject({ status: 'failed', error_message: 'no reason given' })
    expect(await show(close)).toMatchObject({ status: 'pending', retry_count: 1 })
  })

  test.each([
    ['an unknown id', { command_id: 'never-made', status: 'completed' }, 404],
    ['another status', { command_id: 'x', status: 'done' }, 400],
    ['no status', { command_id: 'x' }, 400],
    ['no id', { status: 'completed' }, 400],
    ['a response that is a list', { command_id: 'x', status: 'completed', response: [] }, 400],
  ])('%s is refused', async (_, body, status) => {
    expect((await post('/api/command_response', body)).status).toBe(status)
  })

  test('an answer that came before the command was handed out is taken as a fact', async () => {
    const id = await create('CLOSE_TRADE', { ticket: 5 })
    expect((await answer(id, 'completed')).status).toBe(200)
    expect(await show(id)).toMatchObject({ status: 'completed', attempt: 0 })
    expect(await poll()).toEqual([])
  })

  test.each(['1.2', 'abc', true, {}, [1], null, -5, 1e300])(
    'R10: MODIFY answered with sl %j: no 5xx, and it settles',
    async (sl) => {
      await t.call('trades', 'POST', '/api/trades/opened', {
        key: ea,
        body: { ticket: 5, symbol: 'E', direction: 'BUY', volume: 1, open_price: 1 },
      })
      const id = await create('MODIFY_TRADE', { ticket: 5, sl: 1, tp: 2 })
      await poll()
      expect((await answer(id, 'completed', { sl })).status).toBe(200)
      expect(await show(id)).toMatchObject({ status: 'completed' })
    },
  )

  test('F34: an error text that is cut is not cut through a character', async () => {
    const id = await create('CLOSE_TRADE', { ticket: 5 })
    await poll()
    expect((await answer(id, 'failed', { retcode: 10013, error: `${'a'.repeat(999)}😀` })).status).toBe(200)
    expect(await show(id)).toMatchObject({ status: 'failed' })
  })
})

test('P1, F29: one bad step does not spoil the steps of others in the same commit', async () => {
  const others = [await t.enrol(9001), await t.enrol(9002), await t.enrol(9003)]
  const id = await create('CLOSE_TRADE', { ticket: 5 })
  await poll()
  // Whatever a door lets through by mistake and the ledger refuses, is the sender's own trouble.
  const bad = t.server.services.desks
    .get(1)
    .run((step) => step.audit('test.bad', 'test', null, { text: '\ud800' }))
  const good = others.map((key) =>
    t.call('logs', 'POST', '/api/log', { key, body: { level: 'INFO', message: 'hello' } }),
  )
  await expect(bad).rejects.toThrow()
  expect((await Promise.all(good)).map(({ status }) => status)).toEqual([200, 200, 200])
  expect((await answer(id, 'completed')).status).toBe(200)
})
