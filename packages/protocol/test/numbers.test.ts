// Tickets, logins, prices, volumes (R1, R8): nothing is rounded that must not be.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { onStep, plainInt64, samePrice, sameVolume, toInt64 } from '../src/index.ts'

const MAX = 2n ** 63n - 1n

describe('R1: toInt64', () => {
  const rows: [unknown, string | null][] = [
    [1, '1'],
    ['1', '1'],
    [2 ** 53 - 1, '9007199254740991'],
    [2 ** 53, null], // as a number it may be another one, rounded
    ['9007199254740993', '9007199254740993'],
    [String(MAX), String(MAX)],
    [MAX, String(MAX)],
    [String(MAX + 1n), null],
    [MAX + 1n, null],
    ['18446744073709551615', null],
    ['99999999999999999999', null],
    [0, null],
    [-0, null],
    [0n, null],
    ['0', null],
    [-1, null],
    ['-1', null],
    [1.5, null],
    ['1.0', null],
    ['007', null],
    ['+7', null],
    [' 7', null],
    ['7\n', null],
    ['1e3', null],
    ['0x10', null],
    ['٧', null],
    ['', null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [null, null],
    [undefined, null],
    [true, null],
    [['7'], null],
    [{ toString: () => '7' }, null],
  ]
  for (const [value, expected] of rows)
    test(`${typeof value} ${typeof value === 'object' ? JSON.stringify(value) : String(value)} → ${expected}`, () =>
      expect(toInt64(value)).toBe(expected))

  test('every number of the range survives as text and through the plain answer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: MAX }), (value) => {
        const text = String(value)
        expect(toInt64(text)).toBe(text)
        expect(toInt64(value)).toBe(text)
        const plain = plainInt64(text)
        expect(String(plain)).toBe(text)
        expect(typeof plain).toBe(value < 2n ** 53n ? 'number' : 'string')
        expect(toInt64(JSON.parse(JSON.stringify(plain)))).toBe(text)
      }),
    )
  })
})

describe('R8: prices', () => {
  test('equal after rounding to the digits', () => {
    expect(samePrice(1.085, 1.0850000001, 5)).toBe(true)
    expect(samePrice(1.085, 1.08501, 5)).toBe(false)
    expect(samePrice(145.123, 145.1234, 3)).toBe(true)
    expect(samePrice(0.1 + 0.2, 0.3, 8)).toBe(true)
  })
  test('null, undefined and 0 all mean none', () => {
    for (const a of [null, undefined, 0])
      for (const b of [null, undefined, 0]) expect(samePrice(a, b, 5)).toBe(true)
    expect(samePrice(null, 1.1, 5)).toBe(false)
  })
  test('same as itself, and both ways, whatever the price', () => {
    const price = fc.double({ min: 0, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(price, price, fc.nat(8), (a, b, digits) => {
        expect(samePrice(a, a, digits)).toBe(true)
        expect(samePrice(a, b, digits)).toBe(samePrice(b, a, digits))
      }),
    )
  })
})

describe('R8: volumes', () => {
  const step = fc.constantFrom(0.01, 0.1, 1, 0.001, 0.05, 0.25, 5)
  test('every whole number of steps is on step, a third of a step beside is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), step, (steps, size) => {
        expect(onStep(steps * size, size)).toBe(true)
        expect(onStep(Number((steps * size).toFixed(8)), size)).toBe(true)
        expect(onStep((steps + 1 / 3) * size, size)).toBe(false)
      }),
    )
  })
  test('equal after rounding to the step', () => {
    expect(sameVolume(0.30000000000000004, 0.3, 0.01)).toBe(true)
    expect(sameVolume(0.3, 0.31, 0.01)).toBe(false)
    expect(sameVolume(0.1, 0.1000001, 1e-8)).toBe(false)
  })
})
