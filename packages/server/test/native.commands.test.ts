// A native EA's commands at the doors: leases, time to live, generations, supersession, probes, batches (P3–P6, P12).
import { randomUUID } from 'node:crypto'
import { readTag, tagOf } from '@ngtb/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './support/client.ts'
import { NativeHand } from './support/native-ea.ts'
import { ManualTime } from './support/time.ts'
import { until } from './support/wait.ts'

let s: Scene
let time: ManualTime
let ea: NativeHand

beforeEach(async () => {
  time = new ManualTime()
  s = await Scene.open({ clock: time, timers: time })
  ea = new NativeHand(s)
  await ea.connect()
})
afterEach(() => s.stop())

const OPEN = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }
const open = (more: Record<string, unknown> = {}) => s.made('OPEN_TRADE', { ...OPEN, ...more })
const show = async (id: string) => (await s.show(id)).body
const ids = (commands: { id: string }[]) => commands.map(({ id }) => id)

test('as a native EA reads it: flat, with number, attempt, time to live, tag and generation', async () => {
  const id = await open({ magic: 7, comment: 'mine' })
  await time.advance(1_200)
  const [command] = await ea.commands()
  expect(command).toEqual({
    id,
    type: 'OPEN_TRADE',
    ...OPEN,
    comment: 'mine',
    magic: tagOf({ strategy_no: 7, command_no: 1 }),
    command_no: 1,
    priority: 5,
    attempt: 1,
    ttl_ms: 3_800,
    strategy_no: 7,
    generation: 0,
  })
  expect(await show(id)).toMatchObject({ status: 'executing', payload: { magic: 7 } })
})

test('P4: the lease is three polls; then the same journal is asked again, without end of tries', async () => {
  const id = await open()
  await ea.commands()
  expect(await ea.commands()).toEqual([])
  await time.advance(2_999)
  expect(await ea.commands()).toEqual([])
  await time.advance(1)
  expect(await ea.commands()).toMatchObject([{ id, attempt: 2, ttl_ms: 2_000 }])
  await time.advance(3_000)
  expect(await ea.commands()).toMatchObject([{ id, attempt: 3, ttl_ms: 0 }])
  expect(
    await ea.answer(id, 'completed', { ticket: '9', open_price: 1.1 }, { evidence: 'journal' }),
  ).toMatchObject({
    status: 200,
  })
  expect(await show(id)).toMatchObject({ status: 'completed', evidence: 'journal', retry_count: 0 })
})

test('P3: an OPEN is never handed to another journal; it becomes unknown, and the new owner is asked', async () => {
  const id = await open()
  await ea.commands()
  await time.advance(16_000)
  const other = new NativeHand(s)
  expect((await other.connect()).status).toBe(200)
  expect(await other.commands()).toEqual([])
  const alive = setIntervalOf(other)
  await alive(22_000) // expires_at + settle + 2 polls, less what has passed
  expect(await s.status(id)).toBe('timeout')
  const [probe] = await other.commands()
  expect(probe).toMatchObject({
    type: 'PROBE',
    probe_command_id: id,
    probe_command_no: 1,
    probe_type: 'OPEN_TRADE',
    magic: tagOf({ strategy_no: 0, command_no: 1 }),
    probe_payload: OPEN,
  })
  await other.answer(
    probe.id,
    'completed',
    { outcome: 'not_executed', evidence: 'tombstone' },
    { evidence: 'state' },
  )
  expect(await show(id)).toMatchObject({ status: 'failed', evidence: 'tombstone', safe_to_retry: true })
  expect(await s.problems()).toEqual([])
})

test('PROBE: the position was there: completed, with its ticket, and the trade is linked', async () => {
  const id = await open({ magic: 5 })
  await ea.commands()
  await setIntervalOf(ea)(60_000)
  const answered = await show(id)
  expect(answered.status).toBe('timeout')
  const probe = (await ea.commands())[0] ?? (await lastProbe())
  await ea.answer(probe.id, 'completed', {
    outcome: 'done',
    evidence: 'tag',
    ticket: '4711',
    open_price: 1.1,
    volume: 0.1,
  })
  expect(await show(id)).toMatchObject({ status: 'completed', evidence: 'tag' })
  expect((await s.trades())['4711']).toMatchObject({ command_id: id, status: 'open' })
})

async function lastProbe() {
  const { body } = await s.t.call('webui', 'GET', `${s.path}?type=PROBE`, { key: s.admin })
  return body.items[0]
}

/** Polls on, as a living EA does, and answers nothing. */
const setIntervalOf = (hand: NativeHand) => async (ms: number) => {
  for (let passed = 0; passed < ms; passed += 5_000) {
    await hand.poll()
    await time.advance(5_000)
  }
}

test('P12: CLOSE_ALL takes back what was not handed out, and shuts out what comes back from a lease', async () => {
  const delivered = await open({ magic: 1 })
  await ea.commands()
  const waiting = await open({ magic: 1 })
  const elsewhere = await open({ magic: 2 })
  const stop = await s.made('CLOSE_ALL', { magic: 1 })
  expect([await s.status(waiting), await s.status(elsewhere)]).toEqual(['cancelled', 'pending'])
  const { body } = await ea.poll()
  expect(body.generations).toEqual([{ symbol: null, strategy_no: 1, command_no: 4 }])
  expect(ids(body.commands)).toEqual([stop, elsewhere])
  expect(body.commands[0]).toMatchObject({ type: 'CLOSE_ALL', strategy_no: 1, ttl_ms: null })
  await time.advance(3_000)
  const again = await ea.commands()
  expect(again.find(({ id }) => id === delivered)).toMatchObject({ attempt: 2, generation: 4, command_no: 1 })
  await ea.answer(delivered, 'failed', { error: 'shut out by a CLOSE_ALL' }, { evidence: 'rejected' })
  expect(await show(delivered)).toMatchObject({
    status: 'failed',
    evidence: 'rejected',
    safe_to_retry: false,
  })
})

test('MODIFY: the newest wins; an undelivered older one is superseded, a delivered one stays to be answered', async () => {
  await s.event('opened', { ticket: 5, symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1.1 })
  const modify = (sl: number) => s.made('MODIFY_TRADE', { ticket: 5, sl, tp: 2 })
  const first = await modify(1)
  await ea.commands()
  const second = await modify(1.01)
  const third = await modify(1.02)
  expect(await show(second)).toMatchObject({ status: 'cancelled', superseded_by: third })
  expect(await show(first)).toMatchObject({ status: 'executing', superseded_by: second })
  await ea.commands()
  await ea.answer(third, 'completed', {}, { evidence: 'journal' })
  expect(await s.status(first)).toBe('executing')
  await ea.answer(first, 'failed', { error: 'superseded' }, { evidence: 'rejected' })
  expect(await show(first)).toMatchObject({ status: 'failed', evidence: 'rejected' })
  expect((await s.trades())['5']).toMatchObject({ sl: 1.02, wanted_sl: null })
})

test('progress renews the lease', async () => {
  const id = await s.made('CLOSE_ALL', {})
  await ea.commands()
  await time.advance(2_900)
  expect((await ea.answer(id, 'progress')).status).toBe(200)
  await time.advance(2_900)
  expect(await ea.commands()).toEqual([])
  await time.advance(100)
  expect(await ea.commands()).toMatchObject([{ id, attempt: 2 }])
})

test('many answers in one commit, each acknowledged by itself', async () => {
  const first = await open()
  const second = await open()
  await ea.commands()
  await ea.answer(first, 'completed', { ticket: '1' }, { evidence: 'journal' })
  const { status, body } = await ea.say('/api/command_responses', {
    ...ea.session,
    responses: [
      { command_id: first, status: 'failed', response: { retcode: 10013 }, evidence: 'retcode' },
      { command_id: second, status: 'completed', response: { ticket: '2' }, evidence: 'journal' },
      { command_id: 'stranger', status: 'failed', response: {}, evidence: 'tombstone' },
    ],
  })
  expect(status).toBe(200)
  expect(body.results).toMatchObject([
    { command_id: first, status: 'error', error: 'NGTB_ANSWER_CONTRADICTS' },
    { command_id: second, status: 'success', duplicate: false },
    { command_id: 'stranger', status: 'success', orphan: true },
  ])
})

test('P2: a batch is all or nothing, each with its own key, and repeated as one', async () => {
  const say = (commands: unknown[]) =>
    s.t.call('webui', 'POST', `${s.path}/batch`, { key: s.admin, body: { commands } })
  const one = { type: 'CLOSE_TRADE', payload: { ticket: 1 }, command_id: 'one' }
  const two = { type: 'CLOSE_TRADE', payload: { ticket: 2 }, idempotency_key: 'two' }
  const spoilt = await say([one, two, { type: 'CLOSE_TRADE', payload: { ticket: -1 }, command_id: 'three' }])
  expect(spoilt).toMatchObject({
    status: 422,
    body: { detail: expect.stringMatching(/commands\[2\].*none/) },
  })
  expect((await s.show('one')).status).toBe(404)
  expect(await say([one, two])).toMatchObject({
    status: 201,
    body: { commands: [{ replayed: false }, { replayed: false }] },
  })
  const again = await say([one, two])
  expect(again).toMatchObject({
    status: 200,
    body: { commands: [{ id: 'one', replayed: true }, { replayed: true }] },
  })
  expect((await say([{ ...one, payload: { ticket: 3 } }])).status).toBe(422)
  expect((await say([{ type: 'CLOSE_ALL', payload: {} }])).status).toBe(400)
  expect(await s.problems()).toEqual([])
})

test('P6: a person settles what is unknown, with a note, audited; the EA knows better all the same', async () => {
  const id = await open()
  const say = (body: unknown) => s.t.call('webui', 'POST', `${s.path}/${id}/settle`, { key: s.admin, body })
  const denied = { not_executed: true, note: 'looked into the terminal' }
  expect(await say(denied)).toMatchObject({ status: 409, body: { code: 'NGTB_COMMAND_NOT_SETTLEABLE' } })
  await ea.commands()
  await time.advance(37_000)
  expect(await s.status(id)).toBe('timeout')
  expect((await say({ note: 'x' })).status).toBe(400)
  expect((await say({ completed: {}, not_executed: true, note: 'x' })).status).toBe(400)
  expect((await say({ completed: {}, note: 'no ticket' })).status).toBe(409)
  expect(await say(denied)).toMatchObject({ status: 200, body: { status: 'failed', evidence: 'person' } })
  expect((await say(denied)).status).toBe(200)
  expect(await s.kinds(id)).toContain('command.person_denied')
  await ea.answer(id, 'completed', { ticket: '99', open_price: 1.1 }, { evidence: 'journal' })
  expect(await show(id)).toMatchObject({ status: 'completed', evidence: 'journal' })
})

test('R6: a position with the tag settles its command, and shows the strategy’s own magic', async () => {
  const id = await open({ magic: 123_456_789_012 })
  const [command] = await ea.commands()
  const row = {
    ticket: '31',
    symbol: 'EURUSD',
    direction: 'BUY',
    volume: 0.1,
    open_price: 1.1,
    magic: command.magic,
  } as const
  expect(readTag(command.magic)).toEqual({ strategy_no: 1_048_575, command_no: 1 })
  await ea.sync([row, { ...row, ticket: '32', magic: '999888' }])
  expect(await show(id)).toMatchObject({ status: 'completed', evidence: 'tag' })
  expect(await s.trades()).toMatchObject({
    31: { command_id: id, magic: '123456789012' },
    32: { command_id: null, magic: '999888' },
  })
})

test('compare-and-set: what was left out comes from what is known; the answer leaves the rest', async () => {
  await s.event('opened', { ticket: 5, symbol: 'EURUSD', direction: 'BUY', volume: 0.3, open_price: 1.1 })
  const id = await s.made('CLOSE_PARTIAL', { ticket: 5, volume: 0.1 })
  expect((await ea.commands())[0]).toMatchObject({ ticket: '5', expected_volume: 0.3, remaining_volume: 0.2 })
  await ea.answer(id, 'completed', {}, { evidence: 'journal' })
  expect((await s.trades())['5'].volume).toBe(0.2)
  const refused = await s.create(randomUUID(), {
    type: 'CLOSE_PARTIAL',
    payload: { ticket: 77, volume: 0.1 },
  })
  expect(refused).toMatchObject({ status: 422, body: { detail: expect.stringContaining('expected_volume') } })
})

test.each([
  ['the rest that the EA names', { volume: 0.1, remaining_volume: 0.2 }, 0.2],
  ['a filling in part', { volume: 0.1, retcode: 10010 }, 0.3],
])('a CLOSE_TRADE that left something closes no trade in the books: %s', async (_what, response, volume) => {
  await s.event('opened', { ticket: 5, symbol: 'EURUSD', direction: 'BUY', volume: 0.3, open_price: 1.1 })
  const id = await s.made('CLOSE_TRADE', { ticket: 5 })
  expect((await ea.commands())[0]).toMatchObject({ ticket: '5' })
  await ea.answer(id, 'completed', { ticket: '5', ...response }, { evidence: 'tag' })
  expect(await show(id)).toMatchObject({ status: 'completed' })
  expect((await s.trades())['5']).toMatchObject({ status: 'open', volume })
})

test('a poll that waits is answered when there is something, else at its end', async () => {
  time.jump(1)
  const waiting = ea.poll({ wait_ms: 20_000 })
  await heardNow()
  time.jump(4_000)
  const id = await open()
  const { body } = await waiting
  expect(ids(body.commands)).toEqual([id])
  // P5: counted from the arrival of the poll, which was 4 s before.
  expect(body.commands[0].ttl_ms).toBe(9_000)
  time.jump(1)
  const empty = ea.poll({ wait_ms: 3_000 })
  await heardNow()
  time.jump(3_000)
  await s.log('any commit is a bell')
  expect((await empty).body.commands).toEqual([])
})

/** The poll stands at its wait: it was heard at this very millisecond. */
const heardNow = async () => {
  const desk = await s.desk()
  await until(() => desk.state?.connection.last_seen_at === time.now())
}

test('P15: another account’s session is nobody here', async () => {
  expect((await ea.say('/api/get_commands', { ...ea.session, account: '777' })).status).toBe(403)
})
