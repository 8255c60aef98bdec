// T2: numbers of ticks only rise, whoever takes them and whatever the clock does.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sequenceOn, sharedSequence } from '../src/storage/postgres/tick-sequence.ts'

test('T2: several takers on one counter never get the same number, and each gets later ones than before', () => {
  const take = fc.record({ by: fc.nat(2), count: fc.nat(500), now: fc.integer({ min: 0, max: 4e12 }) })
  fc.assert(
    fc.property(fc.array(take), (takes) => {
      const shared = sharedSequence()
      const takers = [sequenceOn(shared), sequenceOn(shared), sequenceOn(shared)]
      let last = 0
      for (const { by, count, now } of takes) {
        const first = takers[by]?.take(count, now) ?? 0
        expect(first).toBeGreaterThan(last)
        expect(first).toBeGreaterThan(now * 1_000)
        if (count > 0) last = first + count - 1
      }
    }),
  )
})
