// A candle that grows tick by tick is the one that all its ticks make, or it says that it can't tell.
import { TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { candleStart, type GrowingCandle, growCandles, withTick } from '../src/index.ts'

const tick = fc.record({
  time_ms: fc.integer({ min: 0, max: 600_000 }),
  bid: fc.integer({ min: 1, max: 20 }),
})

test('the same as from all its ticks, whatever comes in which order', () => {
  fc.assert(
    fc.property(
      fc.array(tick, { minLength: 1, maxLength: 40 }),
      fc.constantFrom('M1', 'M5', 'H1'),
      (ticks, name) => {
        const timeframe = name as Timeframe
        const stored: { time_ms: number; bid: number }[] = []
        let current: GrowingCandle | null = null
        for (const one of ticks) {
          stored.push(one)
          const start = candleStart(one.time_ms, timeframe)
          // A stable sort: equal milliseconds keep the order in which they came.
          const its = stored
            .filter(({ time_ms }) => candleStart(time_ms, timeframe) === start)
            .sort((a, b) => a.time_ms - b.time_ms)
          const [whole] = growCandles([], its, timeframe)
          const grown = withTick(current, one, timeframe)
          if (grown) {
            const { last_ms, ...candle } = grown
            expect(candle).toEqual(whole)
            expect(last_ms).toBe(one.time_ms)
          }
          if (whole) current = grown ?? { ...whole, last_ms: its.at(-1)?.time_ms ?? 0 }
        }
      },
    ),
  )
})

test('what does not fit behind it', () => {
  const candle = { time_ms: 60_000, open: 1, high: 2, low: 1, close: 2, ticks: 2, last_ms: 70_000 }
  expect(withTick(candle, { time_ms: 69_999, bid: 1 }, 'M1')).toBe(null)
  expect(withTick(candle, { time_ms: 60_000 + TIMEFRAMES.M1 * 1_000, bid: 1 }, 'M1')).toBe(null)
  expect(withTick(null, { time_ms: 70_000, bid: 1 }, 'M1')).toBe(null)
  expect(withTick(candle, { time_ms: 70_000, bid: 3 }, 'M1')).toMatchObject({ high: 3, close: 3, ticks: 3 })
})
