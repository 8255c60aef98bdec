// The published face over HTTP and contract §3: the shapes that users have read.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { position, tick, UNLIMITED } from './support/doors.ts'
import { type TestServer, testServer } from './support/server.ts'

let t: TestServer
let ea: string
let admin: string
const utc = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
beforeAll(async () => {
  t = await testServer({ env: UNLIMITED })
  admin = await t.key(['admin'])
})
afterAll(() => t.stop())

/** As an EA speaks: X-API-Key. */
const say = (port: 'command' | 'ticks' | 'trades' | 'logs', path: string, body: Record<string, unknown>) =>
  t.call(port, 'POST', path, { headers: ea ? { 'x-api-key': ea } : {}, body: { account: 12345678, ...body } })

test('one EA, from hello to goodbye', async () => {
  const hello = await say('command', '/api/connect', {
    broker: 'Pepperstone',
    platform: 'MT5',
    timestamp: 1_700_000_000,
    available_symbols: ['EURUSD'],
  })
  expect(hello.body).toMatchObject({
    status: 'success',
    session_id: expect.any(String),
    subscribed_symbols: ['EURUSD'],
    server_time: utc,
    health_status: expect.any(Object),
    account_id: 1,
  })
  ea = hello.body.api_key

  expect(
    (
      await say('command', '/api/heartbeat', {
        balance: 10000,
        equity: 10050,
        margin: 100,
        free_margin: 9950,
        open_positions: 0,
        latency_ms: 45.3,
      })
    ).body,
  ).toEqual({ status: 'success', commands: [], server_time: utc })

  const created = await t.call('webui', 'POST', '/api/v1/accounts/12345678/commands', {
    key: admin,
    headers: { 'idempotency-key': 'published' },
    body: {
      type: 'OPEN_TRADE',
      payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085, tp: 1.095 },
    },
  })
  expect(created).toMatchObject({
    status: 201,
    body: {
      status: 'pending',
      ea_connected: true,
      replayed: false,
      account_id: 1,
      account_number: '12345678',
    },
  })
  const id = created.body.command_id
  expect(created.body.id).toBe(id)

  expect((await say('command', '/api/get_commands', {})).body.commands).toEqual([
    { id, type: 'OPEN_TRADE', symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085, tp: 1.095 },
  ])
  expect(
    (
      await say('command', '/api/command_response', {
        command_id: id,
        status: 'completed',
        response: { ticket: 16218652, open_price: 1.09 },
      })
    ).body,
  ).toMatchObject({ status: 'success', command_id: id })

  for (const [port, headers] of [
    ['command', { 'x-api-key': ea }],
    ['webui', { authorization: `Bearer ${admin}` }],
    ['webui', { 'x-api-key': admin }],
  ] as const)
    expect((await t.call(port, 'GET', `/api/command/${id}/status`, { headers })).body).toMatchObject({
      command_id: id,
      account_id: 1,
      command_type: 'OPEN_TRADE',
      priority: 5,
      status: 'completed',
      created_at: utc,
      sent_at: utc,
      completed_at: utc,
      retry_count: 0,
      max_retries: 3,
      timeout: 30,
      response_data: { ticket: 16218652 },
      error_message: null,
      attempts: [{ attempt: 1 }],
      latency_ms: expect.any(Number),
      response: { ticket: 16218652 },
    })

  expect((await say('ticks', '/api/ticks/batch', { batch_id: 'b', ticks: [tick(), tick()] })).body).toEqual({
    status: 'success',
    processed: 2,
    duplicates: 0,
    server_time: utc,
  })
  for (const [path, body] of [
    ['opened', { ...position(16218652), comment: 'c', timestamp: 1_700_000_000 }],
    ['modified', { ticket: 16218652, sl: 1.08, tp: 1.1, timestamp: 1_700_000_001 }],
  ] as const)
    expect((await say('trades', `/api/trades/${path}`, body)).body).toEqual({
      status: 'success',
      ticket: 16218652,
    })
  expect((await say('trades', '/api/trades/sync/force', {})).body).toEqual({
    status: 'success',
    delivery: expect.stringMatching(/^(pushed|next_sync)$/),
    last_sync_at: null,
    ea_connected: true,
  })
  expect(
    (
      await say('trades', '/api/trades/closed', {
        ticket: 16218652,
        close_price: 1.1,
        close_reason: 'TP',
        profit: 10,
        swap: 0,
        commission: -1,
        timestamp: 1_700_000_002,
      })
    ).body,
  ).toEqual({ status: 'success', ticket: 16218652 })
  expect((await say('logs', '/api/log', { level: 'INFO', message: 'EA started', details: {} })).body).toEqual(
    { status: 'success' },
  )
  expect((await say('command', '/api/disconnect', { reason: 'over' })).body).toEqual({ status: 'success' })
})

test('a plain sync: 55 closed, 54 added, the other two updated', async () => {
  const sync = (trades: unknown[]) => say('trades', '/api/trades/sync', { trades })
  await sync([position(16218652), position(16218653), position(16218655)])
  const { body } = await sync([
    position(16218652, { sl: 1.07 }),
    position(16218653, { tp: 1.2 }),
    position(16218654),
  ])
  expect(body).toEqual({
    status: 'success',
    server_time: utc,
    reconciliation: {
      total_ea_trades: 3,
      total_db_trades: expect.any(Number),
      closed_trades: 1,
      new_trades: 1,
      updated_trades: expect.any(Number),
      changes: expect.any(Array),
    },
  })
  const of = (type: string) =>
    body.reconciliation.changes
      .filter((change: { type: string }) => change.type === type)
      .map(({ ticket }: { ticket: number }) => ticket)
      .sort()
  expect(of('closed')).toEqual([16218655])
  expect(of('new')).toEqual([16218654])
  expect(of('updated')).toContain(16218653)
  const open = await t.call('webui', 'GET', '/api/v1/accounts/12345678/trades', { key: admin })
  expect(open.body.items.map(({ ticket }: { ticket: string }) => ticket)).toEqual(
    expect.arrayContaining(['16218654', '16218653']),
  )
  expect(open.body.items.map(({ ticket }: { ticket: string }) => ticket)).not.toContain('16218655')
})

describe('status', () => {
  const STATUS = {
    connections: {
      total: expect.any(Number),
      healthy: expect.any(Number),
      unhealthy: expect.any(Number),
      details: expect.any(Array),
    },
    commands: {
      total_processed: expect.any(Number),
      total_failed: expect.any(Number),
      success_rate: expect.any(Number),
      active: expect.any(Number),
    },
    data: { total_ticks_received: expect.any(Number), total_heartbeats_received: expect.any(Number) },
  }
  test('GET /health, /api/status and /api/system/status need no key on loopback', async () => {
    expect((await t.call('webui', 'GET', '/health')).body).toMatchObject({
      status: 'healthy',
      database: 'up',
    })
    expect((await t.call('command', 'GET', '/api/status')).body).toMatchObject({
      status: 'running',
      ...STATUS,
    })
    expect((await t.call('webui', 'GET', '/api/system/status')).body).toMatchObject(STATUS)
  })
  test('the figures add up: 99.21 of 1,523 with 12 failed', () => {
    expect(Math.round(((1523 - 12) / 1523) * 10_000) / 100).toBe(99.21)
  })
  test('processed, failed, success rate, active; expired and cancelled beside', async () => {
    const s = await testServer({ env: UNLIMITED })
    try {
      const key = await s.enrol(5)
      const root = await s.key(['admin'])
      const status = async () => (await s.call('webui', 'GET', '/api/system/status')).body.commands
      expect(await status()).toMatchObject({ total_processed: 0, success_rate: 100 })
      const make = async (command_id: string) => {
        await s.call('webui', 'POST', '/api/v1/accounts/5/commands', {
          key: root,
          body: { type: 'OPEN_TRADE', payload: { symbol: 'E', order_type: 'BUY', volume: 1 }, command_id },
        })
      }
      for (const id of ['c1', 'c2', 'f1', 'u1', 'e1']) await make(id)
      await s.call('command', 'POST', '/api/get_commands', { key, body: {} })
      await make('x1')
      await make('p1')
      const answer = (command_id: string, st: string, response: unknown) =>
        s.call('command', 'POST', '/api/command_response', {
          key,
          body: { command_id, status: st, response },
        })
      await answer('c1', 'completed', { ticket: 1, open_price: 1 })
      await answer('c2', 'completed', { ticket: 2, open_price: 1 })
      await answer('f1', 'failed', { retcode: 10019 })
      await answer('u1', 'completed', {})
      await s.call('webui', 'POST', '/api/v1/accounts/5/commands/x1/cancel', { key: root })
      expect(await status()).toEqual({
        total_processed: 4,
        total_failed: 2,
        success_rate: 50,
        active: 2,
        expired: 0,
        cancelled: 1,
      })
    } finally {
      await s.stop()
    }
  })
  test('beyond loopback: a key with read scope; /health stays open and says no more', async () => {
    const s = await testServer({ env: { ...UNLIMITED, NGTB_BIND: '0.0.0.0', NGTB_INSECURE_HTTP: '1' } })
    try {
      expect((await s.call('webui', 'GET', '/health')).body).toEqual({ status: 'healthy', database: 'up' })
      expect((await s.call('command', 'GET', '/api/status')).status).toBe(401)
      expect((await s.call('webui', 'GET', '/api/system/status')).status).toBe(401)
      const reader = await s.key(['commands:read'])
      expect((await s.call('webui', 'GET', '/api/system/status', { key: reader })).status).toBe(200)
      const connect = await s.call('command', 'POST', '/api/connect', { body: { account: 5 } })
      expect(connect).toMatchObject({ status: 403, body: { error: 'NGTB_ENROLMENT_CLOSED' } })
    } finally {
      await s.stop()
    }
  })
})
