// Q1–Q6 of live/tape.ts and tape-reads.ts: every tick once and in order behind a cursor, or the newest.
import type { TicksMessage } from '@ngtb/protocol'
import { beforeEach, expect, test } from 'vitest'
import { Tape, type TapeListener } from '../src/live/tape.ts'
import { silentLog } from '../src/platform/log.ts'
import type { ArrivedTick, TicksBehind } from '../src/ports.ts'

const MS = 1_000
let now: number
let settled: number
let stored: ArrivedTick[]
let timers: { at: number; call: () => void }[]
let reads: TicksBehind[]
/** What a read takes of the clock. */
let read_ms: number
let broken: boolean
let tape: Tape

beforeEach(() => {
  now = 1_000_000
  settled = now * MS
  stored = []
  timers = []
  reads = []
  read_ms = 0
  broken = false
  tape = new Tape({
    store: {
      settledTicks: () => settled,
      async ticksBehind(query) {
        reads.push(query)
        if (broken) throw new Error('the database is away')
        now += read_ms
        return stored
          .filter(({ seq }) => seq > query.after && seq <= query.upto)
          .filter(({ account_id }) => query.accounts === null || query.accounts.includes(account_id))
          .slice(0, query.limit)
      },
    },
    clock: { now: () => now },
    timers: {
      after(ms, call) {
        const timer = { at: now + ms, call }
        timers.push(timer)
        return { cancel: () => void timers.splice(timers.indexOf(timer), 1) }
      },
    },
    log: silentLog,
    login: String,
    others: () => 0,
  })
})

const tick = (account_id: number, seq: number, symbol = 'EURUSD'): ArrivedTick => ({
  ...{ account_id, seq, symbol, bid: 1 + (seq % 100) / 100, ask: 3, volume: 0, time_ms: seq },
})
async function arrive(...ticks: ArrivedTick[]): Promise<void> {
  stored.push(...ticks)
  settled = Math.max(settled, ...ticks.map(({ seq }) => seq))
  for (const account_id of new Set(ticks.map((one) => one.account_id)))
    tape.hear(
      account_id,
      ticks.filter((one) => one.account_id === account_id),
    )
  await heardOut()
}
const heardOut = async () => {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve()
}
async function pass(ms: number): Promise<void> {
  now += ms
  for (const timer of timers.splice(0)) {
    if (timer.at > now) timers.push(timer)
    else timer.call()
    await heardOut()
  }
}

function listener(fields: Partial<TapeListener> = {}) {
  const told: TicksMessage[] = []
  const state = { room: true }
  const made: TapeListener = {
    ...{ accounts: null, symbols: null, mode: 'every', cursor: settled },
    tell: (message) => told.push(message),
    room: () => state.room,
    ...fields,
  }
  return { made, told, state, seqs: () => told.flatMap(({ ticks }) => ticks.map(({ seq }) => seq)) }
}

test('Q1: every tick is told once, in the order of arrival, and the cursor stands behind it', async () => {
  const one = listener()
  tape.listen(one.made)
  const first = settled
  await arrive(tick(1, first + 1), tick(2, first + 2))
  await arrive(tick(1, first + 3))
  expect(one.seqs()).toEqual([first + 1, first + 2, first + 3])
  expect(one.told.map(({ account }) => account)).toEqual(['1', '2', '1'])
  expect(one.made.cursor).toBe(first + 3)
})

test('Q2: what is committed but not settled waits for what is in front of it', async () => {
  const one = listener()
  tape.listen(one.made)
  const first = settled
  stored.push(tick(1, first + 10))
  tape.hear(1, [tick(1, first + 10)])
  await heardOut()
  expect(one.seqs()).toEqual([])
  await arrive(tick(1, first + 5))
  stored.sort((a, b) => a.seq - b.seq)
  settled = first + 10
  tape.hear(1, [])
  await heardOut()
  expect(one.seqs()).toEqual([first + 5, first + 10])
})

test('Q1: an old cursor is gone on from, however long nothing came', async () => {
  const long_ago = settled - 30 * 86_400_000 * MS
  stored.push(tick(1, long_ago + 1), ...Array.from({ length: 5_000 }, (_, n) => tick(1, settled - 5_000 + n)))
  const one = listener({ cursor: long_ago })
  tape.listen(one.made)
  await heardOut()
  expect(one.seqs()).toEqual(stored.map(({ seq }) => seq))
  expect(reads.length).toBeLessThan(20)
  expect(one.told[0]?.behind_ms).toBeGreaterThan(86_400_000)
})

test('accounts that are not asked for are not told', async () => {
  const one = listener({ accounts: new Set([2]) })
  const newest = listener({ accounts: new Set([2]), symbols: new Set(['USDJPY']), mode: 'latest' })
  tape.listen(one.made)
  tape.listen(newest.made)
  const first = settled
  await arrive(tick(1, first + 1), tick(2, first + 2), tick(2, first + 3, 'USDJPY'))
  expect(one.seqs()).toEqual([first + 2, first + 3])
  expect(newest.told.flatMap(({ ticks }) => ticks.map(({ symbol }) => symbol))).toEqual(['USDJPY'])
})

test('Q3: the newest quote of a symbol replaces what waits for a listener without room', async () => {
  const one = listener({ mode: 'latest' })
  tape.listen(one.made)
  one.state.room = false
  const first = settled
  for (let n = 1; n <= 20; n++) await arrive(tick(1, first + n))
  expect(one.told).toEqual([])
  // However often it rings, he is looked after by one timer.
  expect(timers).toHaveLength(1)
  one.state.room = true
  await pass(60)
  expect(one.told.map(({ ticks }) => ticks.length)).toEqual([1])
  expect(one.told[0]?.ticks[0]).toMatchObject({ time_ms: first + 20 })
})

test('Q4: who was up to date and falls behind gets the newest from then on, with the cursor to go on from', async () => {
  const one = listener()
  tape.listen(one.made)
  const first = settled
  await arrive(tick(1, first + 1))
  one.state.room = false
  for (let second = 1; second <= 11; second++) {
    settled += 1_000 * MS
    await arrive(tick(1, settled))
    await pass(1_000)
  }
  const last = one.told.at(-1)
  expect(last).toMatchObject({ downgraded: true, mode: 'latest', cursor: first + 1, ticks: [] })
  one.state.room = true
  await arrive(tick(1, settled + 1))
  expect(one.told.at(-1)).toMatchObject({ mode: 'latest', ticks: [{ symbol: 'EURUSD' }] })
  const again = listener({ cursor: last?.cursor ?? 0 })
  tape.listen(again.made)
  await heardOut()
  expect(again.seqs()).toEqual(stored.filter(({ seq }) => seq > first + 1).map(({ seq }) => seq))
})

test('Q4: who is still on his way from an old cursor is slow, not behind', async () => {
  const begin = settled - 3_600_000 * MS
  stored.push(...Array.from({ length: 4_500 }, (_, n) => tick(1, begin + n * MS)))
  const one = listener({ cursor: begin - 1 })
  tape.listen(one.made)
  one.state.room = false
  await heardOut()
  for (let n = 0; n < 10; n++) await pass(20_000)
  expect(one.told.some(({ downgraded }) => downgraded)).toBe(false)
  one.state.room = true
  await pass(100)
  expect(one.seqs()).toHaveLength(4_500)
})

test('who left is told nothing more, and nothing is read for him', async () => {
  const one = listener()
  tape.listen(one.made)
  tape.leave(one.made)
  const before = reads.length
  await arrive(tick(1, settled + 1))
  expect([one.told, reads.length]).toEqual([[], before])
})

test('Q5: readers take turns, with a pause of twice what a read took; a clock that jumps holds nobody up', async () => {
  const [one, two] = [listener(), listener({ symbols: new Set(['EURUSD']) })]
  for (const { made } of [one, two]) tape.listen(made)
  await heardOut()
  const first = settled
  read_ms = 10
  await arrive(tick(1, first + 1))
  expect([one.seqs(), two.seqs()]).toEqual([[first + 1], []])
  await pass(19)
  expect(two.seqs()).toEqual([])
  // The read of the second begins, and in it the clock goes on by an hour.
  read_ms = 3_600_000
  await pass(1)
  expect(two.seqs()).toEqual([first + 1])
  read_ms = 0
  await arrive(tick(1, first + 2))
  await pass(1_000)
  expect([one.seqs().at(-1), two.seqs().at(-1)]).toEqual([first + 2, first + 2])
})

test('Q6: who wants the same is told the same words out of one read', async () => {
  const all = [listener(), listener(), listener()]
  for (const { made } of all) tape.listen(made)
  await heardOut()
  const before = reads.length
  read_ms = 10
  const first = settled
  await arrive(tick(1, first + 1), tick(2, first + 2))
  const [one, two, three] = all.map(({ told }) => told)
  expect(one?.flatMap(({ ticks }) => ticks.map(({ seq }) => seq))).toEqual([first + 1, first + 2])
  for (const [at, message] of (one ?? []).entries())
    expect([two?.[at], three?.[at]]).toEqual([message, message])
  expect(two?.[0]).toBe(one?.[0])
  expect(reads.length).toBe(before + 1)
})

test('Q6: who stands in the middle of what was read is told the rest of it, and stands with the others then', async () => {
  const first = settled
  stored.push(...Array.from({ length: 10 }, (_, n) => tick(1, first + 1 + n)))
  settled = first + 10
  const [one, two] = [listener({ cursor: first }), listener({ cursor: first + 4 })]
  tape.listen(one.made)
  await heardOut()
  const before = reads.length
  tape.listen(two.made)
  await heardOut()
  expect(one.seqs()).toEqual(stored.map(({ seq }) => seq))
  expect(two.seqs()).toEqual(stored.slice(4).map(({ seq }) => seq))
  expect([reads.length, two.made.cursor]).toEqual([before, one.made.cursor])
})

test('Q6: a page that was not the whole is none: what is behind it is read', async () => {
  const first = settled
  stored.push(...Array.from({ length: 5_000 }, (_, n) => tick(1, first + 1 + n)))
  settled = first + 5_000
  const [one, two] = [listener({ cursor: first }), listener({ cursor: first + 1_990 })]
  for (const { made } of [one, two]) tape.listen(made)
  await heardOut()
  expect(one.seqs()).toEqual(stored.map(({ seq }) => seq))
  expect(two.seqs()).toEqual(stored.slice(1_990).map(({ seq }) => seq))
})

test('Q6: a read that failed fails nobody else, and is tried again', async () => {
  const [one, two] = [listener(), listener()]
  for (const { made } of [one, two]) tape.listen(made)
  await heardOut()
  broken = true
  const first = settled
  await arrive(tick(1, first + 1))
  expect([one.seqs(), two.seqs()]).toEqual([[], []])
  broken = false
  await arrive(tick(1, first + 2))
  expect([one.seqs(), two.seqs()]).toEqual([
    [first + 1, first + 2],
    [first + 1, first + 2],
  ])
})
