// Pending orders of a native EA at the doors: what waits, how it ended, and who did it (P7, P9, R12).
import { tagOf } from '@ngtb/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './support/client.ts'
import { NativeHand } from './support/native-ea.ts'
import { OrderTeller, order, over } from './support/native-orders.ts'

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

test('what waits, in MetaTrader’s names, and its end', async () => {
  await tell(order(5, { expiration: 1_700_009_000 }), order('9223372036854775807', { symbol: 'GBPUSD' }))
  expect((await get('orders')).items.map(({ ticket }: { ticket: string }) => ticket)).toEqual([
    '9223372036854775807',
    '5',
  ])
  expect((await get('orders?symbol=EURUSD')).items).toMatchObject([
    {
      ticket: '5',
      type: 'ORDER_TYPE_BUY_LIMIT',
      status: 'waiting',
      volume: 0.3,
      price: 1.08,
      sl: null,
      tp: 1.12,
      made_by: 'manual',
      placed_broker: '2023-11-14T22:13:20.000',
      expiration_broker: '2023-11-15T00:43:20.000',
      ended: null,
    },
  ])
  await tell(over(5, 'ORDER_STATE_FILLED', { position: 5, volume_left: 0 }))
  expect((await get('orders?status=over')).items).toMatchObject([
    { ticket: '5', status: 'over', over_by: 'event', ended_by: 'broker', position: '5', volume_left: 0 },
  ])
  expect((await get('orders?status=all')).items).toHaveLength(2)
})

test('P9: after its end it waits no more, and from aside only its end counts', async () => {
  await tell(order(5), over(5, 'ORDER_STATE_EXPIRED'), order(5, { price: 1.07 }))
  expect((await get('orders/5')).status).toBe('over')
  await tell(order(6))
  const other = new NativeHand(s)
  await ea.say('/api/disconnect', ea.session)
  await other.connect()
  await tell(order(6, { price: 1.07 }), order(7), over(8, 'ORDER_STATE_CANCELED'))
  expect((await get('orders')).items).toMatchObject([{ ticket: '6', price: 1.08 }])
  expect((await get('orders/8')).status).toBe('over')
})

test('R12: placed, changed and cancelled by commands, or by nobody that we know', async () => {
  const order_type = 'BUY_LIMIT'
  const placed = await s.made('PLACE_PENDING', {
    symbol: 'EURUSD',
    order_type,
    volume: 0.3,
    price: 1.08,
    magic: 7,
  })
  await ea.commands()
  const mine = { reason: 'ORDER_REASON_EXPERT', magic: tagOf({ strategy_no: 7, command_no: 1 }) }
  await tell(order(5, mine))
  expect(await get('orders/5')).toMatchObject({ made_by: 'command', command_id: placed, magic: '7' })
  const moved = await s.made('MODIFY_PENDING', { ticket: 5, price: 1.07, sl: 1.05 })
  await ea.commands()
  await tell(order(5, { ...mine, price: 1.07, sl: 1.05 }), order(5, { ...mine, price: 1.06, sl: 1.05 }))
  const gone = await s.made('CANCEL_PENDING', { ticket: 5 })
  await ea.commands()
  await tell(over(5, 'ORDER_STATE_CANCELED', mine), order(6), over(6, 'ORDER_STATE_CANCELED'))
  expect(await get('orders/5')).toMatchObject({ ended_by: 'command', ended_command_id: gone })
  expect(await get('orders/6')).toMatchObject({ ended_by: 'unattributed', ended_command_id: null })
  expect((await get('orders/5')).story).toMatchObject([
    { event: 'order.placed', made_by: 'command', command_id: placed },
    { text: 'changed: price 1.08 → 1.07, sl none → 1.05', made_by: 'command', command_id: moved },
    { text: 'changed: price 1.07 → 1.06', made_by: 'unattributed' },
    { event: 'order.over', made_by: 'command', command_id: gone },
  ])
})

test('an emergency stop that was handed out is who cancelled it', async () => {
  await tell(order(5))
  const stop = await s.made('CLOSE_ALL', {})
  await ea.commands()
  await tell(over(5, 'ORDER_STATE_CANCELED'))
  expect(await get('orders/5')).toMatchObject({ ended_by: 'command', ended_command_id: stop })
})

test('R4: found nowhere it is over until somebody sees it again', async () => {
  await tell(order(5), { kind: 'order_not_found', order: 5 }, { kind: 'order_not_found', order: 99 })
  expect(await get('orders/5')).toMatchObject({
    status: 'over',
    over_by: 'absence',
    ended_by: 'unattributed',
  })
  await tell(order(5))
  expect(await get('orders/5')).toMatchObject({ status: 'waiting', over_by: null, ended_by: null })
})

test('a connect is told what waits here, and how far ends are known', async () => {
  await tell(order(5), order(6), over(6, 'ORDER_STATE_CANCELED'))
  const { body } = await ea.connect()
  expect(body).toMatchObject({ waiting_orders: ['5'], last_order_end: 1_700_000_600_000 })
})

test('what is no order is a dead letter', async () => {
  const { dead } = await tell(order(0), order(5, { type: 'ORDER_TYPE_BUY' }), order(5, { position: -1 }))
  expect(dead).toEqual([1, 2, 3])
  expect(
    (await s.t.call('webui', 'GET', `/api/v1/accounts/${s.login}/orders/5`, { key: s.admin })).status,
  ).toBe(404)
})

test('P13: rows are the fold of their events, and what waited then can be asked for', async () => {
  await tell(order(5), order(6), over(6, 'ORDER_STATE_CANCELED'), { kind: 'order_not_found', order: 5 })
  const verify = async () =>
    (await s.t.call('webui', 'POST', '/api/v1/audit/verify', { key: s.admin, body: {} })).body
  expect(await verify()).toMatchObject({ whole: true })
  await tell(order(7))
  expect((await get('replay')).state.orders).toMatchObject([{ ticket: '7', price: 1.08 }])
})
