// Broker time (contract §8): reading it, and learning how far it is ahead of UTC.
import { limits } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type BrokerOffset,
  brokerTimeMs,
  brokerToUtc,
  learnOffset,
  tickTimeMs,
  UNKNOWN_OFFSET,
} from '../src/index.ts'

const NOW = Date.UTC(2026, 2, 27, 12) // sim-ok: builds a constant
const MIN = 60_000
const HOUR = 60 * MIN

/** Feeds fresh ticks of a broker that is `minutes` ahead, one per second. */
function learned(
  minutes: number,
  samples: number,
  start: BrokerOffset = UNKNOWN_OFFSET,
  lag_ms = 200,
): BrokerOffset {
  let offset = start
  for (let n = 0; n < samples; n++) {
    const received_at = NOW + n * 1_000
    offset = learnOffset(offset, received_at + minutes * MIN - lag_ms, received_at)
  }
  return offset
}

describe('learnOffset', () => {
  test('the first fresh tick teaches at once', () => {
    expect(learned(180, 1)).toMatchObject({ minutes: 180, basis: 'broker' })
    expect(learned(0, 1)).toMatchObject({ minutes: 0, basis: 'utc' })
  })

  test('every offset from −14 h to +14 h in steps of 15 minutes', () => {
    for (let minutes = -14 * 60; minutes <= 14 * 60; minutes += 15)
      expect(learned(minutes, 1)).toMatchObject({ minutes, basis: minutes === 0 ? 'utc' : 'broker' })
  })

  test('beyond ±14 h it is a replay: 0', () => {
    for (const hours of [14.25, -14.25, 24, -24 * 365, 24 * 7])
      expect(learned(hours * 60, 1)).toMatchObject({ minutes: 0, basis: 'replay' })
  })

  test('after a replay the first fresh tick teaches again', () => {
    expect(learned(120, 1, learned(-1_000_000, 1))).toMatchObject({ minutes: 120, basis: 'broker' })
  })

  test('a tick older than a minute, or from the future, teaches nothing', () => {
    const sure = learned(180, 3)
    for (const lag_ms of [61_000, 5 * MIN, -11_000, -5 * MIN])
      expect(learned(120, 10, sure, lag_ms)).toEqual(sure)
    for (const lag_ms of [59_000, 0, -9_000]) expect(learned(120, 3, sure, lag_ms).minutes).toBe(120)
  })

  test('daylight saving: a change needs three agreeing samples', () => {
    const winter = learned(120, 3)
    expect(learned(180, 1, winter).minutes).toBe(120)
    expect(learned(180, 2, winter).minutes).toBe(120)
    expect(learned(180, 3, winter).minutes).toBe(180)
  })

  test('samples that do not agree start the count again', () => {
    const winter = learned(120, 3)
    const wavering = learned(180, 2, learned(240, 2, learned(180, 2, winter)))
    expect(wavering.minutes).toBe(120)
    expect(learned(120, 1, learned(180, 2, winter)).minutes).toBe(120)
    expect(learned(180, 2, learned(120, 1, learned(180, 2, winter))).minutes).toBe(120)
  })

  test('a quote that stands still over a weekend does not drift with the clock by fewer than three samples', () => {
    let offset = learned(120, 3)
    const frozen = NOW + 120 * MIN
    // One look an hour: never three looks in a row inside one 15-minute window.
    for (let hours = 0; hours < 13; hours++)
      offset = learnOffset(offset, frozen, NOW + hours * HOUR + 1_000 * hours)
    expect(offset.minutes).toBe(120)
  })

  test('always a multiple of 15 within ±14 h, never −0', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20 * HOUR, max: 20 * HOUR }), { maxLength: 20 }), (leads) => {
        let offset = UNKNOWN_OFFSET
        for (const lead of leads) offset = learnOffset(offset, NOW + lead, NOW)
        expect(Math.abs(offset.minutes % 15)).toBe(0)
        expect(Math.abs(offset.minutes)).toBeLessThanOrEqual(14 * 60)
        expect(Object.is(offset.minutes, -0)).toBe(false)
        expect(Object.is(offset.candidate, -0)).toBe(false)
      }),
    )
  })

  test('UTC is broker time less the offset', () => {
    expect(brokerToUtc(NOW + 180 * MIN, 180)).toBe(NOW)
    expect(brokerToUtc(NOW, 0)).toBe(NOW)
  })
})

describe('brokerTimeMs', () => {
  const nov5 = 1_762_336_800_000 // 2025-11-05 10:00:00 UTC
  const rows: [unknown, number | null][] = [
    [1_762_336_800, nov5],
    [1_762_336_800.25, nov5 + 250],
    [nov5, nov5],
    ['1762336800', nov5],
    ['1762336800.5', nov5 + 500],
    [String(nov5), nov5],
    ['2025-11-05T10:00:00Z', nov5],
    ['2025-11-05T10:00:00', nov5],
    ['2025-11-05 10:00:00', nov5],
    ['2025.11.05 10:00:00', nov5],
    ['2025.11.05 10:00', nov5],
    ['2025-11-05T12:00:00+02:00', nov5],
    ['2025-11-05T05:00:00-0500', nov5],
    ['2025.11.05', nov5 - 10 * HOUR],
    [0, null],
    [-5, null],
    ['', null],
    [null, null],
    [undefined, null],
    ['yesterday', null],
    ['2025-13-45', null],
    [1e14, null],
    ['9'.repeat(40), null],
    ['+275000-01-01T00:00:00Z', null],
    [Number.NaN, null],
    [limits.time_ms_max + 1, null],
  ]
  for (const [value, expected] of rows)
    test(`${JSON.stringify(value)} → ${expected}`, () => {
      expect(brokerTimeMs(value as string)).toBe(expected)
    })

  test('a tick’s time: seconds, or milliseconds when ≥ 1e11, to the last millisecond', () => {
    expect(tickTimeMs(1_577_916_000.065)).toBe(1_577_916_000_065)
    expect(tickTimeMs(1_577_916_000_065)).toBe(1_577_916_000_065)
    expect(tickTimeMs(1e11)).toBe(1e11)
    expect(tickTimeMs(1e11 - 1)).toBe((1e11 - 1) * 1_000)
    fc.assert(
      fc.property(
        fc.integer({ min: limits.time_ms_min, max: limits.time_ms_max }),
        (ms) => tickTimeMs(ms / 1_000) === ms,
      ),
    )
  })
})
