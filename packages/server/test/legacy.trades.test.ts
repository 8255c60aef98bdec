// Trades as an EA of the older dialect tells them (docs/spec/legacy-ea.md: T1–T3, G1, G2).
import { describe, expect, test } from 'vitest'
import type { Scene } from './support/client.ts'
import { eachWithAHand, type LegacyHand } from './support/legacy-hand.ts'
import type { ManualTime } from './support/manual-time.ts'
import { NativeHand } from './support/native-ea.ts'

let hand: LegacyHand
let s: Scene
let time: ManualTime
eachWithAHand((fresh) => {
  hand = fresh
  s = fresh.s
  time = fresh.time
})

async function lists403() {
  for (let n = 0; n < 4; n++) {
    await hand.ticks()
    await time.pass(s.t, 1_000)
  }
  expect((await hand.heartbeat()).status).toBe(403)
  expect((await hand.update(8)).status).toBe(403)
  expect((await hand.poll()) ?? 'refused').toBe('refused')
}

describe('trades', () => {
  test('missing in lists: suspect, and over after three of them and two seconds', async () => {
    await hand.update(7)
    await hand.ticks(7)
    await hand.ticks()
    expect(await hand.trade(7)).toMatchObject({ status: 'open' })
    await hand.lists()
    expect(await hand.trade(7)).toMatchObject({ status: 'closed', closed_by: 'absence' })
    // There it is again (R7).
    await hand.lists(7)
    expect(await hand.trade(7)).toMatchObject({ status: 'open', closed_by: null })
  })

  test('an hour without a list closes nothing (R10)', async () => {
    await hand.update(7)
    await time.pass(s.t, 3_600_000)
    expect(await hand.trade(7)).toMatchObject({ status: 'open', suspect_since: null })
  })

  test('closed by its message: the levels survive, who did it beside what the EA guessed', async () => {
    await hand.update(7)
    await hand.ended(7, { close_price: 1.09501, profit: 12.5, close_reason: 'MANUAL' })
    expect(await hand.trade(7)).toMatchObject({
      ...{ status: 'closed', closed_by: 'event', close_price: 1.09501, profit: 12.5, sl: 1.085, tp: 1.095 },
      close_reason: 'MANUAL',
    })
    const story = await hand.look('/trades/7/history')
    expect(JSON.stringify(story)).toMatch(/"made_by":"tp"|"by":"tp"/)
    // The same from the second EA of the login, and a late word that it is open: nothing.
    const { rev } = (await hand.look()).connection
    await hand.ended(7, { close_price: 1.09501, profit: 12.5, close_reason: 'MANUAL' })
    await hand.update(7)
    expect((await hand.look()).connection.rev).toBe(rev)
    expect(await hand.trade(7)).toMatchObject({ status: 'closed' })
  })

  test('closed and then open with less: a part was closed', async () => {
    await hand.update(7)
    await hand.ended(7, { profit: 5 })
    await hand.update(7, { volume: 0.04 })
    expect(await hand.trade(7)).toMatchObject({ status: 'open', volume: 0.04, closed_by: null })
    const { items } = await hand.look('/audit?kind=trade.partially_closed')
    expect(items[0].data).toMatchObject({ volume_before: 0.1, volume: 0.04, profit: 5 })
  })

  test('the end of a part, told again by the second EA of the login, is no end', async () => {
    await hand.update(7)
    await hand.ended(7, { profit: 5 })
    await hand.update(7, { volume: 0.04 })
    await hand.ended(7, { profit: 5 })
    expect(await hand.trade(7)).toMatchObject({ status: 'open', volume: 0.04 })
    await hand.ended(7, { profit: 2, close_time: 1_795_368_000 })
    expect(await hand.trade(7)).toMatchObject({ status: 'closed', profit: 2 })
  })

  test('less than half a hundredth of a lot is printed as 0.00, and is there', async () => {
    await hand.say('command', '/api/symbol_specs', { symbols: [{ symbol: 'BTCUSD', volume_min: 0.001 }] })
    await hand.update(7, { symbol: 'BTCUSD', volume: 0 })
    expect(await hand.trade(7)).toMatchObject({ status: 'open', volume: 0.001 })
  })

  test('the account of a native EA is not told of by another (R11): 403, and nothing changes', async () => {
    await hand.update(7)
    const native = new NativeHand(s)
    await native.connect()
    await lists403()
    expect(await hand.trade(7)).toMatchObject({ status: 'open', suspect_since: null })
  })

  test('one that was never heard of is kept when it ends', async () => {
    await hand.ended(9, { close_reason: 'UNKNOWN' })
    expect(await hand.trade(9)).toMatchObject({
      status: 'closed',
      symbol: 'EURUSD',
      volume: 0.1,
      profit: 0.5,
    })
  })

  test('the same again writes nothing: two EAs on one login', async () => {
    await hand.update(7)
    const { rev } = (await hand.look()).connection
    for (let n = 0; n < 3; n++) await hand.update(7)
    await hand.lists(7)
    expect((await hand.look()).connection.rev).toBe(rev)
  })

  test('64-bit tickets to the last digit', async () => {
    const raw = `{"account":${s.login},"api_key":"${s.ea}","ticket":9223372036854775807,"symbol":"EURUSD","direction":"BUY","volume":0.10,"open_price":1.09002,"open_time":1795367499,"close_price":0.00000,"close_time":0,"sl":1.08500,"tp":1.09500,"profit":0.50,"commission":-0.35,"swap":-0.10,"status":"open","source":"MT5","close_reason":""}`
    await s.t.call('trades', 'POST', '/api/trades/update', { body: raw })
    expect(await hand.trade('9223372036854775807')).toMatchObject({
      ticket: '9223372036854775807',
      status: 'open',
    })
  })
})
