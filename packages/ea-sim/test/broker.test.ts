// The simulated broker: every refusal with its retcode, exact money, stops that hit on ticks.

import { describe, expect, test } from 'vitest'
import { findSymbol, type OpenRequest, SimulatedBroker, type SymbolSpec, TradeMode } from '../src/index.ts'
import { EXPERT, MANUAL, marketOf, tickOf } from './market.ts'

const buy = (over: Partial<OpenRequest> = {}): OpenRequest => ({
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  ...over,
})

function specOf(over: Partial<SymbolSpec>): SymbolSpec {
  const spec = findSymbol('EURUSD')
  if (spec === undefined) throw new Error('EURUSD is missing')
  return { ...spec, ...over }
}

describe('what an opening is refused for', () => {
  const cases: [name: string, request: OpenRequest, retcode: number][] = [
    ['volume below the minimum', buy({ volume: 0.001 }), 10014],
    ['volume above the maximum', buy({ volume: 101 }), 10014],
    ['volume off the step', buy({ volume: 0.015 }), 10014],
    ['volume a hair off the step', buy({ volume: 0.0100001 }), 10014],
    ['volume zero', buy({ volume: 0 }), 10014],
    ['volume not a number', buy({ volume: Number.NaN }), 10014],
    ['SL of a buy above the bid', buy({ sl: 1.091 }), 10016],
    ['SL of a buy at the bid', buy({ sl: 1.09 }), 10016],
    ['SL of a buy nearer than the stops level', buy({ sl: 1.08991 }), 10016],
    ['TP of a buy below the bid', buy({ tp: 1.08 }), 10016],
    ['SL of a sell below the ask', buy({ direction: 'SELL', sl: 1.08 }), 10016],
    ['TP of a sell above the ask', buy({ direction: 'SELL', tp: 1.1 }), 10016],
    ['a negative SL', buy({ sl: -1 }), 10016],
    ['more margin than there is', buy({ volume: 50 }), 10019],
    ['an unknown symbol', buy({ symbol: 'NOPE' }), 10013],
    ['a symbol without a quote', buy({ symbol: 'GBPUSD' }), 10021],
  ]
  test.each(cases)('%s', (_name, request, retcode) => {
    const broker = marketOf()
    const result = broker.open(request, EXPERT)
    expect(result).toMatchObject({ retcode, position: null, events: [] })
    expect(result.comment).not.toBe('')
    expect(broker.positions()).toEqual([])
    expect(broker.account()).toMatchObject({ balance: 10_000, equity: 10_000, margin: 0 })
  })

  const modes: [mode: number, direction: 'BUY' | 'SELL', retcode: number][] = [
    [TradeMode.DISABLED, 'BUY', 10017],
    [TradeMode.LONG_ONLY, 'SELL', 10042],
    [TradeMode.LONG_ONLY, 'BUY', 10009],
    [TradeMode.SHORT_ONLY, 'BUY', 10043],
    [TradeMode.CLOSE_ONLY, 'SELL', 10044],
    [TradeMode.FULL, 'SELL', 10009],
  ]
  test.each(modes)('trade mode %i, %s: %i', (mode, direction, retcode) => {
    const broker = marketOf({ symbols: [specOf({ trade_mode: mode as SymbolSpec['trade_mode'] })] })
    expect(broker.open(buy({ direction }), EXPERT).retcode).toBe(retcode)
  })

  test('a closed market, a lost link, a switched-off button, a full account, a refusal on demand', () => {
    const broker = marketOf({ positions_max: 1 })
    broker.conditions.setMarketOpen('EURUSD', false)
    expect(broker.open(buy(), EXPERT).retcode).toBe(10018)
    broker.conditions.setMarketOpen('EURUSD', true)
    broker.conditions.connected = false
    expect(broker.open(buy(), EXPERT).retcode).toBe(10031)
    broker.conditions.connected = true
    broker.conditions.algo_trading = false
    expect(broker.open(buy(), EXPERT).retcode).toBe(10027)
    broker.conditions.algo_trading = true
    broker.conditions.rejectNext(10004, 2)
    expect(broker.open(buy(), EXPERT).retcode).toBe(10004)
    expect(broker.open(buy(), EXPERT).retcode).toBe(10004)
    expect(broker.open(buy(), EXPERT).retcode).toBe(10009)
    expect(broker.open(buy(), EXPERT).retcode).toBe(10040)
  })

  test('slippage beyond the deviation is a requote, within it a worse price', () => {
    const broker = marketOf({ slippage_points: () => 5 })
    expect(broker.open(buy({ deviation: 3 }), EXPERT).retcode).toBe(10004)
    expect(broker.open(buy({ deviation: 5 }), EXPERT).position?.open_price).toBe(1.09013)
  })
})

describe('modify and close', () => {
  test('MODIFY: absolute values; absent keeps, 0 removes, the same again is NO_CHANGES', () => {
    const broker = marketOf()
    const ticket = broker.open(buy({ sl: 1.085, tp: 1.095 }), EXPERT).position?.ticket ?? ''
    expect(broker.modify(ticket, { sl: 1.086 }, EXPERT)).toMatchObject({
      retcode: 10009,
      position: { sl: 1.086, tp: 1.095 },
    })
    expect(broker.modify(ticket, { sl: 1.086, tp: 1.095 }, EXPERT)).toMatchObject({
      retcode: 10025,
      events: [],
    })
    expect(broker.modify(ticket, { tp: 0 }, EXPERT).position).toMatchObject({ sl: 1.086, tp: 0 })
    expect(broker.modify(ticket, { sl: 1.2 }, EXPERT).retcode).toBe(10016)
    expect(broker.position(ticket)).toMatchObject({ sl: 1.086, tp: 0 })
    expect(broker.modify('4711', { sl: 1 }, EXPERT).retcode).toBe(10036)
  })

  test('inside the freeze level nothing can be changed or closed', () => {
    const broker = marketOf({ symbols: [specOf({ freeze_level: 20 })] })
    const ticket = broker.open(buy({ sl: 1.0898 }), EXPERT).position?.ticket ?? ''
    expect(broker.modify(ticket, { tp: 1.1 }, EXPERT).retcode).toBe(10029)
    expect(broker.close(ticket, EXPERT).retcode).toBe(10029)
    broker.onTick(tickOf('EURUSD', 1.0901, 1.09018))
    expect(broker.close(ticket, EXPERT).retcode).toBe(10009)
    expect(broker.close(ticket, EXPERT).retcode).toBe(10036)
  })

  test('by hand: the reason says so, and the listener hears it', () => {
    const broker = marketOf()
    const heard: string[] = []
    broker.listener = (event) => heard.push(event.kind)
    const ticket = broker.open(buy(), MANUAL).position?.ticket ?? ''
    broker.modify(ticket, { sl: 1.08 }, MANUAL)
    const { closed } = broker.close(ticket, MANUAL)
    expect(closed).toMatchObject({ close_reason: 'manual', deal_reason: 'DEAL_REASON_CLIENT' })
    expect(heard).toEqual(['opened', 'modified', 'closed'])
  })
})

describe('money, to the cent', () => {
  test('a EURUSD buy opens at the ask, closes at the bid', () => {
    const broker = marketOf()
    const ticket = broker.open(buy(), EXPERT).position?.ticket ?? ''
    expect(broker.account()).toMatchObject({ equity: 9999.2, margin: 109.01, free_margin: 9890.19 })
    broker.onTick(tickOf('EURUSD', 1.095, 1.09508))
    expect(broker.close(ticket, EXPERT).closed).toMatchObject({ close_price: 1.095, profit: 49.2 })
    expect(broker.account()).toMatchObject({ balance: 10_049.2, equity: 10_049.2, margin: 0 })
  })

  test('a USDJPY profit is converted at its own closing price', () => {
    const broker = marketOf()
    const ticket = broker.open(buy({ symbol: 'USDJPY', direction: 'SELL', volume: 1 }), EXPERT).position
      ?.ticket
    broker.onTick(tickOf('USDJPY', 149.49, 149.5))
    // (150.000 − 149.500) × 100,000 = 50,000 yen ÷ 149.500
    expect(broker.close(ticket ?? '', EXPERT).closed?.profit).toBe(334.45)
    expect(broker.ledger.deals.map((deal) => deal.profit)).toEqual([0, 334.45])
  })

  test('gold: 100 ounces a lot', () => {
    const broker = marketOf()
    const ticket = broker.open(buy({ symbol: 'XAUUSD', volume: 0.03 }), EXPERT).position?.ticket ?? ''
    broker.onTick(tickOf('XAUUSD', 2051.37, 2051.57))
    expect(broker.close(ticket, EXPERT).closed?.profit).toBe(3.51)
  })

  test('commission is charged per lot and side', () => {
    const broker = marketOf({ commission_per_lot: 3.5 })
    const ticket = broker.open(buy({ volume: 0.5 }), EXPERT).position?.ticket ?? ''
    expect(broker.position(ticket)?.commission).toBe(-1.75)
    expect(broker.account().balance).toBe(9998.25)
    expect(broker.close(ticket, EXPERT).closed).toMatchObject({ commission: -3.5, profit: -4 })
    expect(broker.account().balance).toBe(9992.5)
  })
})

describe('SL and TP hit on ticks', () => {
  const cases: [direction: 'BUY' | 'SELL', bid: number, ask: number, reason: string, price: number][] = [
    ['BUY', 1.085, 1.08508, 'sl_hit', 1.085],
    ['BUY', 1.0812, 1.0813, 'sl_hit', 1.0812],
    ['BUY', 1.095, 1.09508, 'tp_hit', 1.095],
    ['SELL', 1.09492, 1.095, 'sl_hit', 1.095],
    ['SELL', 1.0849, 1.085, 'tp_hit', 1.085],
    ['SELL', 1.084, 1.0841, 'tp_hit', 1.0841],
  ]
  test.each(cases)('%s at %f/%f: %s at %f', (direction, bid, ask, close_reason, close_price) => {
    const broker = marketOf()
    const [sl, tp] = direction === 'BUY' ? [1.085, 1.095] : [1.095, 1.085]
    broker.open(buy({ direction, sl, tp }), EXPERT)
    expect(broker.onTick(tickOf('USDJPY', 140, 140.01))).toEqual([])
    const events = broker.onTick(tickOf('EURUSD', bid, ask))
    expect(events).toMatchObject([{ kind: 'closed', position: { close_reason, close_price } }])
    expect(broker.positions()).toEqual([])
    const reason = close_reason === 'sl_hit' ? 'DEAL_REASON_SL' : 'DEAL_REASON_TP'
    expect(broker.ledger.deals.at(-1)).toMatchObject({ reason, entry: 'DEAL_ENTRY_OUT' })
  })

  test('a buy is not stopped by the ask, a sell not by the bid', () => {
    const broker = marketOf()
    broker.open(buy({ tp: 1.095 }), EXPERT)
    broker.open(buy({ direction: 'SELL', tp: 1.085 }), EXPERT)
    expect(broker.onTick(tickOf('EURUSD', 1.0849, 1.0951))).toEqual([])
  })
})

test('tickets count up beyond 2^53 without being rounded', () => {
  const broker = marketOf({ ticket_start: '9223372036854775000' })
  const tickets = [1, 2, 3].map(() => broker.open(buy({ volume: 0.01 }), EXPERT).position?.ticket)
  expect(tickets).toEqual(['9223372036854775000', '9223372036854775001', '9223372036854775002'])
})

test('a tick of a symbol that the broker does not list changes nothing', () => {
  const broker = new SimulatedBroker()
  expect(broker.onTick(tickOf('NOPE', 1, 2))).toEqual([])
  expect(broker.time_ms).toBe(0)
})
