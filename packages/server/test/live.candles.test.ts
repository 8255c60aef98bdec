// /ws on 9905: live candles are those that all ticks of the ledger make, in whatever order these come.
import { LIVE_MESSAGES } from '@ngtb/protocol'
import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openLive } from './support/live.ts'
import { type TestServer, testServer } from './support/server.ts'

let t: TestServer
let admin: string
let ea: string
beforeAll(async () => {
  t = await testServer()
  ea = await t.enrol(1111)
  await t.enrol(2222)
  admin = await t.key(['admin'])
})
afterAll(() => t.stop())

const isCandles = Compile(LIVE_MESSAGES.candles)
type Candle = Record<string, number | boolean>

async function open(key = admin) {
  const live = await openLive(t, key)
  return {
    ...live,
    /** The newest state of each candle of a series, by its beginning. */
    newest(timeframe: string) {
      const candles = new Map<number, Candle>()
      for (const message of live.heard.filter((one) => one.type === 'candles' && one.timeframe === timeframe))
        for (const candle of message.candles) candles.set(candle.time_ms, candle)
      return [...candles.values()].sort((a, b) => Number(a.time_ms) - Number(b.time_ms))
    },
    say: (series: object[]) => live.ask({ type: 'subscribe_candles', series }, 'candles_subscribed'),
  }
}

const T = 1_577_916_000
const send = async (symbol: string, ...ticks: (readonly [second: number, bid: number])[]) => {
  const rows = ticks.map(([second, bid]) => ({ symbol, bid, ask: 9, timestamp: T + second, volume: 1 }))
  const body = { account: 1111, ticks: rows }
  expect((await t.call('ticks', 'POST', '/api/ticks/batch', { key: ea, body })).status).toBe(200)
}
const stored = async (symbol: string, timeframe: string) => {
  const path = `/api/v1/accounts/1111/candles?symbol=${symbol}&timeframe=${timeframe}&limit=1000`
  const { items } = (await t.call('webui', 'GET', path, { key: admin })).body
  return items.map(({ time: _time, ...candle }: Candle) => candle)
}

test('the candle of now is told at once, then what becomes of it, until a newer one begins', async () => {
  await send('EURUSD', [0, 1.1], [1, 1.3])
  const watch = await open()
  expect(await watch.say([{ account: 1111, symbol: 'EURUSD', timeframe: 'M1' }])).toMatchObject({ series: 1 })
  const at = { time_ms: T * 1000, open: 1.1, high: 1.3, low: 1.1 }
  await vi.waitFor(() =>
    expect(watch.newest('M1')).toEqual([{ ...at, close: 1.3, ticks: 2, complete: false }]),
  )
  await send('EURUSD', [2, 1.2])
  await send('GBPUSD', [2, 7])
  await vi.waitFor(() =>
    expect(watch.newest('M1')).toEqual([{ ...at, close: 1.2, ticks: 3, complete: false }]),
  )
  await send('EURUSD', [60, 1.25])
  await vi.waitFor(() =>
    expect(watch.newest('M1')).toMatchObject([
      { close: 1.2, ticks: 3, complete: true },
      { open: 1.25, ticks: 1, complete: false },
    ]),
  )
  for (const message of watch.heard.filter(({ type }) => type === 'candles'))
    expect(isCandles.Errors(message)).toEqual([])
  watch.socket.close()
})

test('exact: late ticks, equal milliseconds and jumps, at several lengths at once', async () => {
  const watch = await open()
  const lengths = ['M1', 'M5', 'H1', 'D1']
  await watch.say(lengths.map((timeframe) => ({ account: '1111', symbol: 'USDJPY', timeframe })))
  let state = 7
  const draw = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state % below
  }
  for (let batch = 0; batch < 25; batch++)
    await send(
      'USDJPY',
      ...Array.from({ length: 1 + draw(40) }, () => {
        const late = draw(5) === 0 ? draw(3_000) : 0
        return [Math.max(0, batch * 120 + draw(180) - late), 100 + draw(50) / 100] as const
      }),
    )
  for (const timeframe of lengths)
    await vi.waitFor(async () => {
      // Those of before the subscription are not told again; here all came after it.
      expect(watch.newest(timeframe)).toEqual(await stored('USDJPY', timeframe))
    }, 5_000)
  watch.socket.close()
})

test('whose they are, and how they end', async () => {
  const key = await t.key(['commands:read'], '2222')
  const other = await open(key)
  const foreign = await other.say([{ account: 1111, symbol: 'EURUSD', timeframe: 'M1' }])
  expect(foreign).toMatchObject({ type: 'error', code: 'NGTB_ACCOUNT_UNKNOWN' })
  expect(await other.say([{ symbol: 'EURUSD', timeframe: 'M1' }])).toMatchObject({ series: 1 })
  const watch = await open()
  const nameless = await watch.say([{ symbol: 'EURUSD', timeframe: 'M1' }])
  expect(nameless).toMatchObject({ type: 'error', code: 'NGTB_BODY_INVALID' })
  expect((await watch.say([{ account: 1111, symbol: 'EURUSD', timeframe: 'M7' }])).type).toBe('error')
  await watch.say([{ account: 1111, symbol: 'AUDUSD', timeframe: 'M1' }])
  await send('AUDUSD', [0, 0.7])
  await vi.waitFor(() => expect(watch.newest('M1')).toHaveLength(1))
  expect(await watch.say([])).toMatchObject({ series: 0 })
  const before = watch.heard.length
  await send('AUDUSD', [1, 0.8])
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(watch.heard.length).toBe(before)
  expect(other.newest('M1')).toEqual([])
  other.socket.close()
  watch.socket.close()
})
