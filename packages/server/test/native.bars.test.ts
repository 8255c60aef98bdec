// Bars at the doors: what a terminal's history has, stored once by its beginning (contract §8).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './support/client.ts'
import { NativeHand } from './support/native-ea.ts'

let s: Scene
let ea: NativeHand
beforeEach(async () => {
  s = await Scene.open()
  ea = new NativeHand(s)
  await ea.connect()
})
afterEach(() => s.stop())

const T = 1_700_000_040
const bar = (minute: number, more: object = {}) => ({
  ...{ time: T + minute * 60, open: 1.1, high: 1.3, low: 1, close: 1.2, tick_volume: 7 },
  ...more,
})
const tell = async (bars: unknown[], more: object = {}) =>
  s.t.call('ticks', 'POST', '/api/bars', {
    key: s.ea,
    body: { symbol: 'EURUSD', timeframe: 'M1', bars, ...more },
  })
const read = async (query = '') =>
  (await s.t.call('webui', 'GET', `/api/v1/accounts/${s.login}/bars?symbol=EURUSD${query}`, { key: s.admin }))
    .body.items

test('in any order, once, the unfinished one marked and then finished', async () => {
  const first = await tell([bar(2, { close: 1.25, spread: 3, real_volume: 9 }), bar(0), bar(1)], {
    forming: true,
  })
  expect(first.body).toMatchObject({ status: 'success', processed: 3, stored: 3, rejected: [] })
  expect(await read()).toMatchObject([
    { time_ms: T * 1000, time: '2023-11-14T22:14:00.000Z', complete: true, tick_volume: 7, spread: 0 },
    { time_ms: (T + 60) * 1000, complete: true },
    { time_ms: (T + 120) * 1000, complete: false, close: 1.25, spread: 3, real_volume: 9 },
  ])
  expect((await tell([bar(0), bar(2, { close: 1.3 }), bar(2, { close: 1.3 })])).body).toMatchObject({
    processed: 3,
    stored: 1,
  })
  // What was still forming is older news than what is finished.
  expect((await tell([bar(2, { close: 1.11 })], { forming: true })).body.stored).toBe(0)
  expect(await read()).toMatchObject([{}, {}, { close: 1.3, complete: true }])
  expect((await tell([bar(1, { high: 1.4 })])).body.stored).toBe(1)
  expect(await read(`&from=${(T + 60) * 1000}&to=${(T + 120) * 1000}`)).toMatchObject([{ high: 1.4 }])
})

test('R10: what is no bar is named, and spoils no other', async () => {
  const wti = { open: -1, high: 2, low: -40.32, close: -37.63, real_volume: '9007199254740993' }
  const bad = [
    { high: 1 },
    { tick_volume: -1 },
    { tick_volume: 0.5 },
    { spread: -1 },
    { close: 1e300, high: 1e300 },
    { real_volume: 'many' },
    { time: -5 },
    { time: 'yesterday' },
  ]
  const { status, body } = await tell([...bad.map((more) => bar(0, more)), bar(1, wti), bar(-2e7)])
  expect(status).toBe(200)
  expect(body).toMatchObject({ processed: 2, stored: 2 })
  expect(body.rejected.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(body.rejected[0].reason).toContain('high 1 is below')
  expect((await read()).at(-1)).toMatchObject({ low: -40.32, real_volume: 9007199254740992 })
  expect((await tell([bar(0)], { timeframe: 'M7' })).status).toBe(400)
  expect((await tell([])).body).toMatchObject({ processed: 0, stored: 0 })
})

test('of two that are still forming the one that has grown further stays', async () => {
  await tell([bar(0, { tick_volume: 10 })], { forming: true })
  expect((await tell([bar(0, { tick_volume: 7 })], { forming: true })).body.stored).toBe(0)
  expect((await tell([bar(0, { tick_volume: 11 })], { forming: true })).body.stored).toBe(1)
})

test('a long history holds up no tick', async () => {
  const long = Array.from({ length: 10_000 }, (_, minute) => bar(minute))
  const order: string[] = []
  const history = Promise.all(
    ['EURUSD', 'GBPUSD', 'USDJPY', 'AUDUSD'].map(async (symbol) => {
      expect((await tell(long, { symbol })).body.stored).toBe(10_000)
      order.push('bars')
    }),
  )
  const ticks = [{ symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: T }]
  await s.t.call('ticks', 'POST', '/api/ticks/batch', { key: s.ea, body: { ticks } })
  order.push('ticks')
  await history
  expect(order.indexOf('ticks')).toBeLessThan(3)
})

test('by symbol, timeframe and account, page by page', async () => {
  await tell([bar(0), bar(1), bar(2)])
  await tell([bar(0)], { timeframe: 'H1' })
  await tell([bar(0)], { symbol: 'GBPUSD' })
  expect(await read('&timeframe=H1')).toHaveLength(1)
  const at = `/api/v1/accounts/${s.login}/bars?symbol=EURUSD&limit=2`
  const { body } = await s.t.call('webui', 'GET', at, { key: s.admin })
  expect(body.items).toHaveLength(2)
  const cursor = encodeURIComponent(body.next_cursor)
  const next = await s.t.call('webui', 'GET', `${at}&cursor=${cursor}`, { key: s.admin })
  expect(next.body).toMatchObject({ items: [{ time_ms: (T + 120) * 1000 }], next_cursor: null })
})
