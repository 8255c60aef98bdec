// Compare and set: CLOSE_PARTIAL and CLOSE_BY (contract §4).

import { describe, expect, test } from 'vitest'
import { wire } from './native-commands.ts'
import { faulty, lost, online, position } from './native-stage.ts'
import { SETTLE_MS } from './native-world.ts'

describe('CLOSE_PARTIAL and CLOSE_BY: compare and set', () => {
  const partial = (no: number, ticket: string, expected_volume: number, remaining_volume: number) =>
    wire('CLOSE_PARTIAL', no, { ticket, expected_volume, remaining_volume, ttl_ms: 60_000 })

  test('at the start: closed down to the rest; at the rest: done; anything else: refused', () => {
    const world = online()
    const ticket = position(world)
    world.give(partial(1, ticket, 0.3, 0.2))
    expect(world.final('c1')).toMatchObject({
      status: 'completed',
      evidence: 'journal',
      response: { volume: 0.1 },
    })
    world.give(partial(2, ticket, 0.3, 0.2))
    expect(world.final('c2')).toMatchObject({
      status: 'completed',
      evidence: 'state',
      response: { remaining_volume: 0.2 },
    })
    world.give(partial(3, ticket, 0.5, 0.1))
    expect(world.final('c3')).toMatchObject({
      status: 'failed',
      evidence: 'rejected',
      response: { retcode: 10038 },
    })
    expect(world.broker.position(ticket)?.volume).toBe(0.2)
  })

  test('by volume alone: what it was at its first look is what it compares with', () => {
    const world = faulty([lost(800)])
    const ticket = position(world)
    world.give(wire('CLOSE_PARTIAL', 1, { ticket, volume: 0.1, ttl_ms: 60_000 }))
    world.run(SETTLE_MS + 1_000)
    expect(world.final('c1')).toMatchObject({
      status: 'completed',
      evidence: 'tag',
      response: { volume: 0.1 },
    })
    expect(world.broker.position(ticket)?.volume).toBe(0.2)
    expect(world.orders).toHaveLength(1)
  })

  test('an unknown outcome: after settle it is sent again, once', () => {
    const world = faulty([lost(null)])
    const ticket = position(world)
    world.give(partial(1, ticket, 0.3, 0.2))
    world.run(SETTLE_MS - 200)
    expect(world.orders).toHaveLength(1)
    world.run(2_000)
    expect(world.final('c1')).toMatchObject({ status: 'completed' })
    expect(world.broker.position(ticket)?.volume).toBe(0.2)
  })

  test('it never compares with the past: a terminal that lags is waited for', () => {
    const world = online({ trade: { visibleAfter: () => 1_000 } })
    const ticket = position(world)
    world.give(partial(1, ticket, 0.3, 0.2))
    world.give(partial(2, ticket, 0.3, 0.2))
    world.give(partial(3, ticket, 0.2, 0.1))
    world.run(3_000)
    expect(world.final('c2')).toMatchObject({ status: 'completed', evidence: 'state' })
    expect(world.final('c3')).toMatchObject({ status: 'completed', evidence: 'journal' })
    expect(world.broker.position(ticket)?.volume).toBe(0.1)
  })

  test('10010: what was filled is said, the rest is not sent', () => {
    const world = faulty([{ kind: 'partial', ratio: 0.5 }])
    const ticket = position(world)
    world.give(partial(1, ticket, 0.3, 0.1))
    expect(world.final('c1')).toMatchObject({
      status: 'completed',
      response: { volume: 0.1, retcode: 10010 },
    })
    expect(world.broker.position(ticket)?.volume).toBe(0.2)
  })

  test('CLOSE_BY closes one position against another, once', () => {
    const world = faulty([lost(500)])
    const ticket = position(world)
    const opposite_ticket = position(world, { direction: 'SELL', volume: 0.1 })
    world.give(
      wire('CLOSE_BY', 1, {
        ticket,
        opposite_ticket,
        expected_volume: 0.3,
        remaining_volume: 0.2,
        ttl_ms: 60_000,
      }),
    )
    world.run(SETTLE_MS)
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'tag' })
    expect(world.broker.positions().map((one) => one.volume)).toEqual([0.2])
    world.give(wire('CLOSE_BY', 2, { ticket, opposite_ticket }))
    world.run(SETTLE_MS + 1_000)
    expect(world.final('c2')).toMatchObject({ status: 'failed', response: { retcode: 10036 } })
  })
})
