// The live store: which quotes it asks for, and whom they wake (L3, L4).
import type { Client, MarketMessage } from '@ngtb/sdk'
import { expect, test, vi } from 'vitest'
import { LiveStore } from '../src/live/live-store.ts'

function opened() {
  const asked: object[] = []
  let market: (message: MarketMessage) => void = () => {}
  const client = {
    events(options: { on_market: typeof market }) {
      market = options.on_market
      return {
        ask: (request: object) => asked.push(request),
        close() {},
        async *[Symbol.asyncIterator]() {},
      }
    },
  } as unknown as Client
  const store = new LiveStore({ now: () => 7, invalidate() {}, back() {}, ended() {} })
  return {
    store,
    asked,
    start: () => store.start(client),
    tell: (told: object) => market(told as MarketMessage),
  }
}
const latest = (...accounts: string[]) => ({
  ...{ type: 'subscribe_ticks', mode: 'latest', interval_ms: 250, accounts },
})
const OFF = { type: 'subscribe_ticks', mode: 'off' }

test('L4: quotes of the accounts that are looked at; a page for another is one request', () => {
  vi.useFakeTimers()
  const { store, asked, start } = opened()
  const leave = store.follow('1')
  const end = start()
  vi.runAllTimers()
  expect(asked).toEqual([latest('1')])
  // Another symbol of the same account asks for nothing new.
  const gone = store.watch('1 EURUSD', () => {})
  vi.runAllTimers()
  gone()
  leave()
  const next = store.watch('2 EURUSD', () => {})
  vi.runAllTimers()
  expect(asked.slice(1)).toEqual([latest('2')])
  next()
  vi.runAllTimers()
  expect(asked.slice(2)).toEqual([OFF])
  end()
  vi.useRealTimers()
})

test('a stream that begins anew asks again', () => {
  const { store, asked, start } = opened()
  store.follow('1')
  start()()
  start()
  expect(asked).toEqual([latest('1'), latest('1')])
})

test('L3: a quote wakes who shows it, whether the account stands beside it or above', () => {
  const { store, start, tell } = opened()
  start()
  const woken: string[] = []
  for (const name of ['1 EURUSD', '2 EURUSD', '1 GBPUSD'] as const) store.watch(name, () => woken.push(name))
  const tick = { symbol: 'EURUSD', bid: 1.1, ask: 1.2, time_ms: 5 }
  tell({ type: 'ticks', ticks: [{ account: '1', ...tick }] })
  tell({ type: 'ticks', account: '2', ticks: [tick] })
  expect(woken).toEqual(['1 EURUSD', '2 EURUSD'])
  expect(store.quote('1', 'EURUSD')).toEqual({ bid: 1.1, ask: 1.2, time_ms: 5, heard_at: 7 })
  expect(store.quoted('2')).toEqual(['EURUSD'])
})
