// What follows from positions and quotes, the conditions as words, and what an event makes old.
import type { ConnectionView, TradeView } from '@ngtb/sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CONDITIONS, commandTone, standings, worstOf } from '../src/live/conditions.ts'
import { exposureOf, openProfit, pointsOf, sideOf } from '../src/live/figures.ts'
import { staleKeys } from '../src/live/invalidate.ts'

const trade = (fields: Partial<TradeView>): TradeView =>
  ({
    status: 'open',
    symbol: 'EURUSD',
    direction: 'BUY',
    volume: 0.1,
    open_price: 1.1,
    profit: null,
    ...fields,
  }) as TradeView

const quote = { bid: 1.1005, ask: 1.1007, time_ms: 0, heard_at: 0 }

test('a buy is measured at the bid, a sell at the ask', () => {
  expect(pointsOf(trade({ direction: 'BUY' }), quote, 5)).toBe(50)
  expect(pointsOf(trade({ direction: 'SELL' }), quote, 5)).toBe(-70)
  expect(pointsOf(trade({ direction: 'POSITION_TYPE_SELL' }), quote, 5)).toBe(-70)
})

test('what is not known is not guessed', () => {
  expect(pointsOf(trade({}), undefined, 5)).toBeNull()
  expect(pointsOf(trade({}), quote, undefined)).toBeNull()
  expect(pointsOf(trade({ open_price: null }), quote, 5)).toBeNull()
  expect(sideOf('BALANCE')).toBeNull()
})

describe('exposure', () => {
  test('long and short meet, closed ones do not count', () => {
    const rows = exposureOf([
      trade({ volume: 0.1, profit: 5 }),
      trade({ volume: 0.2, direction: 'SELL', profit: -2 }),
      trade({ volume: 9, status: 'closed' }),
      trade({ symbol: 'GBPUSD', volume: 0.5 }),
    ])
    expect(rows).toEqual([
      { symbol: 'GBPUSD', long: 0.5, short: 0, net: 0.5, positions: 1, profit: null },
      { symbol: 'EURUSD', long: 0.1, short: 0.2, net: -0.1, positions: 2, profit: 3 },
    ])
  })

  test('property: nothing is lost, whatever the order', () => {
    const one = fc.record({
      symbol: fc.constantFrom('A', 'B', 'C'),
      direction: fc.constantFrom('BUY', 'SELL'),
      volume: fc.integer({ min: 1, max: 1_000 }).map((hundredths) => hundredths / 100),
    })
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), (positions) => {
        const rows = exposureOf(positions.map(trade))
        expect(rows).toEqual(exposureOf(positions.toReversed().map(trade)))
        const net = positions.reduce(
          (sum, { direction, volume }) => sum + (direction === 'BUY' ? volume : -volume),
          0,
        )
        expect(rows.reduce((sum, row) => sum + row.net, 0)).toBeCloseTo(net, 6)
        for (const { net: own, long, short } of rows) expect(own).toBeCloseTo(long - short, 7)
      }),
    )
  })
})

test('open profit: the account’s own figures before the positions’', () => {
  expect(openProfit({ balance: 100, equity: 90 }, [trade({ profit: 5 })])).toBe(-10)
  expect(openProfit({ balance: null, equity: null }, [trade({ profit: 5 }), trade({ profit: 2 })])).toBe(7)
  expect(openProfit({ balance: null, equity: null }, [trade({})])).toBeNull()
})

const inOrder = Object.fromEntries(
  Object.entries(CONDITIONS).map(([name, { good }]) => [name, { is: good, since: null, cause: '' }]),
) as ConnectionView['conditions']

test('conditions: what nobody can know is unknown, not in order', () => {
  expect(worstOf(inOrder)).toBe('ok')
  expect(worstOf({ ...inOrder, broker_link: { is: null, since: null, cause: '' } })).toBe('unknown')
  expect(worstOf({ ...inOrder, drifted: { is: true, since: null, cause: '' } })).toBe('bad')
  expect(standings(inOrder).map(({ tone }) => tone)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok'])
})

test('a command that timed out has an unknown outcome, not a failed one', () => {
  expect(commandTone('timeout')).toBe('unknown')
  expect(commandTone('failed')).toBe('bad')
})

test('an event makes old what it speaks of, of its own account', () => {
  const event = { seq: 1, topic: 'trade', account: '7', at: '', data: {} }
  expect(staleKeys(event)).toContainEqual(['trades', '7'])
  expect(
    staleKeys(event).every(([, account]) => account === undefined || account === '' || account === '7'),
  ).toBe(true)
  expect(staleKeys({ ...event, topic: 'quote' })).toEqual([])
})
