// Every type's idempotent form (contract §4): absolute, "make sure", compare-and-set.

import { describe, expect, test } from 'vitest'
import type { OrderFault } from '../src/index.ts'
import { RECIPES } from '../src/model/native/recipes/index.ts'
import { EXPERT, MANUAL, tickOf } from './market.ts'
import { place, tag, wire } from './native-commands.ts'
import { faulty, lost, online, position } from './native-stage.ts'
import { SETTLE_MS } from './native-world.ts'

describe('PLACE_PENDING', () => {
  test('placed once, under its tag, with levels and expiration', () => {
    const world = online()
    world.give(place(1, { sl: 1.07, tp: 1.1, expiration: 1_600_000_000 }))
    expect(world.final('c1')).toMatchObject({
      status: 'completed',
      evidence: 'journal',
      response: { ticket: '16218652' },
    })
    expect(world.broker.orders.all()).toMatchObject([
      { magic: tag(1), kind: 'LIMIT', price: 1.08, sl: 1.07, tp: 1.1, expiration_ms: 1_600_000_000_000 },
    ])
  })

  test.each([0, 10012])('an unknown outcome (%i) is looked for by the tag, and found', (retcode) => {
    const world = faulty([{ kind: 'ambiguous', returned: false, retcode, effect_after_ms: 500 }])
    world.give(place(1))
    world.run(SETTLE_MS)
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'tag' })
    expect(world.executions('c1')).toBe(1)
  })

  test('10008 is what "placed" looks like', () => {
    const world = faulty([{ kind: 'placed', deal_after_ms: null }])
    world.give(place(1))
    expect(world.final('c1')).toMatchObject({ status: 'completed', response: { retcode: 10008 } })
  })

  test('found after it was filled: it had been placed', () => {
    const world = online()
    world.broker.orders.place(
      { symbol: 'EURUSD', direction: 'BUY', kind: 'LIMIT', volume: 0.1, price: 1.08, magic: tag(1) },
      EXPERT,
    )
    world.broker.onTick(tickOf('EURUSD', 1.07, 1.07008))
    world.give(place(1, { attempt: 2 }))
    expect(world.final('c1')).toMatchObject({
      status: 'completed',
      evidence: 'tag',
      response: { filled: true },
    })
    expect(world.orders).toEqual([])
  })
})

describe('MODIFY_TRADE and MODIFY_PENDING', () => {
  test('absolute: the same again is done, and "no changes" is done', () => {
    const world = online()
    const ticket = position(world)
    world.give(wire('MODIFY_TRADE', 1, { ticket, sl: 1.08, tp: 1.1 }))
    world.give(wire('MODIFY_TRADE', 2, { ticket, sl: 1.08 }))
    expect(world.final('c2')).toMatchObject({ status: 'completed', response: { retcode: 10025 } })
    expect(world.broker.position(ticket)).toMatchObject({ sl: 1.08, tp: 1.1 })
    world.give(wire('MODIFY_TRADE', 3, { ticket, tp: null }))
    expect(world.broker.position(ticket)).toMatchObject({ sl: 1.08, tp: 0 })
  })

  test('an unknown outcome is read, and sent again where the wanted state is missing', () => {
    const world = faulty([lost(null)])
    const ticket = position(world)
    world.give(wire('MODIFY_TRADE', 1, { ticket, sl: 1.08 }))
    world.run(1_000)
    expect(world.final('c1').status).toBe('completed')
    expect(world.orders).toHaveLength(2)
    expect(world.records().filter(({ kind }) => kind === 'try')).toHaveLength(1)
    expect(world.broker.position(ticket)?.sl).toBe(1.08)
  })

  test('sent again and refused, while the first is still on its way: that refusal is not the outcome', () => {
    const no: OrderFault = { kind: 'refuse', retcode: 10018 }
    const world = faulty([lost(1_500), ...Array.from({ length: 9 }, () => no)])
    const ticket = position(world)
    world.give(wire('MODIFY_TRADE', 1, { ticket, sl: 1.08, ttl_ms: 1_000 }))
    world.run(SETTLE_MS + 1_000)
    expect(world.orders.length).toBeGreaterThan(1)
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'state' })
    expect(world.broker.position(ticket)?.sl).toBe(1.08)
  })

  test('read and found there: done, and not sent again', () => {
    const world = faulty([lost(100)])
    const ticket = position(world)
    world.give(wire('MODIFY_TRADE', 1, { ticket, sl: 1.08 }))
    world.run(1_000)
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'state' })
    expect(world.orders).toHaveLength(1)
  })

  test('a position that is gone can not be modified', () => {
    const world = online()
    const ticket = position(world)
    world.broker.close(ticket, MANUAL)
    world.give(wire('MODIFY_TRADE', 1, { ticket, sl: 1.08 }))
    expect(world.final('c1')).toMatchObject({
      status: 'failed',
      evidence: 'retcode',
      response: { retcode: 10036 },
    })
  })

  test('S5, P7: in doubt, and the position has ended meanwhile: it does not say that it was not executed', () => {
    const world = faulty([lost(100)])
    const ticket = position(world)
    world.give(wire('MODIFY_TRADE', 1, { ticket, sl: 1.08 }))
    world.broker.listener = ({ kind }) => {
      if (kind === 'modified') world.broker.close(ticket, MANUAL)
    }
    world.run(SETTLE_MS + 2_000)
    expect(world.final('c1')).toMatchObject({
      status: 'failed',
      evidence: 'rejected',
      response: { retcode: 10036, safe_to_retry: false },
    })
    expect(world.final('c1').response?.error).toMatch(
      /position is closed; whether they were .* nobody can tell/,
    )
  })

  test('in doubt, and a newer one came: the older is not sent again', () => {
    const world = faulty([lost(null)])
    const ticket = position(world)
    world.give(wire('MODIFY_TRADE', 1, { ticket, sl: 1.08, ttl_ms: 20_000 }))
    world.give(wire('MODIFY_TRADE', 2, { ticket, sl: 1.085 }))
    world.run(SETTLE_MS + 2_000)
    expect(world.final('c1')).toMatchObject({ status: 'failed', evidence: 'rejected' })
    expect(world.final('c1').response?.error).toMatch(/superseded by command 2; .* nobody can tell/)
    expect(world.broker.position(ticket)?.sl).toBe(1.085)
  })

  test('a pending order: price, levels and expiration', () => {
    const world = online()
    world.give(place(1))
    const ticket = world.final('c1').response?.ticket
    world.give(wire('MODIFY_PENDING', 2, { ticket, price: 1.07, sl: 1.06, expiration: 1_600_000_000_000 }))
    expect(world.final('c2').status).toBe('completed')
    expect(world.broker.orders.all()).toMatchObject([
      { price: 1.07, sl: 1.06, expiration_ms: 1_600_000_000_000 },
    ])
    // By now the terminal shows the present for sure.
    world.run(SETTLE_MS)
    world.give(wire('MODIFY_PENDING', 3, { ticket, price: 1.07, attempt: 2 }))
    expect(world.final('c3')).toMatchObject({ status: 'completed', evidence: 'state' })
    world.broker.orders.cancel(String(ticket), MANUAL)
    world.give(wire('MODIFY_PENDING', 4, { ticket, price: 1.06 }))
    expect(world.final('c4')).toMatchObject({ status: 'failed', response: { retcode: 10013 } })
  })
})

describe('CLOSE_TRADE and CANCEL_PENDING: make sure it is gone', () => {
  test('closed, gone already, never there: all are what was wanted', () => {
    const world = online()
    const ticket = position(world)
    world.give(wire('CLOSE_TRADE', 1, { ticket }))
    expect(world.final('c1')).toMatchObject({
      status: 'completed',
      evidence: 'journal',
      response: { close_price: 1.09, profit: -2.4 },
    })
    world.give(wire('CLOSE_TRADE', 2, { ticket }))
    expect(world.final('c2')).toMatchObject({ status: 'completed', response: { already_closed: true } })
    world.give(wire('CLOSE_TRADE', 3, { ticket: '4711' }))
    expect(world.final('c3')).toMatchObject({ status: 'completed', response: { already_closed: true } })
  })

  test('hedging: an unknown outcome is sent again at once where it is still open', () => {
    const world = faulty([lost(null)])
    const ticket = position(world)
    world.give(wire('CLOSE_TRADE', 1, { ticket }))
    world.run(1_000)
    expect(world.final('c1').status).toBe('completed')
    expect(world.orders).toHaveLength(2)
  })

  test('netting: only after settle, and then not, for it was closed', () => {
    const world = faulty([lost(1_500)], { broker: { margin_mode: 'netting' } })
    const ticket = position(world)
    world.give(wire('CLOSE_TRADE', 1, { ticket, ttl_ms: 60_000 }))
    world.run(SETTLE_MS + 2_000)
    expect(world.final('c1').status).toBe('completed')
    expect(world.orders).toHaveLength(1)
    expect(world.broker.positions()).toEqual([])
  })

  test('netting: after settle and still open it is sent again; a second one never opens the other side', () => {
    const world = faulty([lost(null)], { broker: { margin_mode: 'netting' } })
    const ticket = position(world)
    world.give(wire('CLOSE_TRADE', 1, { ticket, ttl_ms: 60_000 }))
    world.give(wire('CLOSE_TRADE', 2, { ticket, ttl_ms: 60_000 }))
    world.run(SETTLE_MS - 200)
    expect(world.orders).toHaveLength(1)
    world.run(SETTLE_MS * 3)
    expect(world.final('c1').status).toBe('completed')
    expect(world.final('c2').status).toBe('completed')
    expect(world.broker.positions()).toEqual([])
    expect(world.broker.ledger.deals).toHaveLength(2)
  })

  test('netting: what came while the order was on its way is not closed by a second one', () => {
    const world = faulty([{ kind: 'placed', deal_after_ms: 1_500 }], { broker: { margin_mode: 'netting' } })
    const ticket = position(world)
    world.give(wire('CLOSE_TRADE', 1, { ticket, ttl_ms: 60_000 }))
    world.run(1_000)
    position(world, { volume: 0.2 })
    world.run(SETTLE_MS * 2)
    expect(world.final('c1')).toMatchObject({
      status: 'completed',
      evidence: 'tag',
      response: { ticket, volume: 0.3, remaining_volume: 0.2 },
    })
    expect(world.orders).toHaveLength(1)
    expect(world.broker.positions()).toMatchObject([{ ticket, volume: 0.2 }])
  })

  test('netting: filled in part, the rest is closed, too', () => {
    const world = faulty([{ kind: 'partial', ratio: 0.4 }], { broker: { margin_mode: 'netting' } })
    const ticket = position(world)
    world.give(wire('CLOSE_TRADE', 1, { ticket, ttl_ms: 60_000 }))
    world.run(SETTLE_MS * 2)
    expect(world.final('c1').status).toBe('completed')
    expect(world.orders).toHaveLength(2)
    expect(world.broker.positions()).toEqual([])
  })

  test('netting: without the lease nothing is closed', () => {
    const world = online({ broker: { margin_mode: 'netting' } })
    const ticket = position(world)
    world.trade.setConnected(false, world.mono_ms)
    world.give(wire('CLOSE_TRADE', 1, { ticket, ttl_ms: 60_000 }))
    world.mono_ms += 16_000
    world.trade.setConnected(true, world.mono_ms)
    world.run(1_000)
    expect(world.orders).toEqual([])
  })

  test('filled in part: the rest is closed, too', () => {
    const world = faulty([{ kind: 'partial', ratio: 0.4 }])
    const ticket = position(world)
    world.give(wire('CLOSE_TRADE', 1, { ticket }))
    world.run(1_000)
    expect(world.final('c1').status).toBe('completed')
    expect(world.broker.ledger.deals.slice(1).map(({ volume }) => volume)).toEqual([0.12, 0.18])
  })

  test('an exit that is shown before its entry is no proof that the position is gone', () => {
    const world = online()
    const ticket = position(world)
    world.broker.close(ticket, MANUAL, 0.1)
    const close = { ...wire('CLOSE_TRADE', 1, { ticket }), attempt: 1, priority: 10 }
    const seen = world.trade.look(RECIPES.CLOSE_TRADE.query(close), world.mono_ms)
    const read = (over: object) => RECIPES.CLOSE_TRADE.read(close, { ...seen, position: null, ...over }).kind
    expect(seen.ticket_deals).toHaveLength(2)
    expect(read({})).toBe('absent')
    expect(read({ ticket_deals: seen.ticket_deals.slice(1) })).toBe('absent')
    world.broker.close(ticket, MANUAL)
    const { ticket_deals } = world.trade.look(RECIPES.CLOSE_TRADE.query(close), world.mono_ms)
    expect(read({ ticket_deals })).toBe('done')
  })

  test('CANCEL_PENDING says when the order was filled first', () => {
    const world = online()
    world.give(place(1))
    world.give(place(2, { price: 1.07 }))
    world.give(wire('CANCEL_PENDING', 3, { ticket: world.final('c2').response?.ticket }))
    expect(world.final('c3')).toMatchObject({ status: 'completed', response: { filled: false } })
    world.broker.onTick(tickOf('EURUSD', 1.079, 1.07908))
    const { ticket } = world.final('c1').response ?? {}
    world.give(wire('CANCEL_PENDING', 4, { ticket }))
    expect(world.final('c4')).toMatchObject({
      status: 'completed',
      evidence: 'state',
      response: { filled: true, position: ticket },
    })
  })
})

describe('O3, E5: netting, a process that stood still before its order', () => {
  /** It stands still after a record was written, and somebody else closes what it was about to. */
  function frozen(world: ReturnType<typeof online>, kind: string) {
    let once = true
    world.afterEffect = (effect) => {
      if (!once || effect.kind !== 'append' || !effect.records.some((record) => record.kind === kind)) return
      once = false
      world.mono_ms += 9_000
      for (const { ticket } of world.broker.positions()) world.broker.close(ticket, { by: 'manual' })
    }
  }

  test.each([
    ['CLOSE_TRADE', 'intent', { ticket: '16218652' }],
    ['CLOSE_ALL', 'sub', { ttl_ms: null, strategy_no: null }],
  ] as const)('%s looks again, and opens nothing on the other side', (type, kind, more) => {
    const world = online({ broker: { margin_mode: 'netting' } })
    position(world)
    frozen(world, kind)
    world.give(wire(type, 1, { ttl_ms: 60_000, ...more }))
    world.run(40_000, 500)
    expect(world.broker.positions()).toEqual([])
    expect(world.executions('c1')).toBe(0)
    expect(world.final('c1').status).toBe('completed')
  })
})
