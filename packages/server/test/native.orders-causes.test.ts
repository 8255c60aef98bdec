// R12 of pending orders: who changed and who cancelled, whatever is at hand here; and what an event leaves out.
import { tagOf } from '@ngtb/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './support/client.ts'
import { NativeHand } from './support/native-ea.ts'
import { OrderTeller, order, over } from './support/native-orders.ts'
import { testServer } from './support/server.ts'

let s: Scene
let ea: NativeHand
let orders: OrderTeller
beforeEach(async () => {
  s = await Scene.open()
  ea = new NativeHand(s)
  await ea.connect()
  orders = new OrderTeller(s, ea)
})
afterEach(() => s.stop())

const tell = (...events: unknown[]) => orders.tellAt(s, ...events)
const get = (path: string) => orders.getAt(s, path)
const whoDid = async (no: number) =>
  (await get(`orders/${no}`)).story.map((line: { made_by: string }) => line.made_by)
const done = async (id: string, response: Record<string, unknown> = {}) => {
  const answer = await ea.answer(id, 'completed', { retcode: 10009, ...response }, { evidence: 'journal' })
  expect(answer.status).toBe(200)
}

test('a change is a command’s only where all that changed is what it asked for', async () => {
  await tell(order(5))
  await s.made('MODIFY_PENDING', { ticket: 5, sl: 1.05 })
  await ea.commands()
  const moved = { sl: 1.05 }
  await tell(
    order(5, moved),
    order(5, { ...moved, tp: 1.2 }),
    order(5, { ...moved, tp: 1.2, state: 'ORDER_STATE_PARTIAL', volume_left: 0.1 }),
    { kind: 'order_not_found', order: 5 },
    order(5, { ...moved, tp: 1.2, state: 'ORDER_STATE_PARTIAL', volume_left: 0.1 }),
  )
  expect(await whoDid(5)).toEqual([
    ...['manual', 'command', 'unattributed', 'broker'],
    ...['unattributed', 'unattributed'],
  ])
})

test('R8: what it asked for, at the digits of the symbol', async () => {
  await ea.connect({ available_symbols: [{ symbol: 'EURUSD', digits: 5 }] })
  await tell(order(5))
  await s.made('MODIFY_PENDING', { ticket: 5, price: 1.0700001 })
  await ea.commands()
  await tell(order(5, { price: 1.07 }))
  expect(await whoDid(5)).toEqual(['manual', 'command'])
})

test('after a restart, and by another server, the same', async () => {
  await tell(order(5), order(6))
  const cancel = await s.made('CANCEL_PENDING', { ticket: 5 })
  const modify = await s.made('MODIFY_PENDING', { ticket: 6, price: 1.07 })
  await ea.commands()
  await done(cancel)
  await done(modify)
  const other = await testServer({ database: { url: s.t.database_url, drop: async () => {} } })
  const there = s.on(other)
  await orders.tellAt(there, over(5, 'ORDER_STATE_CANCELED'), order(6, { price: 1.07 }))
  expect(await orders.getAt(there, 'orders/5')).toMatchObject({
    ended_by: 'command',
    ended_command_id: cancel,
  })
  expect((await orders.getAt(there, 'orders/6')).story.at(-1)).toMatchObject({ command_id: modify })
  await other.server.stop()
})

test('an emergency stop of a strategy whose order was placed long ago', async () => {
  const wish = { symbol: 'EURUSD', order_type: 'BUY_LIMIT', volume: 0.3, price: 1.08, magic: 7 }
  const placed = await s.made('PLACE_PENDING', wish)
  await ea.commands()
  const mine = { reason: 'ORDER_REASON_EXPERT', magic: tagOf({ strategy_no: 7, command_no: 1 }) }
  await tell(order(5, mine))
  await done(placed, { ticket: 5 })
  ;(await (await s.desk()).ready()).forgetSettledBefore(Number.MAX_SAFE_INTEGER)
  const stop = await s.made('CLOSE_ALL', { magic: 7 })
  await ea.commands()
  await tell(over(5, 'ORDER_STATE_CANCELED', mine))
  expect(await get('orders/5')).toMatchObject({ ended_by: 'command', ended_command_id: stop })
})

test('the story of an order that filled is its position’s, told the same', async () => {
  const deal = { kind: 'deal', position: 5, symbol: 'EURUSD', volume: 0.3 }
  await tell(
    order(5),
    over(5, 'ORDER_STATE_FILLED', { position: 5 }),
    { kind: 'opened', ticket: 5, symbol: 'EURUSD', direction: 'BUY', volume: 0.3, open_price: 1.08 },
    { ...deal, deal: 50, type: 'DEAL_TYPE_BUY', entry: 'DEAL_ENTRY_IN', reason: 'DEAL_REASON_CLIENT' },
    { ...deal, deal: 51, type: 'DEAL_TYPE_SELL', entry: 'DEAL_ENTRY_OUT', reason: 'DEAL_REASON_SL' },
    { kind: 'closed', ticket: 5, close_price: 1.07 },
  )
  expect((await get('orders/5')).story).toEqual((await get('trades/5/history')).story)
})

test('P7: what an event leaves out stays as it is known; 0 is no position', async () => {
  await tell(order(5, { position: '0', comment: 'mine' }))
  const brief = { kind: 'order', order: 5, type: 'ORDER_TYPE_BUY_LIMIT', symbol: 'EURUSD', volume: 0.3 }
  const { dead } = await tell({
    ...brief,
    state: 'ORDER_STATE_FILLED',
    done_time: 1_700_000_600,
    position: 5,
  })
  expect(dead).toEqual([])
  expect(await get('orders/5')).toMatchObject({
    ...{ price: 1.08, tp: 1.12, reason: 'ORDER_REASON_CLIENT', comment: 'mine', position: '5' },
    placed_broker: '2023-11-14T22:13:20.000',
  })
})

test('W1: an end from the future hides no later one', async () => {
  await tell(over(5, 'ORDER_STATE_CANCELED', { done_time: 4_000_000_000 }), over(6, 'ORDER_STATE_CANCELED'))
  expect((await ea.connect()).body.last_order_end).toBe(1_700_000_600_000)
})
