// Commands of an EA of the older dialect (docs/spec/legacy-ea.md): what it is handed, and what it answers.
import { describe, expect, test } from 'vitest'
import type { Scene } from './support/client.ts'
import { eachWithAHand, type LegacyHand } from './support/legacy-hand.ts'
import type { ManualTime } from './support/manual-time.ts'
import { planeOf } from './support/server.ts'

let hand: LegacyHand
let s: Scene
let time: ManualTime
eachWithAHand((fresh) => {
  hand = fresh
  s = fresh.s
  time = fresh.time
})

describe('commands', () => {
  test('flat, with its own words alone; an OPEN once, ever', async () => {
    const id = await hand.open({ comment: 'breakout' })
    expect(await hand.poll()).toEqual([
      {
        ...{ id, type: 'OPEN_TRADE', symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085, tp: 1.095 },
        comment: 'breakout',
      },
    ])
    await time.pass(s.t, 120_000)
    expect(await hand.poll()).toEqual([])
    expect(await s.status(id)).toBe('timeout')
  })

  test('the text has its spacing, the commands last', async () => {
    await hand.open()
    const app = planeOf(s.t.server, 'command')
    const body = JSON.stringify({ account: Number(s.login), api_key: s.ea, profit_today: 0 })
    const { payload } = await app.inject({
      ...{ method: 'POST', url: '/api/heartbeat', payload: body },
      headers: { host: '127.0.0.1', 'content-type': 'application/json' },
    })
    expect(payload).toMatch(
      /^\{"status":"success",.*"commands":\[\{"id":"[^"]+","type":"OPEN_TRADE",.*\}\]\}$/,
    )
  })

  test('answered: the position is there, and its message merges', async () => {
    const id = await hand.open()
    await hand.poll()
    const response = {
      ticket: 16218652,
      price: 1.09002,
      volume: 0.1,
      sl: 1.085,
      tp: 1.095,
      tpsl_verified: true,
    }
    expect((await hand.answer(id, 'completed', response)).status).toBe(200)
    expect(await s.status(id)).toBe('completed')
    await hand.update(16218652)
    expect(await hand.trade(16218652)).toMatchObject({
      status: 'open',
      command_id: id,
      open_price: 1.09,
      sl: 1.085,
    })
  })

  test('the answer is lost: completed by the one position that it can be', async () => {
    const id = await hand.open()
    await hand.poll()
    await time.pass(s.t, 31_000)
    expect(await s.status(id)).toBe('timeout')
    await hand.update(16218652)
    expect(await s.status(id)).toBe('completed')
    expect(await hand.trade(16218652)).toMatchObject({ command_id: id })
  })

  test('a ticket cut to 32 bits names nothing: its position is found', async () => {
    await hand.update('4294967300', { symbol: 'GBPUSD' })
    const id = await hand.open()
    await hand.poll()
    await hand.answer(id, 'completed', { ticket: 77, price: 1.09, volume: 0.1, tpsl_verified: true })
    expect(await s.status(id)).toBe('timeout')
    await hand.update('4294967373')
    expect(await s.status(id)).toBe('completed')
    expect(await hand.trade('4294967373')).toMatchObject({ command_id: id })
    expect((await hand.trade(77)).code).toBe('NGTB_TRADE_UNKNOWN')
  })

  test('the first ticket that is cut: what was believed under its name was never there (A1)', async () => {
    const id = await hand.open()
    await hand.poll()
    await hand.answer(id, 'completed', { ticket: 77, price: 1.09, volume: 0.1, tpsl_verified: true })
    expect(await hand.trade(77)).toMatchObject({ status: 'open', command_id: id })
    await hand.update('4294967373')
    expect(await hand.trade('4294967373')).toMatchObject({ status: 'open', command_id: id })
    expect(await hand.trade(77)).toMatchObject({ status: 'closed', command_id: null })
    expect((await s.show(id)).body).toMatchObject({ status: 'completed' })
  })

  test('of two like OPENs whose tickets were cut each finds its own (A1)', async () => {
    await hand.update('4294967300', { symbol: 'GBPUSD' })
    const ids = [await hand.open(), await hand.open()]
    await hand.poll()
    for (const [n, id] of ids.entries())
      await hand.answer(id, 'completed', { ticket: 77 + n, price: 1.09, volume: 0.1 })
    await hand.update('4294967374')
    await hand.update('4294967373')
    expect(await hand.trade('4294967373')).toMatchObject({ command_id: ids[0] })
    expect(await hand.trade('4294967374')).toMatchObject({ command_id: ids[1] })
  })

  test('levels are told with five decimals: the lost answer finds its position all the same', async () => {
    const id = await hand.open({ sl: 1.0850123 })
    await hand.poll()
    await time.pass(s.t, 31_000)
    await hand.update(7, { sl: 1.08501 })
    expect(await s.status(id)).toBe('completed')
  })

  test('a MODIFY moved its levels before anybody knew whose it is: found all the same', async () => {
    const id = await hand.open()
    await hand.poll()
    await time.pass(s.t, 1_000)
    await hand.update(7, { sl: 1.085, tp: 1.095 })
    const modify = await s.made('MODIFY_TRADE', { ticket: 7, sl: 1.08, tp: 1.099 })
    await hand.poll()
    await hand.answer(modify, 'completed', { ticket: 7, sl: 1.08, tp: 1.099 })
    for (let n = 0; n < 12; n++) {
      await time.pass(s.t, 6_000)
      await hand.ticks(7)
    }
    expect((await s.show(id)).body).toMatchObject({ status: 'completed', note: 'settled_by_position' })
    expect(await hand.trade(7)).toMatchObject({ command_id: id })
  })

  test('lists that go on without it: likely not executed, and a later look-alike is somebody else’s', async () => {
    const id = await hand.open()
    await hand.poll()
    for (let n = 0; n < 12; n++) {
      await time.pass(s.t, 6_000)
      await hand.ticks()
    }
    expect((await s.show(id)).body).toMatchObject({ status: 'timeout', note: 'likely_not_executed' })
    await hand.update(7)
    expect(await hand.trade(7)).toMatchObject({ command_id: null })
  })

  test('a MODIFY whose answer was lost keeps nothing back', async () => {
    await hand.update(7)
    await s.made('MODIFY_TRADE', { ticket: 7, sl: 1.08, tp: 1.099 })
    await hand.poll()
    const newer = await s.made('MODIFY_TRADE', { ticket: 7, sl: 1.081, tp: 1.099 })
    await time.pass(s.t, 15_000)
    expect(await hand.poll()).toMatchObject([{ id: newer }])
    // Not even while it is under way: the EA asks again only when it is done with it.
    const close = await s.made('CLOSE_TRADE', { ticket: 7 })
    expect(await hand.poll()).toMatchObject([{ id: close }])
  })

  describe('P7: a MODIFY that is given again after it was never answered, and is there already', () => {
    const REFUSED = { error: 'OrderSend failed', error_code: 4756 }
    const LEVELS = { sl: 1.08, tp: 1.099 }
    let modify: string
    /** Until the last attempt; the EA says of each that it was not sent. */
    const refuseAll = async () => {
      for (let n = 0; n < 40 && (await s.status(modify)) === 'pending'; n++) {
        await time.pass(s.t, 1_000)
        for (const { id } of await hand.poll()) await hand.answer(id, 'failed', REFUSED)
      }
    }
    const lost = async () => {
      await hand.update(7)
      modify = await s.made('MODIFY_TRADE', { ticket: 7, ...LEVELS })
      expect(await hand.poll()).toMatchObject([{ id: modify }])
      await time.pass(s.t, 11_000)
      expect(await s.status(modify)).toBe('pending')
    }

    test('its outcome is unknown, not failed', async () => {
      await lost()
      await refuseAll()
      expect((await s.show(modify)).body).toMatchObject({
        status: 'timeout',
        error_message: expect.stringContaining('never told what became of an earlier attempt'),
      })
    })

    test('once the list has its levels, a refused repeat completes it', async () => {
      await lost()
      await hand.update(7, LEVELS)
      await time.pass(s.t, 3_000)
      expect(await hand.poll()).toMatchObject([{ id: modify }])
      await hand.answer(modify, 'failed', REFUSED)
      await refuseAll()
      expect((await s.show(modify)).body).toMatchObject({ status: 'completed', note: 'settled_by_position' })
    })

    test('its position is gone: failed, after its attempts', async () => {
      await lost()
      for (let n = 0; n < 40 && (await s.status(modify)) === 'pending'; n++) {
        await time.pass(s.t, 1_000)
        for (const { id } of await hand.poll())
          await hand.answer(id, 'failed', { error: 'Position 7 not found. Total positions: 0' })
      }
      const { body } = await s.show(modify)
      expect(body).toMatchObject({
        status: 'failed',
        error_message: expect.stringMatching(/^Position 7 not found/),
      })
      expect(body.attempt).toBeLessThan(6)
    })

    test('refused at its first and each attempt it is failed', async () => {
      await hand.update(7)
      modify = await s.made('MODIFY_TRADE', { ticket: 7, ...LEVELS })
      await refuseAll()
      expect(await s.status(modify)).toBe('failed')
    })
  })

  test('a CLOSE whose position ended some other way is done', async () => {
    await hand.update(7)
    const close = await s.made('CLOSE_TRADE', { ticket: 7 })
    await hand.poll()
    await time.pass(s.t, 400_000)
    expect(await s.status(close)).toBe('timeout')
    await hand.ended(7)
    expect(await s.status(close)).toBe('completed')
  })

  test('a CLOSE of what is not there is done; a MODIFY of it failed', async () => {
    await hand.update(7)
    const close = await s.made('CLOSE_TRADE', { ticket: 7, reason: 'TIME_EXIT' })
    expect(await hand.poll()).toEqual([{ id: close, type: 'CLOSE_TRADE', ticket: 7, reason: 'TIME_EXIT' }])
    await hand.answer(close, 'failed', { error: 'Position 7 not found' })
    expect(await s.status(close)).toBe('completed')
    await hand.update(8)
    const modify = await s.made('MODIFY_TRADE', { ticket: 8, sl: 1.08 })
    expect(await hand.poll()).toEqual([{ id: modify, type: 'MODIFY_TRADE', ticket: 8, sl: 1.08, tp: 1.095 }])
    await hand.answer(modify, 'completed', { ticket: 8, sl: 1.08, tp: 1.095 })
    expect(await hand.trade(8)).toMatchObject({ sl: 1.08, tp: 1.095, wanted_sl: null })
  })

  test('an OPEN that was called failed and left a position: named, for nobody watches over it (A3)', async () => {
    const id = await hand.open()
    await hand.poll()
    await hand.answer(id, 'failed', { error: 'All filling modes failed', error_code: 4756 })
    expect(await s.status(id)).toBe('failed')
    await hand.update(8, { symbol: 'GBPUSD' })
    await hand.update(7, { volume: 0.05 })
    const { items } = await hand.look('/audit?kind=trade.surplus')
    expect(items).toMatchObject([{ subject: '7', data: { command_id: id, volume: 0.05 } }])
  })

  test('three at a time, a close before openings, one for each ticket', async () => {
    await hand.update(7)
    for (let n = 0; n < 5; n++) await hand.open({ comment: `n${n}` })
    const modify = await s.made('MODIFY_TRADE', { ticket: 7, sl: 1.08, tp: 1.099 })
    const close = await s.made('CLOSE_TRADE', { ticket: 7 })
    const first = await hand.poll()
    expect(first.map((one: { type: string }) => one.type)).toEqual([
      'MODIFY_TRADE',
      'OPEN_TRADE',
      'OPEN_TRADE',
    ])
    // The close does not wait for the levels, and no OPEN goes beside it.
    expect(await hand.poll()).toMatchObject([{ id: close }])
    await hand.answer(modify, 'completed', { ticket: 7, sl: 1.08, tp: 1.099 })
    await hand.answer(close, 'completed', { ticket: 7, close_price: 1.09 })
    expect((await hand.poll()).map((one: { type: string }) => one.type)).toEqual([
      'OPEN_TRADE',
      'OPEN_TRADE',
      'OPEN_TRADE',
    ])
  })

  test('history is asked for in its own words', async () => {
    const id = await s.made('REQUEST_HISTORY', {
      ...{ symbol: 'EURUSD', timeframe: 'H1' },
      ...{ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
    })
    expect(await hand.poll()).toEqual([
      {
        ...{ id, type: 'REQUEST_HISTORICAL_DATA', symbol: 'EURUSD', timeframe: 'H1' },
        ...{ start_date: 1_767_225_600, end_date: 1_767_312_000 },
      },
    ])
  })

  test.each([
    ['OPEN_TRADE', { sl: undefined }, /sl is missing/],
    ['OPEN_TRADE', { tp: 0 }, /tp is missing/],
    ['OPEN_TRADE', { magic: 7 }, /MagicNumber/],
    ['OPEN_TRADE', { deviation: 5 }, /10 points/],
    ['OPEN_TRADE', { comment: 'a [b]' }, /plain ASCII/],
    ['OPEN_TRADE', { comment: 'größer' }, /plain ASCII/],
    ['OPEN_TRADE', { volume: 0.12345678901 }, /10 characters/],
    ['CLOSE_TRADE', { ticket: 7, reason: 'x'.repeat(91) }, /90 characters/],
    ['CLOSE_ALL', { magic: 3 }, /leave magic out/],
    ['CLOSE_PARTIAL', { ticket: 7, volume: 0.05 }, /not offered to this EA/],
    ['PLACE_PENDING', { symbol: 'EURUSD' }, /not offered/],
    ['REQUEST_HISTORY', { symbol: 'EURUSD', timeframe: 'M30', from: 0, to: 1 }, /this EA has M1/],
  ])('what it can not do is refused when it is made: %s %j', async (type, more, why) => {
    const base =
      type === 'OPEN_TRADE' ? { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.08, tp: 1.1 } : {}
    const { status, body } = await s.create(`k${Math.random()}`, { type, payload: { ...base, ...more } })
    expect(status).toBe(422)
    expect(body.detail).toMatch(why)
  })

  test('"Command received" is an acknowledgement; an unknown type has failed at once', async () => {
    const id = await hand.open()
    await hand.poll()
    await hand.log('Command received', `Type: OPEN_TRADE, ID: ${id}`)
    const { events } = (await s.show(id)).body
    expect(events.map((one: { kind: string }) => one.kind)).toContain('command.acknowledged')
    await hand.log('Unknown command type', `Type: OPEN_TRADE, ID: ${id}`)
    expect((await s.show(id)).body).toMatchObject({ status: 'failed', safe_to_retry: false })
  })
})
