// The bench judged by numbers that are known: percentiles, rates, verdicts, and the bytes on its wire.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { rawLines, tableOf } from '../src/bench/report.ts'
import { exitCodeOf, judgeRow, PUBLISHED, type RawFigures, ROW_NAMES } from '../src/bench/rows.ts'
import { Latencies, Rate, ranked, type Summary, short } from '../src/support/measure.ts'
import { encodeRequest, readReply } from '../src/support/wire.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const summary = (p50: number, p99: number): Summary => ({ count: 1_000, p50, p99, worst: p99 })
const RAW: RawFigures = {
  commit: summary(0.5, 1),
  commits_per_s: 2_000,
  copy_ticks_per_s: 400_000,
  select: summary(0.1, 0.2),
}

describe('percentiles', () => {
  test('nearest rank: the smallest value that so many are not beyond', () => {
    const hundred = Array.from({ length: 100 }, (_, at) => at + 1)
    expect(ranked(hundred, 50)).toBe(50)
    expect(ranked(hundred, 99)).toBe(99)
    expect(ranked(hundred, 100)).toBe(100)
    expect(ranked([7], 99)).toBe(7)
    expect(ranked([], 99)).toBeNaN()
  })

  test('one slow request in fifty shows in the p99, not in the median', () => {
    const latencies = new Latencies()
    for (let at = 0; at < 1_000; at++) latencies.record(at % 50 === 0 ? 80 : 2)
    const { count, p50, p99 } = latencies.summary()
    expect(count).toBe(1_000)
    expect(p50).toBeCloseTo(2, 1)
    expect(p99).toBeCloseTo(80, 0)
  })

  test('nothing measured is not 0 ms', () => {
    expect(new Latencies().summary()).toMatchObject({ count: 0, p50: Number.NaN, p99: Number.NaN })
  })
})

describe('rates', () => {
  test('a second in which nothing happened counts, though the average is high', () => {
    const rate = new Rate(250, 0)
    for (let at = 0; at < 1_000; at += 10) rate.add(1, at)
    for (let at = 2_000; at < 3_000; at += 10) rate.add(1, at)
    expect(rate.summary(3_000)).toMatchObject({ count: 200, p50: 100, p99: 0 })
  })

  test('a window that the end cuts off is left out', () => {
    const rate = new Rate(250, 0)
    for (let at = 0; at < 600; at += 10) rate.add(1, at)
    expect(rate.summary(600)).toMatchObject({ p50: 100, p99: 100 })
  })

  test('what came before the beginning is the warm-up', () => {
    const rate = new Rate(250, 1_000)
    rate.add(500, 900)
    expect(rate.summary(1_250)).toMatchObject({ count: 0, p99: 0 })
  })
})

describe('verdicts', () => {
  test('the p99 decides, not the median', () => {
    expect(judgeRow('heartbeat', summary(1, 4.99), RAW).held).toBe(true)
    expect(judgeRow('heartbeat', summary(1, 5), RAW).held).toBe(false)
    expect(judgeRow('ticks', summary(90_000, 10_000), RAW).held).toBe(false)
    expect(judgeRow('ticks', summary(90_000, 10_001), RAW).held).toBe(true)
  })

  test('the ratio is the median to the raw figure', () => {
    expect(judgeRow('heartbeat', summary(2, 4), RAW)).toMatchObject({ ratio: 4, ratio_held: true })
    const { limit } = PUBLISHED.heartbeat.ratio
    expect(judgeRow('heartbeat', summary(0.5 * limit + 1, 4), RAW).ratio_held).toBe(false)
    expect(judgeRow('ticks', summary(40_000, 20_000), RAW).ratio).toBeCloseTo(0.1)
  })

  test('V3: what was not measured has not held', () => {
    const row = judgeRow('heartbeat', new Latencies().summary(), RAW)
    expect(row).toMatchObject({ held: false, ratio_held: false })
    expect(exitCodeOf([], false)).toBe(1)
    expect(exitCodeOf([], true)).toBe(1)
  })

  const good = ROW_NAMES.map((name) => {
    const { better, target } = PUBLISHED[name]
    return judgeRow(name, better === 'lower' ? summary(1, target / 2) : summary(target * 3, target * 2), {
      ...RAW,
      commits_per_s: 2,
      copy_ticks_per_s: 40_000,
    })
  })
  const missed = good.map((row) => (row.name === 'delivery' ? { ...row, held: false } : row))
  const slow = good.map((row) => (row.name === 'delivery' ? { ...row, ratio_held: false } : row))

  test('a missed row ends with 1; in CI only a missed ratio does', () => {
    expect([exitCodeOf(good, false), exitCodeOf(good, true)]).toEqual([0, 0])
    expect([exitCodeOf(missed, false), exitCodeOf(missed, true)]).toEqual([1, 0])
    expect([exitCodeOf(slow, false), exitCodeOf(slow, true)]).toEqual([0, 1])
  })

  test('the table says every row and its verdict', () => {
    const table = tableOf(missed, false)
    for (const name of ROW_NAMES) expect(table).toContain(name)
    expect(table).toContain('MISSED')
    expect(tableOf(missed, true)).toContain('a warning in CI')
    expect(rawLines(RAW)).toContain('2,000/s')
  })

  test('the published figures are the published ones', () => {
    const said = ROW_NAMES.map((name) => [PUBLISHED[name].better, PUBLISHED[name].target])
    expect(said).toEqual([
      ['lower', 5],
      ['lower', 10],
      ['lower', 50],
      ['lower', 100],
      ['lower', 50],
      ['higher', 100],
      ['higher', 10_000],
      ['higher', 100],
      ['higher', 10],
    ])
  })
})

describe('the wire', () => {
  test('a request says its length in bytes', () => {
    const text = encodeRequest('POST', '/x', 'k', '{"a":"ä"}', { 'idempotency-key': 'i' }).toString()
    expect(text).toContain('POST /x HTTP/1.1\r\n')
    expect(text).toContain('Content-Length: 10\r\n')
    expect(text).toContain('idempotency-key: i\r\n')
  })

  test('a reply is read only when it is whole, and the next one is left alone', () => {
    const bytes = Buffer.from('HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n')
    expect(readReply(bytes.subarray(0, 30))).toBeNull()
    expect(readReply(bytes.subarray(0, 43))).toBeNull()
    const whole = readReply(bytes)
    expect(whole?.reply).toEqual({ status: 201, body: 'ok' })
    expect(bytes.subarray(whole?.bytes).toString()).toBe('HTTP/1.1 200 OK\r\n')
  })
})

describe('npm test -- PART', () => {
  const parts: Record<string, string[]> = JSON.parse(
    readFileSync(`${ROOT}packages/lab/src/support/parts.json`, 'utf8'),
  )

  test('has the published five', () => {
    expect(Object.keys(parts)).toEqual([
      'core-communication',
      'core-api',
      'connection',
      'ea-communication',
      'trade-sync',
    ])
  })

  test.each(Object.entries(parts))('%s: each of its names is a file', (_, starts) => {
    const strangers = starts.filter((start) => {
      const folder = `${ROOT}${start.slice(0, start.lastIndexOf('/'))}`
      const name = start.slice(start.lastIndexOf('/') + 1)
      const files = existsSync(folder) ? readdirSync(folder) : []
      return !files.some((file) => file.startsWith(name) && file.endsWith('.test.ts'))
    })
    expect(strangers).toEqual([])
  })
})

test('a number for a person keeps the digits that matter', () => {
  expect([short(1.234), short(12.34), short(1234.5), short(Number.NaN)]).toEqual([
    '1.23',
    '12.3',
    '1,235',
    '-',
  ])
})
