// Any day: commands of every type, faults of the broker, lost and doubled messages, torn journals, crashes between any
// two effects. Then calm. Whatever happened: at most one execution, a true final answer, nothing late, nothing stuck.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Day, type Step } from './native-day.ts'

const fault: fc.Arbitrary<Step & { kind: 'fault' }> = fc.record({
  kind: fc.constant('fault' as const),
  fault: fc.oneof(
    fc.constant({ kind: 'normal' as const }),
    fc.record({
      kind: fc.constant('refuse' as const),
      retcode: fc.constantFrom(10004, 10006, 10018, 10019, 10020, 10021, 10024, 10030),
    }),
    fc.record({
      kind: fc.constant('ambiguous' as const),
      returned: fc.boolean(),
      retcode: fc.constantFrom(0, 10011, 10012, 10028, 10031, 10039),
      effect_after_ms: fc.option(fc.integer({ min: 0, max: 2_500 })),
    }),
    fc.record({ kind: fc.constant('partial' as const), ratio: fc.constantFrom(0.2, 0.5, 0.9) }),
    fc.record({
      kind: fc.constant('placed' as const),
      deal_after_ms: fc.option(fc.integer({ min: 0, max: 2_500 })),
    }),
  ),
  lag_ms: fc.constantFrom(0, 0, 50, 400, 2_000),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('create' as const), what: fc.nat(99), of: fc.nat(5) }),
  },
  { weight: 3, arbitrary: fault },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('run' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      after_effects: fc.nat(6),
      tear: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      machine: fc.boolean(),
      away_ms: fc.integer({ min: 0, max: 800 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), of: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('acks' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('terminal' as const), connected: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('price' as const),
      points: fc.integer({ min: -150, max: 150 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('wall' as const),
      ms: fc.constantFrom(-3_600_000, 3_600_000, -5e11),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reconnect' as const }) },
)

for (const margin_mode of ['hedging', 'netting'] as const)
  test(`any day on a ${margin_mode} account`, () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { minLength: 5, maxLength: 40 }), (slow, steps) => {
        const day = new Day(margin_mode, slow)
        for (const one of steps) day.play(one)
        day.heal()
        expect(day.complaints()).toEqual([])
      }),
      { numRuns: Number(process.env.NATIVE_RUNS ?? 150) },
    )
  })
