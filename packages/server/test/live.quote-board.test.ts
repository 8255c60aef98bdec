// N1–N3 of live/quote-board.ts.
import type { TicksMessage } from '@ngtb/protocol'
import { beforeEach, expect, test } from 'vitest'
import { QuoteBoard } from '../src/live/quote-board.ts'
import type { TapeListener } from '../src/live/tape.ts'

let now: number
let timers: { at: number; call: () => void }[]
let board: QuoteBoard

beforeEach(() => {
  now = 1_000
  timers = []
  board = new QuoteBoard({
    clock: { now: () => now },
    timers: {
      after(ms, call) {
        const timer = { at: now + ms, call }
        timers.push(timer)
        return { cancel: () => void timers.splice(timers.indexOf(timer), 1) }
      },
    },
    login: (account_id) => `login ${account_id}`,
    now: () => 77,
  })
})

function pass(ms: number): void {
  now += ms
  for (const timer of timers.splice(0)) {
    if (timer.at > now) timers.push(timer)
    else timer.call()
  }
}

const quote = (symbol: string, bid: number) => ({ symbol, bid, ask: bid + 1, time_ms: bid })

function listener(fields: Partial<TapeListener> = {}) {
  const told: TicksMessage[] = []
  const state = { room: true }
  const made: TapeListener = {
    ...{ accounts: null, symbols: null, mode: 'latest', cursor: 5 },
    tell: (message) => told.push(message),
    room: () => state.room,
    ...fields,
  }
  return { made, told, state, bids: () => told.flatMap(({ ticks }) => ticks.map(({ bid }) => bid)) }
}

test('who joins is told what is known, one message an account; then what changes, at once', () => {
  board.hear(1, [quote('EURUSD', 1), quote('USDJPY', 2)])
  board.hear(2, [quote('EURUSD', 3)])
  const one = listener()
  board.join(one.made)
  expect(one.told).toMatchObject([
    { account: 'login 1', cursor: 77, ticks: [{ symbol: 'EURUSD' }, { symbol: 'USDJPY' }] },
    { account: 'login 2', ticks: [{ bid: 3 }] },
  ])
  board.hear(1, [quote('USDJPY', 4)])
  expect(one.told.at(-1)).toMatchObject({ account: 'login 1', ticks: [{ symbol: 'USDJPY', bid: 4 }] })
})

test('N1: with an interval one message of all accounts, the newest of each symbol, and no timer while nothing comes', () => {
  const one = listener({ interval_ms: 250 })
  board.join(one.made)
  board.hear(1, [quote('EURUSD', 1)])
  expect(one.bids()).toEqual([1])
  for (let bid = 2; bid < 50; bid++) board.hear(1, [quote('EURUSD', bid)])
  board.hear(2, [quote('GBPUSD', 100)])
  expect(one.bids()).toEqual([1])
  pass(250)
  expect(one.told.at(-1)).toEqual({
    ...{ type: 'ticks', mode: 'latest', cursor: 77 },
    ticks: [
      { account: 'login 1', ...quote('EURUSD', 49) },
      { account: 'login 2', ...quote('GBPUSD', 100) },
    ],
  })
  pass(250)
  expect([one.told.length, timers.length]).toEqual([2, 0])
})

test('N2: who wants the same and has heard the same is told the same message', () => {
  const same = [listener(), listener()]
  const other = listener({ accounts: new Set([2]) })
  for (const one of [...same, other]) board.join(one.made)
  board.hear(1, [quote('EURUSD', 1)])
  expect(same[0]?.told).toHaveLength(1)
  expect(same[0]?.told[0]).toBe(same[1]?.told[0])
  expect(other.told).toEqual([])
})

test('N3: one without room keeps nobody waiting, and is told what is newer than what he has heard', () => {
  const [quick, slow] = [listener(), listener()]
  for (const one of [quick, slow]) board.join(one.made)
  board.hear(1, [quote('EURUSD', 1)])
  slow.state.room = false
  board.hear(1, [quote('USDJPY', 2)])
  board.hear(1, [quote('USDJPY', 3)])
  expect(quick.bids()).toEqual([1, 2, 3])
  expect(slow.bids()).toEqual([1])
  slow.state.room = true
  pass(50)
  expect(slow.bids()).toEqual([1, 3])
  expect(quick.bids()).toEqual([1, 2, 3])
})

test('who left is told nothing, and leaves no timer', () => {
  const one = listener({ interval_ms: 250 })
  board.join(one.made)
  board.hear(1, [quote('EURUSD', 1)])
  board.hear(1, [quote('EURUSD', 2)])
  board.leave(one.made)
  expect(timers).toEqual([])
  board.hear(1, [quote('EURUSD', 3)])
  expect(one.bids()).toEqual([1])
})
