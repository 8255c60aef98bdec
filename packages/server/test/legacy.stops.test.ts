// CLOSE_ALL for an EA that does not know it (docs/spec/legacy-ea.md: C1–C3).
import { describe, expect, test } from 'vitest'
import type { Scene } from './support/client.ts'
import { eachWithAHand, type LegacyHand } from './support/legacy-hand.ts'
import type { ManualTime } from './support/manual-time.ts'

let hand: LegacyHand
let s: Scene
let time: ManualTime
eachWithAHand((fresh) => {
  hand = fresh
  s = fresh.s
  time = fresh.time
})

describe('CLOSE_ALL', () => {
  test('a close for each position in scope, and done when none is left', async () => {
    for (const ticket of [7, 8]) await hand.update(ticket)
    await hand.update(9, { symbol: 'GBPUSD' })
    const waiting = await hand.open()
    const stop = await s.made('CLOSE_ALL', { symbol: 'EURUSD' })
    expect(await s.status(waiting)).toBe('cancelled')
    const closes = await hand.poll()
    expect(closes).toMatchObject([
      { type: 'CLOSE_TRADE', ticket: 7 },
      { type: 'CLOSE_TRADE', ticket: 8 },
    ])
    await hand.answer(closes[0].id, 'completed', { ticket: 7, close_price: 1.09 })
    expect(await s.status(stop)).toBe('pending')
    await hand.answer(closes[1].id, 'failed', { error: 'Position 8 not found' })
    await time.pass(s.t, 100)
    await hand.ticks(9)
    expect((await s.show(stop)).body).toMatchObject({
      status: 'completed',
      response: { closed: [{ ticket: '7' }, { ticket: '8' }] },
    })
    expect(await hand.trade(9)).toMatchObject({ status: 'open' })
  })

  test('nothing is open: done with the next list that says so', async () => {
    await hand.ticks()
    const stop = await s.made('CLOSE_ALL', {})
    expect(await s.status(stop)).toBe('pending')
    await time.pass(s.t, 100)
    await hand.ticks()
    expect(await s.status(stop)).toBe('completed')
  })

  test('an OPEN that was on its way is closed, too; one that came after it is not its business (C1, C3)', async () => {
    const before = await hand.open()
    await hand.poll()
    const stop = await s.made('CLOSE_ALL', {})
    await time.pass(s.t, 100)
    await hand.ticks()
    expect(await s.status(stop)).toBe('pending')
    await hand.answer(before, 'completed', { ticket: 9, price: 1.09, volume: 0.1 })
    const after = await hand.open({ comment: 'reverse', order_type: 'SELL', sl: 1.1, tp: 1.08 })
    const closes = (await hand.heartbeat()).body.commands
    expect(closes).toMatchObject([{ type: 'CLOSE_TRADE', ticket: 9 }]) // and no OPEN beside it
    await hand.answer(closes[0].id, 'completed', { ticket: 9, close_price: 1.09 })
    expect(await hand.poll()).toMatchObject([{ id: after }])
    await hand.answer(after, 'completed', { ticket: 10, price: 1.09, volume: 0.1 })
    await time.pass(s.t, 100)
    await hand.ticks(10)
    expect(await s.status(stop)).toBe('completed')
    expect(await hand.trade(10)).toMatchObject({ status: 'open' })
  })

  test('an empty list while margin is in use ends no stop (T2)', async () => {
    await hand.update(9, { symbol: 'GBPUSD' })
    const stop = await s.made('CLOSE_ALL', { symbol: 'EURUSD' })
    await time.pass(s.t, 100)
    await hand.say('ticks', '/api/ticks', { ticks: [], positions: [], margin: 33 })
    await hand.heartbeat()
    expect(await s.status(stop)).toBe('pending')
    await hand.ticks(9)
    expect(await s.status(stop)).toBe('completed')
  })

  test('positions of which only the tickets are known are closed by these', async () => {
    const stop = await s.made('CLOSE_ALL', {})
    await time.pass(s.t, 100)
    await hand.ticks(901, 902)
    expect(await s.status(stop)).toBe('pending')
    const closes = await hand.poll()
    expect(closes.map(({ ticket }) => ticket)).toEqual([901, 902])
    for (const { id, ticket } of closes) await hand.answer(id, 'completed', { ticket, close_price: 1.09 })
    await time.pass(s.t, 100)
    await hand.ticks()
    expect(await s.status(stop)).toBe('completed')
  })

  test('one of which only the ticket is known waits for its symbol, however long its details take (C1)', async () => {
    await hand.ticks()
    const stop = await s.made('CLOSE_ALL', { symbol: 'EURUSD' })
    for (let n = 0; n < 5; n++) {
      await time.pass(s.t, 5_000)
      await hand.ticks(...(n < 4 ? [55, 56] : [55, 56, 57]))
    }
    expect(await s.status(stop)).toBe('pending')
    await hand.update(56, { symbol: 'GBPUSD' })
    await hand.update(55)
    await hand.update(57) // first listed long after the stop
    const closes = await hand.poll()
    expect(closes).toMatchObject([{ type: 'CLOSE_TRADE', ticket: 55 }])
    await hand.answer(closes[0].id, 'completed', { ticket: 55, close_price: 1.09 })
    await time.pass(s.t, 100)
    await hand.ticks(56, 57)
    expect(await s.status(stop)).toBe('completed')
  })

  test('a close that failed is followed by another', async () => {
    await hand.update(7)
    const stop = await s.made('CLOSE_ALL', {})
    for (let n = 0; n < 6; n++) {
      const [close] = (await hand.heartbeat()).body.commands
      if (close) await hand.answer(close.id, 'failed', { error: 'Close failed', retcode: 10018 })
      await time.pass(s.t, 20_000)
    }
    expect(await s.status(stop)).toBe('pending')
    const [close] = (await hand.heartbeat()).body.commands
    await hand.answer(close.id, 'completed', { ticket: 7, close_price: 1.09 })
    await time.pass(s.t, 100)
    await hand.ticks()
    expect(await s.status(stop)).toBe('completed')
  })
})
