// The emergency stop, the question of what became of a command, and what sends no order (contract §4, P12).

import { describe, expect, test } from 'vitest'
import { EXPERT } from './market.ts'
import { open, place, tag, wire } from './native-commands.ts'
import { faulty, lost, online, position } from './native-stage.ts'
import { SETTLE_MS } from './native-world.ts'

describe('CLOSE_ALL', () => {
  const all = (no: number, over = {}) => wire('CLOSE_ALL', no, { ttl_ms: null, strategy_no: null, ...over })

  test('everything: positions, trades by hand, pending orders; each has its line in the journal', () => {
    const world = online()
    world.give(open(1))
    world.give(place(2))
    position(world)
    world.give(all(3))
    expect(world.final('c3')).toMatchObject({
      status: 'completed',
      response: { closed: ['16218652', '16218654'], cancelled: ['16218653'], failed: [] },
    })
    expect(world.records().filter(({ kind }) => kind === 'sub')).toHaveLength(3)
  })

  test('its scope: symbol and strategy', () => {
    const world = online()
    world.give(open(1))
    world.give(open(2, { symbol: 'USDJPY' }))
    world.give(open(3, { magic: tag(3, 8), strategy_no: 8 }))
    position(world)
    world.give(all(4, { symbol: 'EURUSD', strategy_no: 7 }))
    expect(world.final('c4').response?.closed).toEqual(['16218652'])
    world.give(all(5, { strategy_no: 8 }))
    expect(world.final('c5').response?.closed).toEqual(['16218654'])
  })

  test('it can not be overtaken: an order in doubt is waited for, and closed', () => {
    const world = faulty([lost(1_500)])
    world.give(open(1))
    world.give(all(2))
    world.run(1_000)
    expect(world.finals('c2')).toEqual([])
    world.run(2_000)
    expect(world.final('c1').status).toBe('completed')
    expect(world.final('c2')).toMatchObject({ status: 'completed', response: { closed: ['16218652'] } })
    expect(world.broker.positions()).toEqual([])
  })

  test('an opening that was answered and is not visible yet is closed, too', () => {
    const world = online({ trade: { visibleAfter: () => 800 } })
    world.give(open(1))
    world.give(all(2))
    world.run(3_000)
    expect(world.final('c2')).toMatchObject({ status: 'completed', response: { closed: ['16218652'] } })
    expect(world.broker.positions()).toEqual([])
  })

  test('what is opened after it is not its business', () => {
    const world = faulty([lost(1_500)])
    world.give(open(1))
    world.give(all(2))
    world.give(open(3))
    world.run(5_000)
    expect(world.final('c2').status).toBe('completed')
    expect(world.broker.positions().map(({ magic }) => magic)).toEqual([tag(3)])
  })

  test('while it runs no older opening of its scope begins', () => {
    const world = online()
    position(world)
    world.deliver([all(5), open(4)])
    world.work()
    expect(world.final('c4')).toMatchObject({ status: 'failed', evidence: 'rejected' })
  })

  test('a market that is closed: said, and a new attempt goes on with what is left', () => {
    const world = online()
    position(world)
    const yen = position(world, { symbol: 'USDJPY' })
    world.broker.conditions.setMarketOpen('USDJPY', false)
    world.give(all(1))
    expect(world.final('c1')).toMatchObject({
      status: 'failed',
      evidence: 'retcode',
      response: { closed: ['16218652'], failed: [{ ticket: yen, retcode: 10018 }], safe_to_retry: true },
    })
    world.broker.conditions.setMarketOpen('USDJPY', true)
    world.give(all(1, { attempt: 2 }))
    expect(world.final('c1')).toMatchObject({ status: 'completed', response: { closed: ['16218652', yen] } })
  })

  test('killed in the middle: the next start goes on by itself', () => {
    const world = online()
    for (let nth = 0; nth < 4; nth++) position(world)
    let subs = 0
    world.afterEffect = (effect) => {
      if (effect.kind === 'order' && ++subs === 2) throw new Error('killed')
    }
    expect(() => world.give(all(1))).toThrow('killed')
    world.afterEffect = () => undefined
    world.crash()
    world.connect()
    world.run(1_000)
    expect(world.final('c1').status).toBe('completed')
    expect(world.broker.positions()).toEqual([])
    expect(world.executions('c1')).toBe(4)
  })
})

describe('PROBE', () => {
  const probe = (no: number, asked: ReturnType<typeof open>) => {
    const { id, type, command_no, magic = null, strategy_no, ...probe_payload } = asked
    const about = { probe_command_id: id, probe_command_no: command_no, probe_type: type, probe_payload }
    return wire('PROBE', no, { ...about, magic, strategy_no, ttl_ms: 60_000 })
  }

  test('what the journal knows it says at once', () => {
    const world = online()
    world.give(open(1))
    world.give(open(2, { generation: 9 }))
    world.give(open(3, { ttl_ms: 0 }))
    for (const no of [1, 2, 3]) world.give(probe(10 + no, open(no)))
    expect(world.final('c11').response).toMatchObject({
      outcome: 'done',
      evidence: 'journal',
      ticket: '16218652',
    })
    expect(world.final('c12').response).toMatchObject({ outcome: 'refused', evidence: 'rejected' })
    expect(world.final('c13').response).toMatchObject({ outcome: 'expired', evidence: 'expired' })
  })

  test('never seen: after settle a tombstone, and a late delivery is refused', () => {
    const world = online()
    world.give(probe(10, open(1)))
    expect(world.final('c10')).toMatchObject({ status: 'failed', response: { safe_to_retry: true } })
    world.run(SETTLE_MS)
    world.give({ ...probe(10, open(1)), attempt: 2 })
    expect(world.final('c10')).toMatchObject({
      status: 'completed',
      response: { outcome: 'not_executed', evidence: 'tombstone' },
    })
    const stones = world.effects.findIndex(
      (effect) => effect.kind === 'append' && effect.records.some(({ kind }) => kind === 'tombstone'),
    )
    expect(world.effects[stones]).toMatchObject({ durable: true })
    world.crash()
    world.connect()
    world.give(open(1))
    expect(world.final('c1')).toMatchObject({ status: 'failed', evidence: 'tombstone' })
    expect(world.orders).toEqual([])
  })

  test('never seen and there: done by its tag', () => {
    const world = online()
    world.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1, magic: tag(1) }, EXPERT)
    world.run(SETTLE_MS)
    world.give(probe(10, open(1)))
    expect(world.final('c10').response).toMatchObject({
      outcome: 'done',
      evidence: 'tag',
      ticket: '16218652',
    })
    world.give(open(1))
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'tag' })
  })

  test('of a type that is read: by the state that it wanted', () => {
    const world = online()
    const ticket = position(world, { sl: 1.08 })
    world.run(SETTLE_MS)
    world.give(probe(10, wire('MODIFY_TRADE', 1, { ticket, sl: 1.08 })))
    world.give(probe(11, wire('MODIFY_TRADE', 2, { ticket, sl: 1.07 })))
    world.give(probe(12, wire('CLOSE_TRADE', 3, { ticket })))
    expect(world.final('c10').response).toMatchObject({ outcome: 'done', evidence: 'state' })
    expect(world.final('c11').response?.outcome).toBe('not_executed')
    expect(world.final('c12').response?.outcome).toBe('not_executed')
  })

  test('an emergency stop that is over and was never seen is buried: late, it is refused', () => {
    const world = online()
    const stop = wire('CLOSE_ALL', 2)
    world.give({ ...probe(10, stop), probe_over: true })
    expect(world.final('c10').response).toMatchObject({ outcome: 'not_executed', evidence: 'tombstone' })
    position(world)
    world.give(stop)
    expect(world.final('c2')).toMatchObject({ status: 'failed', evidence: 'tombstone' })
    expect(world.broker.positions()).toHaveLength(1)
  })

  test('in doubt: nobody can know yet; an emergency stop that may still come is not buried', () => {
    const world = faulty([lost(null)])
    world.run(SETTLE_MS)
    world.give(open(1))
    world.give(probe(10, open(1)))
    world.give(probe(11, wire('CLOSE_ALL', 2)))
    for (const id of ['c10', 'c11'])
      expect(world.final(id)).toMatchObject({ status: 'failed', response: { safe_to_retry: true } })
    world.run(SETTLE_MS + 1_000)
    world.give({ ...probe(10, open(1)), attempt: 2 })
    expect(world.final('c10').response).toMatchObject({ outcome: 'not_executed', evidence: 'settled' })
  })
})

describe('what sends no order', () => {
  test('SUBSCRIBE_SYMBOLS, REQUEST_SYNC, REQUEST_HISTORY', () => {
    const world = online()
    world.give(wire('SUBSCRIBE_SYMBOLS', 1, { symbols: ['EURUSD'] }))
    world.give(wire('REQUEST_SYNC', 2))
    const from = '2020-01-01T00:00:00Z'
    world.give(wire('REQUEST_HISTORY', 3, { symbol: 'EURUSD', timeframe: 'M5', from }))
    expect(world.final('c1')).toMatchObject({ status: 'completed', response: { symbols: ['EURUSD'] } })
    expect(world.effects.map(({ kind }) => kind)).toContain('sync')
    expect(world.final('c2').status).toBe('completed')
    expect(world.final('c3').response).toEqual({ symbol: 'EURUSD', timeframe: 'M5', bars_sent: 1 })
    expect(world.effects.find(({ kind }) => kind === 'bars')).toMatchObject({
      ...{ symbol: 'EURUSD', timeframe: 'M5', forming: true },
      bars: [{ open: 1.09, close: 1.09, ticks: 1 }],
    })
  })

  test('their numbers count: a journal never says a lower one than it has answered', () => {
    const world = online()
    world.give(wire('REQUEST_SYNC', 41))
    world.crash()
    world.work()
    expect(world.ea.connectFields(world.now())?.highest_command_no).toBe(41)
  })
})
