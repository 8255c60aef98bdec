// T2, T11: numbers of ticks only rise, whoever takes them and whatever the clock does; what is settled stays settled.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sequenceOn, sharedSequence } from '../src/storage/postgres/tick-sequence.ts'

const now = fc.integer({ min: 0, max: 4e12 })
const act = fc.oneof(
  fc.record({
    what: fc.constant('take' as const),
    by: fc.nat(2),
    count: fc.integer({ min: 1, max: 500 }),
    now,
  }),
  fc.record({ what: fc.constant('settle' as const), at: fc.nat(5) }),
  fc.record({ what: fc.constant('look' as const), by: fc.nat(2), now }),
)

test('T2, T11: no number is given twice, none below what was called settled, and nothing under way is settled', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const shared = sharedSequence()
      const takers = [sequenceOn(shared), sequenceOn(shared), sequenceOn(shared)] as const
      const under_way: { first: number; settle(): void }[] = []
      let last = 0
      let settled = 0
      for (const step of acts) {
        if (step.what === 'take') {
          const taken = takers[step.by]?.take(step.count, step.now) as (typeof under_way)[number]
          expect(taken.first).toBeGreaterThan(Math.max(last, settled, step.now * 1_000))
          last = taken.first + step.count - 1
          under_way.push(taken)
        } else if (step.what === 'settle') under_way.splice(step.at, 1)[0]?.settle()
        else {
          const upto = takers[step.by]?.settled(step.now) ?? 0
          expect(upto).toBeGreaterThanOrEqual(Math.min(settled, ...under_way.map(({ first }) => first - 1)))
          for (const { first } of under_way) expect(upto).toBeLessThan(first)
          if (under_way.length === 0) expect(upto).toBeGreaterThanOrEqual(last)
          settled = upto
        }
      }
    }),
  )
})

test('more groups under way than there are places is a mistake, and is said', () => {
  const sequence = sequenceOn(sharedSequence())
  for (let n = 0; n < 64; n++) sequence.take(1, n)
  expect(() => sequence.take(1, 100)).toThrow(/64 groups/)
})
