// C1, C2 of services/live-candles.ts, moment by moment: what the ledger already has beyond the cursor is not counted
// twice, and whoever was read too slowly begins anew.
import type { CandlesMessage } from '@ngtb/protocol'
import { beforeEach, expect, test } from 'vitest'
import type { Tape, TapeListener } from '../src/live/tape.ts'
import { silentLog } from '../src/platform/log.ts'
import type { TickRow } from '../src/ports.ts'
import { LiveCandles } from '../src/services/live-candles.ts'

let stored: TickRow[]
let place: TapeListener | null
let now: number
let timers: (() => void)[]
let told: CandlesMessage[]
let room: boolean
let away: boolean
let live: LiveCandles

beforeEach(() => {
  stored = []
  place = null
  now = 0
  timers = []
  told = []
  room = true
  away = false
  const tape = {
    get now() {
      return now
    },
    listen: (listener: TapeListener) => {
      place = listener
    },
    leave: () => {
      place = null
    },
  } as unknown as Tape
  const store = {
    ticks: async (_account: number, _symbol: string, from: number, to: number) => ({
      items: there()
        .filter(({ time_ms }) => time_ms >= from && time_ms < to)
        .sort((a, b) => a.time_ms - b.time_ms || a.seq - b.seq),
      next: null,
    }),
    newestTick: async () => (stored.length === 0 ? null : Math.max(...stored.map(({ time_ms }) => time_ms))),
  }
  const after = (_ms: number, call: () => void) => {
    timers.push(call)
    return { cancel: () => void timers.splice(timers.indexOf(call), 1) }
  }
  const series = { account_id: 1, account: '1111', symbol: 'EURUSD', timeframe: 'M1' } as const
  live = new LiveCandles({ store, tape, timers: { after }, log: silentLog }, series, {
    tell: (message) => void told.push(message),
    room: () => room,
  })
})

/** The ledger's ticks, while it answers. */
function there(): TickRow[] {
  if (away) throw new Error('the database is away')
  return stored
}
const tick = (seq: number, time_ms: number, bid: number): TickRow => ({
  ...{ seq, time_ms, bid, symbol: 'EURUSD', ask: 9, volume: 1 },
})
const settle = async () => {
  for (let at = 0; at < 20; at++) await Promise.resolve()
  for (const call of timers.splice(0)) call()
}
const hear = async (cursor: number, ...ticks: TickRow[]) => {
  now = cursor
  place?.tell({ type: 'ticks', mode: 'every', cursor, ticks })
  await settle()
}
const newest = () => told.at(-1)?.candles.at(-1)

test('C1: what was committed meanwhile is counted when it is told, once', async () => {
  stored = [tick(1, 1_000, 1), tick(2, 2_000, 2), tick(3, 3_000, 3)]
  now = 2
  live.start()
  await settle()
  expect(newest()).toMatchObject({ close: 2, ticks: 2 })
  await hear(3, stored[2] as TickRow)
  expect(newest()).toMatchObject({ close: 3, ticks: 3 })
})

test('C1: a late tick has its candle computed anew, up to the cursor', async () => {
  stored = [tick(1, 1_000, 1), tick(2, 61_000, 2)]
  now = 2
  live.start()
  await settle()
  stored.push(tick(3, 500, 7), tick(4, 600, 8))
  await hear(3, stored[2] as TickRow)
  expect(told.at(-1)?.candles).toEqual([
    { time_ms: 0, open: 7, high: 7, low: 1, close: 1, ticks: 2, complete: true },
  ])
  await hear(4, stored[3] as TickRow)
  expect(newest()).toMatchObject({ open: 7, high: 8, ticks: 3, complete: true })
})

test('C2: while there is no room nothing is told, and then the newest of each', async () => {
  now = 0
  live.start()
  room = false
  for (const [at, time_ms] of [1_000, 2_000, 61_000].entries()) {
    stored.push(tick(at + 1, time_ms, at + 1))
    await hear(at + 1, stored[at] as TickRow)
  }
  expect(told).toEqual([])
  room = true
  await settle()
  expect(told).toHaveLength(1)
  expect(told[0]?.candles).toMatchObject([
    { ticks: 2, complete: true },
    { ticks: 1, complete: false },
  ])
})

test('read too slowly, it goes on from where every tick ended: no candle in between is missed', async () => {
  now = 1
  stored = [tick(1, 1_000, 1)]
  live.start()
  await settle()
  place?.tell({ type: 'ticks', mode: 'latest', cursor: 1, downgraded: true, ticks: [] })
  await settle()
  expect(place).toMatchObject({ mode: 'every', cursor: 1 })
  const later = [tick(2, 61_000, 5), tick(3, 121_000, 6)]
  stored.push(...later)
  await hear(3, ...later)
  expect(told.flatMap(({ candles }) => candles).map(({ time_ms }) => time_ms)).toEqual([
    0, 0, 60_000, 120_000,
  ])
})

test('C3: what could not be computed is owed, and told though no tick comes any more', async () => {
  now = 1
  stored = [tick(1, 1_000, 1)]
  live.start()
  await settle()
  stored.push(tick(2, 61_000, 2), tick(3, 500, 9))
  away = true
  await hear(3, stored[1] as TickRow, stored[2] as TickRow)
  expect(newest()).toMatchObject({ time_ms: 0, complete: false })
  away = false
  if (place) place.cursor = 3
  await settle()
  await settle()
  expect(told.at(-1)?.candles).toMatchObject([
    { time_ms: 0, open: 9, ticks: 2, complete: true },
    { time_ms: 60_000, ticks: 1, complete: false },
  ])
})

test('it leaves: nothing more is told', async () => {
  live.start()
  stored = [tick(1, 1_000, 1)]
  const heard = hear(1, stored[0] as TickRow)
  live.leave()
  await heard
  expect(told).toEqual([])
  expect(place).toBe(null)
})
