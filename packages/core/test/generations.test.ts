// The emergency stop's scope (P12), strategies' numbers and tags, supersession, and compared volumes (contract §4).
import { COMMAND_NO_MAX, readTag, STRATEGY_NO_MAX, tagOf } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  comparedVolumes,
  covers,
  generationFor,
  isGiven,
  isShutOut,
  magicOf,
  scopeOf,
  strategyNumber,
  supersededBy,
} from '../src/index.ts'
import { command } from './dsl/life.ts'

const open = (strategy_no: number, symbol = 'EURUSD') =>
  command('OPEN_TRADE', { strategy_no, payload: { symbol, order_type: 'BUY', volume: 0.1 } })

describe('generations', () => {
  const all = { symbol: null, strategy_no: null, command_no: 10 }
  const euro = { symbol: 'EURUSD', strategy_no: null, command_no: 12 }
  const seven = { symbol: null, strategy_no: 7, command_no: 14 }
  test('the newest stop whose scope holds the order', () => {
    const generations = [all, euro, seven]
    expect(generationFor(open(1, 'USDJPY'), generations)).toBe(10)
    expect(generationFor(open(1), generations)).toBe(12)
    expect(generationFor(open(7), generations)).toBe(14)
    expect(generationFor(open(7, 'USDJPY'), [])).toBe(0)
    expect(generationFor(open(1, 'USDJPY'), [euro, seven])).toBe(0)
  })
  test('a scope holds what has no strategy as strategy 0', () => {
    expect(covers({ symbol: null, strategy_no: 0 }, { symbol: 'EURUSD', strategy_no: null })).toBe(true)
    expect(covers({ symbol: null, strategy_no: 1 }, { symbol: 'EURUSD', strategy_no: null })).toBe(false)
  })
  test('only what adds risk is shut out', () => {
    expect(isShutOut(command('OPEN_TRADE'))).toBe(true)
    expect(isShutOut(command('PLACE_PENDING'))).toBe(true)
    for (const type of ['MODIFY_TRADE', 'CLOSE_TRADE', 'CLOSE_ALL', 'CANCEL_PENDING', 'PROBE'] as const)
      expect(isShutOut(command(type))).toBe(false)
    expect(scopeOf(command('CLOSE_ALL', { payload: { symbol: 'EURUSD' }, strategy_no: 3 }))).toEqual({
      symbol: 'EURUSD',
      strategy_no: 3,
    })
  })
})

describe('tags and strategies', () => {
  test('a tag says both numbers again, and fits a positive 64-bit integer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: STRATEGY_NO_MAX }),
        fc.integer({ min: 1, max: COMMAND_NO_MAX }),
        (strategy_no, command_no) => {
          const tag = tagOf({ strategy_no, command_no })
          expect(readTag(tag)).toEqual({ strategy_no, command_no })
          expect(BigInt(tag)).toBeLessThanOrEqual(9_223_372_036_854_775_807n)
        },
      ),
    )
  })
  test('what is no tag says nothing', () => {
    for (const magic of [
      '',
      '-1',
      '0',
      'x',
      '1.5',
      '99999999999999999999',
      tagOf({ strategy_no: 3, command_no: 0 }),
    ])
      expect([magic, readTag(magic)]).toEqual([magic, null])
  })
  test('a small magic is its own number, a large one is given one from the top, both for good', () => {
    const known = new Map<number, number>()
    expect(strategyNumber(7, known)).toBe(7)
    expect(isGiven(7, 7)).toBe(false)
    const given = strategyNumber(9_999_999_999, known)
    expect(given).toBe(STRATEGY_NO_MAX)
    known.set(9_999_999_999, STRATEGY_NO_MAX)
    expect(strategyNumber(9_999_999_999, known)).toBe(STRATEGY_NO_MAX)
    expect(strategyNumber(STRATEGY_NO_MAX, known)).toBe(STRATEGY_NO_MAX - 1)
    expect(magicOf(STRATEGY_NO_MAX, known)).toBe(9_999_999_999)
    expect(magicOf(7, known)).toBe(7)
  })
})

test('supersession: older absolute values of the same ticket, oldest first, and nothing else', () => {
  const modify = (
    command_no: number,
    ticket: string,
    type: 'MODIFY_TRADE' | 'MODIFY_PENDING' = 'MODIFY_TRADE',
  ) => command(type, { command_no, command_id: `c${command_no}`, payload: { ticket, sl: 1, tp: 2 } })
  const all = [
    modify(3, '7'),
    modify(1, '7'),
    modify(2, '8'),
    modify(4, '7', 'MODIFY_PENDING'),
    modify(6, '7'),
  ]
  expect(supersededBy(modify(5, '7'), all).map((row) => row.command_no)).toEqual([1, 3])
  expect(supersededBy(command('CLOSE_TRADE', { command_no: 9, payload: { ticket: '7' } }), all)).toEqual([])
})

describe('compared volumes', () => {
  const trade = {
    status: 'open',
    symbol: 'EURUSD',
    sl: null,
    tp: null,
    volume: 0.3,
    direction: 'BUY',
  } as const
  const other = { ...trade, volume: 0.1, direction: 'SELL' } as const
  test('what the caller left out comes from what is known, without the noise of binary fractions', () => {
    expect(comparedVolumes({ volume: 0.1 }, trade, undefined)).toEqual({
      expected_volume: 0.3,
      remaining_volume: 0.2,
    })
    expect(comparedVolumes({ opposite_ticket: 2 }, trade, other)).toEqual({
      expected_volume: 0.3,
      remaining_volume: 0.2,
    })
    expect(comparedVolumes({ opposite_ticket: 2 }, { ...trade, volume: 0.1 }, other)).toEqual({
      expected_volume: 0.1,
      remaining_volume: 0,
    })
    expect(comparedVolumes({ expected_volume: 1, remaining_volume: 0.5 }, undefined, undefined)).toEqual({
      expected_volume: 1,
      remaining_volume: 0.5,
    })
  })
  const refused: [string, Record<string, unknown>, Parameters<typeof comparedVolumes>[1], RegExp][] = [
    ['an unknown position', { volume: 0.1 }, undefined, /does not know this position/],
    ['all of it', { volume: 0.3 }, trade, /use CLOSE_TRADE/],
    ['nothing of it', { remaining_volume: 0.3 }, trade, /not below/],
  ]
  for (const [name, fields, known, says] of refused)
    test(`${name} is refused`, () => expect(comparedVolumes(fields, known, undefined)).toMatch(says))
  test('a close by needs one symbol and opposite directions', () => {
    expect(comparedVolumes({}, trade, { ...other, symbol: 'USDJPY' })).toMatch(/one symbol/)
    expect(comparedVolumes({}, trade, { ...other, direction: 'BUY' })).toMatch(/opposite directions/)
  })
})
