// A plain client's trades over the door 9902: R1, R6, R7, R10, P7, P8 and the published example (contract §7).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../src/platform/log.ts'
import { Scene } from './support/client.ts'
import { behindProxy, isCommit, type PgProxy } from './support/proxy.ts'
import { freshDatabase } from './support/server.ts'
import { ManualTime } from './support/time.ts'

let s: Scene
let proxy: PgProxy
let time: ManualTime
const warnings: { message: string; details: Record<string, unknown> }[] = []

beforeEach(async () => {
  time = new ManualTime()
  warnings.length = 0
  const behind = await behindProxy(await freshDatabase())
  proxy = behind.proxy
  const log = {
    ...silentLog,
    warn: (message: string, details = {}) => void warnings.push({ message, details }),
  }
  s = await Scene.open({ database: behind.database, clock: time, timers: time, log })
})
afterEach(() => s.stop())

const row = (ticket: number | string, fields: Record<string, unknown> = {}) => ({
  ticket,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.09,
  sl: 1.085,
  tp: 1.095,
  ...fields,
})
const opened = (ticket: number | string, fields = {}) => s.event('opened', row(ticket, fields))
const syncOf = async (...rows: unknown[]) => (await s.sync(rows)).body
const statuses = async () =>
  Object.fromEntries(Object.entries(await s.trades()).map(([ticket, { status }]) => [ticket, status]))

test('published: knows 52, 53, 55; the EA lists 52, 53, 54: 55 closed, 54 added, the others updated where SL/TP changed', async () => {
  for (const ticket of [16218652, 16218653, 16218655]) await opened(ticket)
  const { body, status } = await s.sync([row(16218652), row(16218653, { sl: 1.087 }), row(16218654)])
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'success',
    reconciliation: {
      total_ea_trades: 3,
      total_db_trades: 3,
      closed_trades: 1,
      new_trades: 1,
      updated_trades: 1,
    },
  })
  expect(body.reconciliation.changes).toEqual([
    { type: 'updated', ticket: 16218653, sl: { from: 1.085, to: 1.087 } },
    { type: 'new', ticket: 16218654, symbol: 'EURUSD', direction: 'BUY', volume: 0.1 },
    { type: 'closed', ticket: 16218655, symbol: 'EURUSD' },
  ])
  expect(body).not.toHaveProperty('suspect_trades')
  expect(await statuses()).toEqual({
    16218652: 'open',
    16218653: 'open',
    16218654: 'open',
    16218655: 'closed',
  })
  expect(warnings).toMatchObject([
    {
      message: "sync: the EA's list differs from ours",
      details: { closed: ['16218655'], added: ['16218654'] },
    },
  ])
  expect(await s.problems()).toEqual([])
})

test('a repeated list changes nothing', async () => {
  await syncOf(row(1), row(2))
  const again = await syncOf(row(1), row(2))
  expect(again.reconciliation).toMatchObject({
    closed_trades: 0,
    new_trades: 0,
    updated_trades: 0,
    changes: [],
  })
})

test('R10: a list that is missing or malformed is a 400 and changes nothing', async () => {
  await opened(1)
  for (const trades of [undefined, null, 'none', 7, { 0: row(1) }])
    expect((await s.sync(trades)).status).toBe(400)
  expect(await statuses()).toEqual({ 1: 'open' })
})

test('R10: a bad row is named, stays present, and does not spoil the others', async () => {
  await opened(1)
  await opened(2)
  await opened(3)
  const body = await syncOf(row(1, { volume: -1 }), row(2, { sl: 1.08 }), row(4))
  expect(body.rejected_rows).toMatchObject([{ index: 0, ticket: 1 }])
  expect(await statuses()).toEqual({ 1: 'open', 2: 'open', 3: 'closed', 4: 'open' })
})

test('R10: a row without a readable ticket could be any position: nothing is judged absent', async () => {
  await opened(1)
  const body = await syncOf(row('none'), row(2))
  expect(body).toMatchObject({ suspect_trades: [1], rejected_rows: [{ index: 0, ticket: null }] })
  expect(await statuses()).toEqual({ 1: 'open', 2: 'open' })
})

test('R1: tickets up to 2^63−1: bare to 2^53−1, text beyond, 422 outside', async () => {
  const large = '9223372036854775807'
  const answer = await s.t.call('trades', 'POST', '/api/trades/sync', {
    key: s.ea,
    body: `{"trades":[${JSON.stringify(row(9007199254740991))},{"ticket":${large},"symbol":"EURUSD","direction":"BUY","volume":1,"open_price":1}]}`,
  })
  expect(answer.body.reconciliation.changes.map((change: { ticket: unknown }) => change.ticket)).toEqual([
    9007199254740991,
    large,
  ])
  expect(await statuses()).toEqual({ 9007199254740991: 'open', [large]: 'open' })
  for (const ticket of ['9223372036854775808', 0, -1, '1.5'])
    expect([400, 422]).toContain((await opened(ticket)).status)
  expect((await s.event('closed', { ticket: '9223372036854775808', close_price: 1 })).status).toBe(422)
})

test('an empty list is believed at once when the last heartbeat said margin 0 or no positions', async () => {
  for (const beat of [{ margin: 0 }, { open_positions: 0 }]) {
    await opened(1)
    await s.ask('heartbeat', beat)
    expect((await syncOf()).reconciliation.closed_trades).toBe(1)
    await syncOf(row(1)) // reopened for the next round
    await s.ask('heartbeat', { margin: 0, open_positions: 3 })
  }
})

test('an empty list is believed at the second time when the heartbeat did not say', async () => {
  await opened(1)
  expect(await syncOf()).toMatchObject({ reconciliation: { closed_trades: 0 }, suspect_trades: [1] })
  expect((await syncOf()).reconciliation.closed_trades).toBe(1)
})

test('two empty lists with a full one in between are not two in a row', async () => {
  await opened(1)
  await syncOf()
  await syncOf(row(1))
  expect(await syncOf()).toMatchObject({ suspect_trades: [1], reconciliation: { closed_trades: 0 } })
  expect(await statuses()).toEqual({ 1: 'open' })
})

test('an empty list closes nothing while margin is in use, however often it comes', async () => {
  await opened(1)
  await s.ask('heartbeat', { margin: 100 })
  for (let n = 0; n < 4; n++)
    expect(await syncOf()).toMatchObject({ reconciliation: { closed_trades: 0 }, suspect_trades: [1] })
  await s.ask('heartbeat', { margin: 0 })
  expect((await syncOf()).reconciliation.closed_trades).toBe(1)
})

test('R7: closed by absence and listed again: reopened, with an alert; closed by the EA’s word: stays closed, drifted', async () => {
  await opened(1)
  await opened(2)
  await syncOf(row(2)) // 1 by absence
  await s.event('closed', { ticket: 2, close_price: 1.1, profit: 5 })
  warnings.length = 0
  const body = await syncOf(row(1), row(2))
  expect(body.reconciliation.changes).toEqual([
    { type: 'reopened', ticket: 1, symbol: 'EURUSD' },
    { type: 'contradicted', ticket: 2 },
  ])
  expect(await s.trades()).toMatchObject({
    1: { status: 'open', close_reason: null },
    2: { status: 'closed', close_price: 1.1 },
  })
  expect(warnings[0]?.details).toMatchObject({ reopened: ['1'], contradicted: ['2'] })
  expect((await s.system()).connections.details[0].drifted).toBe(true)
  await syncOf(row(1))
  expect((await s.system()).connections.details[0].drifted).toBe(false)
  expect(await s.problems()).toEqual([])
})

test('R7: closed by absence, and then the EA says how: the facts complete it', async () => {
  await opened(1)
  await opened(2)
  await syncOf(row(2))
  await s.event('closed', { ticket: 1, close_price: 1.2, close_reason: 'TP', profit: 11 })
  expect(await s.trades()).toMatchObject({
    1: { status: 'closed', close_price: 1.2, close_reason: 'TP', profit: 11 },
  })
})

test('R7: closed for an unknown ticket is stored; a late opened tells more and never reopens', async () => {
  expect((await s.event('closed', { ticket: 9, close_price: 1.2, profit: 3 })).status).toBe(200)
  expect(await s.trades()).toMatchObject({ 9: { status: 'closed', symbol: null, profit: 3 } })
  await opened(9)
  expect(await s.trades()).toMatchObject({
    9: { status: 'closed', symbol: 'EURUSD', close_price: 1.2, profit: 3 },
  })
  expect(await s.kinds('9')).toEqual(['trade.closed', 'trade.completed'])
})

test('R6: created by a list, and a later opened merges', async () => {
  await syncOf(row(1))
  await opened(1, { comment: 'mine' })
  expect(await s.trades()).toMatchObject({ 1: { status: 'open', source: 'sync', comment: 'mine' } })
})

test('P8: an opened that comes late does not undo what lists have told since', async () => {
  await syncOf({ ...row(1), volume: 0.05, sl: 1.09, tp: 0, profit: 7 })
  await opened(1, { comment: 'mine' })
  expect(await s.trades()).toMatchObject({
    1: { volume: 0.05, sl: 1.09, tp: null, profit: 7, comment: 'mine' },
  })
})

test('P7: wanted and confirmed stops are two things until the EA’s word makes them one', async () => {
  await opened(1)
  const id = await s.made('MODIFY_TRADE', { ticket: 1, sl: 1.08, tp: 1.1 })
  expect(await s.trades()).toMatchObject({ 1: { sl: 1.085, tp: 1.095, wanted_sl: 1.08, wanted_tp: 1.1 } })
  await s.poll()
  await syncOf(row(1)) // the EA's list still says the old ones
  expect(await s.trades()).toMatchObject({ 1: { sl: 1.085, tp: 1.095, wanted_sl: 1.08, wanted_tp: 1.1 } })
  await s.answer(id, 'completed', { ticket: 1 })
  expect(await s.trades()).toMatchObject({ 1: { sl: 1.08, tp: 1.1, wanted_sl: null, wanted_tp: null } })
  const refused = await s.made('MODIFY_TRADE', { ticket: 1, sl: 1.07, tp: 1.1 })
  await s.poll()
  await s.answer(refused, 'failed', { retcode: 10016, error: 'invalid stops' })
  expect(await s.trades()).toMatchObject({ 1: { sl: 1.08, wanted_sl: null } })
})

test('P7: the answers of commands are facts of trades: opened, closed, and all in scope', async () => {
  const open = await s.made('OPEN_TRADE', { symbol: 'EURUSD', order_type: 'SELL', volume: 0.2 })
  await s.poll()
  await s.answer(open, 'completed', { ticket: 21, open_price: 1.1 })
  expect(await s.trades()).toMatchObject({
    21: { status: 'open', direction: 'SELL', command_id: open, open_price: 1.1, source: 'command' },
  })
  const close = await s.made('CLOSE_TRADE', { ticket: 21, reason: 'news' })
  await s.poll()
  await s.answer(close, 'completed', { close_price: 1.05, profit: 10 })
  expect(await s.trades()).toMatchObject({
    21: { status: 'closed', close_price: 1.05, profit: 10, close_reason: 'news' },
  })
  await opened(22)
  await opened(23)
  const all = await s.made('CLOSE_ALL', {})
  await s.poll()
  await s.answer(all, 'completed', { closed: [22, { ticket: 23 }] })
  expect(await statuses()).toEqual({ 21: 'closed', 22: 'closed', 23: 'closed' })
  expect(await s.problems()).toEqual([])
})

const OPEN = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }
const LEASE = 30_000

test('a lost OPEN answer: a position seen while the lease runs completes it when the lease ends', async () => {
  const id = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await time.advance(1_000)
  await syncOf(row(31))
  expect(await s.status(id)).toBe('executing')
  await time.advance(LEASE)
  expect((await s.show(id)).body).toMatchObject({ status: 'completed', note: 'settled_by_position' })
  expect(await s.trades()).toMatchObject({ 31: { command_id: id } })
})

test('a lost OPEN answer: a position seen after the lease ran out completes it, by list or by event', async () => {
  for (const [ticket, tell] of [
    [32, () => syncOf(row(32))],
    [33, () => opened(33)],
  ] as const) {
    const id = await s.made('OPEN_TRADE', OPEN)
    await s.poll()
    await time.advance(LEASE)
    expect(await s.status(id)).toBe('timeout')
    await tell()
    expect(await s.status(id)).toBe('completed')
    expect(await s.trades()).toMatchObject({ [ticket]: { command_id: id } })
  }
  expect(await s.problems()).toEqual([])
})

test('a lost OPEN answer is not matched when two commands fit one position', async () => {
  const ids = [await s.made('OPEN_TRADE', OPEN), await s.made('OPEN_TRADE', OPEN)]
  await s.poll()
  await time.advance(1_000)
  await syncOf(row(34))
  await time.advance(LEASE)
  expect(await Promise.all(ids.map((id) => s.status(id)))).toEqual(['timeout', 'timeout'])
})

test('a lost OPEN answer: the other command claims its own position, and the first is never taken for it', async () => {
  const lost = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await time.advance(10_000)
  const answered = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await syncOf(row(35))
  await time.advance(LEASE - 10_000)
  expect(await s.status(lost)).toBe('timeout')
  await s.answer(answered, 'completed', { ticket: 35, open_price: 1.09 })
  expect([await s.status(lost), await s.status(answered)]).toEqual(['timeout', 'completed'])
  expect(await s.trades()).toMatchObject({ 35: { command_id: answered } })
})

test('a lost OPEN answer is not matched when two new positions fit it', async () => {
  const id = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await time.advance(LEASE)
  await syncOf(row(36), row(37))
  expect(await s.status(id)).toBe('timeout')
  await s.answer(id, 'completed', { ticket: 37, open_price: 1.09 })
  expect(await s.trades()).toMatchObject({ 36: { command_id: null }, 37: { command_id: id } })
})

test('a lost OPEN answer is not matched by another symbol, side, volume, or a trade known before', async () => {
  await opened(38)
  const id = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await time.advance(LEASE)
  await syncOf(
    row(38),
    row(39, { symbol: 'GBPUSD' }),
    row(40, { direction: 'SELL' }),
    row(41, { volume: 0.2 }),
  )
  expect(await s.status(id)).toBe('timeout')
})

test('an OPEN that two whole lists after its settling time do not show is called likely not executed', async () => {
  const id = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await syncOf()
  await s.answer(id, 'failed', { retcode: 10012, error: 'request timed out' })
  await syncOf()
  await syncOf() // too early: the order can still appear
  expect((await s.show(id)).body).toMatchObject({ status: 'timeout', note: 'outcome_unknown' })
  await time.advance(LEASE)
  await syncOf(row('unreadable'))
  await syncOf()
  expect((await s.show(id)).body.note).toBe('outcome_unknown')
  await syncOf()
  expect((await s.show(id)).body).toMatchObject({ status: 'timeout', note: 'likely_not_executed' })
  expect((await s.kinds(id)).at(-1)).toBe('command.noted')
  await syncOf(row(42)) // a person settles it now
  expect(await s.status(id)).toBe('timeout')
})

test('an OPEN completed by its ticket alone is linked when its position is heard of', async () => {
  const id = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await s.answer(id, 'completed', { ticket: 43 })
  await syncOf(row(43))
  expect(await s.trades()).toMatchObject({ 43: { command_id: id, status: 'open' } })
})

test('R7: a late OPEN answer does not reopen a trade that closed meanwhile, not even after the picture was lost', async () => {
  const id = await s.made('OPEN_TRADE', OPEN)
  await s.poll()
  await opened(44)
  await s.event('closed', { ticket: 44, close_price: 1.2, profit: 7 })
  const cut = proxy.cut('ngtb commit', 'request', isCommit)
  expect((await s.log('lost')).status).toBe(503)
  await cut
  await s.answer(id, 'completed', { ticket: 44, open_price: 1.09 })
  expect(await s.status(id)).toBe('completed')
  expect(await s.trades()).toMatchObject({
    44: { status: 'closed', close_price: 1.2, profit: 7, command_id: id },
  })
  expect(await s.problems()).toEqual([])
})
