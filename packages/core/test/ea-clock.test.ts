// The EA's clock beside the server's: whatever the offset, the delays and the drift, corrected hops are not negative
// and sum to the whole; and the true moments lie within what is said to be uncertain.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { heardFromEa, hopsOf, newEaClock, offsetBounds, reachedEa, timesOfCommand } from '../src/index.ts'

const ms = fc.integer({ min: 0, max: 5_000 })
/** A command's true way, on the server's clock, and an EA whose clock stands anywhere. */
const way = fc.record({
  offset: fc.integer({ min: -1e12, max: 1e12 }),
  left: fc.integer({ min: 1e12, max: 2e12 }),
  down: ms,
  until_sent: ms,
  at_broker: ms,
  until_said: ms,
  up: ms,
})
type Way = typeof way extends fc.Arbitrary<infer T> ? T : never

function momentsOf({ offset, left, down, until_sent, at_broker, until_said, up }: Way) {
  const received = left + down
  const sent = received + until_sent
  const executed = sent + at_broker
  const said = executed + until_said
  const ea = (at: number) => at - offset
  const times = { received_at_ms: ea(received), order_sent_at_ms: ea(sent), executed_at_ms: ea(executed) }
  return { received, sent, executed, answered: said + up, said_at: ea(said), times }
}

test('the true moments lie within what is said to be uncertain, whatever else was heard', () => {
  const other = fc.array(fc.record({ up: ms, down: ms, at: fc.integer({ min: 0, max: 50_000 }) }))
  fc.assert(
    fc.property(way, other, (one, others) => {
      const { received, sent, executed, answered, said_at, times } = momentsOf(one)
      let clock = newEaClock(one.left - 50_000)
      for (const { up, down, at } of others.sort((a, b) => a.at - b.at)) {
        const then = one.left - 50_000 + at
        clock = heardFromEa(clock, then - up - one.offset, then)
        clock = reachedEa(clock, then - down, then - one.offset, then)
      }
      const told = timesOfCommand(one.left, answered, said_at, times, offsetBounds(clock))
      expect(told).not.toBeNull()
      for (const [said, truth] of [
        [told?.ea_received_at, received],
        [told?.order_sent_at, sent],
        [told?.executed_at, executed],
      ] as const)
        expect(Math.abs((said ?? Number.NaN) - truth)).toBeLessThanOrEqual((told?.uncertainty_ms ?? 0) + 1)
    }),
  )
})

test('hops are never negative and sum to the whole, whatever offset is believed and whatever the EA says', () => {
  const moment = fc.integer({ min: 0, max: 1e13 })
  const bounds = fc.option(fc.record({ low: fc.integer(), high: fc.integer() }))
  fc.assert(
    fc.property(way, moment, moment, moment, moment, bounds, fc.boolean(), (one, a, b, c, d, known, lies) => {
      const { answered, said_at, times } = momentsOf(one)
      const said = lies ? { received_at_ms: a, order_sent_at_ms: b, executed_at_ms: c } : times
      const told = timesOfCommand(one.left, answered, lies ? d : said_at, said, known)
      if (!lies) expect(told).not.toBeNull()
      const created = one.left - 7
      const hops = hopsOf([
        { kind: 'command.created', at: created },
        { kind: 'command.delivered', at: one.left },
        { kind: 'command.completed', at: answered, data: told === null ? {} : { way: told } },
      ])
      expect(hops.every((hop) => hop.ms >= 0)).toBe(true)
      expect(hops.reduce((sum, hop) => sum + hop.ms, 0)).toBe(answered - created)
      expect(hops.map(({ to }) => to)).toEqual(
        told === null
          ? ['delivered', 'completed']
          : ['delivered', 'ea_received', 'order_sent', 'executed', 'completed'],
      )
    }),
  )
})

describe('what is known of an offset', () => {
  test('the quickest way there and the quickest way back bound it; half of what is between them is unknown', () => {
    let clock = newEaClock(0)
    expect(offsetBounds(clock)).toEqual({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY })
    clock = heardFromEa(clock, 100, 1_130)
    clock = heardFromEa(clock, 200, 1_210)
    clock = reachedEa(clock, 1_300, 305, 1_310)
    expect(offsetBounds(clock)).toEqual({ low: 995, high: 1_010 })
  })

  test('what is older than two windows is forgotten: a clock that drifts is followed', () => {
    let clock = reachedEa(heardFromEa(newEaClock(0), 0, 1_000), 1_000, 10, 1_000)
    for (let at = 2_000; at < 400_000; at += 1_000) clock = heardFromEa(clock, at - 1_500, at)
    expect(offsetBounds(clock)?.high).toBe(1_500)
  })

  test('an EA whose own times contradict each other, or the server, tells nothing', () => {
    const times = { received_at_ms: 50, order_sent_at_ms: 40, executed_at_ms: 60 }
    expect(timesOfCommand(1_000, 1_100, 70, times, null)).toBeNull()
    expect(timesOfCommand(1_000, 1_100, 5_000, { received_at_ms: 50 }, null)).toBeNull()
    expect(timesOfCommand(1_000, 900, 70, { received_at_ms: 50 }, null)).toBeNull()
  })

  test('a stretch that is a tick longer by the EA’s clock is taken', () => {
    const told = timesOfCommand(1_000, 1_100, 155, { received_at_ms: 50, executed_at_ms: 150 }, null)
    expect(told).toEqual({
      ea_received_at: 1_000,
      order_sent_at: null,
      executed_at: 1_098,
      uncertainty_ms: 3,
    })
  })
})
