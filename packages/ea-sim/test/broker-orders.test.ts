// Pending orders, partial closes, close by, netting: what the broker's book does, to the unit and to the cent.

import { describe, expect, test } from 'vitest'
import type { OrderEvent, SimulatedBroker } from '../src/index.ts'
import type { PendingRequest } from '../src/model/pending.ts'
import { EXPERT, MANUAL, marketOf, START_MS, tickOf } from './market.ts'
import { tag } from './native-commands.ts'

const limit = (over: Partial<PendingRequest> = {}): PendingRequest => ({
  symbol: 'EURUSD',
  direction: 'BUY',
  kind: 'LIMIT',
  volume: 0.1,
  price: 1.08,
  magic: tag(1),
  comment: 'mine',
  ...over,
})
const buy = (broker: SimulatedBroker, volume: number, magic = '0') =>
  broker.open({ symbol: 'EURUSD', direction: 'BUY', volume, magic }, EXPERT)
const sell = (broker: SimulatedBroker, volume: number) =>
  broker.open({ symbol: 'EURUSD', direction: 'SELL', volume }, EXPERT)
const move = (broker: SimulatedBroker, bid: number) =>
  broker.onTick(tickOf('EURUSD', bid, bid + 0.00008, START_MS + 1))

describe('pending orders', () => {
  const refused: [name: string, request: Partial<PendingRequest>, retcode: number][] = [
    ['a buy limit above the market', { price: 1.1 }, 10015],
    ['a buy limit nearer than the stops level', { price: 1.09 }, 10015],
    ['a sell limit below the market', { direction: 'SELL', price: 1.08 }, 10015],
    ['a buy stop below the market', { kind: 'STOP', price: 1.08 }, 10015],
    ['a price of zero', { price: 0 }, 10015],
    ['a stop-limit without its limit', { kind: 'STOP_LIMIT', price: 1.1 }, 10015],
    ['a stop-limit whose limit is worse', { kind: 'STOP_LIMIT', price: 1.1, stop_limit_price: 1.11 }, 10015],
    ['a limit with a second price', { stop_limit_price: 1.07 }, 10015],
    ['a stop loss on the wrong side', { sl: 1.085 }, 10016],
    ['an expiration that is over', { expiration_ms: START_MS }, 10022],
    ['a volume off the step', { volume: 0.015 }, 10014],
    ['an unknown symbol', { symbol: 'NOPE' }, 10013],
    ['a symbol without a quote', { symbol: 'GBPUSD' }, 10021],
  ]
  test.each(refused)('refused: %s', (_name, over, retcode) => {
    const broker = marketOf()
    expect(broker.orders.place(limit(over), EXPERT)).toMatchObject({ retcode, order: null, events: [] })
    expect(broker.orders.all()).toEqual([])
  })

  const fills: [name: string, request: Partial<PendingRequest>, before: number, at: number, price: number][] =
    [
      ['a buy limit', {}, 1.0801, 1.0799, 1.07998],
      ['a buy stop', { kind: 'STOP', price: 1.1 }, 1.0998, 1.1, 1.10008],
      ['a sell limit', { direction: 'SELL', price: 1.1 }, 1.0999, 1.1001, 1.1001],
      ['a sell stop', { direction: 'SELL', kind: 'STOP', price: 1.08 }, 1.0801, 1.0799, 1.0799],
    ]
  test.each(fills)(
    '%s is filled when the market reaches it, not before',
    (_name, over, before, at, price) => {
      const broker = marketOf()
      const ticket = broker.orders.place(limit(over), { ...EXPERT, command_id: 'c1' }).order?.ticket
      expect(move(broker, before)).toEqual([])
      expect(move(broker, at)).toMatchObject([{ kind: 'opened', position: { ticket, open_price: price } }])
      expect(broker.orders.all()).toEqual([])
      // The tag stays with order, deal and position; the placing was the command's one effect.
      expect(broker.position(String(ticket))).toMatchObject({
        magic: tag(1),
        comment: 'mine',
        command_id: 'c1',
      })
      expect(broker.history.order(String(ticket))).toMatchObject({
        state: 'ORDER_STATE_FILLED',
        magic: tag(1),
        position: ticket,
      })
      expect(broker.history.dealsByMagic(tag(1))).toMatchObject([{ order: ticket, position: ticket }])
      expect(broker.ledger.executionCount('c1')).toBe(1)
    },
  )

  test('a stop-limit becomes a limit at its second price, and keeps its ticket', () => {
    const broker = marketOf()
    const request = limit({ kind: 'STOP_LIMIT', price: 1.1, stop_limit_price: 1.095 })
    const ticket = broker.orders.place(request, EXPERT).order?.ticket
    expect(move(broker, 1.1)).toEqual([])
    expect(broker.orders.get(String(ticket))).toMatchObject({
      kind: 'LIMIT',
      price: 1.095,
      stop_limit_price: 0,
    })
    expect(move(broker, 1.0949)).toMatchObject([{ kind: 'opened' }])
  })

  test('modified, cancelled, run out, rejected at its fill: each is told and kept', () => {
    const broker = marketOf({ balance: 500 })
    const heard: OrderEvent['kind'][] = []
    broker.orders.listener = (event) => heard.push(event.kind)
    const place = (over: Partial<PendingRequest> = {}) =>
      broker.orders.place(limit(over), EXPERT).order?.ticket ?? ''
    const first = place()
    expect(broker.orders.modify(first, { price: 1.07, sl: 1.06 }, EXPERT).retcode).toBe(10009)
    expect(broker.orders.modify(first, { price: 1.07 }, EXPERT).retcode).toBe(10025)
    expect(broker.orders.modify(first, { price: 1.2 }, EXPERT).retcode).toBe(10015)
    expect(broker.orders.get(first)).toMatchObject({ price: 1.07, sl: 1.06, tp: 0 })
    expect(broker.orders.cancel(first, EXPERT).retcode).toBe(10009)
    expect(broker.orders.cancel(first, EXPERT).retcode).toBe(10013)
    const second = place({ expiration_ms: START_MS + 1 })
    move(broker, 1.09)
    const third = place({ volume: 5 })
    move(broker, 1.07)
    const states = [first, second, third].map((ticket) => broker.history.order(ticket)?.state)
    expect(states).toEqual(['ORDER_STATE_CANCELED', 'ORDER_STATE_EXPIRED', 'ORDER_STATE_REJECTED'])
    expect(heard).toEqual([
      'placed',
      'order_modified',
      'order_gone',
      'placed',
      'order_gone',
      'placed',
      'order_gone',
    ])
    expect(broker.positions()).toEqual([])
  })

  test('no more than the broker allows', () => {
    const broker = marketOf({ orders_max: 1 })
    broker.orders.place(limit(), EXPERT)
    expect(broker.orders.place(limit(), EXPERT).retcode).toBe(10033)
  })
})

describe('partial close', () => {
  test('volume to the unit, money to the cent, one deal each; the end sums it up', () => {
    const broker = marketOf({ commission_per_lot: 3.5 })
    const ticket = buy(broker, 0.3).position?.ticket ?? ''
    const kinds: string[] = []
    broker.listener = (event) => kinds.push(event.kind)
    move(broker, 1.095)
    expect(broker.close(ticket, EXPERT, 0.1)).toMatchObject({
      retcode: 10009,
      closed: null,
      position: { volume: 0.2 },
    })
    // Two thirds of 327.02.
    expect(broker.account().margin).toBe(218.01)
    move(broker, 1.1)
    expect(broker.close(ticket, EXPERT).closed).toMatchObject({
      volume: 0.2,
      profit: 247.6,
      commission: -2.1,
    })
    const { deals } = broker.ledger
    expect(deals.map(({ entry, volume, profit }) => [entry, volume, profit])).toEqual([
      ['DEAL_ENTRY_IN', 0.3, 0],
      ['DEAL_ENTRY_OUT', 0.1, 49.2],
      ['DEAL_ENTRY_OUT', 0.2, 198.4],
    ])
    expect(kinds).toEqual(['changed', 'closed'])
    expect(broker.account()).toMatchObject({ balance: 10_245.5, margin: 0 })
  })

  const refused: [name: string, volume: number, retcode: number][] = [
    ['more than there is', 0.4, 10038],
    ['a rest below the minimum', 0.295, 10014],
    ['nothing', 0, 10014],
    ['off the step', 0.015, 10014],
  ]
  test.each(refused)('refused: %s', (_name, volume, retcode) => {
    const broker = marketOf()
    const ticket = buy(broker, 0.3).position?.ticket ?? ''
    expect(broker.close(ticket, EXPERT, volume)).toMatchObject({ retcode, events: [] })
    expect(broker.position(ticket)?.volume).toBe(0.3)
  })
})

describe('close by', () => {
  test('the smaller one is gone, the rest stays, the difference of the prices is booked once', () => {
    const broker = marketOf()
    const long = buy(broker, 0.3).position?.ticket ?? ''
    move(broker, 1.095)
    const short = sell(broker, 0.1).position?.ticket ?? ''
    const result = broker.closeBy(long, short, { ...EXPERT, command_id: 'c1', magic: tag(1) })
    expect(result.events.map(({ kind }) => kind)).toEqual(['changed', 'closed'])
    expect(broker.position(long)?.volume).toBe(0.2)
    expect(broker.position(short)).toBeNull()
    // (1.09500 − 1.09008) × 10,000
    expect(broker.ledger.deals.slice(2).map(({ entry, profit }) => [entry, profit])).toEqual([
      ['DEAL_ENTRY_OUT_BY', 49.2],
      ['DEAL_ENTRY_OUT_BY', 0],
    ])
    expect(broker.history.dealsByMagic(tag(1))).toHaveLength(2)
    expect(broker.ledger.executionCount('c1')).toBe(1)
  })

  test('refused: the same side, another symbol, one that is gone, a netting account', () => {
    const broker = marketOf()
    const long = buy(broker, 0.3).position?.ticket ?? ''
    const other = buy(broker, 0.1).position?.ticket ?? ''
    const yen =
      broker.open({ symbol: 'USDJPY', direction: 'SELL', volume: 0.1 }, EXPERT).position?.ticket ?? ''
    expect([other, yen, '4711'].map((ticket) => broker.closeBy(long, ticket, EXPERT).retcode)).toEqual([
      10013, 10013, 10036,
    ])
    const netting = marketOf({ margin_mode: 'netting' })
    const only = buy(netting, 0.3).position?.ticket ?? ''
    expect(netting.closeBy(only, only, EXPERT).retcode).toBe(10013)
  })
})

describe('netting', () => {
  const netting = () => marketOf({ margin_mode: 'netting', balance: 100_000 })

  test('the same side grows at the weighted price; the tag of each order stays in the history', () => {
    const broker = netting()
    const ticket = buy(broker, 0.1, tag(1)).position?.ticket
    move(broker, 1.0999)
    expect(buy(broker, 0.3, tag(2)).position).toMatchObject({
      ticket,
      volume: 0.4,
      open_price: 1.09751,
      magic: tag(1),
    })
    expect(broker.positions()).toHaveLength(1)
    expect(broker.history.dealsByMagic(tag(2))).toMatchObject([{ position: ticket, volume: 0.3 }])
    expect(broker.history.ordersByMagic(tag(2))).toMatchObject([
      { position: ticket, state: 'ORDER_STATE_FILLED' },
    ])
  })

  test('the other side reduces, closes, or turns it over', () => {
    const broker = netting()
    const ticket = buy(broker, 0.3).position?.ticket ?? ''
    expect(sell(broker, 0.1).events).toMatchObject([
      { kind: 'changed', position: { ticket, direction: 'BUY', volume: 0.2 } },
    ])
    expect(sell(broker, 0.5).events).toMatchObject([
      { kind: 'changed', position: { ticket, direction: 'SELL', volume: 0.3 } },
    ])
    expect(buy(broker, 0.3).events).toMatchObject([{ kind: 'closed', position: { ticket } }])
    expect(broker.ledger.deals.map(({ entry, volume }) => [entry, volume])).toEqual([
      ['DEAL_ENTRY_IN', 0.3],
      ['DEAL_ENTRY_OUT', 0.1],
      ['DEAL_ENTRY_INOUT', 0.5],
      ['DEAL_ENTRY_OUT', 0.3],
    ])
    expect(broker.account().margin).toBe(0)
  })

  test('a second close of a whole position opens the other side: the danger that an EA must know', () => {
    const broker = netting()
    const ticket = buy(broker, 0.3).position?.ticket ?? ''
    broker.close(ticket, EXPERT, 0.3)
    const again = broker.close(ticket, EXPERT, 0.3)
    expect(again).toMatchObject({
      retcode: 10009,
      events: [{ kind: 'opened', position: { direction: 'SELL' } }],
    })
    expect(broker.close('4711', EXPERT, 0.3).retcode).toBe(10036)
  })

  test('a pending order that triggers meets the position of its symbol', () => {
    const broker = netting()
    const ticket = buy(broker, 0.3).position?.ticket
    broker.orders.place(limit({ direction: 'SELL', price: 1.1, volume: 0.3 }), EXPERT)
    expect(move(broker, 1.1001)).toMatchObject([{ kind: 'closed', position: { ticket } }])
  })
})

test('the newest tag is known, of orders that wait and of what is over', () => {
  const broker = marketOf()
  expect(broker.history.highest_command_no).toBe(0)
  buy(broker, 0.1, tag(3))
  broker.orders.place(limit({ magic: tag(9) }), EXPERT)
  buy(broker, 0.1, tag(4))
  expect(broker.history.highest_command_no).toBe(9)
  const ticket = broker.positions()[0]?.ticket ?? ''
  broker.close(ticket, { ...MANUAL, magic: tag(12) })
  expect(broker.history.highest_command_no).toBe(12)
})
