// Ticks from a file and from a walk: literal digits, exact times, lines that are none.

import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  backoffMs,
  findSymbol,
  mergeTicks,
  parseTickLine,
  parseTickLines,
  Random,
  randomWalk,
  readTickFile,
  symbolOfFile,
  type Tick,
} from '../src/index.ts'
import { ticksBody } from '../src/wire.ts'
import { START_MS } from './market.ts'

const FILE = fileURLToPath(new URL('./fixtures/eurusd-2020-01-01.csv', import.meta.url))

async function collect(ticks: AsyncIterable<Tick>): Promise<Tick[]> {
  const all: Tick[] = []
  for await (const tick of ticks) all.push(tick)
  return all
}

describe('a tick file', () => {
  test('gives every line with its literal digits', async () => {
    const ticks = await collect(readTickFile(FILE))
    expect(ticks).toHaveLength(39)
    expect(ticks[0]).toEqual({
      symbol: 'EURUSD',
      time_ms: 1577916000065,
      bid: 1.1212,
      ask: 1.12172,
      bid_text: '1.121200',
      ask_text: '1.121720',
      volume: 0,
    })
  })

  test('goes on the wire with the same literals', () => {
    const ticks = [...parseTickLines(['1577916000065,1.121200,1.121720'], 'EURUSD')]
    const body = ticksBody(12345678, 'run-1', ticks)
    expect(body).toContain('"bid":1.121200,"ask":1.121720,"timestamp":1577916000065')
    expect(JSON.parse(body)).toEqual({
      account: 12345678,
      batch_id: 'run-1',
      ticks: [{ symbol: 'EURUSD', bid: 1.1212, ask: 1.12172, timestamp: 1577916000065, volume: 0 }],
    })
  })

  test('header, blank lines and CRLF are no ticks and no errors', () => {
    const lines = ['time_utc_ms,bid,ask\r', '1577916000065,1.1,1.2\r', '', '  ']
    expect([...parseTickLines(lines, 'EURUSD')]).toHaveLength(1)
  })

  const bad = ['1577916000065,1.1', '1577916000065,1.1,1.2,3', 'x,1.1,1.2', '1577916000065,NaN,1.2', '1,1,1']
  const worse = [
    '1577916000065,-1.1,1.2',
    '1577916000065,01.1,1.2',
    '1577916000065,1.1,0',
    'time_utc_ms,bid,ask',
  ]
  test.each([...bad, ...worse])('stops at %j and names the line', (line) => {
    expect(() => [...parseTickLines(['1577916000065,1.1,1.2', line], 'EURUSD')]).toThrow(/line 2 /)
  })

  test('any price that a file can hold comes out as it went in', () => {
    const price = fc.tuple(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 0, max: 999_999 }))
    fc.assert(
      fc.property(price, price, fc.integer({ min: 1e12, max: 4e12 }), (b, a, time) => {
        const [bid, ask] = [b, a].map(([whole, part]) => `${whole}.${String(part).padStart(6, '0')}`)
        const tick = parseTickLine(`${time},${bid},${ask}`, 'EURUSD', 1)
        expect(tick).toMatchObject({ time_ms: time, bid_text: bid, ask_text: ask, bid: Number(bid) })
      }),
    )
  })

  test('the symbol is the beginning of the file name', () => {
    expect(symbolOfFile('../ticks/usdjpy-2013-01-01.csv')).toBe('USDJPY')
  })
})

describe('a random walk', () => {
  const spec = findSymbol('EURUSD')
  if (spec === undefined) throw new Error('EURUSD is missing')
  const walk = (seed: number, count: number) => [
    ...randomWalk({ spec, random: new Random(seed), start_ms: START_MS, interval_ms: 250, count }),
  ]

  test('starts at 1.09, is the same for the same seed, and stays near its start', () => {
    const ticks = walk(7, 20_000)
    expect(ticks[0]).toMatchObject({ bid: 1.09, ask: 1.09008, bid_text: '1.09000', time_ms: START_MS })
    expect(ticks).toEqual(walk(7, 20_000))
    expect(ticks.slice(0, 100)).not.toEqual(walk(8, 100))
    const far = ticks.filter((tick) => Math.abs(tick.bid - 1.09) > 0.005)
    const wide = ticks.filter((tick) => Math.round((tick.ask - tick.bid) * 1e5) !== 8)
    const rounded = ticks.filter((tick) => Number(tick.bid_text) !== tick.bid)
    expect([far, wide, rounded]).toEqual([[], [], []])
    expect(new Set(ticks.map((tick) => tick.bid)).size).toBeGreaterThan(20)
  })

  test('several symbols come by time', () => {
    const merged = [...mergeTicks([walk(1, 10), walk(2, 5), []])]
    expect(merged).toHaveLength(15)
    expect(merged.map((tick) => tick.time_ms)).toEqual(merged.map((tick) => tick.time_ms).toSorted())
  })
})

test('backoff doubles up to its ceiling and keeps half of it as jitter', () => {
  const policy = { base_ms: 100, max_ms: 5_000 }
  const at = (attempt: number, chance: number) => backoffMs(attempt, policy, () => chance)
  expect([0, 1, 2, 3].map((attempt) => at(attempt, 1))).toEqual([100, 200, 400, 800])
  expect([0, 6, 50].map((attempt) => at(attempt, 0))).toEqual([50, 2_500, 2_500])
})
