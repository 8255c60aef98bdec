// What an account may open at most: a table of sentences, and what holds whatever the limits are (B1, B3).
import { COMMAND_TYPES, COMMANDS, type CommandType } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AccountLimits, limitProblem, NO_LIMITS, type Standing } from '../src/index.ts'

const CALM: Standing = { open_positions: 0, openings: 0 }
const open = { type: 'OPEN_TRADE', payload: { symbol: 'EURUSD', volume: 0.3 } } as const

type Case = [limits: Partial<AccountLimits>, standing: Partial<Standing>, says: RegExp | null]
const cases: Case[] = [
  [{}, { open_positions: 1e9, openings: 1e9 }, null],
  [{ max_volume: 0.3 }, {}, null],
  [{ max_volume: 0.1 * 3 }, {}, null],
  [{ max_volume: 0.29 }, {}, /^volume 0\.3 is above this account's max_volume of 0\.29 lots; an admin may/],
  [{ max_open_positions: 3 }, { open_positions: 2 }, null],
  [{ max_open_positions: 3 }, { open_positions: 3 }, /^3 positions.*max_open_positions of 3; an admin/],
  [{ max_open_positions: 0 }, {}, /^0 positions.*max_open_positions of 0/],
  [{ max_openings_per_minute: 5 }, { openings: 4 }, null],
  [{ max_openings_per_minute: 5 }, { openings: 6 }, /^6 openings in the last 60 s.*of 5; an admin/],
  [{ symbols: ['EURUSD'] }, {}, null],
  [{ symbols: ['eurusd', 'GBPUSD'] }, {}, /^EURUSD is not among.*symbols: eurusd, GBPUSD\); an admin/],
  [{ symbols: [] }, {}, /symbols: none/],
  [{ symbols: Array.from({ length: 12 }, (_, n) => `S${n}`) }, {}, /S9 and 2 more/],
  [{ close_only: true, max_volume: 9 }, {}, /^close_only is set.*an admin/],
]

test.each(cases)('%j at %j', (limits, standing, says) => {
  const problem = limitProblem({ ...NO_LIMITS, ...limits }, open, { ...CALM, ...standing })
  if (says === null) expect(problem).toBeNull()
  else expect(problem).toMatch(says)
})

const bound = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const anyLimits: fc.Arbitrary<AccountLimits> = fc.record({
  max_volume: bound(fc.double({ min: 0.01, max: 100, noNaN: true })),
  max_open_positions: bound(fc.nat(20)),
  max_openings_per_minute: bound(fc.nat(20)),
  symbols: bound(fc.subarray(['EURUSD', 'GBPUSD', 'USDJPY'])),
  close_only: fc.boolean(),
})
const anyStanding = fc.record({ open_positions: fc.nat(30), openings: fc.nat(30) })
const anyOrder = fc.record({
  type: fc.constantFrom<CommandType>('OPEN_TRADE', 'PLACE_PENDING'),
  payload: fc.record({
    symbol: fc.constantFrom('EURUSD', 'GBPUSD', 'XAUUSD'),
    volume: fc.double({ min: 0.01, max: 200, noNaN: true }),
  }),
})

describe('whatever the limits', () => {
  test('B1: what adds no risk is never limited', () => {
    const safe = COMMAND_TYPES.filter((type) => COMMANDS[type].reduces_risk)
    expect(safe).toContain('CLOSE_ALL')
    fc.assert(
      fc.property(anyLimits, anyStanding, fc.constantFrom(...safe), (limits, standing, type) => {
        expect(limitProblem(limits, { type, payload: {} }, standing)).toBeNull()
      }),
    )
  })

  test('an order is let in exactly when it keeps each of them', () => {
    fc.assert(
      fc.property(anyLimits, anyStanding, anyOrder, (limits, standing, order) => {
        const keeps =
          !limits.close_only &&
          (limits.symbols?.includes(order.payload.symbol) ?? true) &&
          order.payload.volume <= (limits.max_volume ?? Number.POSITIVE_INFINITY) * (1 + 1e-9) &&
          standing.open_positions < (limits.max_open_positions ?? Number.POSITIVE_INFINITY) &&
          standing.openings < (limits.max_openings_per_minute ?? Number.POSITIVE_INFINITY)
        expect(limitProblem(limits, order, standing) === null).toBe(keeps)
      }),
    )
  })

  test('a stricter limit lets in nothing more', () => {
    fc.assert(
      fc.property(anyLimits, anyStanding, anyOrder, fc.nat(20), (limits, standing, order, most) => {
        const stricter = {
          ...limits,
          max_open_positions: Math.min(limits.max_open_positions ?? Number.POSITIVE_INFINITY, most),
        }
        if (limitProblem(limits, order, standing) !== null)
          expect(limitProblem(stricter, order, standing)).not.toBeNull()
      }),
    )
  })
})
