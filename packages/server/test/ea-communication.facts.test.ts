// Contract §3, P11: ticks, logs, force sync and goodbye, as an EA says them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fresh, rowsOf, tick, UNLIMITED } from './support/doors.ts'
import { type TestServer, testServer } from './support/server.ts'

const LOGIN = '12345678'
let t: TestServer
let ea: string
let admin: string
beforeAll(async () => {
  t = await testServer({ env: UNLIMITED })
  ea = await t.enrol(LOGIN)
  admin = await t.key(['admin'])
})
afterAll(() => t.stop())

const post = (port: 'command' | 'ticks' | 'trades' | 'logs', path: string, body: unknown) =>
  t.call(port, 'POST', path, { key: ea, body })
const ticks = (list: unknown[], more: Record<string, unknown> = {}) =>
  post('ticks', '/api/ticks/batch', { account: 12345678, ticks: list, ...more })
const stored = (symbol: string) =>
  rowsOf<{ time_ms: string; bid: number; ask: number; volume: number }>(
    t,
    'select time_ms, bid, ask, volume from tick_view where symbol = $1 order by time_ms',
    [symbol],
  )

describe('P11 ticks', () => {
  test('stored before they are acknowledged, to the last digit and millisecond', async () => {
    const { status, body } = await ticks([
      { symbol: 'A', bid: 1.0912345678901234, ask: 1.1, timestamp: 1_700_000_000.123, volume: 3 },
    ])
    expect(status).toBe(200)
    expect(body).toEqual({
      status: 'success',
      processed: 1,
      duplicates: 0,
      server_time: expect.stringMatching(/Z$/),
    })
    expect(await stored('A')).toEqual([
      { time_ms: '1700000000123', bid: 1.0912345678901234, ask: 1.1, volume: 3 },
    ])
  })
  test('seconds and milliseconds are told apart at 1e11', async () => {
    await ticks([
      tick({ symbol: 'B', timestamp: 1_700_000_001 }),
      tick({ symbol: 'B', timestamp: 1_700_000_002_345 }),
      tick({ symbol: 'B', timestamp: 1_700_000_003.5 }),
    ])
    expect((await stored('B')).map(({ time_ms }) => time_ms)).toEqual([
      '1700000001000',
      '1700000002345',
      '1700000003500',
    ])
  })
  test('equal ticks are kept, and the order of equal times, within and between batches', async () => {
    const at = { symbol: 'C', timestamp: 1_700_000_000 }
    await ticks([tick({ ...at, bid: 3 }), tick({ ...at, bid: 1 }), tick({ ...at, bid: 1 })])
    await ticks([tick({ ...at, bid: 2 }), tick({ ...at, bid: 1 })])
    expect((await stored('C')).map(({ bid }) => bid)).toEqual([3, 1, 1, 2, 1])
    const { body } = await t.call('webui', 'GET', `/api/v1/accounts/${LOGIN}/ticks?symbol=C`, { key: admin })
    expect(body.items.map(({ bid }: { bid: number }) => bid)).toEqual([3, 1, 1, 2, 1])
  })
  test('a batch_id is stored once, as text or number; without one a resend doubles', async () => {
    const list = [tick({ symbol: 'D' }), tick({ symbol: 'D' })]
    for (const batch_id of ['b-1', 77, '9223372036854775808']) {
      expect((await ticks(list, { batch_id })).body).toMatchObject({ processed: 2, duplicates: 0 })
      expect((await ticks(list, { batch_id })).body).toMatchObject({ processed: 0, duplicates: 2 })
    }
    expect(await stored('D')).toHaveLength(6)
    await ticks(list)
    await ticks(list)
    expect(await stored('D')).toHaveLength(10)
  })
  test('the same batch twenty times at once is stored once', async () => {
    const batch_id = fresh('storm')
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ticks([tick({ symbol: 'E' })], { batch_id })),
    )
    expect(answers.filter(({ body }) => body.processed === 1)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.duplicates === 1)).toHaveLength(19)
    expect(await stored('E')).toHaveLength(1)
  })
  test('a batch_id is of its account', async () => {
    const other = await t.enrol(555)
    const body = { batch_id: 'b-1', ticks: [tick({ symbol: 'F' })] }
    expect((await t.call('ticks', 'POST', '/api/ticks/batch', { key: other, body })).body).toMatchObject({
      processed: 1,
    })
  })
  test('one bad tick: the whole batch is refused, and its id stays free', async () => {
    const batch_id = fresh('bad')
    expect((await ticks([tick({ symbol: 'G' }), tick({ symbol: 'G', bid: -1 })], { batch_id })).status).toBe(
      400,
    )
    expect(
      (await ticks([tick({ symbol: 'G' }), tick({ symbol: 'G', timestamp: 5 })], { batch_id })).status,
    ).toBe(422)
    expect(await stored('G')).toEqual([])
    expect((await ticks([tick({ symbol: 'G' })], { batch_id })).body).toMatchObject({ processed: 1 })
  })
  test('a resend in more words than the first is counted by what it holds', async () => {
    const batch_id = fresh('resend')
    await ticks([tick({ symbol: 'H' })], { batch_id })
    expect((await ticks([], { batch_id })).body).toMatchObject({ processed: 0, duplicates: 0 })
    expect((await ticks([])).body).toMatchObject({ processed: 0, duplicates: 0 })
  })
  test('days from 2000 to 2099 are made on demand; tick_view shows login and symbol', async () => {
    const days = [946_684_800, 1_577_836_800, 4_102_444_799]
    expect((await ticks(days.map((timestamp) => tick({ symbol: 'I', timestamp })))).status).toBe(200)
    const rows = await rowsOf(
      t,
      `select login, symbol, time_ms from tick_view where symbol = 'I' order by time_ms`,
    )
    expect(rows).toEqual(days.map((timestamp) => ({ login: LOGIN, symbol: 'I', time_ms: `${timestamp}000` })))
  })
  test('they are counted in the status', async () => {
    const total = async () =>
      (await t.call('webui', 'GET', '/api/system/status')).body.data.total_ticks_received
    const before = await total()
    await ticks([tick(), tick(), tick()])
    expect(await total()).toBe(before + 3)
  })
})

describe('logs', () => {
  test.each([
    ['info', 'INFO'],
    ['WARN', 'WARNING'],
    ['Error', 'ERROR'],
    ['fatal', 'CRITICAL'],
    ['debug', 'DEBUG'],
  ])('level %s is stored as %s', async (level, known) => {
    expect(
      (
        await post('logs', '/api/log', {
          account: 12345678,
          level,
          message: `by ${level}`,
          details: { n: 1 },
        })
      ).body,
    ).toEqual({ status: 'success' })
    const { body } = await t.call('webui', 'GET', `/api/v1/accounts/${LOGIN}/logs?limit=1`, { key: admin })
    expect(body.items[0]).toMatchObject({
      level: known,
      message: `by ${level}`,
      details: { n: 1 },
      account_number: LOGIN,
    })
  })
  test('a level of nobody: 400', async () => {
    expect((await post('logs', '/api/log', { level: 'LOUD', message: 'x' })).status).toBe(400)
  })
})

describe('force sync and goodbye', () => {
  test('a plain client is asked at its next sync', async () => {
    await post('trades', '/api/trades/sync', { trades: [] })
    const { body } = await post('trades', '/api/trades/sync/force', { account: 12345678 })
    expect(body).toEqual({
      status: 'success',
      delivery: 'next_sync',
      last_sync_at: expect.stringMatching(/Z$/),
      ea_connected: true,
    })
  })
  test('disconnect is a clean goodbye; any authenticated request registers again', async () => {
    const state = async () =>
      (await t.call('webui', 'GET', '/api/v1/connections', { key: admin })).body.items[0].state
    expect((await post('command', '/api/disconnect', { account: 12345678, reason: 'over' })).body).toEqual({
      status: 'success',
    })
    expect(await state()).toBe('disconnected')
    await post('command', '/api/get_commands', {})
    expect(await state()).toBe('connected')
    for (const [port, path, body] of [
      ['logs', '/api/log', { level: 'INFO', message: 'x' }],
      ['ticks', '/api/ticks/batch', { ticks: [tick()] }],
      ['trades', '/api/trades/sync', { trades: [] }],
      ['command', '/api/heartbeat', {}],
    ] as const) {
      await post('command', '/api/disconnect', {})
      await post(port, path, body)
      expect(await state(), path).toBe('connected')
    }
  })
  test('account is optional where the key names it', async () => {
    expect((await post('command', '/api/get_commands', {})).status).toBe(200)
    expect((await post('command', '/api/get_commands', { account: LOGIN })).status).toBe(200)
    expect((await post('command', '/api/get_commands', { account: 12345679 })).status).toBe(403)
  })
})
