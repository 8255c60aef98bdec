// T2, T11: numbers of ticks only rise, whoever takes them and whatever the clock does; what is settled stays settled.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clearLane, sequenceOn, sharedSequence } from '../src/storage/postgres/tick-sequence.ts'

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
      const takers = [sequenceOn(shared), sequenceOn(shared, 1), sequenceOn(shared, 16)] as const
      const under_way: { by: number; first: number; settle(): void }[] = []
      let last = 0
      let settled = 0
      for (const step of acts) {
        if (step.what === 'take') {
          if (under_way.filter(({ by }) => by === step.by).length === 4) continue
          const taken = takers[step.by as 0].take(step.count, step.now)
          expect(taken.first).toBeGreaterThan(Math.max(last, settled, step.now * 1_000))
          last = taken.first + step.count - 1
          under_way.push({ by: step.by, ...taken })
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
  for (let n = 0; n < 4; n++) sequence.take(1, n)
  expect(() => sequence.take(1, 100)).toThrow(/4 groups/)
})

test('T11: a thread that died holds nothing up', () => {
  const shared = sharedSequence()
  const [house, dead] = [sequenceOn(shared), sequenceOn(shared, 1)]
  const { first } = dead.take(10, 1_000)
  expect(house.settled(2_000)).toBe(first - 1)
  clearLane(shared, 1)
  expect(house.settled(2_000)).toBe(2_000_000)
  // Its successor has the places again.
  for (let n = 0; n < 4; n++) sequenceOn(shared, 1).take(1, 3_000)
})
