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
  const { status, body } = await tell([bar(0, { high: 1 }), bar(1), bar(-2e7)])
  expect(status).toBe(200)
  expect(body).toMatchObject({ processed: 1, stored: 1 })
  expect(body.rejected).toMatchObject([
    { index: 0, reason: expect.stringContaining('high 1 is below') },
    { index: 2, reason: expect.stringContaining('2000 … 2100') },
  ])
  expect((await tell([bar(0)], { timeframe: 'M7' })).status).toBe(400)
  expect((await tell([])).body).toMatchObject({ processed: 0, stored: 0 })
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
