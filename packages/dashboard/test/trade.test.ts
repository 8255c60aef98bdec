// What decides about orders on the page: checks against the symbol, what a ticket means, a command's life in words.
import type { CommandView, OrderView, SymbolView, TradeView } from '@ngtb/sdk'
import { describe, expect, test } from 'vitest'
import { openWorth, type Quote, worthNow } from '../src/live/figures.ts'
import { nowText, refusalText, statusWord, stepsOf } from '../src/trade/command-story.ts'
import { blank, draftOf, figureOf, intentOf, type Typed } from '../src/trade/draft.ts'
import { progressOf, targetsOf } from '../src/trade/flatten.ts'
import { levelProblem, problemsOf, stepVolume, volumeProblem } from '../src/trade/spec-check.ts'

const spec: SymbolView = {
  ...{ symbol: 'EURUSD', subscribed: true, description: null, digits: 5, point_value: 0.00001 },
  ...{ volume_min: 0.01, volume_max: 2, volume_step: 0.01, stops_level: 10, freeze_level: 0, trade_mode: 4 },
  ...{ contract_size: 100_000, tick_size: 0.00001, tick_value: 1, currency_profit: 'USD' },
}
const quote: Quote = { bid: 1.09, ask: 1.09008, time_ms: 0, heard_at: 0 }
const typed = (part: Partial<Typed>): Typed => ({ ...blank('EURUSD'), ...part })
const checked = (part: Partial<Typed>, of = spec) => problemsOf(draftOf(typed(part), of, quote), of, quote)

describe('a ticket against its symbol', () => {
  test('fits as it is', () => {
    expect(checked({ volume: '0.1', sl: '1.0885', tp: '1.0925' })).toEqual([])
  })

  test('a volume within its bounds and on its step; a comma is a point', () => {
    expect(volumeProblem(figureOf('0,13'), spec)).toBeNull()
    expect(volumeProblem(0.005, spec)).toBe('At least 0.01 lots')
    expect(volumeProblem(3, spec)).toBe('At most 2.00 lots')
    expect(volumeProblem(0.015, spec)).toBe('In steps of 0.01 lots')
    expect(volumeProblem(figureOf('a lot'), spec)).toBe('Say how many lots')
  })

  test('steps stay exact and within the bounds', () => {
    expect(stepVolume(0.29, 1, spec)).toBe(0.3)
    expect(stepVolume(0.01, -1, spec)).toBe(0.01)
    expect(stepVolume(2, 1, spec)).toBe(2)
    expect(stepVolume(null, 1, undefined)).toBe(0.01)
  })

  test('levels on the right side, as far away as the broker asks, from where it would be closed', () => {
    expect(levelProblem('sl', 1.0899, 'buy', 1.09, spec)).toBeNull()
    expect(levelProblem('sl', 1.08995, 'buy', 1.09, spec)).toContain('1.08990 or below')
    expect(levelProblem('tp', 1.08995, 'buy', 1.09, spec)).toContain('or above')
    expect(levelProblem('sl', 1.0899, 'sell', 1.09008, spec)).toContain('or above')
    expect(levelProblem('sl', 1.0899001, 'buy', 1.09, spec)).toBe('5 digits at most')
    expect(levelProblem('sl', Number.NaN, 'buy', 1.09, spec)).toContain('Not a number')
    expect(levelProblem('sl', 0, 'buy', 1.09, spec)).toBeNull()
  })

  test('a limit waits on the better side of the price, a stop on the worse', () => {
    expect(checked({ kind: 'limit', price: '1.085' })).toEqual([])
    expect(checked({ kind: 'limit', price: '1.095' }).map(({ field }) => field)).toEqual(['price'])
    expect(checked({ kind: 'stop', price: '1.095' })).toEqual([])
    expect(checked({ kind: 'stop', side: 'sell', price: '1.095' }).map(({ field }) => field)).toEqual([
      'price',
    ])
    expect(checked({ kind: 'stop_limit', price: '1.095', stop_limit_price: '1.094' })).toEqual([])
  })

  test('a symbol that may only be closed takes no order', () => {
    expect(checked({}, { ...spec, trade_mode: 3 })[0]?.says).toContain('only be closed')
  })
})

describe('the order that a ticket means', () => {
  test('points become prices from where it would be filled', () => {
    const draft = draftOf(typed({ unit: 'points', sl: '200', tp: '300' }), spec, quote)
    expect([draft.sl, draft.tp]).toEqual([1.08808, 1.09308])
    const sell = draftOf(typed({ side: 'sell', unit: 'points', sl: '200' }), spec, quote)
    expect(sell.sl).toBe(1.092)
  })

  test('points without a price are never sent as none', () => {
    const draft = draftOf(typed({ unit: 'points', sl: '200' }), spec, undefined)
    expect(problemsOf(draft, spec, undefined).map(({ field }) => field)).toEqual(['sl'])
  })

  test('a market order and a pending one', () => {
    const of = (part: Partial<Typed>) => intentOf(draftOf(typed(part), spec, quote), typed(part))
    expect(of({ volume: '0.1', comment: ' try ' })).toEqual({
      ...{ type: 'OPEN_TRADE', order_type: 'BUY', symbol: 'EURUSD', volume: 0.1, comment: 'try' },
    })
    expect(of({ kind: 'limit', price: '1.085', expiration: '2026-11-30T10:00' })).toEqual({
      ...{ type: 'PLACE_PENDING', order_type: 'BUY_LIMIT', symbol: 'EURUSD', volume: 0.01 },
      ...{ price: 1.085, expiration: '2026-11-30T10:00' },
    })
    expect(of({ volume: '' })).toBeNull()
  })
})

describe('money by the newest quote', () => {
  const trade = { direction: 'SELL', open_price: 1.091, volume: 0.5 }

  test('of a position, exact only where the tick’s worth stands still', () => {
    const worth = worthNow(trade, quote, spec, 'USD')
    expect(worth?.amount).toBeCloseTo(46, 6)
    expect(worth?.exact).toBe(true)
    expect(worthNow(trade, quote, spec, 'EUR')?.exact).toBe(false)
    expect(worthNow(trade, quote, { ...spec, tick_value: null }, 'USD')).toBeNull()
    expect(worthNow(trade, undefined, spec, 'USD')).toBeNull()
  })

  test('of an account: what no quote says is the EA’s word, and with neither nobody knows', () => {
    const open = { ...trade, status: 'open', symbol: 'EURUSD', profit: -7, swap: -1 } as TradeView
    const specs = new Map([['EURUSD', spec]])
    expect(openWorth([open], () => quote, specs, 'USD')?.amount).toBeCloseTo(45, 6)
    expect(openWorth([open], () => undefined, specs, 'USD')).toEqual({ amount: -8, exact: true, live: false })
    expect(openWorth([{ ...open, profit: null }], () => undefined, specs, 'USD')).toBeNull()
  })
})

const command = (part: Partial<CommandView>): CommandView =>
  ({
    ...{
      command_id: 'c',
      type: 'CLOSE_ALL',
      payload: {},
      status: 'executing',
      created_at: '2026-11-28T01:00:00Z',
    },
    ...{ sent_at: null, completed_at: null, response: null, superseded_by: null, attempt: 1, note: null },
    ...{ error_message: null, retcode: null, ea_connected: true },
    ...part,
  }) as CommandView

describe('the life of a command in words', () => {
  test('timeout is unknown, and says not to send it again unseen', () => {
    expect(statusWord('timeout')).toBe('outcome unknown')
    expect(nowText(command({ status: 'timeout' }))).toContain('may have been done')
    expect(nowText(command({ status: 'timeout', note: 'likely_not_executed' }))).toContain(
      'most likely nothing',
    )
  })

  test('a refusal in words, with its number', () => {
    expect(refusalText(10019, 'no money')).toBe(
      'There is not enough money for it (10019 TRADE_RETCODE_NO_MONEY)',
    )
    expect(refusalText(null, 'said so')).toBe('said so')
  })

  test('its steps end where it is', () => {
    expect(stepsOf(command({})).map(({ word }) => word)).toEqual(['accepted by the server'])
    const done = command({ status: 'completed', sent_at: '2026-11-28T01:00:01Z' })
    expect(stepsOf(done).map(({ word }) => word)).toEqual([
      'accepted by the server',
      'handed to the EA',
      'completed',
    ])
  })
})

describe('the emergency stop', () => {
  const position = (ticket: string, symbol = 'EURUSD') =>
    ({ ticket, symbol, direction: 'BUY', volume: 0.1, status: 'open' }) as TradeView
  const order = {
    ticket: '9',
    symbol: 'EURUSD',
    type: 'ORDER_TYPE_BUY_LIMIT',
    volume: 1,
    status: 'waiting',
  } as OrderView

  test('means what is in its scope', () => {
    const all = targetsOf([position('1'), position('2', 'USDJPY')], [order], null)
    expect(all.map(({ what, ticket }) => `${what} ${ticket}`)).toEqual([
      'position 1',
      'position 2',
      'order 9',
    ])
    expect(targetsOf([position('2', 'USDJPY')], [order], 'EURUSD').map(({ ticket }) => ticket)).toEqual(['9'])
  })

  test('is flat by the terminal’s positions alone, and names what resists', () => {
    const targets = targetsOf([position('1'), position('2')], [], null)
    const failed = { failed: [{ ticket: '2', retcode: 10018, error: 'closed' }] }
    const half = progressOf(targets, targetsOf([position('2')], [], null), command({ response: failed }))
    expect(half).toMatchObject({ gone: 1, resisting: 1, flat: false })
    expect(half.rows[1]).toMatchObject({ ticket: '2', where: 'resists', retcode: 10018 })
    // Completed by its own word, and still there: not flat.
    const told = progressOf(
      targets,
      targets,
      command({ status: 'completed', response: { closed: ['1', '2'] } }),
    )
    expect(told).toMatchObject({ gone: 0, flat: false })
    expect(progressOf(targets, [], undefined)).toMatchObject({ gone: 2, flat: true })
  })

  test('tells what was opened since', () => {
    const targets = targetsOf([position('1')], [], null)
    expect(progressOf(targets, targetsOf([position('7')], [], null), undefined)).toMatchObject({
      newer: ['7'],
      flat: false,
    })
  })
})
