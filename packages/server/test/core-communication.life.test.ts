// A plain client's command from end to end, by a clock that the test moves (contract §4, P2–P7, P12).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../src/platform/log.ts'
import { LOGIN, Scene } from './support/client.ts'
import { type FreshDatabase, freshDatabase, testServer } from './support/server.ts'
import { ManualTime } from './support/time.ts'

let s: Scene
let time: ManualTime
let database: FreshDatabase
const said: { level: string; message: string; details: Record<string, unknown> }[] = []

beforeEach(async () => {
  time = new ManualTime()
  database = await freshDatabase()
  said.length = 0
  const note =
    (level: string) =>
    (message: string, details = {}) =>
      void said.push({ level, message, details })
  const log = { ...silentLog, info: note('info'), warn: note('warn'), error: note('error') }
  s = await Scene.open({ database, clock: time, timers: time, log })
})
afterEach(() => s.stop())

const OPEN = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }
const idsOf = (commands: { id: string }[]) => commands.map(({ id }) => id)
const seconds = (n: number) => time.advance(n * 1_000)
const commandCounts = async () => (await s.system()).commands

test('P2, P7: created, sent, answered, settled; each step is logged with its ticket', async () => {
  const id = await s.made('OPEN_TRADE', { ...OPEN, sl: 1.08 })
  expect((await s.show(id)).body).toMatchObject({
    status: 'pending',
    attempt: 0,
    priority: 5,
    timeout: 30,
    ea_connected: true,
  })
  await seconds(2)
  expect(await s.poll()).toEqual([{ id, type: 'OPEN_TRADE', ...OPEN, sl: 1.08 }])
  expect(await s.poll()).toEqual([])
  await time.advance(250)
  expect(await s.answer(id, 'completed', { ticket: 16218652, open_price: 1.09 })).toMatchObject({
    status: 200,
    body: { status: 'success', command_id: id, duplicate: false },
  })
  expect((await s.show(id)).body).toMatchObject({
    status: 'completed',
    attempt: 1,
    latency_ms: 250,
    response: { ticket: 16218652, open_price: 1.09 },
    attempts: [{ attempt: 1, channel: 'poll', outcome: 'completed' }],
  })
  expect(said.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['command sent', 'answer received: completed']),
  )
  expect(said.find(({ message }) => message.startsWith('answer'))?.details).toMatchObject({
    ticket: '16218652',
    latency_ms: 250,
  })
})

for (const [type, payload, timeout_s] of [
  ['CLOSE_ALL', {}, 5],
  ['CLOSE_TRADE', { ticket: 1 }, 10],
  ['OPEN_TRADE', OPEN, 30],
] as const)
  test(`§4: the answer to ${type} may take ${timeout_s} s, by its priority, not a moment longer`, async () => {
    const id = await s.made(type, payload)
    await s.poll()
    await time.advance(timeout_s * 1_000 - 1)
    expect(await s.status(id)).toBe('executing')
    await time.advance(1)
    expect(await s.status(id)).toBe(type === 'OPEN_TRADE' ? 'timeout' : 'pending')
  })

test('§4: a low priority has the default timeout', async () => {
  const id = await s.made('CLOSE_TRADE', { ticket: 1 }, { priority: 'LOW' })
  await s.poll()
  await time.advance(29_999)
  expect(await s.status(id)).toBe('executing')
  await time.advance(1)
  expect(await s.status(id)).toBe('pending')
})

test('§4: unanswered: handed out again after 2, 4 and 8 s, three retries, then timeout', async () => {
  const id = await s.made('CLOSE_TRADE', { ticket: 1 })
  expect(idsOf(await s.poll())).toEqual([id])
  for (const [retry, wait_s] of [2, 4, 8].entries()) {
    await seconds(10)
    await time.advance(wait_s * 1_000 - 1)
    expect(await s.poll()).toEqual([])
    await time.advance(1)
    expect(idsOf(await s.poll())).toEqual([id])
    expect((await s.show(id)).body).toMatchObject({ attempt: retry + 2, retry_count: retry + 1 })
  }
  await seconds(10)
  expect((await s.show(id)).body).toMatchObject({ status: 'timeout', attempt: 4, note: 'outcome_unknown' })
  expect((await s.show(id)).body.attempts.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
    'lease_expired',
    'lease_expired',
    'lease_expired',
    'outcome_unknown',
  ])
  expect(said.filter(({ message }) => message.startsWith('command timed out'))).toHaveLength(1)
})

test('§4: the timeout of an idempotent command starts a new round at the next sign of life, until its TTL', async () => {
  const id = await s.made('MODIFY_TRADE', { ticket: 1, sl: 1, tp: 2 }, { ttl_ms: 120_000 })
  await s.poll()
  for (const wait of [12, 14, 18]) {
    await seconds(wait)
    await s.poll()
  }
  await seconds(10)
  expect(await s.status(id)).toBe('timeout')
  const beat = await s.ask('heartbeat', {})
  expect(idsOf(beat.body.commands)).toEqual([id])
  expect((await s.show(id)).body).toMatchObject({ status: 'executing', attempt: 5, retry_count: 0 })
  await seconds(70)
  expect(await s.status(id)).toBe('timeout')
  expect(await s.poll()).toEqual([])
})

test('§4: CLOSE_ALL goes on without a limit, until it is done', async () => {
  const id = await s.made('CLOSE_ALL', {})
  let handed = 0
  for (let n = 0; n < 24; n++) {
    handed += (await s.poll()).length
    await seconds(15)
  }
  expect(handed).toBeGreaterThan(12)
  expect((await s.answer(id, 'completed', { closed: [] })).status).toBe(200)
  await seconds(60)
  expect(await s.poll()).toEqual([])
  expect((await s.show(id)).body).toMatchObject({ status: 'completed', expires_at: null })
})

test('C6, P3: an OPEN is handed out once, ever; a late completed settles its timeout', async () => {
  const id = await s.made('OPEN_TRADE', OPEN, { ttl_ms: 3_600_000 })
  expect(idsOf(await s.poll())).toEqual([id])
  for (let n = 0; n < 10; n++) {
    await seconds(20)
    expect(await s.poll()).toEqual([])
    expect((await s.ask('heartbeat')).body.commands).toEqual([])
  }
  expect((await s.show(id)).body).toMatchObject({ status: 'timeout', attempt: 1, note: 'outcome_unknown' })
  await s.answer(id, 'completed', { ticket: 5, open_price: 1 })
  expect((await s.show(id)).body).toMatchObject({ status: 'completed', error_message: null, note: null })
})

test('P12: CRITICAL before HIGH before NORMAL, and an emergency stop cancels what was not handed out in its scope', async () => {
  const delivered = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  const mine = await s.made('OPEN_TRADE', OPEN)
  const other = await s.made('OPEN_TRADE', { ...OPEN, symbol: 'GBPUSD' }, { priority: 'CRITICAL' })
  const close = await s.made('CLOSE_TRADE', { ticket: 1 })
  const all = await s.made('CLOSE_ALL', { symbol: 'EURUSD' })
  expect(await Promise.all([delivered, mine, other].map((id) => s.status(id)))).toEqual([
    'executing',
    'cancelled',
    'pending',
  ])
  expect(idsOf(await s.poll())).toEqual([all, close, other])
  const rest = await s.made('OPEN_TRADE', { ...OPEN, magic: 7 })
  const kept = await s.made('OPEN_TRADE', { ...OPEN, magic: 8 })
  await s.made('CLOSE_ALL', { magic: 7 })
  expect([await s.status(rest), await s.status(kept)]).toEqual(['cancelled', 'pending'])
  expect(await s.problems()).toEqual([])
})

test('P6: undelivered and out of time is expired, on time, without anybody asking', async () => {
  const id = await s.made('OPEN_TRADE', OPEN, { ttl_ms: 4_000 })
  await time.advance(3_999)
  expect(await s.status(id)).toBe('pending')
  await time.advance(1)
  expect(await s.status(id)).toBe('expired')
  expect(await s.poll()).toEqual([])
})

test('P5: what is out of time is not handed out, even before the sweeper came', async () => {
  await s.made('OPEN_TRADE', OPEN, { ttl_ms: 4_000 })
  time.jump(4_000)
  expect(await s.poll()).toEqual([])
})

test('C5: only the undelivered is cancelled', async () => {
  const [one, two] = [await s.made('CLOSE_TRADE', { ticket: 1 }), await s.made('CLOSE_TRADE', { ticket: 2 })]
  expect(await s.cancel(one)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
  expect(idsOf(await s.poll())).toEqual([two])
  expect(await s.cancel(two)).toMatchObject({ status: 409, body: { code: 'NGTB_COMMAND_NOT_CANCELLABLE' } })
  await seconds(10)
  expect(await s.status(two)).toBe('pending')
  expect((await s.cancel(two)).status).toBe(409)
  expect((await s.cancel('nobody')).status).toBe(404)
})

test('C7: completed without a ticket leaves an OPEN unsettled; with it, it is done', async () => {
  const id = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  for (const response of [{}, { ticket: 0 }, { ticket: 'none' }]) {
    await s.answer(id, 'completed', response)
    expect((await s.show(id)).body).toMatchObject({ status: 'timeout', note: 'outcome_unknown' })
  }
  await s.answer(id, 'completed', { ticket: 7, open_price: 1 })
  expect(await s.status(id)).toBe('completed')
})

test('§4: failed without a reason is stored, counted and shown as that', async () => {
  const id = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await s.answer(id, 'failed', {})
  expect((await s.show(id)).body).toMatchObject({
    status: 'failed',
    error_message: 'no reason given',
    retcode: null,
    safe_to_retry: false,
  })
  const { items } = await s.t.store.auditOf(1, { limit: 1, after: null }, { kind: 'command.refused' })
  expect(items[0]?.data).toMatchObject({ reason_missing: true })
})

test('§5.6: definite, transient and ambiguous retcodes', async () => {
  const after = async (type: string, payload: Record<string, unknown>, retcode: number) => {
    const id = await s.made(type, payload)
    await s.poll()
    await s.answer(id, 'failed', { retcode, error: `code ${retcode}` })
    const { body } = await s.show(id)
    return [body.status, body.retcode_name, body.safe_to_retry]
  }
  expect(await after('OPEN_TRADE', OPEN, 10019)).toEqual(['failed', 'TRADE_RETCODE_NO_MONEY', true])
  expect(await after('OPEN_TRADE', OPEN, 10004)).toEqual(['failed', 'TRADE_RETCODE_REQUOTE', true])
  expect(await after('OPEN_TRADE', OPEN, 10012)).toEqual(['timeout', 'TRADE_RETCODE_TIMEOUT', null])
  expect(await after('OPEN_TRADE', OPEN, 99999)).toEqual(['timeout', null, null])
  expect(await after('CLOSE_TRADE', { ticket: 1 }, 10036)).toEqual([
    'completed',
    'TRADE_RETCODE_POSITION_CLOSED',
    null,
  ])
  expect((await after('CLOSE_TRADE', { ticket: 1 }, 10021))[0]).toBe('pending')
  expect((await after('CLOSE_TRADE', { ticket: 1 }, 10012))[0]).toBe('pending')
  expect((await after('CLOSE_TRADE', { ticket: 1 }, 10013))[0]).toBe('failed')
})

test('§4: a transient refusal fails the attempt, and only the last attempt the command', async () => {
  const id = await s.made('CLOSE_TRADE', { ticket: 1 })
  for (const wait of [2, 4, 8]) {
    await s.poll()
    await s.answer(id, 'failed', { retcode: 10021, error: 'no quotes' })
    expect(await s.status(id)).toBe('pending')
    await time.advance(wait * 1_000 - 1)
    expect(await s.poll()).toEqual([])
    await time.advance(1)
  }
  await s.poll()
  await s.answer(id, 'failed', { retcode: 10021, error: 'no quotes' })
  expect((await s.show(id)).body).toMatchObject({ status: 'failed', error_message: 'no quotes', attempt: 4 })
})

test('C2: a completed fact overrides failed, expired and cancelled, with an event and an alarm, and the counters follow', async () => {
  const failed = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await s.answer(failed, 'failed', { retcode: 10019 })
  const cancelled = await s.made('OPEN_TRADE', OPEN)
  await s.cancel(cancelled)
  const expired = await s.made('OPEN_TRADE', OPEN, { ttl_ms: 1_000 })
  await seconds(1)
  expect(await commandCounts()).toMatchObject({
    total_processed: 1,
    total_failed: 1,
    expired: 1,
    cancelled: 1,
  })
  said.length = 0
  for (const [at, id] of [failed, cancelled, expired].entries()) {
    const was = await s.status(id)
    expect((await s.answer(id, 'completed', { ticket: 50 + at, open_price: 1 })).status).toBe(200)
    expect(await s.status(id)).toBe('completed')
    const { items } = await s.t.store.auditOf(
      1,
      { limit: 1, after: null },
      { subject: id, kind: 'command.completed' },
    )
    expect(items[0]?.data).toMatchObject({ overrode: was, status: 'completed' })
  }
  // An alarm of each; the alerts, which are told beside it, have words of their own.
  const alarms = said.filter(({ level, message }) => level === 'error' && !message.startsWith('alert'))
  expect(alarms).toHaveLength(3)
  expect(await commandCounts()).toMatchObject({
    total_processed: 3,
    total_failed: 0,
    success_rate: 100,
    expired: 0,
    cancelled: 0,
    active: 0,
  })
  expect(await s.problems()).toEqual([])
})

test('C3, C4: a duplicate is acknowledged again; a refusal of what completed is refused and recorded', async () => {
  const id = await s.made('CLOSE_TRADE', { ticket: 1 })
  await s.poll()
  for (const duplicate of [false, true, true])
    expect((await s.answer(id, 'completed', {})).body).toMatchObject({ status: 'success', duplicate })
  expect(await s.answer(id, 'failed', { error: 'no' })).toMatchObject({
    status: 409,
    body: { error: 'NGTB_ANSWER_CONTRADICTS' },
  })
  expect(await s.kinds(id)).toEqual([
    'command.created',
    'command.delivered',
    'command.completed',
    'command.contradicted',
  ])
  expect((await s.answer('unknown', 'completed', {})).status).toBe(404)
})

test('published: total_processed, total_failed, success_rate, active', async () => {
  expect(await commandCounts()).toMatchObject({
    total_processed: 0,
    total_failed: 0,
    success_rate: 100,
    active: 0,
  })
  for (let n = 0; n < 3; n++) {
    const id = await s.made('OPEN_TRADE', OPEN)
    await s.poll()
    await s.answer(
      id,
      n === 0 ? 'failed' : 'completed',
      n === 0 ? { retcode: 10019 } : { ticket: n, open_price: 1 },
    )
  }
  const unknown = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await seconds(30)
  const executing = await s.made('CLOSE_TRADE', { ticket: 1 })
  await s.poll()
  await s.made('CLOSE_ALL', {})
  // 2 completed, 1 failed, 1 timeout; one executing, one pending
  expect(await commandCounts()).toMatchObject({
    total_processed: 4,
    total_failed: 2,
    success_rate: 50,
    active: 2,
  })
  await s.answer(unknown, 'completed', { ticket: 9, open_price: 1 })
  await s.answer(executing, 'completed', {})
  expect(await commandCounts()).toMatchObject({
    total_processed: 5,
    total_failed: 1,
    success_rate: 80,
    active: 1,
  })
})

test('a restart: commands in flight, deadlines, counters and connections go on where they were', async () => {
  const done = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await s.answer(done, 'failed', { retcode: 10019 })
  const leased = await s.made('CLOSE_TRADE', { ticket: 1 })
  const open = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  const waiting = await s.made('OPEN_TRADE', OPEN, { ttl_ms: 60_000 })
  await s.ask('heartbeat', { balance: 5 })
  // The heartbeat took the last one along: an OPEN is handed out once.
  const before = await s.system()
  await s.t.server.stop()
  await s.t.store.close()
  const next = await testServer({ database, clock: time, timers: time })
  const old = s
  s = s.on(next)
  const after = await s.system()
  expect(after.commands).toEqual(before.commands)
  expect(after.connections.details).toMatchObject([
    { account_number: LOGIN, state: 'connected', heartbeat_count: 1, balance: 5, command_count: 4 },
  ])
  expect(await Promise.all([done, leased, open, waiting].map((id) => s.status(id)))).toEqual([
    'failed',
    'executing',
    'executing',
    'executing',
  ])
  await seconds(10)
  expect(await s.status(leased)).toBe('pending')
  await seconds(20)
  expect(await s.status(open)).toBe('timeout')
  // A fact about a command that only the ledger remembers moves its counters as if nothing had been between.
  await s.answer(done, 'completed', { ticket: 3, open_price: 1 })
  expect(await commandCounts()).toMatchObject({ total_processed: 3, total_failed: 2, success_rate: 33.33 })
  expect(await s.problems()).toEqual([])
  expect(old.login).toBe(s.login)
})
