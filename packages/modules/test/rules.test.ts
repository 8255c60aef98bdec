// The other decisions of shipped modules: whose connection is in trouble, and when a day's loss is too much (D1–D4).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowedLoss, brokerDay, look, notFlat, startEquity } from '../src/rules/daily-loss.ts'
import { troublesOf } from '../src/rules/health.ts'

describe('connections', () => {
  const RULE = { health_min: 70, failures_max: 3 }
  const of = (health_score: number, consecutive_failures: number) =>
    troublesOf([{ account_number: '1', state: 'connected', health_score, consecutive_failures }], RULE)

  test.each([
    [70, 2, null],
    [69.9, 0, /health 69.9 is below 70$/],
    [100, 3, /3 failures in a row$/],
    [0, 9, /health 0 is below 70, 9 failures in a row$/],
  ])('health %s, %s failures', (health, failures, says) => {
    const [trouble] = of(health, failures)
    if (says === null) expect(trouble).toBeUndefined()
    else expect(trouble?.text).toMatch(says)
  })

  test('its name does not hang on its figures', () => {
    expect(of(10, 0)[0]?.name).toBe(of(0, 7)[0]?.name)
  })
})

describe('the broker’s day', () => {
  test.each([
    ['2026-11-28T21:59:59Z', 120, '2026-11-28', '2026-11-27T22:00:00Z'],
    ['2026-11-28T22:00:00Z', 120, '2026-11-29', '2026-11-28T22:00:00Z'],
    ['2024-02-29T00:10:00Z', -300, '2024-02-28', '2024-02-28T05:00:00Z'],
    ['2026-01-01T00:00:00Z', 0, '2026-01-01', '2026-01-01T00:00:00Z'],
  ])('%s by %s minutes', (now, offset, day, began) => {
    expect(brokerDay(Date.parse(now), offset)).toEqual({ day, began_utc_ms: Date.parse(began) })
  })

  test('is what the calendar says, of any moment', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_102_444_800_000 }),
        fc.integer({ min: -720, max: 840 }),
        (ms, offset) => {
          const { day, began_utc_ms } = brokerDay(ms, offset)
          expect(day).toBe(new Date(ms + offset * 60_000).toISOString().slice(0, 10))
          expect(began_utc_ms).toBeLessThanOrEqual(ms)
          expect(ms - began_utc_ms).toBeLessThan(86_400_000)
        },
      ),
    )
  })
})

describe('where the day began', () => {
  const facts = { measured: [null, 10_500, 9_000], balance: 9_800, equity: 9_700 }
  const today = { realised_today: -150, paid_in_today: 0 }
  test('by what was measured first', () => expect(startEquity({ ...facts, ...today })).toBe(10_500))
  test('else by the balance before today’s trades and payments', () =>
    expect(startEquity({ ...facts, measured: [], realised_today: -150.1, paid_in_today: 500 })).toBe(9_450.1))
  test('else by what there is', () =>
    expect(startEquity({ measured: [], balance: null, equity: 9_700, ...today })).toBe(9_700))
})

describe('too much', () => {
  const day = { day: '2026-11-28', start: 10_000, breached: false }
  const rule = { max_loss: 0, max_loss_percent: 5 }
  test('a loss below, at and above what is allowed', () => {
    expect(look(day, 9_500.01, 0, rule).day.breached).toBe(false)
    expect(look(day, 9_500, 0, rule).day.breached).toBe(true)
    expect(look(day, 9_000, 0, rule)).toMatchObject({ loss: 1_000, day: { breached: true } })
  })
  test('the narrower of two bounds holds; without one nothing is too much', () => {
    expect(allowedLoss(10_000, { max_loss: 300, max_loss_percent: 5 })).toBe(300)
    expect(allowedLoss(10_000, { max_loss: 900, max_loss_percent: 5 })).toBe(500)
    expect(allowedLoss(10_000, { max_loss: 0, max_loss_percent: 0 })).toBe(Number.POSITIVE_INFINITY)
  })
  test('a withdrawal is no loss, and a deposit hides none (D2)', () => {
    expect(look(day, 9_000, -1_000, rule)).toMatchObject({ loss: 0, day: { breached: false } })
    expect(look(day, 10_400, 1_000, rule)).toMatchObject({ loss: 600, day: { breached: true } })
  })
  test('breached stays breached, wherever equity goes (D3)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 5_000, max: 15_000 })), (equities) => {
        let now = look(day, 9_400, 0, rule).day
        for (const equity of equities) {
          now = look(now, equity, 0, rule).day
          expect(now.breached).toBe(true)
        }
      }),
    )
  })
})

test.each([
  [{ open_trades: 1 }, /1 positions are open/],
  [{ waiting_orders: 2 }, /2 pending orders wait/],
  [{ closed_ms: null }, /not done yet/],
  [{ last_sync_ms: null }, /has not sent its list/],
  [{ last_sync_ms: 100 }, /has not sent its list/],
  [{}, null],
])('flat is what the terminal says after the closing (D4): %j', (change, says) => {
  const why = notFlat({ open_trades: 0, waiting_orders: 0, last_sync_ms: 101, closed_ms: 100, ...change })
  if (says === null) expect(why).toBeNull()
  else expect(why).toMatch(says)
})
