// The native EA, contract §5 step by step: what it does with one received command.

import { describe, expect, test } from 'vitest'
import type { OrderFault } from '../src/index.ts'
import { EXPERT } from './market.ts'
import { open, place, tag, type Wire, wire } from './native-commands.ts'
import { SETTLE_MS, World, type WorldOptions } from './native-world.ts'

const TTL_MS = 5_000

function online(options: WorldOptions = {}): World {
  const world = new World(options)
  world.connect()
  return world
}

/** A world whose broker answers the next orders like this, then normally. */
function faulty(...faults: OrderFault[]): World {
  return online({ trade: { decide: () => faults.shift() ?? { kind: 'normal' } } })
}

const ambiguous = (effect_after_ms: number | null, retcode = 10012): OrderFault => ({
  kind: 'ambiguous',
  returned: true,
  retcode,
  effect_after_ms,
})
const kinds = (world: World) =>
  world.effects.flatMap((effect) =>
    effect.kind === 'append' ? effect.records.map((record) => record.kind) : [effect.kind],
  )

test('an OPEN: intent on the disk, order, result on the disk, answer', () => {
  const world = online()
  world.effects.length = 0
  world.give(open(1))
  expect(kinds(world)).toEqual(['intent', 'order', 'done'])
  expect(world.effects[0]).toMatchObject({ kind: 'append', durable: true })
  expect(world.orders[0]).toMatchObject({ magic: tag(1), command_id: 'c1', volume: 0.1 })
  expect(world.final('c1')).toMatchObject({
    status: 'completed',
    evidence: 'journal',
    attempt: 1,
    command_no: 1,
    response: { ticket: '16218652', open_price: 1.09008, volume: 0.1, retcode: 10009 },
  })
})

describe('step 1: refused before anything is sent', () => {
  const cases: [name: string, command: Wire, error: RegExp][] = [
    ['an unknown type', wire('MAKE_COFFEE', 1), /does not know/],
    ['another login', open(1, { account: 4711 }), /is for login 4711/],
    ['a generation above its number', open(1, { generation: 5 }), /emergency stop 5/],
    ['a pending order under a generation', place(1, { generation: 5 }), /emergency stop 5/],
    ['a tag of another command', open(1, { magic: tag(2) }), /is not this command's tag/],
    ['no number', open(0, { magic: tag(1) }), /command_no is missing/],
    ['no symbol', open(1, { symbol: undefined }), /symbol is missing/],
    ['volume as text', open(1, { volume: '0.1' }), /volume must be/],
    ['a pending type as a market order', open(1, { order_type: 'BUY_LIMIT' }), /not a market order/],
    ['a ticket that is none', wire('CLOSE_TRADE', 1, { ticket: 1.5 }), /ticket must be/],
    ['levels that are none', wire('MODIFY_TRADE', 1, { ticket: '7', sl: 'high' }), /must be prices/],
    ['a partial close of nothing', wire('CLOSE_PARTIAL', 1, { ticket: '7' }), /expected_volume/],
    ['symbols that are none', wire('SUBSCRIBE_SYMBOLS', 1, { symbols: 'EURUSD' }), /list of names/],
  ]
  test.each(cases)('%s', (_name, command, error) => {
    const world = online()
    world.give(command)
    const answer = world.final(command.id)
    expect(answer).toMatchObject({ status: 'failed', evidence: 'rejected' })
    expect(answer.response?.error).toMatch(error)
    expect(world.orders).toEqual([])
  })

  test('a terminal that is logged in elsewhere trades nothing', () => {
    const world = online()
    world.trade.login = '999'
    for (const command of [
      open(1),
      wire('CLOSE_ALL', 2, { ttl_ms: null }),
      wire('CLOSE_TRADE', 3, { ticket: '7' }),
    ])
      world.give(command)
    world.run(500)
    expect(world.orders).toEqual([])
    expect(world.final('c1').response?.error).toMatch(/logged in with 999/)
    expect(world.final('c2').status).toBe('failed')
  })

  test('a generation that came with any reply counts, in its scope only, also after a restart', () => {
    const world = online()
    world.deliver([], { generations: [{ symbol: 'EURUSD', strategy_no: 7, command_no: 5 }] })
    world.work()
    world.crash()
    world.connect()
    world.give(open(3))
    world.give(open(4, { symbol: 'USDJPY' }))
    world.give(open(6))
    world.give({ ...open(2), strategy_no: 8, magic: tag(2, 8) })
    expect(world.final('c3')).toMatchObject({ status: 'failed', evidence: 'rejected' })
    for (const id of ['c4', 'c6', 'c2']) expect(world.final(id).status).toBe('completed')
  })

  test('of two MODIFY the newest command wins, whatever comes first', () => {
    const world = online()
    const ticket = world.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1 }, EXPERT).position
      ?.ticket
    world.give(wire('MODIFY_TRADE', 5, { ticket, sl: 1.08 }))
    world.give(wire('MODIFY_TRADE', 4, { ticket, sl: 1.07 }))
    expect(world.broker.position(String(ticket))?.sl).toBe(1.08)
    expect(world.final('c4')).toMatchObject({ status: 'failed', evidence: 'rejected' })
    expect(world.final('c4').response?.error).toMatch(/superseded by command 5/)
  })
})

describe('step 2: known already', () => {
  test('answered again, with the attempt that asked, and not executed again', () => {
    const world = online()
    world.give(open(1))
    world.give(open(1, { attempt: 2 }))
    world.run(2_000)
    // The acknowledgement was written, though not flushed.
    world.crash(world.store.unsynced_bytes)
    world.connect()
    world.give(open(1, { attempt: 3 }))
    expect(world.finals('c1').map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(world.finals('c1').every(({ status }) => status === 'completed')).toBe(true)
    expect(world.executions('c1')).toBe(1)
  })

  test('a final answer stands even if a stop has shut the order out since', () => {
    const world = online()
    world.give(open(1))
    world.give(open(1, { attempt: 2, generation: 9 }))
    expect(world.finals('c1').map(({ status }) => status)).toEqual(['completed', 'completed'])
  })

  test('in doubt: asked again, it says that it is at work, and sends nothing', () => {
    const world = faulty(ambiguous(null))
    world.give(open(1))
    world.give(open(1, { attempt: 2 }))
    expect(world.said.map(({ status }) => status)).toContain('progress')
    expect(world.orders).toHaveLength(1)
  })

  test('a transient refusal of an idempotent command is for its attempt only', () => {
    const faults: OrderFault[] = Array.from({ length: 10 }, () => ({ kind: 'refuse', retcode: 10021 }))
    const world = faulty(...faults)
    const ticket = world.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1 }, EXPERT).position
      ?.ticket
    const close = wire('CLOSE_TRADE', 1, { ticket, ttl_ms: 60_000 })
    world.give(close)
    world.run(20_000)
    expect(world.final('c1')).toMatchObject({
      status: 'failed',
      evidence: 'retcode',
      response: { safe_to_retry: true },
    })
    world.give(close)
    expect(world.final('c1').status).toBe('failed')
    world.give({ ...close, attempt: 2 })
    expect(world.final('c1').status).toBe('completed')
  })
})

describe('step 3: looked for before it is sent', () => {
  test('attempt 2 of what the journal never saw: found by its tag, and not sent', () => {
    const world = online()
    world.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1, magic: tag(1) }, EXPERT)
    world.give(open(1, { attempt: 2 }))
    expect(world.final('c1')).toMatchObject({
      status: 'completed',
      evidence: 'tag',
      response: { ticket: '16218652' },
    })
    expect(world.orders).toEqual([])
  })

  test('attempt 2, nothing found, the journal whole: sent', () => {
    const world = online()
    world.give(open(1, { attempt: 2 }))
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'journal' })
  })

  const doubts: [name: string, break_it: (world: World) => void, wait_ms?: number][] = [
    [
      'a torn tail',
      (world) => {
        world.store.write([{ kind: 'seen', command_no: 1, at: world.now() }])
        world.crash(10)
      },
    ],
    [
      'a damaged record',
      (world) => {
        world.store.flip(world.store.text().indexOf('intent') + 60, 3)
        world.crash()
      },
    ],
    [
      'a machine that restarted',
      (world) => {
        world.boot_id = 'boot-2'
        world.crash()
      },
      // It may be a copy, whose original may start the order until its deadline.
      TTL_MS,
    ],
  ]
  test.each(doubts)(
    '%s: what was made before this connect may have been sent, so it is only looked for',
    (name, breakIt, wait_ms = 0) => {
      const world = online()
      world.give(open(1))
      world.command_no = 2
      breakIt(world)
      world.connect()
      world.give(open(2, { ttl_ms: TTL_MS }))
      world.run(wait_ms + SETTLE_MS - 200)
      expect(world.finals('c2')).toEqual([])
      world.run(1_500)
      expect(world.final('c2'), name).toMatchObject({ status: 'failed', evidence: 'settled' })
      expect(world.executions('c2')).toBe(0)
      // What was made since can't have been sent by anything unreadable.
      world.give(open(3))
      expect(world.final('c3')).toMatchObject({ status: 'completed', evidence: 'journal' })
    },
  )

  test('the doubt outlives a second restart before the connect', () => {
    const world = online()
    world.store.write([{ kind: 'seen', command_no: 1, at: world.now() }])
    world.crash(10)
    world.work()
    world.command_no = 1
    world.crash()
    world.connect()
    world.give(open(1))
    world.run(SETTLE_MS + 1_500)
    expect(world.final('c1')).toMatchObject({ status: 'failed', evidence: 'settled' })
  })

  test('in doubt and found: done', () => {
    const world = online()
    world.command_no = 1
    world.boot_id = 'boot-2'
    world.crash()
    world.connect()
    world.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1, magic: tag(1) }, EXPERT)
    world.give(open(1))
    world.run(1_000)
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'tag' })
    expect(world.orders).toEqual([])
  })
})

describe('step 4 and P5: nothing starts late', () => {
  test('poll: counted from when the poll was sent', () => {
    const world = online()
    const sent = world.now()
    world.mono_ms += 600
    const body = { epoch: world.epoch, commands: [open(1, { ttl_ms: 500 }), open(2, { ttl_ms: 700 })] }
    world.ea.polled({ http: 200, body, retry_after_ms: null }, sent, world.now())
    world.work()
    expect(world.final('c1')).toMatchObject({
      status: 'failed',
      evidence: 'expired',
      response: { safe_to_retry: true },
    })
    expect(world.final('c2').status).toBe('completed')
  })

  test('push: counted from the message that it is anchored to', () => {
    const world = online()
    const anchor = world.now()
    world.ea.sessionFields(anchor)
    world.mono_ms += 600
    const push = (no: number, ttl_ms: number) => ({
      type: 'commands',
      anchor_ms: anchor.mono_ms,
      epoch: world.epoch,
      commands: [open(no, { ttl_ms })],
    })
    world.ea.pushed(push(1, 500), world.now())
    world.ea.pushed(push(2, 700), world.now())
    world.work()
    expect(world.final('c1').evidence).toBe('expired')
    expect(world.final('c2').status).toBe('completed')
  })

  test('a machine that slept: the wall clock tells', () => {
    const world = online()
    world.trade.setConnected(false, world.mono_ms)
    world.give(open(1, { ttl_ms: 5_000 }))
    world.skew_ms += 6_000
    world.trade.setConnected(true, world.mono_ms)
    world.work()
    expect(world.final('c1').evidence).toBe('expired')
  })

  test('a wall clock that is set back buys no time', () => {
    const world = online()
    world.trade.setConnected(false, world.mono_ms)
    world.give(open(1, { ttl_ms: 1_000 }))
    world.skew_ms -= 3_600_000
    world.run(1_000)
    expect(world.final('c1').evidence).toBe('expired')
  })

  test('no word about the time is no time', () => {
    const world = online()
    const { ttl_ms: _gone, ...command } = open(1)
    world.give(command)
    expect(world.final('c1').evidence).toBe('expired')
  })

  test('read last: a disk that was slow under the intent lets it expire, and nothing is sent', () => {
    const world = online()
    world.afterEffect = (effect) => {
      if (effect.kind === 'append' && effect.records.some(({ kind }) => kind === 'intent'))
        world.mono_ms += 2_000
    }
    world.give(open(1, { ttl_ms: 1_500 }))
    expect(world.final('c1').evidence).toBe('expired')
    expect(world.orders).toEqual([])
  })

  test('a try after a requote keeps to the deadline, too', () => {
    const world = faulty(...Array.from({ length: 9 }, (): OrderFault => ({ kind: 'refuse', retcode: 10004 })))
    world.give(open(1, { ttl_ms: 400 }))
    world.run(2_000)
    expect(world.final('c1')).toMatchObject({
      status: 'failed',
      evidence: 'retcode',
      response: { retcode: 10004 },
    })
    for (const order of world.orders) expect(order.at_mono_ms).toBeLessThan(1_400)
    expect(world.records().filter(({ kind }) => kind === 'try')).toHaveLength(world.orders.length - 1)
  })
})
