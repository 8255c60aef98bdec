// What a chart is told: candles and bars as one series, fills and lines of positions.
import type { BarView, DealView, OrderView, TradeView } from '@ngtb/sdk'
import { expect, test } from 'vitest'
import { axisText, fillsOf, linesOf, mergeBars, withLines } from '../src/trade/candles.ts'

const bar = (time_ms: number, close: number, complete = true) =>
  ({ time_ms, open: 1, high: 2, low: 0.5, close, complete }) as BarView

test('a whole bar of the terminal is truer than our candle, a growing one is not', () => {
  const merged = mergeBars([bar(0, 1.1), bar(60_000, 1.2, false)], [bar(60_000, 1.25), bar(0, 1.0)])
  expect(merged.map(({ time_ms, close }) => [time_ms, close])).toEqual([
    [0, 1.1],
    [60_000, 1.25],
  ])
})

test('fills stand at the start of their candle, by the broker’s clock', () => {
  const deal = { symbol: 'EURUSD', type: 'DEAL_TYPE_SELL', entry: 'DEAL_ENTRY_OUT', volume: 0.1 }
  const at = (time_broker: string, symbol = 'EURUSD') => ({ ...deal, symbol, time_broker }) as DealView
  const fills = fillsOf([at('2026-11-28T01:07:30.120'), at('2026-11-28T01:07:30', 'USDJPY')], 'EURUSD', 'M5')
  expect(fills).toEqual([
    { time_ms: Date.parse('2026-11-28T01:05:00Z'), side: 'sell', out: true, text: 'out 0.10' },
  ])
})

test('lines of what is open and of what waits, none for levels that are not set', () => {
  const trade = {
    symbol: 'EURUSD',
    status: 'open',
    direction: 'BUY',
    volume: 0.1,
    open_price: 1.1,
    sl: 1.09,
    tp: 0,
  }
  const order = { symbol: 'EURUSD', status: 'waiting', type: 'ORDER_TYPE_SELL_LIMIT', volume: 1, price: 1.2 }
  const lines = linesOf([trade as TradeView], [order as OrderView], 'EURUSD')
  expect(lines.map(({ kind, price }) => `${kind} ${price}`)).toEqual(['buy 1.1', 'sl 1.09', 'order 1.2'])
})

test('a far line does not flatten the candles', () => {
  const line = (price: number) => ({ price, kind: 'sl' as const, title: '' })
  const range = { minValue: 1.09, maxValue: 1.091 }
  expect(withLines(range, [line(1.0885), line(1.2)])).toEqual({ minValue: 1.0885, maxValue: 1.091 })
})

test('the axis says both clocks, and the other day where it is one', () => {
  expect(axisText(Date.parse('2026-11-28T01:00:00Z'), 120)).toBe(
    '2026-11-28 01:00 broker · 2026-11-27 23:00 UTC',
  )
  expect(axisText(Date.parse('2026-11-28T09:30:00Z'), 120)).toBe('2026-11-28 09:30 broker · 07:30 UTC')
})
