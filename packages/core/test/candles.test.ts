// Candles against an independent computation: group by start, then look at each group.
import { TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Candle, candleStart, growCandles, type TickPoint } from '../src/index.ts'

const NAMES = Object.keys(TIMEFRAMES) as Timeframe[]
const DAY = 86_400_000

/** By brute force: walks every candle of the whole span and filters all ticks for it. */
function bruteForce(ticks: readonly TickPoint[], timeframe: Timeframe): Candle[] {
  const length = TIMEFRAMES[timeframe] * 1_000
  const candles: Candle[] = []
  const first = ticks[0]
  const last = ticks.at(-1)
  if (!first || !last) return candles
  for (let start = first.time_ms - (first.time_ms % length); start <= last.time_ms; start += length) {
    const bids = ticks
      .filter(({ time_ms }) => time_ms >= start && time_ms < start + length)
      .map(({ bid }) => bid)
    const sorted = [...bids].sort((a, b) => a - b)
    const [open, close, low, high] = [bids[0], bids.at(-1), sorted[0], sorted.at(-1)]
    if (open === undefined || close === undefined || low === undefined || high === undefined) continue
    candles.push({ time_ms: start, open, high, low, close, ticks: bids.length })
  }
  return candles
}

const walk = fc
  .tuple(
    fc.integer({ min: 1_577_836_800_000, max: 1_577_836_800_000 + 2 * DAY }),
    fc.array(fc.record({ gap: fc.nat(90 * 60_000), bid: fc.integer({ min: 100_000, max: 130_000 }) }), {
      maxLength: 60,
    }),
  )
  .map(([start, steps]) => {
    let time_ms = start
    return steps.map(({ gap, bid }): TickPoint => {
      time_ms += gap
      return { time_ms, bid: bid / 100_000 }
    })
  })

describe('growCandles', () => {
  for (const timeframe of NAMES)
    test(`${timeframe}: equal to the brute force`, () => {
      fc.assert(
        fc.property(walk, (ticks) => {
          expect(growCandles([], ticks, timeframe)).toEqual(bruteForce(ticks, timeframe))
        }),
        { numRuns: 60 },
      )
    })

  test('in pieces or at once: the same candles', () => {
    fc.assert(
      fc.property(walk, fc.nat(60), fc.constantFrom(...NAMES), (ticks, cut, timeframe) => {
        const pieces = growCandles(
          growCandles([], ticks.slice(0, cut), timeframe),
          ticks.slice(cut),
          timeframe,
        )
        expect(pieces).toEqual(growCandles([], ticks, timeframe))
      }),
    )
  })

  test('no ticks, no candles; a gap makes none', () => {
    expect(growCandles([], [], 'M1')).toEqual([])
    const far = [
      { time_ms: 0, bid: 1 },
      { time_ms: DAY, bid: 2 },
    ]
    expect(growCandles([], far, 'M1')).toHaveLength(2)
  })
})

describe('candleStart', () => {
  test('a boundary belongs to the candle that it begins', () => {
    expect(candleStart(3_600_000, 'H1')).toBe(3_600_000)
    expect(candleStart(3_599_999, 'H1')).toBe(0)
    expect(candleStart(1_577_916_000_065, 'D1')).toBe(1_577_836_800_000)
    expect(candleStart(1_577_916_000_065, 'H4') % 14_400_000).toBe(0)
  })
})
