// Figures as text: nothing is zero that is unknown, and no sign is lost.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  agoText,
  brokerText,
  lotsText,
  moneyText,
  NOTHING,
  plural,
  priceText,
  signedText,
  spanText,
  utcText,
  zeroed,
} from '../src/ui/format.ts'

describe('prices', () => {
  test.each([
    [1.085, 5, '1.08500'],
    [150.1, 3, '150.100'],
    [39_000, 0, '39000'],
    [-0.5, 2, '−0.50'],
    [1.08512, undefined, '1.08512'],
    [null, 5, NOTHING],
    [Number.NaN, 5, NOTHING],
  ])('%s in %s digits is %s', (price, digits, text) => {
    expect(priceText(price, digits)).toBe(text)
  })
})

describe('money', () => {
  test.each([
    [1234.5, '1,234.50', '+1,234.50'],
    [-1234.5, '−1,234.50', '−1,234.50'],
    [0, '0.00', '0.00'],
    [-0.001, '0.00', '0.00'],
    [null, NOTHING, NOTHING],
  ])('%s', (amount, plain, signed) => {
    expect(moneyText(amount)).toBe(plain)
    expect(signedText(amount)).toBe(signed)
  })

  test('property: as Intl.NumberFormat has it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e14, max: 1e14 }), fc.integer({ min: 0, max: 5 }), (units, digits) => {
        const amount = units / 10 ** digits
        const places = { minimumFractionDigits: digits, maximumFractionDigits: digits }
        const said = new Intl.NumberFormat('en-US', places).format(zeroed(amount, digits)).replace('-', '−')
        expect(moneyText(amount, digits)).toBe(said)
      }),
    )
  })

  test('property: the sign is that of the rounded amount, and it reads back as it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.integer({ min: 0, max: 4 }),
        (amount, digits) => {
          const read = Number(signedText(amount, digits).replaceAll(',', '').replace('−', '-'))
          expect(read).toBeCloseTo(Number(amount.toFixed(digits)), 6)
          expect(signedText(amount, digits).startsWith('+')).toBe(read > 0)
        },
      ),
    )
  })
})

test.each([
  [0.1, '0.10'],
  [0.001, '0.001'],
  [12, '12.00'],
  [-0.30000000000000004, '−0.30'],
])('%s lots', (lots, text) => {
  expect(lotsText(lots)).toBe(text)
})

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000 + 5 * 60_000, '1 h 05 min'],
  [3 * 86_400_000 + 4 * 3_600_000, '3 d 4 h'],
])('a span of %s ms is %s', (ms, text) => {
  expect(spanText(ms)).toBe(text)
})

test('ages: now, past, and what lies ahead', () => {
  expect(agoText(1_000, 1_500)).toBe('now')
  expect(agoText(1_000, 4_000)).toBe('3 s ago')
  expect(agoText(61_000, 1_000)).toBe('in 1 min')
})

test('a moment by both clocks', () => {
  const ms = Date.UTC(2026, 10, 28, 9, 30, 0, 120)
  expect(utcText(ms)).toBe('2026-11-28 09:30:00.120 UTC')
  expect(brokerText(ms, 120)).toBe('2026-11-28 11:30:00 broker (UTC+2)')
  expect(brokerText(ms, -210)).toBe('2026-11-28 06:00:00 broker (UTC−3:30)')
})

test('one and many', () => {
  expect([plural(1, 'position'), plural(0, 'position'), plural(1200, 'position')]).toEqual([
    '1 position',
    '0 positions',
    '1,200 positions',
  ])
})
