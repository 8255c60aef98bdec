// Watching: the ticks of a real day move the prices on the page, and what it shows is what the API has.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { feedAll, type HouseEa, LOGIN } from '../src/browser/house.ts'
import { rowOf } from '../src/browser/visit.ts'
import { eventually, type Scene, scene, ticksOfFile } from './support.ts'

let at: Scene
let ea: HouseEa
const BEFORE = 200
const PLAYED = 600

beforeAll(async () => {
  at = await scene()
  ea = await at.house.ea()
  await feedAll(ea, await ticksOfFile(0, BEFORE))
})
afterAll(async () => at?.close())

test('prices of a real day: each that is shown was a tick, and the last is the API’s', async () => {
  const open = { symbol: 'EURUSD', volume: 0.1 }
  ea.broker.open({ ...open, direction: 'BUY', sl: 1.1, tp: 1.14 }, { by: 'manual' })
  ea.broker.open({ ...open, direction: 'SELL' }, { by: 'manual' })
  const visit = await at.house.visit(at.browser, 'vic', 'viewer')
  const page = await visit.go(`/accounts/${LOGIN}`)
  const table = page.getByRole('table', { name: 'Open positions' })
  const row = (side: string) => table.getByRole('row').filter({ hasText: side })
  await row('buy').waitFor()
  const ticks = await ticksOfFile(BEFORE, PLAYED)
  const bids = new Set(ticks.map(({ bid }) => bid.toFixed(5)))
  const seen = new Set<string>()
  // Some ticks, a look, some ticks: as a market that has pauses.
  for (let from = 0; from < ticks.length; from += 40) {
    await feedAll(ea, ticks.slice(from, from + 40))
    const bid = ticks[Math.min(from + 39, ticks.length - 1)]?.bid.toFixed(5)
    await eventually(async () => (await rowOf(table, row('buy'))).Now).toBe(bid)
    seen.add((await rowOf(table, row('buy'))).Now ?? '')
  }
  expect(seen.size).toBeGreaterThan(5)
  expect([...seen].filter((price) => !bids.has(price))).toEqual([])

  const stored = await at.house.client().ticks({ symbol: 'EURUSD', limit: 1_000 }).all()
  expect(stored).toHaveLength(PLAYED)
  const newest = stored.reduce((a, b) => (b.time_ms >= a.time_ms ? b : a))
  const buy = await rowOf(table, row('buy'))
  const sell = await rowOf(table, row('sell'))
  expect([buy.Now, sell.Now]).toEqual([newest.bid.toFixed(5), newest.ask.toFixed(5)])
  const trades = await at.house.client().trades({ status: 'open' }).all()
  const bought = trades.find(({ direction }) => direction === 'BUY')
  const points = Math.round((newest.bid - (bought?.open_price ?? 0)) * 100_000)
  expect(buy).toMatchObject({
    Symbol: 'EURUSD',
    Lots: '0.10',
    'Open price': bought?.open_price?.toFixed(5),
    Points: `${points < 0 ? '−' : '+'}${Math.abs(points)}`,
    SL: '1.10000',
    TP: '1.14000',
    Ticket: bought?.ticket,
  })
  // Money is the EA's word, which comes with its next list: until then the page counts by the last price.
  const sold = trades.find(({ direction }) => direction === 'SELL')?.ticket ?? ''
  await eventually(async () => {
    const { profit } = await at.house.client().trade(sold)
    const shown = (await rowOf(table, row('sell'))).Profit?.replace('−', '-') ?? ''
    return { profit, shown, same: shown.includes(Math.abs(profit ?? Number.NaN).toFixed(2)) }
  }).toMatchObject({ same: true })
  expect(visit.complaints).toEqual([])
  await visit.close()
})
