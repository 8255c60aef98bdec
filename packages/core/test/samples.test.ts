// Points over time: never more than a picture has room for, and quantiles of a few.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyStep, POINTS_MAX, quantile } from '../src/index.ts'

const MINUTE = 60_000

test('T1: at most a thousand points, none closer than asked or sampled, in whole samples', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: 1, max: 1e12 }),
      fc.integer({ min: 0, max: 1e9 }),
      fc.integer({ min: 1_000, max: 3_600_000 }),
      (from, length, asked, every) => {
        const step = historyStep(from, from + length, asked, every)
        expect(Math.ceil(length / step)).toBeLessThanOrEqual(POINTS_MAX)
        expect(step).toBeGreaterThanOrEqual(Math.max(asked, every))
        expect(step % every).toBe(0)
      },
    ),
  )
  expect(historyStep(0, 3_600_000, 0, MINUTE)).toBe(MINUTE)
  expect(historyStep(0, 30 * 86_400_000, 0, MINUTE)).toBe(44 * MINUTE)
})

test.each([
  [[], 0.5, null],
  [[7], 0.99, 7],
  [[3, 1, 2], 0.5, 2],
  [[3, 1, 2], 0.99, 3],
  [Array.from({ length: 100 }, (_, n) => n), 0.99, 99],
])('quantile of %j at %d', (values, share, is) => expect(quantile(values, share)).toBe(is))
