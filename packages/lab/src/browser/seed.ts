// A house that has something to show, always the same: two accounts, ticks of a real day moved to this one, positions,
// a refusal, an order, lines of the log, and an EA that is not heard any more.
import { findSymbol, Random, randomWalk, type Tick } from '@ngtb/ea-sim'
import { type BrowserHouse, feedAll, type HouseEa, LOGIN } from './house.ts'

export const OTHER_LOGIN = '20417733'
/** The magic of the strategy that opened them. */
const STRATEGY = { magic: 7_001 }

/** @param ticks of EURUSD, oldest first */
export async function seed(house: BrowserHouse, ticks: readonly Tick[]): Promise<HouseEa> {
  const silent = await house.ea({ login: OTHER_LOGIN, broker_name: 'Northlight' })
  await feedAll(silent, gold(200))
  silent.broker.open({ symbol: 'XAUUSD', direction: 'SELL', volume: 0.5, sl: 0 }, { by: 'manual' })
  const ea = await house.ea()
  const market = moved(ticks)
  const half = Math.floor(market.length / 2)
  await feedAll(ea, market.slice(0, half))
  await feedAll(ea, gold(400))
  await trade(house, ea, market[half - 1]?.bid ?? 0)
  await feedAll(ea, market.slice(half))
  ea.ea.log('INFO', 'The strategy looks at each new candle of five minutes', { symbol: 'EURUSD' })
  ea.ea.log('WARNING', 'The spread is wider than 3 points: waiting', { spread_points: 41 })
  ea.ea.log('ERROR', 'An indicator has too few bars', { wanted: 200, have: 144 })
  await silent.ea.kill()
  return ea
}

async function trade(house: BrowserHouse, { broker }: HouseEa, bid: number): Promise<void> {
  const client = house.client(LOGIN)
  const price = (points: number) => Number((bid + points / 100_000).toFixed(5))
  const buy = { symbol: 'EURUSD', order_type: 'BUY', ...STRATEGY } as const
  const done = async (handle: Awaited<ReturnType<typeof client.openTrade>>) => handle.settled()
  const first = await done(await client.openTrade({ ...buy, volume: 0.4, sl: price(-900), tp: price(1_500) }))
  await done(await client.openTrade({ ...buy, volume: 0.15, comment: 'breakout' }))
  const short = await done(await client.openTrade({ ...buy, order_type: 'SELL', volume: 0.25 }))
  await done(await client.openTrade({ symbol: 'XAUUSD', order_type: 'BUY', volume: 0.05 }))
  if ('ticket' in first && first.ticket !== null && first.ticket !== undefined) {
    const ticket = String(first.ticket)
    await (await client.modifyTrade({ ticket, sl: price(-600), tp: price(1_500) })).settled()
    await (await client.closePartial({ ticket, volume: 0.1 })).settled()
  }
  if ('ticket' in short && short.ticket !== null && short.ticket !== undefined)
    await (await client.closeTrade({ ticket: String(short.ticket) })).settled()
  // More than the account can carry: refused by the broker, and said so.
  await done(await client.openTrade({ ...buy, volume: 90 }))
  const order = { symbol: 'EURUSD', order_type: 'BUY_LIMIT', volume: 0.3, price: price(-1_200) } as const
  await (await client.placePending(order)).settled()
  broker.open({ symbol: 'EURUSD', direction: 'SELL', volume: 0.2, tp: price(-1_800) }, { by: 'manual' })
}

/** The same market, its last tick now. */
function moved(ticks: readonly Tick[]): Tick[] {
  const by_ms = Date.now() - (ticks.at(-1)?.time_ms ?? 0)
  return ticks.map((tick) => ({ ...tick, time_ms: tick.time_ms + by_ms }))
}

function gold(count: number): Tick[] {
  const spec = findSymbol('XAUUSD')
  if (!spec) throw new Error('XAUUSD is not among the simulator’s symbols')
  const interval_ms = 5_000
  const start_ms = Date.now() - count * interval_ms
  const walk = randomWalk({ spec, random: new Random(7), start_ms, interval_ms })
  return Array.from({ length: count }, () => walk.next().value as Tick)
}
