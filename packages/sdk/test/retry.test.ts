// Asking until answered, as a property: whatever the wire does, the ending says the truth about doubt.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NgtbError, unreachable } from '../src/errors.ts'
import { pauses, RETRY_DEFAULTS, untilAnswered } from '../src/retry.ts'

const refused = (status: number) => new NgtbError({ code: `HTTP_${status}`, status, message: '' })
const asking = { initial_delay_ms: 0.1, max_delay_ms: 1, deadline_ms: 5_000 }
type Step = 'silence' | 429 | 500 | 503 | 422

const play = (step: Step) => (step === 'silence' ? unreachable('http://x', 'reset') : refused(step))

test('property: it ends at the first answer or refusal, and doubts exactly what got lost', async () => {
  const transient = fc.constantFrom<Step>('silence', 429, 500, 503)
  await fc.assert(
    fc.asyncProperty(fc.array(transient, { maxLength: 5 }), fc.boolean(), async (steps, accepted) => {
      let asked = 0
      const answer = await untilAnswered(async () => {
        const step = steps[asked++]
        if (step !== undefined) throw play(step)
        if (!accepted) throw play(422)
        return 'yes'
      }, asking)
      expect(asked).toBe(steps.length + 1)
      if (accepted) expect(answer).toEqual({ kind: 'answered', value: 'yes' })
      else expect(answer).toMatchObject({ kind: 'refused', doubtful: steps.some((step) => step !== 429) })
    }),
    { numRuns: 60 },
  )
})

test('R3: an attempt on its way when the deadline passes is a doubt; a 429 alone is none', async () => {
  const hanging = await untilAnswered(() => new Promise<never>(() => {}), { ...asking, deadline_ms: 20 })
  expect(hanging).toMatchObject({ kind: 'silent', doubtful: true })
  const limited = await untilAnswered(async () => Promise.reject(refused(429)), {
    ...asking,
    deadline_ms: 20,
  })
  expect(limited).toMatchObject({ kind: 'silent', doubtful: false, error: { status: 429 } })
})

test('a bug is thrown, not asked again', async () => {
  const bug = untilAnswered(async () => Promise.reject(new RangeError('bug')), asking)
  await expect(bug).rejects.toThrow(RangeError)
})

test('a deadline of Infinity is a long one, not an instant one', async () => {
  let asked = 0
  const answer = await untilAnswered(async () => (++asked < 3 ? Promise.reject(refused(503)) : 'yes'), {
    ...asking,
    deadline_ms: Number.POSITIVE_INFINITY,
  })
  expect(answer.kind).toBe('answered')
})

test('pauses grow, with jitter, up to the limit', () => {
  const pause = pauses({ initial_delay_ms: 100, max_delay_ms: 1_000 })
  const drawn = Array.from({ length: 30 }, pause)
  expect(Math.max(...drawn)).toBeLessThanOrEqual(1_000)
  expect(drawn.at(-1)).toBe(1_000)
  expect(new Set(drawn.slice(0, 3)).size).toBe(3)
  expect(RETRY_DEFAULTS.request_timeout_ms).toBeLessThan(RETRY_DEFAULTS.deadline_ms)
})
