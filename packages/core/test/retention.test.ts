// Days of ticks: made ahead for every broker's clock, dropped only when all of them are old at every broker's.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tickDaysAt } from '../src/index.ts'

const DAY = 86_400_000
const HOUR = 3_600_000

test('today, yesterday and two days ahead have a place', () => {
  const now = 20_000 * DAY + 5
  expect(tickDaysAt(now, [], 0)).toEqual({ make: [19_999, 20_000, 20_001, 20_002], drop: [] })
  expect(tickDaysAt(now, [20_000, 20_001, 3], 0)).toEqual({ make: [19_999, 20_002], drop: [] })
})

test('a day leaves when its last tick is older than what is kept, fourteen hours later', () => {
  const there = [100, 101, 102]
  expect(tickDaysAt(108 * DAY + 14 * HOUR, there, 7).drop).toEqual([100])
  expect(tickDaysAt(108 * DAY + 14 * HOUR - 1, there, 7).drop).toEqual([])
  expect(tickDaysAt(9_999 * DAY, there, 0).drop).toEqual([])
})

test('no tick of the days that are kept ever leaves, and no day is made that leaves at once', () => {
  const days = fc.uniqueArray(fc.integer({ min: 19_900, max: 20_100 }))
  fc.assert(
    fc.property(
      fc.integer({ min: 19_950 * DAY, max: 20_050 * DAY }),
      days,
      fc.nat(60),
      (now, there, keep) => {
        const { make, drop } = tickDaysAt(now, there, keep)
        for (const day of drop) expect((day + 1) * DAY).toBeLessThanOrEqual(now - keep * DAY)
        const [after] = [
          tickDaysAt(
            now,
            [...there, ...make].filter((day) => !drop.includes(day)),
            keep,
          ),
        ]
        expect(after).toEqual({ make: [], drop: [] })
      },
    ),
  )
})
