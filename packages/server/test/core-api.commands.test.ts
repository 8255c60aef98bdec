// P2, P12, P15, F41: commands over the management API.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fresh, rowsOf, UNLIMITED } from './support/doors.ts'
import { type TestServer, testServer } from './support/server.ts'

const LOGIN = '12345678'
const PATH = `/api/v1/accounts/${LOGIN}/commands`
const OPEN = {
  type: 'OPEN_TRADE',
  payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.0, tp: 2.0 },
}

let t: TestServer
let admin: string
let ea: string
beforeAll(async () => {
  t = await testServer({ env: UNLIMITED })
  ea = await t.enrol(LOGIN)
  admin = await t.key(['admin'])
})
afterAll(() => t.stop())

const create = (body: unknown, key?: string, by = admin) =>
  t.call('webui', 'POST', PATH, {
    key: by,
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  })
const show = async (id: string) => (await t.call('webui', 'GET', `${PATH}/${id}`, { key: admin })).body
const cancel = (id: string) => t.call('webui', 'POST', `${PATH}/${id}/cancel`, { key: admin })
const poll = async () =>
  (await t.call('command', 'POST', '/api/get_commands', { key: ea, body: {} })).body.commands
const count = async () => (await rowsOf<{ n: number }>(t, 'select count(*)::int as n from command'))[0]?.n

describe('P2: one intent, one command', () => {
  test('by Idempotency-Key: 201, then 200 replayed with the same answer', async () => {
    const first = await create(OPEN, 'intent-1')
    expect(first).toMatchObject({ status: 201, body: { replayed: false, status: 'pending', attempt: 0 } })
    expect(first.body.id).toBe(first.body.command_id)
    expect(first.body.command_id).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    const again = await create(OPEN, 'intent-1')
    expect(again).toMatchObject({ status: 200, body: { ...first.body, replayed: true } })
  })

  test('fields in another order are the same body; a priority said aloud that it has anyway, too', async () => {
    const first = await create(OPEN, 'intent-2')
    const { symbol, order_type, volume, sl, tp } = OPEN.payload
    const turned = {
      payload: { tp, sl, volume, order_type, symbol },
      priority: 'NORMAL',
      command_type: 'OPEN_TRADE',
    }
    expect(await create(turned, 'intent-2')).toMatchObject({
      status: 200,
      body: { id: first.body.id, replayed: true },
    })
  })

  test('by command_id: it is the id', async () => {
    const id = fresh('mine')
    expect(await create({ ...OPEN, command_id: id })).toMatchObject({
      status: 201,
      body: { id, replayed: false },
    })
    expect(await create({ ...OPEN, command_id: id })).toMatchObject({
      status: 200,
      body: { id, replayed: true },
    })
    expect(await create(OPEN, id)).toMatchObject({ status: 201 }) // a key is not the id that it makes
  })

  test('both, alike: taken; both, different: 422; neither: 400', async () => {
    const id = fresh('both')
    expect(await create({ ...OPEN, command_id: id }, id)).toMatchObject({ status: 201, body: { id } })
    const before = await count()
    expect(await create({ ...OPEN, command_id: id }, 'other')).toMatchObject({
      status: 422,
      body: { code: 'NGTB_COMMAND_KEY_CONFLICT' },
    })
    expect(await create(OPEN)).toMatchObject({ status: 400, body: { code: 'NGTB_COMMAND_KEY_MISSING' } })
    expect(await create(OPEN, '')).toMatchObject({ status: 400, body: { code: 'NGTB_COMMAND_KEY_MISSING' } })
    expect(await count()).toBe(before)
  })

  test.each(['has space', 'ümlaut', 'x'.repeat(256), 'tab\there'])('Idempotency-Key %j: 400', async (key) => {
    expect(await create(OPEN, key)).toMatchObject({ status: 400, body: { code: 'NGTB_BODY_INVALID' } })
  })
  test.each(['!', '~'.repeat(255), "'or'1'='1", '../../x'])('Idempotency-Key %j: taken', async (key) => {
    expect((await create(OPEN, key)).status).toBe(201)
  })
  test.each(['', 'has space', 'x'.repeat(65), 'a/b', 'a.b', 'ü'])(
    'command_id %j: 400',
    async (command_id) => {
      expect(await create({ ...OPEN, command_id })).toMatchObject({
        status: 400,
        body: { code: 'NGTB_BODY_INVALID' },
      })
    },
  )

  test.each([
    ['payload', { payload: { ...OPEN.payload, volume: 0.2 } }],
    ['type', { type: 'CLOSE_ALL', payload: {} }],
    ['priority', { priority: 'LOW' }],
    ['ttl_ms', { ttl_ms: 5_000 }],
  ])('the same key with another %s: 422, and the first stays as it was', async (_, other) => {
    const key = fresh('reused')
    const first = await create(OPEN, key)
    const before = await count()
    expect(await create({ ...OPEN, ...other }, key)).toMatchObject({
      status: 422,
      body: { code: 'NGTB_COMMAND_REUSED' },
    })
    expect(await count()).toBe(before)
    expect(await show(first.body.id)).toMatchObject({ payload: OPEN.payload, status: 'pending' })
  })

  test('a key is of its account: the same key on another account is another command', async () => {
    await t.enrol('777')
    const key = fresh('shared')
    const here = await create(OPEN, key)
    const there = await t.call('webui', 'POST', '/api/v1/accounts/777/commands', {
      key: admin,
      body: { ...OPEN, payload: { ...OPEN.payload, volume: 0.7 } },
      headers: { 'idempotency-key': key },
    })
    expect(there.status).toBe(201)
    expect(there.body.id).not.toBe(here.body.id)
  })

  test('a settled command is replayed as it is now', async () => {
    const key = fresh('settled')
    const { body } = await create(OPEN, key)
    expect((await cancel(body.id)).status).toBe(200)
    expect(await create(OPEN, key)).toMatchObject({
      status: 200,
      body: { status: 'cancelled', replayed: true },
    })
  })

  test('F41: 1,000 at once of one key: one row, one 201', async () => {
    const before = await count()
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => create(OPEN, 'stampede')))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(999)
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(await count()).toBe((before ?? 0) + 1)
  })

  test('F41: 1,000 at once of 1,000 keys: 1,000 rows, numbered without a gap', async () => {
    const before = await count()
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, at) => create(OPEN, `many-${at}`)))
    expect(answers.every(({ status }) => status === 201)).toBe(true)
    expect(await count()).toBe((before ?? 0) + 1_000)
    const [row] = await rowsOf(
      t,
      'select count(*)::int = max(command_no) as gapless from command where account_id = 1',
    )
    expect(row?.gapless).toBe(true)
  })
})

describe('P12 priorities', () => {
  test.each([
    ['CLOSE_ALL', 'LOW', 1],
    ['CLOSE_ALL', 'critical', 99],
    ['CLOSE_ALL', 99, 99],
    ['CLOSE_ALL', 10, 10],
    ['CLOSE_ALL', undefined, 99],
    ['OPEN_TRADE', undefined, 5],
    ['OPEN_TRADE', 'LOW', 1],
    ['OPEN_TRADE', 'CRITICAL', 5],
    ['OPEN_TRADE', 10, 5],
  ])('%s asked with %s has %s', async (type, priority, has) => {
    const payload = type === 'OPEN_TRADE' ? OPEN.payload : { symbol: 'NOTHING' }
    const { status, body } = await create({ type, payload, priority }, fresh('priority'))
    expect([status, body.priority]).toEqual([201, has])
    await cancel(body.id)
  })
  test.each(['URGENT', 7, 0, -1, '99', '', 1e15])('priority %s: 422', async (priority) => {
    expect(await create({ ...OPEN, priority }, fresh('priority'))).toMatchObject({
      status: 422,
      body: { code: 'NGTB_COMMAND_PRIORITY' },
    })
  })
})

describe('create', () => {
  test('type under either name, alike; different or missing: 400', async () => {
    const { type, payload } = OPEN
    expect((await create({ command_type: type, payload }, fresh('type'))).status).toBe(201)
    expect((await create({ command_type: type, type, payload }, fresh('type'))).status).toBe(201)
    expect((await create({ command_type: 'CLOSE_ALL', type, payload }, fresh('type'))).status).toBe(400)
    expect((await create({ payload }, fresh('type'))).status).toBe(400)
  })
  test('an unknown type: 422, with the types that are offered', async () => {
    const { status, body } = await create({ type: 'OPEN', payload: {} }, fresh('type'))
    expect([status, body.code]).toEqual([422, 'NGTB_COMMAND_TYPE'])
    expect(body.detail).toContain('CLOSE_ALL')
  })
  test('P14: without a connected EA 201 and ea_connected: false; require_connected: 409', async () => {
    const login = '4040'
    const path = `/api/v1/accounts/${login}/commands`
    await t.call('webui', 'POST', '/api/v1/accounts', { key: admin, body: { account: login } })
    const say = (body: unknown) =>
      t.call('webui', 'POST', path, { key: admin, body, headers: { 'idempotency-key': fresh('away') } })
    expect(await say(OPEN)).toMatchObject({ status: 201, body: { ea_connected: false } })
    expect(await say({ ...OPEN, require_connected: true })).toMatchObject({
      status: 409,
      body: { code: 'NGTB_EA_NOT_CONNECTED' },
    })
    expect((await t.call('webui', 'GET', path, { key: admin })).body.items).toHaveLength(1)
  })
  test('ttl_ms is kept; without it the table of types decides', async () => {
    const ttl = async (body: unknown) => {
      const { expires_at, created_at } = (await create(body, fresh('ttl'))).body
      return expires_at === null ? null : Date.parse(expires_at) - Date.parse(created_at)
    }
    expect(await ttl({ ...OPEN, ttl_ms: 1_234 })).toBe(1_234)
    expect(await ttl(OPEN)).toBe(30_000)
    expect(await ttl({ type: 'CLOSE_TRADE', payload: { ticket: 5 } })).toBe(300_000)
    expect(await ttl({ type: 'MODIFY_TRADE', payload: { ticket: 5, sl: 1, tp: 2 } })).toBe(30_000)
    expect(await ttl({ type: 'CLOSE_ALL', payload: { symbol: 'NOTHING' } })).toBeNull()
  })
  test('scopes: what opens needs commands:open; what closes is content with either', async () => {
    const opener = await t.key(['commands:open'])
    const closer = await t.key(['commands:close'])
    const close = { type: 'CLOSE_TRADE', payload: { ticket: 5 } }
    expect((await create(OPEN, fresh('s'), opener)).status).toBe(201)
    expect((await create(close, fresh('s'), opener)).status).toBe(201)
    expect((await create(close, fresh('s'), closer)).status).toBe(201)
    expect(await create(OPEN, fresh('s'), closer)).toMatchObject({
      status: 403,
      body: { code: 'NGTB_SCOPE' },
    })
  })
})

describe('cancel and show', () => {
  test('an undelivered command is cancelled, twice is no mistake; a delivered one is a 409', async () => {
    await poll()
    const { body } = await create(OPEN, fresh('cancel'))
    expect(await cancel(body.id)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    expect(await cancel(body.id)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    const close = { type: 'CLOSE_ALL', payload: { symbol: 'NOTHING' } }
    const other = (await create(close, fresh('cancel'))).body.id
    while (!(await poll()).some(({ id }: { id: string }) => id === other));
    expect(await cancel(other)).toMatchObject({ status: 409, body: { code: 'NGTB_COMMAND_NOT_CANCELLABLE' } })
    expect(await show(other)).toMatchObject({ status: 'executing' })
    expect(await cancel('never-made')).toMatchObject({ status: 404, body: { code: 'NGTB_COMMAND_UNKNOWN' } })
  })

  test('shows attempts and events in their order, with latency and both names', async () => {
    const { body } = await create({ type: 'CLOSE_ALL', payload: { symbol: 'NOTHING' } }, fresh('show'))
    while (!(await poll()).some(({ id }: { id: string }) => id === body.id));
    await t.call('command', 'POST', '/api/command_response', {
      key: ea,
      body: { command_id: body.id, status: 'failed', response: { retcode: 10018, error: 'Market closed' } },
    })
    const shown = await show(body.id)
    expect(shown).toMatchObject({
      account_id: 1,
      account_number: LOGIN,
      status: 'failed',
      error_message: 'Market closed',
      retcode: 10018,
      retcode_name: 'TRADE_RETCODE_MARKET_CLOSED',
      attempts: [{ attempt: 1, channel: 'poll', outcome: 'refused' }],
    })
    expect(shown.latency_ms).toBeGreaterThanOrEqual(0)
    expect(shown.events.map(({ kind }: { kind: string }) => kind)).toEqual([
      'command.created',
      'command.delivered',
      'command.refused',
    ])
    expect(shown.events.map(({ audit_no }: { audit_no: number }) => audit_no)).toEqual(
      [...shown.events]
        .map(({ audit_no }: { audit_no: number }) => audit_no)
        .sort((x: number, y: number) => x - y),
    )
  })
})

test('security: opening can not use up what closing is allowed', async () => {
  const narrow = await testServer({ env: { ...UNLIMITED, NGTB_RATE_CREATE: '3' } })
  try {
    await narrow.enrol(LOGIN)
    const key = await narrow.key(['admin'])
    const say = (body: unknown) =>
      narrow.call('webui', 'POST', PATH, { key, body, headers: { 'idempotency-key': fresh('rate') } })
    const opened = await Promise.all(Array.from({ length: 10 }, () => say(OPEN)))
    const refused = opened.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]).toMatchObject({ body: { code: 'NGTB_RATE' } })
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThanOrEqual(1)
    const closed = await Promise.all(
      Array.from({ length: 10 }, () => say({ type: 'CLOSE_ALL', payload: { symbol: 'NOTHING' } })),
    )
    expect(closed.map(({ status }) => status)).toEqual(Array(10).fill(201))
  } finally {
    await narrow.stop()
  }
})
