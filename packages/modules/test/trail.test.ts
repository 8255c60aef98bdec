// The trailing stop's decision (T1–T4): a table of what it does, and properties of any walk of prices.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { point, trail } from '../src/rules/trail.ts'

const EURUSD = { digits: 5, point_value: 0.00001, stops_level: 0 }
const RULE = { start_points: 200, distance_points: 150, step_points: 10 }
const buy = (sl: number | null) => ({ direction: 'BUY', open_price: 1.1, sl })
const sell = (sl: number | null) => ({ direction: 'SELL', open_price: 1.1, sl })
const at = (bid: number, spread = 0.0001) => ({ bid, ask: Number((bid + spread).toFixed(5)) })

describe('what it does', () => {
  test.each([
    ['a buy that has gained too little', buy(null), at(1.10199), null],
    ['a buy that has gained enough: behind the bid', buy(null), at(1.102), 1.1005],
    ['a stop of 0 is none', buy(0), at(1.102), 1.1005],
    ['a looser stop is tightened', buy(1.09), at(1.102), 1.1005],
    ['a tighter one stays', buy(1.101), at(1.102), null],
    ['a step that is not whole is waited for', buy(1.1005), at(1.10209), null],
    ['a whole step is taken', buy(1.1005), at(1.1021), 1.1006],
    ['a sell gains by the ask', sell(null), at(1.0979), 1.0995],
    ['a sell that has gained too little', sell(null), at(1.09791), null],
    ['a sell’s tighter stop stays', sell(1.099), at(1.0979), null],
    ['no direction, nothing to do', { direction: null, open_price: 1.1, sl: null }, at(1.2), null],
    ['no opening price, nothing to do', { direction: 'BUY', open_price: null, sl: null }, at(1.2), null],
  ])('%s', (_, position, quote, wanted) => {
    expect(trail(position, quote, EURUSD, RULE)).toBe(wanted)
  })

  test('the broker’s own distance is kept, and a point more', () => {
    expect(trail(buy(null), at(1.102), { ...EURUSD, stops_level: 180 }, RULE)).toBe(1.10019)
  })

  test('points of symbols that say less', () => {
    expect(point({ digits: 3, point_value: null })).toBe(0.001)
    expect(point({ digits: null, point_value: null })).toBeNull()
    expect(trail(buy(null), at(1.2), { digits: null, point_value: null, stops_level: null }, RULE)).toBeNull()
    const yen = { digits: 3, point_value: 0.001, stops_level: 0 }
    expect(trail({ direction: 'BUY', open_price: 110, sl: null }, at(110.2, 0.01), yen, RULE)).toBe(110.05)
  })
})

describe('whatever the prices do', () => {
  const digits = fc.integer({ min: 0, max: 5 })
  const rule = fc.record({
    start_points: fc.integer({ min: 0, max: 500 }),
    distance_points: fc.integer({ min: 1, max: 500 }),
    step_points: fc.integer({ min: 0, max: 50 }),
  })
  const walk = fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 60 })

  test('never looser, never nearer than the distance, and asked again it says nothing', () => {
    fc.assert(
      fc.property(
        digits,
        rule,
        walk,
        fc.boolean(),
        fc.integer({ min: 0, max: 80 }),
        (d, r, moves, up, stops) => {
          const size = 10 ** -d
          const price = (points: number) => Number((points * size).toFixed(d))
          const spec = { digits: d, point_value: size, stops_level: stops }
          const sign = up ? 1 : -1
          const direction = up ? 'BUY' : 'SELL'
          const open_price = price(100_000)
          let sl: number | null = null
          let now = 100_000
          for (const move of moves) {
            now += move
            const quote = { bid: price(now), ask: price(now) }
            const next = trail({ direction, open_price, sl }, quote, spec, r)
            if (next === null) continue
            if (sl !== null) expect(sign * (next - sl)).toBeGreaterThan(0)
            const kept = Math.round((sign * (price(now) - next)) / size)
            expect(kept).toBeGreaterThanOrEqual(Math.max(r.distance_points, stops))
            expect(sign * (now - 100_000)).toBeGreaterThanOrEqual(r.start_points)
            sl = next
            expect(trail({ direction, open_price, sl }, quote, spec, r)).toBeNull()
          }
        },
      ),
    )
  })
})
