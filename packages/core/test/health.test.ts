// The health of a connection (H1–H4): a table, then any sequence of events (contract §9).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  commandAnswered,
  failure,
  goodbye,
  type Health,
  heartbeat,
  isHealthy,
  NEW_HEALTH,
  nextFailureAt,
  signOfLife,
  watchFrom,
} from '../src/index.ts'

const policy = {
  heartbeat_timeout_ms: 60_000,
  max_consecutive_failures: 3,
  min_health_score: 50,
  degradation: 10,
  recovery: 5,
}
const beat = (health: Health, now: number, latency_ms?: number) => heartbeat(health, now, policy, latency_ms)
const fail = (health: Health, now: number) => failure(health, now, policy)
const failTimes = (times: number) =>
  Array.from({ length: times }).reduce<Health>(
    (health, _, n) => fail(health, (n + 1) * 60_000),
    signOfLife(NEW_HEALTH, 0),
  )

describe('states', () => {
  const rows = [
    ['connecting', NEW_HEALTH, 0, 'connected', 'reconnecting'],
    ['connected', signOfLife(NEW_HEALTH, 0), 0, 'connected', 'reconnecting'],
    ['reconnecting', failTimes(1), 1, 'connected', 'reconnecting'],
    ['reconnecting twice', failTimes(2), 1, 'connected', 'failed'],
    ['failed', failTimes(3), 1, 'connected', 'failed'],
    ['disconnected', goodbye(signOfLife(NEW_HEALTH, 0), 0), 0, 'connected', 'reconnecting'],
  ] as const
  for (const [name, before, reconnects, alive, silent] of rows)
    test(`H2: ${name} × sign of life → ${alive}, × failure → ${silent}, × goodbye → disconnected`, () => {
      const after = signOfLife(before, 1_000_000)
      expect(after).toMatchObject({ state: alive, consecutive_failures: 0, last_seen_at: 1_000_000 })
      expect(after.reconnect_count - before.reconnect_count).toBe(reconnects)
      expect(fail(before, 1).state).toBe(silent)
      expect(goodbye(before, 1).state).toBe('disconnected')
    })

  test('H2: max_consecutive_failures 1: the first failure fails the connection', () => {
    expect(failure(signOfLife(NEW_HEALTH, 0), 1, { ...policy, max_consecutive_failures: 1 }).state).toBe(
      'failed',
    )
  })
})

describe('score and latency', () => {
  test('H1: −10 a failure, +5 a heartbeat, a poll adds nothing', () => {
    expect(failTimes(3).health_score).toBe(70)
    expect(beat(failTimes(3), 1).health_score).toBe(75)
    expect(signOfLife(failTimes(3), 1).health_score).toBe(70)
    expect(failTimes(30).health_score).toBe(0)
    expect(beat(NEW_HEALTH, 1).health_score).toBe(100)
  })
  test('average with α = 0.3, seeded with the first sample; no sample, no change', () => {
    const first = beat(NEW_HEALTH, 1, 40)
    expect(first.avg_heartbeat_latency_ms).toBe(40)
    expect(beat(first, 2, 140).avg_heartbeat_latency_ms).toBeCloseTo(70)
    expect(beat(first, 2).avg_heartbeat_latency_ms).toBe(40)
    expect(beat(first, 2, 0).avg_heartbeat_latency_ms).toBeCloseTo(28)
    expect(commandAnswered(commandAnswered(NEW_HEALTH, 10), 20).avg_command_latency_ms).toBeCloseTo(13)
  })
})

describe('healthy', () => {
  const well = signOfLife(NEW_HEALTH, 0)
  const rows: [string, Health, number, boolean][] = [
    ['just seen', well, 0, true],
    ['59.999 s ago', well, 59_999, true],
    ['60 s ago', well, 60_000, false],
    ['never seen', { ...well, last_seen_at: null }, 0, false],
    ['score 51', { ...well, health_score: 51 }, 0, true],
    ['score 50', { ...well, health_score: 50 }, 0, false],
    ['two failures', { ...well, consecutive_failures: 2 }, 0, true],
    ['three failures', { ...well, consecutive_failures: 3 }, 0, false],
    ['reconnecting', { ...well, state: 'reconnecting' }, 0, false],
    ['disconnected', goodbye(well, 0), 0, false],
  ]
  for (const [name, health, now, expected] of rows)
    test(`${name}: ${expected}`, () => expect(isHealthy(health, now, policy)).toBe(expected))
})

describe('silence', () => {
  test('H4: one interval overdue is a failure, and again every interval', () => {
    let health = signOfLife(NEW_HEALTH, 1_000)
    expect(nextFailureAt(health, policy)).toBe(61_000)
    health = fail(health, 61_000)
    expect(nextFailureAt(health, policy)).toBe(121_000)
    expect(nextFailureAt(beat(health, 70_000), policy)).toBe(130_000)
  })
  test('H4: nobody is expected before the first word and after a goodbye', () => {
    expect(nextFailureAt(NEW_HEALTH, policy)).toBeNull()
    expect(nextFailureAt(goodbye(signOfLife(NEW_HEALTH, 0), 0), policy)).toBeNull()
  })
  test('H4: our own downtime is not the EA’s failure', () => {
    const health = signOfLife(NEW_HEALTH, 0)
    expect(nextFailureAt(watchFrom(health, 500_000), policy)).toBe(560_000)
    expect(watchFrom(NEW_HEALTH, 500_000)).toEqual(NEW_HEALTH)
    expect(watchFrom(health, -1).silent_since).toBe(0)
  })
})

test('H1–H4 over any sequence of events', () => {
  const event = fc.constantFrom('life', 'beat', 'sweep', 'goodbye', 'restart')
  const story = fc.array(fc.tuple(event, fc.nat(130_000)), { maxLength: 60 })
  fc.assert(
    fc.property(story, (events) => {
      let health = NEW_HEALTH
      let now = 0
      for (const [kind, wait] of events) {
        const before = health
        now += wait
        const due = nextFailureAt(health, policy)
        if (kind === 'life') health = signOfLife(health, now)
        if (kind === 'beat') health = beat(health, now, wait % 100)
        if (kind === 'goodbye') health = goodbye(health, now)
        if (kind === 'restart') health = watchFrom(health, now)
        if (kind === 'sweep' && due !== null && now >= due) health = fail(health, now)
        expect(health.health_score).toBeGreaterThanOrEqual(0)
        expect(health.health_score).toBeLessThanOrEqual(100)
        expect(health.failed_heartbeats).toBeGreaterThanOrEqual(before.failed_heartbeats)
        expect(health.reconnect_count).toBeGreaterThanOrEqual(before.reconnect_count)
        if (health.state === 'connected') expect(health.consecutive_failures).toBe(0)
        if (health.state === 'failed') expect(health.consecutive_failures).toBeGreaterThanOrEqual(3)
        if (health.reconnect_count > before.reconnect_count)
          expect(before.state).toMatch(/reconnecting|failed/)
        expect(health.state === 'connecting').toBe(
          health.last_seen_at === null && health.state !== 'disconnected',
        )
      }
    }),
    { numRuns: 500 },
  )
})
