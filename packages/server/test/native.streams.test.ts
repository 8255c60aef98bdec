// A native EA's streams at the door (P10), its deals, and the story that they tell (R9, R12).
import { tagOf } from '@ngtb/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './support/client.ts'
import { NativeHand } from './support/native-ea.ts'

let s: Scene
let ea: NativeHand

beforeEach(async () => {
  s = await Scene.open()
  ea = new NativeHand(s)
  await ea.connect()
})
afterEach(() => s.stop())

const tell = (first_seq: number, events: unknown[], more: Record<string, unknown> = {}) =>
  s.t.call('trades', 'POST', '/api/events', {
    key: s.ea,
    body: { ...ea.session, stream: 'trade', first_seq, events, ...more },
  })
const opened = (ticket: number, more: object = {}) => ({
  kind: 'opened',
  ticket,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.3,
  open_price: 1.1,
  ...more,
})
const closed = (ticket: number, more: object = {}) => ({
  kind: 'closed',
  ticket,
  close_price: 1.2,
  profit: 30,
  ...more,
})
const deal = (no: number, position: number, more: object = {}) => ({
  kind: 'deal',
  deal: no,
  position,
  type: 'DEAL_TYPE_BUY',
  entry: 'DEAL_ENTRY_IN',
  reason: 'DEAL_REASON_CLIENT',
  symbol: 'EURUSD',
  volume: 0.3,
  price: 1.1,
  profit: 0,
  ...more,
})
const get = async (path: string) =>
  (await s.t.call('webui', 'GET', `/api/v1/accounts/${s.login}/${path}`, { key: s.admin })).body

test('taken in order, once, and acknowledged again', async () => {
  expect((await tell(1, [opened(1), opened(2)])).body).toMatchObject({ last_seq: 2, duplicates: 0, dead: [] })
  expect((await tell(2, [closed(1), closed(2)])).body).toMatchObject({ last_seq: 3, duplicates: 1 })
  expect((await tell(1, [opened(9)])).body).toMatchObject({ last_seq: 3, duplicates: 1 })
  expect(Object.keys(await s.trades())).toEqual(['1', '2'])
  expect(await s.trades()).toMatchObject({ 1: { status: 'open' }, 2: { status: 'closed', profit: 30 } })
  expect((await ea.connect()).body.streams).toEqual({ trade: 3 })
})

test('a gap is refused whole, with the number that is expected', async () => {
  await tell(1, [opened(1)])
  const refused = await tell(3, [opened(3)])
  expect(refused.status).toBe(409)
  expect(refused.body).toMatchObject({ error: 'NGTB_STREAM_GAP', stream: 'trade', expected_seq: 2 })
  expect(Object.keys(await s.trades())).toEqual(['1'])
})

test('a poison event becomes a dead letter, and the stream goes on', async () => {
  const poison = [{ kind: 'opened', ticket: 0 }, { kind: 'nonsense' }, null, deal(0, 1)]
  const { body } = await tell(1, [opened(1), ...poison, closed(1)])
  expect(body).toMatchObject({ last_seq: 6, dead: [2, 3, 4, 5] })
  expect((await s.trades())['1'].status).toBe('closed')
  const { items } = await get('dead-letters')
  expect(items).toHaveLength(4)
  expect(items.find(({ seq }: { seq: number }) => seq === 3)).toMatchObject({
    stream: 'trade',
    event: { kind: 'nonsense' },
    error: expect.stringContaining('not one of'),
  })
  expect((await tell(1, [opened(1), ...poison, closed(1)])).body).toMatchObject({ duplicates: 6, dead: [] })
})

test('P9: facts come from a journal that is not the owner, states do not; nothing from an earlier session of it', async () => {
  await tell(1, [opened(1, { sl: 1.0 })])
  const before = ea.session
  const other = new NativeHand(s)
  await ea.say('/api/disconnect', ea.session)
  await other.connect()
  await tell(2, [{ kind: 'modified', ticket: 1, sl: 1.05 }, closed(2)])
  expect(await s.trades()).toMatchObject({ 1: { sl: 1 }, 2: { status: 'closed' } })
  await other.say('/api/disconnect', other.session)
  await ea.connect()
  expect((await tell(4, [closed(3)], { epoch: before.epoch })).body.error).toBe('NGTB_FENCED')
  expect(
    (await tell(4, [closed(3)], { journal_id: '01234567-89ab-4def-8123-456789abcdef' })).body.error,
  ).toBe('NGTB_FENCED')
})

test('a log stream has numbers of its own', async () => {
  const line = { kind: 'log', level: 'WARN', message: 'hello' }
  expect((await tell(1, [line], { stream: 'log' })).body).toMatchObject({ stream: 'log', last_seq: 1 })
  expect((await tell(1, [line], { stream: 'log' })).body).toMatchObject({ duplicates: 1 })
  expect((await get('logs')).items).toMatchObject([{ level: 'WARNING', message: 'hello' }])
})

test('R9, R12: deals are booked once, each put down to who made it; the story tells it', async () => {
  const id = await s.made('OPEN_TRADE', { symbol: 'EURUSD', order_type: 'BUY', volume: 0.3, magic: 7 })
  await ea.commands()
  const tag = tagOf({ strategy_no: 7, command_no: 1 })
  const entry = deal(10, 1, { reason: 'DEAL_REASON_EXPERT', magic: tag })
  const partly = deal(11, 1, {
    type: 'DEAL_TYPE_SELL',
    entry: 'DEAL_ENTRY_OUT',
    volume: 0.1,
    price: 1.15,
    profit: 5,
  })
  const stop = deal(12, 1, {
    type: 'DEAL_TYPE_SELL',
    entry: 'DEAL_ENTRY_OUT',
    reason: 'DEAL_REASON_SL',
    volume: 0.2,
    price: 1.05,
    profit: -10,
    magic: tag,
  })
  const change = {
    kind: 'changed',
    ticket: 1,
    symbol: 'EURUSD',
    direction: 'BUY',
    volume: 0.2,
    open_price: 1.1,
  }
  await tell(1, [
    opened(1, { magic: tag }),
    entry,
    change,
    partly,
    stop,
    closed(1, { profit: -5, reason: 'DEAL_REASON_SL' }),
  ])
  await tell(7, [entry, stop]) // a second session reads the history again
  const history = await get('trades/1/history')
  expect(history.trade).toMatchObject({ status: 'closed', profit: -5, command_id: id })
  expect(history.deals).toMatchObject([
    { deal: '10', made_by: 'command', command_id: id, magic: '7' },
    { deal: '11', made_by: 'manual', command_id: null },
    { deal: '12', made_by: 'sl', command_id: null },
  ])
  const said = history.story.map(({ made_by, text }: Record<string, string>) => `${made_by}: ${text}`)
  expect(said).toContainEqual(expect.stringMatching(/^manual: deal 11: out 0.1 EURUSD at 1.15/))
  expect(said.at(-1)).toMatch(/^sl: closed: /)
  expect(history.story[0]).toMatchObject({
    made_by: 'command',
    command_id: id,
    asked_by: expect.stringMatching(/^key:/),
  })
  expect((await get('deals?made_by=manual')).items).toMatchObject([{ deal: '11' }])
  expect((await get('deals')).items.map((one: { deal: string }) => one.deal)).toEqual(['12', '11', '10'])
})

test('R12: levels that a MODIFY under way wants are its doing; others nobody can put down', async () => {
  await tell(1, [opened(1, { sl: 1.0 })])
  const id = await s.made('MODIFY_TRADE', { ticket: 1, sl: 1.05, tp: 1.2 })
  await ea.commands()
  await tell(2, [
    { kind: 'modified', ticket: 1, sl: 1.05, tp: 1.2 },
    { kind: 'modified', ticket: 1, sl: 1.06 },
  ])
  const { story } = await get('trades/1/history')
  const changes = story.filter(({ event }: { event: string }) => event === 'trade.updated')
  expect(changes).toMatchObject([
    { made_by: 'command', command_id: id, text: expect.stringContaining('sl 1.05, tp 1.2') },
    { made_by: 'unattributed', command_id: null },
  ])
})

test('R12: the balance is told, too', async () => {
  await tell(1, [{ kind: 'deal', deal: 5, type: 'DEAL_TYPE_BALANCE', profit: 1000, comment: 'deposit' }])
  expect((await get('deals')).items).toMatchObject([
    { deal: '5', position: null, profit: 1000, made_by: 'broker' },
  ])
})

test('R4: a trade that a list missed is closed by its deals, and one that was closed without proof is completed', async () => {
  await tell(1, [opened(1), opened(2), deal(10, 1), deal(20, 2)])
  await ea.sync([])
  const out = (no: number, position: number) =>
    deal(no, position, {
      type: 'DEAL_TYPE_SELL',
      entry: 'DEAL_ENTRY_OUT',
      reason: 'DEAL_REASON_TP',
      price: 1.3,
      profit: 60,
    })
  await tell(5, [out(11, 1)])
  expect((await s.trades())['1']).toMatchObject({
    status: 'closed',
    close_reason: 'tp',
    profit: 60,
    closed_by: 'event',
  })
  expect((await s.trades())['2']).toMatchObject({ status: 'open', suspect_since: expect.any(String) })
})
