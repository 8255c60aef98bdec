// Published, "In the server's process": the manager, its connections and its commands.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandPriority, CommandStatus, ConnectionState, CoreComm, getCoreComm } from '../src/index.ts'
import { UNLIMITED } from './support/doors.ts'
import { type ManualTime, manualTime } from './support/manual-time.ts'
import { type TestServer, testServer } from './support/server.ts'

let t: TestServer
let time: ManualTime
let comm: CoreComm
beforeAll(async () => {
  time = manualTime()
  t = await testServer({ env: UNLIMITED, ...time })
  comm = new CoreComm(t.server.services)
})
afterAll(() => t.stop())

const OPEN = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085, tp: 1.095 }

test('without a server in this process it says what to do', () => {
  expect(() => getCoreComm()).toThrow(/startServer\(\)/)
})

test('the published walk, word by word', async () => {
  const conn = await comm.registerConnection({
    account_id: 1,
    account_number: 12345678,
    broker: 'Pepperstone',
  })
  await comm.processHeartbeat({
    account_id: 1,
    balance: 10000,
    equity: 10050,
    margin: 100,
    free_margin: 9950,
    latency_ms: 45.3,
  })
  expect({ ...view(conn) }).toEqual({
    account_id: 1,
    account_number: '12345678',
    broker: 'Pepperstone',
    state: 'connected',
    connected_at: new Date(time.clock.now()),
    last_heartbeat: new Date(time.clock.now()),
    heartbeat_count: 1,
    failed_heartbeats: 0,
    reconnect_count: 0,
    tick_count: 0,
    command_count: 0,
    avg_heartbeat_latency: 0.0453,
    avg_command_response_latency: null,
    consecutive_failures: 0,
    health_score: 100,
  })
  expect(conn.isHealthy()).toBe(true)

  const [cmd_id, execution] = await comm.createCommand({
    account_id: 1,
    command_type: 'OPEN_TRADE',
    payload: OPEN,
    priority: CommandPriority.NORMAL,
  })
  expect({ ...execution_view(execution) }).toEqual({
    command_id: cmd_id,
    account_id: 1,
    command_type: 'OPEN_TRADE',
    priority: 5,
    status: 'pending',
    created_at: new Date(time.clock.now()),
    sent_at: null,
    completed_at: null,
    retry_count: 0,
    max_retries: 3,
    timeout: 30,
    response_data: null,
    error_message: null,
  })
  expect(execution.canRetry()).toBe(false) // an OPEN never

  await time.pass(t, 1_500)
  const delivered = await comm.processHeartbeat({ account_id: 1, latency_ms: 45.3 })
  expect(delivered.commands).toMatchObject([{ id: cmd_id, type: 'OPEN_TRADE', symbol: 'EURUSD' }])
  expect(execution.status).toBe(CommandStatus.EXECUTING)
  await time.pass(t, 250)
  await comm.processCommandResponse({
    command_id: cmd_id,
    status: 'completed',
    response_data: { ticket: 16218652, open_price: 1.09 },
  })
  expect(execution.status).toBe(CommandStatus.COMPLETED)
  expect(execution.response_data).toEqual({ ticket: 16218652, open_price: 1.09 })
  expect(conn.avg_command_response_latency).toBeCloseTo(0.25, 6)
  expect(conn.command_count).toBe(1)

  const result = await comm.syncTradesFromEa({
    account_id: 1,
    ea_trades: [
      {
        ticket: 16218652,
        symbol: 'EURUSD',
        direction: 'BUY',
        volume: 0.1,
        open_price: 1.09,
        sl: 1.085,
        tp: 1.095,
      },
    ],
  })
  expect(result).toMatchObject({
    status: 'success',
    reconciliation: { total_ea_trades: 1, total_db_trades: 1, closed_trades: 0, new_trades: 0 },
  })
  expect(comm.getConnection(1)).toBe(conn)
  expect(comm.getConnection(99)).toBeUndefined()
  expect(comm.getAllConnections()).toEqual([conn])
  expect(await comm.getSystemStatus()).toMatchObject({
    connections: { total: 1, healthy: 1, unhealthy: 0 },
    commands: { total_processed: 1, total_failed: 0, success_rate: 100, active: 0 },
    data: { total_ticks_received: 0, total_heartbeats_received: 2 },
  })
})

const view = ({
  account_id,
  account_number,
  broker,
  state,
  connected_at,
  last_heartbeat,
  heartbeat_count,
  failed_heartbeats,
  reconnect_count,
  tick_count,
  command_count,
  avg_heartbeat_latency,
  avg_command_response_latency,
  consecutive_failures,
  health_score,
}: Awaited<ReturnType<CoreComm['registerConnection']>>) => ({
  account_id,
  account_number,
  broker,
  state,
  connected_at,
  last_heartbeat,
  heartbeat_count,
  failed_heartbeats,
  reconnect_count,
  tick_count,
  command_count,
  avg_heartbeat_latency,
  avg_command_response_latency,
  consecutive_failures,
  health_score,
})
const execution_view = ({
  command_id,
  account_id,
  command_type,
  priority,
  status,
  created_at,
  sent_at,
  completed_at,
  retry_count,
  max_retries,
  timeout,
  response_data,
  error_message,
}: Awaited<ReturnType<CoreComm['createCommand']>>[1]) => ({
  command_id,
  account_id,
  command_type,
  priority,
  status,
  created_at,
  sent_at,
  completed_at,
  retry_count,
  max_retries,
  timeout,
  response_data,
  error_message,
})

test('words and numbers', () => {
  expect(CommandPriority).toEqual({ CRITICAL: 99, HIGH: 10, NORMAL: 5, LOW: 1 })
  expect(Object.values(CommandStatus)).toEqual([
    'pending',
    'executing',
    'completed',
    'failed',
    'timeout',
    'cancelled',
    'expired',
  ])
  expect(Object.values(ConnectionState)).toEqual([
    'connecting',
    'connected',
    'reconnecting',
    'failed',
    'disconnected',
  ])
})

describe('an account has two names', () => {
  test('methods take either, and both only alike', async () => {
    const by = async (name: Record<string, unknown>) => (await comm.getEaStatus(name)).account_id
    expect(await by({ account_id: 1 })).toBe(1)
    expect(await by({ account_number: 12345678 })).toBe(1)
    expect(await by({ account_number: '12345678', account_id: 1 })).toBe(1)
    for (const name of [
      { account_id: 2 },
      { account_id: 0 },
      { account_number: 5 },
      { account_number: 12345678, account_id: 2 },
      {},
    ])
      await expect(by(name)).rejects.toMatchObject({ code: 'NGTB_ACCOUNT_UNKNOWN' })
  })
  test('an id or a login that is taken is refused', async () => {
    await expect(comm.registerConnection({ account_id: 2, account_number: 12345678 })).rejects.toMatchObject({
      code: 'NGTB_ACCOUNT_EXISTS',
    })
    await expect(comm.registerConnection({ account_id: 1, account_number: 87654321 })).rejects.toMatchObject({
      code: 'NGTB_ACCOUNT_EXISTS',
    })
    await expect(comm.registerConnection({ account_number: '2^63' })).rejects.toMatchObject({
      code: 'NGTB_LOGIN_INVALID',
    })
  })
  test('an account_id of its own choosing is kept', async () => {
    const conn = await comm.registerConnection({ account_id: 7, account_number: 777 })
    expect([conn.account_id, conn.account_number]).toEqual([7, '777'])
    expect(comm.getAllConnections().map(({ account_id }) => account_id)).toEqual([1, 7])
  })
})

describe('commands', () => {
  test.each([
    ['HIGH', 10],
    ['low', 1],
    [CommandPriority.CRITICAL, 99],
    [undefined, 10],
  ] as const)('priority %s', async (priority, has) => {
    const [, execution] = await comm.createCommand({
      account_id: 1,
      command_type: 'CLOSE_TRADE',
      payload: { ticket: 5 },
      priority,
    })
    expect(execution.priority).toBe(has)
    expect(execution.canRetry()).toBe(true)
  })
  test("refusals are the doors' own", async () => {
    const create = (command_type: string, payload: Record<string, unknown>, more = {}) =>
      comm.createCommand({ account_id: 1, command_type, payload, ...more })
    await expect(create('OPEN', {})).rejects.toMatchObject({ code: 'NGTB_COMMAND_TYPE' })
    await expect(create('OPEN_TRADE', { ...OPEN, volume: -1 })).rejects.toMatchObject({
      code: 'NGTB_COMMAND_PAYLOAD',
    })
    await expect(create('CLOSE_TRADE', { ticket: '9223372036854775808' })).rejects.toMatchObject({
      code: 'NGTB_TICKET_INVALID',
    })
    await expect(create('OPEN_TRADE', OPEN, { priority: 'URGENT' })).rejects.toMatchObject({
      code: 'NGTB_COMMAND_PRIORITY',
    })
    await expect(
      comm.processCommandResponse({ command_id: 'never', status: 'completed' }),
    ).rejects.toMatchObject({ code: 'NGTB_COMMAND_UNKNOWN' })
  })
  test('an id that two accounts have is asked about', async () => {
    for (const account_id of [1, 7])
      await comm.createCommand({
        account_id,
        command_type: 'CLOSE_ALL',
        payload: { symbol: 'X' },
        command_id: 'twin',
      })
    await expect(
      comm.processCommandResponse({ command_id: 'twin', status: 'completed' }),
    ).rejects.toMatchObject({ code: 'NGTB_COMMAND_UNKNOWN' })
    await comm.processCommandResponse({ command_id: 'twin', status: 'completed', account_id: 7 })
    const rows = await Promise.all([1, 7].map((account_id) => t.store.command(account_id, 'twin')))
    expect(rows.map((row) => row?.status)).toEqual(['pending', 'completed'])
  })
  test('an error message of the EA is the reason', async () => {
    const [command_id, execution] = await comm.createCommand({
      account_id: 1,
      command_type: 'OPEN_TRADE',
      payload: OPEN,
    })
    await comm.processHeartbeat({ account_id: 1 })
    await comm.processCommandResponse({
      command_id,
      status: 'failed',
      error_message: 'Not enough money',
      response_data: { retcode: 10019 },
    })
    expect([execution.status, execution.error_message]).toEqual(['failed', 'Not enough money'])
  })
})

test('R10: a list that is none changes nothing', async () => {
  const all = () => t.store.trades(1, { limit: 1_000, after: null }, { status: 'all' })
  const before = await all()
  for (const ea_trades of [undefined, null, {}, 'x'])
    await expect(comm.syncTradesFromEa({ account_id: 1, ea_trades } as never)).rejects.toMatchObject({
      code: 'NGTB_BODY_INVALID',
    })
  expect(await all()).toEqual(before)
})
