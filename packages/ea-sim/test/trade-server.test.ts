// The trade server: every fault on demand, at its own time, counted; a terminal that lags behind the book.

import { describe, expect, test } from 'vitest'
import {
  type OrderFault,
  type OrderRequest,
  portOf,
  TradeServer,
  type TradeServerOptions,
} from '../src/index.ts'
import { EXPERT, marketOf } from './market.ts'
import { tag } from './native-commands.ts'

const request: OrderRequest = {
  command_id: 'c1',
  magic: tag(1),
  action: 'open',
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
}
const serverOf = (options: TradeServerOptions = {}) => new TradeServer(marketOf(), options)
const deciding = (fault: OrderFault) => serverOf({ decide: () => fault })
const tagged = (server: TradeServer, at_ms: number) =>
  server.look({ what: 'command', magic: tag(1), ticket: null, opposite_ticket: null }, at_ms)

describe('faults', () => {
  test('normal: what OrderSend leaves behind', () => {
    expect(serverOf().order(request, 0)).toEqual({
      returned: true,
      retcode: 10009,
      comment: 'Request executed',
      order: '16218652',
      deal: '1',
      position: '16218652',
      price: 1.09008,
      volume: 0.1,
    })
  })

  test('refused on demand: nothing happens', () => {
    const server = deciding({ kind: 'refuse', retcode: 10006 })
    expect(server.order(request, 0)).toMatchObject({ returned: false, retcode: 10006, position: null })
    expect(server.broker.ledger.executions).toEqual([])
  })

  test.each([0, 10012])('ambiguous (%i): takes effect later, at its time', (retcode) => {
    const server = deciding({ kind: 'ambiguous', returned: false, retcode, effect_after_ms: 500 })
    expect(server.order(request, 100)).toMatchObject({ returned: false, retcode, order: null })
    server.advance(599)
    expect(server.broker.positions()).toEqual([])
    expect(server.nextDue()).toBe(600)
    server.advance(600)
    expect(server.broker.ledger.executionCount('c1')).toBe(1)
    expect(server.nextDue()).toBeNull()
  })

  test('ambiguous and never', () => {
    const server = deciding({ kind: 'ambiguous', returned: true, retcode: 10031, effect_after_ms: null })
    server.order(request, 0)
    server.advance(1e9)
    expect(server.broker.ledger.executions).toEqual([])
  })

  test('placed: a market order waits for its deal, a pending one is there', () => {
    const server = deciding({ kind: 'placed', deal_after_ms: 200 })
    expect(server.order(request, 0)).toMatchObject({ retcode: 10008, deal: null })
    server.advance(200)
    expect(server.broker.positions()).toHaveLength(1)
    const { direction, volume, symbol } = { direction: 'BUY', volume: 0.1, symbol: 'EURUSD' } as const
    const pending: OrderRequest = {
      command_id: 'c2',
      magic: tag(2),
      action: 'pending',
      kind: 'LIMIT',
      price: 1.08,
      direction,
      volume,
      symbol,
    }
    expect(server.order(pending, 300)).toMatchObject({ retcode: 10008, order: '16218653' })
    expect(server.broker.orders.all()).toHaveLength(1)
  })

  test.each([
    [0.55, 0.05],
    [0.01, 0.01],
    [1, 0.1],
  ])('partial %f: %f lots, on the step, at least the minimum', (ratio, volume) => {
    const server = deciding({ kind: 'partial', ratio })
    const result = server.order(request, 0)
    expect(result).toMatchObject({ retcode: volume === 0.1 ? 10009 : 10010, volume })
    expect(server.broker.positions()[0]?.volume).toBe(volume)
  })

  test('late effects come in the order of their times, equal ones in the order of asking', () => {
    const delays = [300, 100, 100]
    const told: string[] = []
    const server = serverOf({
      decide: () => ({
        kind: 'ambiguous',
        returned: true,
        retcode: 10012,
        effect_after_ms: delays.shift() ?? 0,
      }),
      onLateEffect: ({ command_id }) => told.push(command_id),
    })
    for (const command_id of ['a', 'b', 'c']) server.order({ ...request, command_id }, 0)
    server.advance(1_000)
    expect(told).toEqual(['b', 'c', 'a'])
  })

  test('without a connection nothing leaves the terminal; what is on its way goes on', () => {
    const server = deciding({ kind: 'ambiguous', returned: true, retcode: 10012, effect_after_ms: 100 })
    server.order(request, 0)
    server.setConnected(false, 50)
    expect(server.order({ ...request, command_id: 'c2' }, 60)).toMatchObject({
      returned: false,
      retcode: 10031,
    })
    expect(server.terminal(60)).toMatchObject({ connected: false, synchronised: false })
    server.advance(1_000)
    expect(server.broker.ledger.executions.map(({ command_id }) => command_id)).toEqual(['c1'])
  })

  test.each([
    ['TERMINAL_TRADE_ALLOWED', 10027],
    ['MQL_TRADE_ALLOWED', 10027],
    ['ACCOUNT_TRADE_ALLOWED', 10017],
    ['ACCOUNT_TRADE_EXPERT', 10026],
  ] as const)('%s is off: %i, and nothing is sent', (block, retcode) => {
    const server = serverOf()
    server.trade_blocked_by = [block]
    expect(server.order(request, 0)).toMatchObject({ returned: false, retcode })
    expect(server.broker.ledger.executions).toEqual([])
    server.trade_blocked_by = []
    expect(server.order(request, 1)).toMatchObject({ returned: true, retcode: 10009 })
  })

  test('a terminal is synchronised some time after it connected', () => {
    const server = serverOf({ synchronise_ms: 200, login: '7' })
    expect(server.terminal(0)).toEqual({
      connected: true,
      synchronised: true,
      login: '7',
      margin_mode: 'hedging',
      trade_blocked_by: [],
    })
    server.setConnected(false, 10)
    server.setConnected(true, 100)
    expect([299, 300].map((at_ms) => server.terminal(at_ms).synchronised)).toEqual([false, true])
  })
})

describe('what the terminal shows', () => {
  test('a fill appears later: position, deal, order and tag together', () => {
    const server = serverOf({ visibleAfter: () => 400 })
    server.order(request, 0)
    expect(tagged(server, 399)).toMatchObject({ positions: [], deals: [], history_orders: [] })
    expect(server.look({ what: 'highest_tag' }, 399).highest_command_no).toBe(0)
    expect(tagged(server, 400)).toMatchObject({ positions: [{}], deals: [{}], history_orders: [{}] })
    expect(server.look({ what: 'highest_tag' }, 400).highest_command_no).toBe(1)
  })

  test('a close appears later: until then the position is shown; news keep their order', () => {
    const lags = [0, 400, 0]
    const server = serverOf({ visibleAfter: () => lags.shift() ?? 0 })
    const ticket = server.order(request, 0).position ?? ''
    server.order({ command_id: 'c2', magic: tag(2), action: 'modify', ticket, sl: 1.08 }, 100)
    server.order({ command_id: 'c3', magic: tag(3), action: 'close', ticket, volume: null }, 200)
    const shown = (at_ms: number) =>
      server.look({ what: 'command', magic: null, ticket, opposite_ticket: null }, at_ms)
    expect(server.broker.positions()).toEqual([])
    expect(shown(499)).toMatchObject({ position: { sl: 0 }, ticket_deals: [{}] })
    expect(shown(500)).toMatchObject({ position: null, ticket_deals: [{}, {}] })
  })

  test('a scope: symbol, strategy; what has no tag is strategy 0', () => {
    const server = serverOf()
    server.order(request, 0)
    server.broker.open({ symbol: 'USDJPY', direction: 'BUY', volume: 0.1 }, EXPERT)
    const count = (symbol: string | null, strategy_no: number | null) =>
      server.look({ what: 'scope', symbol, strategy_no }, 0).positions.length
    expect([
      count(null, null),
      count('EURUSD', null),
      count(null, 7),
      count(null, 0),
      count('EURUSD', 0),
    ]).toEqual([2, 1, 1, 1, 0])
  })

  test('a port of it, for whoever holds a broker by promise', async () => {
    const port = portOf(serverOf(), () => 5)
    expect((await port.order(request)).retcode).toBe(10009)
    expect((await port.look({ what: 'highest_tag' })).highest_command_no).toBe(1)
    expect((await port.terminal()).connected).toBe(true)
  })
})

test('history: minutes put together to longer candles, those that begin in what was asked for', () => {
  const server = serverOf()
  const at = (minute: number, bid: number) =>
    server.broker.onTick({ symbol: 'EURUSD', bid, ask: bid, time_ms: 1_600_000_200_000 + minute * 60_000 })
  for (const [minute, bid] of [
    [0, 1.1],
    [1, 1.3],
    [2, 1.2],
    [5, 1.5],
  ] as const)
    at(minute, bid)
  const ask = (from: unknown, to: unknown = undefined, max = 100) =>
    server.look({ what: 'history', symbol: 'EURUSD', timeframe: 'M5', from, to, max }, 0)
  const look = (from: unknown, to?: unknown) => ask(from, to).candles
  expect(look(1_600_000_000)).toEqual([
    { time_ms: 1_600_000_200_000, open: 1.1, high: 1.3, low: 1.1, close: 1.2, ticks: 3 },
    { time_ms: 1_600_000_500_000, open: 1.5, high: 1.5, low: 1.5, close: 1.5, ticks: 1 },
  ])
  expect(look('2020-09-13T12:35:00')).toHaveLength(1)
  expect(look(0, 1_600_000_000_000)).toMatchObject([{ open: 1.09 }])
  expect(look(1_600_000_200_001)).toMatchObject([{ open: 1.5 }])
  expect(ask(1_600_000_000, undefined, 1)).toMatchObject({ candles: [{ close: 1.2 }], forming: false })
  expect(ask(1_600_000_500)).toMatchObject({ candles: [{ close: 1.5 }], forming: true })
})
