// F2, F5 of live/feed.ts and N4 of live/quote-board.ts: a crowd is told in slices, and nobody misses anything by it.
import type { LiveEvent, TicksMessage } from '@ngtb/protocol'
import { beforeEach, expect, test } from 'vitest'
import { pauseOf, SLICE } from '../src/live/crowd.ts'
import { Feed, type Subscriber } from '../src/live/feed.ts'
import { QuoteBoard } from '../src/live/quote-board.ts'
import type { TapeListener } from '../src/live/tape.ts'
import { silentLog } from '../src/platform/log.ts'
import type { StoredAudit } from '../src/ports.ts'

const CROWD = 3 * SLICE + 7
let now: number
let timers: { at: number; call: () => void }[]
let events: { audit: StoredAudit }[]

beforeEach(() => {
  now = 1_000
  timers = []
  events = []
})

/** How often the ledger was read. */
let looks = 0

const ports = {
  clock: { now: () => now },
  timers: {
    after(ms: number, call: () => void) {
      const timer = { at: now + ms, call }
      timers.push(timer)
      return { cancel: () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1)) }
    },
  },
  log: silentLog,
  login: (account_id: number) => `login ${account_id}`,
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** One slice: what waits for this moment goes on. */
async function slice(ms = 0): Promise<void> {
  now += ms
  for (const timer of timers.splice(0)) {
    if (timer.at > now) timers.push(timer)
    else timer.call()
  }
  await turn()
}

function feed() {
  return new Feed({
    ...ports,
    store: {
      newestSeq: async () => events.length,
      async eventsAfter(after, limit) {
        looks += 1
        return events.slice(after, after + limit)
      },
    },
  })
}

function happen(count: number): void {
  for (let n = 0; n < count; n++) {
    const at = { account_id: 1, at: 5, actor: 'ea', subject: 'c1' }
    const audit = { ...at, seq: events.length + 1, kind: 'command.created', data: {} }
    events.push({ audit: audit as unknown as StoredAudit })
  }
}

function subscriber(fields: Partial<Subscriber> = {}) {
  const told: LiveEvent[] = []
  const made: Subscriber = {
    ...{ key_id: 'k', topics: new Set(['command', 'quote']), accounts: null, cursor: 0 },
    tell: (event) => void told.push(event),
    together: (work) => work(),
    roomForQuotes: () => true,
    revoked() {},
    ...fields,
  }
  return { made, told, seqs: () => told.map(({ seq }) => seq) }
}

async function crowd(window: Feed) {
  const all = Array.from({ length: CROWD }, () => subscriber())
  for (const { made } of all) await window.subscribe(made, undefined, () => {})
  await turn()
  while (timers.length > 0) await slice(1_000)
  return all
}

test('F5: one slice after the other, the same words for all', async () => {
  const window = feed()
  const all = await crowd(window)
  happen(2)
  window.ring()
  await turn()
  expect(all.filter(({ told }) => told.length === 2)).toHaveLength(SLICE)
  for (let n = 0; n < 3; n++) await slice()
  expect(all.every(({ told }) => told.length === 2)).toBe(true)
  expect(new Set(all.map(({ told }) => told[0])).size).toBe(1)
})

test('F5: a page of many events goes to fewer at a time', async () => {
  const window = feed()
  const all = await crowd(window)
  happen(20)
  window.ring()
  await turn()
  expect(all.filter(({ told }) => told.length > 0)).toHaveLength(5)
  expect(all.filter(({ told }) => told.length === 20)).toHaveLength(5)
})

test('F2: who joins in the middle of a round, and what is committed in it, is told once', async () => {
  const window = feed()
  const all = await crowd(window)
  happen(3)
  window.ring()
  await turn()
  const late = subscriber()
  await window.subscribe(late.made, 0, () => {})
  happen(2)
  window.ring()
  for (let n = 0; n < 20; n++) await slice(1_000)
  for (const { seqs } of [...all, late]) expect(seqs()).toEqual([1, 2, 3, 4, 5])
})

test('F3: who is dismissed in the middle of a page is told no more of it', async () => {
  const window = feed()
  await crowd(window)
  let count = 0
  const counted = subscriber({ tell: () => (++count === 1 ? window.unsubscribe(counted.made) : undefined) })
  await window.subscribe(counted.made, undefined, () => {})
  happen(3)
  window.ring()
  for (let n = 0; n < 20; n++) await slice(1_000)
  expect(count).toBe(1)
})

test('quotes to a crowd: the newest of each symbol in the next round', async () => {
  const window = feed()
  const all = await crowd(window)
  for (let bid = 1; bid <= 5; bid++) window.tellNow('quote', 1, 'now', { symbol: 'EURUSD', bid })
  window.tellNow('quote', 1, 'now', { symbol: 'USDJPY', bid: 9 })
  await turn()
  for (let n = 0; n < 4; n++) await slice()
  for (const { told } of all) expect(told.map(({ data }) => data.bid)).toEqual([5, 9])
})

test('a quote makes nobody look into the ledger, and is told to nobody who came after all had gone', async () => {
  const window = feed()
  const all = await crowd(window)
  const before = looks
  window.tellNow('quote', 1, 'now', { symbol: 'EURUSD', bid: 1 })
  await turn()
  for (let n = 0; n < 4; n++) await slice()
  expect(looks).toBe(before)
  window.tellNow('quote', 1, 'now', { symbol: 'EURUSD', bid: 2 })
  for (const { made } of all) window.unsubscribe(made)
  for (let n = 0; n < 4; n++) await slice(1_000)
  const late = subscriber()
  await window.subscribe(late.made, undefined, () => {})
  for (let n = 0; n < 4; n++) await slice(1_000)
  expect(late.told).toEqual([])
})

test('F5: after a round that took long the next waits four times as long', async () => {
  const window = feed()
  const all = await crowd(window)
  happen(1)
  window.ring()
  await turn()
  for (let n = 0; n < 3; n++) await slice(5)
  happen(1)
  window.ring()
  await slice(pauseOf(15) - 1)
  expect(all.every(({ told }) => told.length === 1)).toBe(true)
  await slice(1)
  for (let n = 0; n < 3; n++) await slice()
  expect(all.every(({ told }) => told.length === 2)).toBe(true)
})

test('N4: a quote that comes in the middle of a round reaches those who were told, and those who were not', async () => {
  const board = new QuoteBoard({ ...ports, now: () => 77 })
  const quote = (bid: number) => ({ symbol: 'EURUSD', bid, ask: bid + 1, time_ms: bid })
  const all = Array.from({ length: CROWD }, () => {
    const bids: number[] = []
    const made: TapeListener = {
      ...{ accounts: null, symbols: null, mode: 'latest', interval_ms: 250, cursor: 5 },
      tell: ({ ticks }: TicksMessage) => void bids.push(...ticks.map(({ bid }) => bid)),
      room: () => true,
    }
    board.join(made)
    return bids
  })
  board.hear(1, [quote(1)])
  expect(all.filter((bids) => bids.length > 0)).toHaveLength(SLICE)
  board.hear(1, [quote(2)])
  for (let n = 0; n < 3; n++) await slice()
  expect(all.every((bids) => bids.length > 0)).toBe(true)
  for (let n = 0; n < 8; n++) await slice(250)
  expect(all.every((bids) => bids.at(-1) === 2)).toBe(true)
  expect(timers).toHaveLength(0)
})
