// The native EA, contract §5 steps 6 and 7: what a retcode means, and how long an answer is repeated.

import { describe, expect, test } from 'vitest'
import type { OrderFault } from '../src/index.ts'
import { open } from './native-commands.ts'
import { SETTLE_MS, World, type WorldOptions } from './native-world.ts'

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

describe('step 6: the retcode decides, whatever OrderSend returned', () => {
  const refused = [
    10006, 10007, 10013, 10014, 10015, 10016, 10017, 10018, 10019, 10022, 10023, 10026, 10027, 10029,
  ].concat([10030, 10032, 10033, 10034, 10035, 10036, 10038, 10040, 10041, 10042, 10043, 10044, 10045, 10046])
  test.each(refused)('%i: refused at once, for good', (retcode) => {
    const world = faulty({ kind: 'refuse', retcode })
    world.give(open(1))
    expect(world.final('c1')).toMatchObject({
      status: 'failed',
      evidence: 'retcode',
      response: { retcode, safe_to_retry: false },
    })
    expect(world.orders).toHaveLength(1)
  })

  test.each([10004, 10020, 10021, 10024])('%i: tried again, journaled first', (retcode) => {
    const world = faulty({ kind: 'refuse', retcode })
    world.give(open(1))
    world.run(1_000)
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'journal' })
    expect(world.executions('c1')).toBe(1)
    const effects = kinds(world)
    expect(effects.lastIndexOf('try')).toBeLessThan(effects.lastIndexOf('order'))
  })

  const unknown = [0, 10011, 10012, 10028, 10031, 10039, 10025, 12_345]
  test.each(unknown)('%i: unknown; never sent again; found when it happened', (retcode) => {
    const world = faulty(ambiguous(700, retcode))
    world.give(open(1))
    world.run(SETTLE_MS + 1_000)
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'tag' })
    expect(world.orders).toHaveLength(1)
  })

  test.each(unknown)('%i: unknown; not executed is said only after settle', (retcode) => {
    const world = faulty({ ...ambiguous(null, retcode), returned: false } as OrderFault)
    world.give(open(1))
    world.run(SETTLE_MS - 100)
    expect(world.finals('c1')).toEqual([])
    world.run(1_000)
    expect(world.final('c1')).toMatchObject({
      status: 'failed',
      evidence: 'settled',
      response: { safe_to_retry: true },
    })
    expect(world.orders).toHaveLength(1)
  })

  test('settle counts from a terminal that is connected and synchronised, and by the monotonic clock', () => {
    const world = faulty(ambiguous(null))
    world.give(open(1))
    world.run(1_000)
    world.trade.setConnected(false, world.mono_ms)
    world.skew_ms += 3_600_000
    world.run(5_000)
    expect(world.finals('c1')).toEqual([])
    world.trade.setConnected(true, world.mono_ms)
    world.run(SETTLE_MS - 100)
    expect(world.finals('c1')).toEqual([])
    world.run(1_000)
    expect(world.final('c1').evidence).toBe('settled')
  })

  test('10010: done with what was filled, the rest is not sent', () => {
    const world = faulty({ kind: 'partial', ratio: 0.3 })
    world.give(open(1))
    expect(world.final('c1')).toMatchObject({
      status: 'completed',
      response: { volume: 0.03, retcode: 10010 },
    })
    expect(world.orders).toHaveLength(1)
  })

  test.each([500, null])('10008: waits for the deal (%s ms)', (deal_after_ms) => {
    const world = faulty({ kind: 'placed', deal_after_ms })
    world.give(open(1))
    world.run(300)
    expect(world.finals('c1')).toEqual([])
    world.run(SETTLE_MS + 1_000)
    expect(world.final('c1').status).toBe(deal_after_ms === null ? 'failed' : 'completed')
  })

  test('an order that was accepted and shows up late is found', () => {
    const world = online({ trade: { decide: () => ambiguous(200), visibleAfter: () => 2_500 } })
    world.give(open(1))
    world.run(2_500)
    expect(world.finals('c1')).toEqual([])
    world.run(1_000)
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'tag' })
  })
})

describe('step 7: repeated until acknowledged', () => {
  test('with growing waits, at once after a new session, and not after the acknowledgement', () => {
    const world = online()
    world.acks = false
    world.give(open(1))
    world.run(10_000)
    const told = world.finals('c1').length
    expect(told).toBeGreaterThan(3)
    expect(told).toBeLessThan(12)
    world.ea.linkLost(world.now())
    world.connect()
    expect(world.finals('c1').length).toBe(told + 1)
    world.acks = true
    world.run(20_000)
    expect(world.finals('c1').length).toBe(told + 2)
    world.run(60_000)
    expect(world.finals('c1').length).toBe(told + 2)
  })

  test('from the journal after a crash; an acknowledged one is not told again', () => {
    const world = online()
    world.give(open(1))
    world.run(2_000)
    world.acks = false
    world.give(open(2))
    world.crash()
    world.said.length = 0
    world.connect()
    expect(world.said.map(({ command_id }) => command_id)).toEqual(['c2'])
  })

  test('an answer leaves only when its record is on the disk', () => {
    const world = online()
    let told: unknown[] = []
    world.beforeEffect = (effect) => {
      if (effect.kind === 'append' && effect.records.some(({ kind }) => kind === 'done'))
        told = world.ea.answersDue(world.now())
    }
    world.give(open(1))
    expect(told).toEqual([])
    expect(world.final('c1').status).toBe('completed')
  })

  test('an acknowledgement of an older answer does not stop the newer one', () => {
    const world = faulty(ambiguous(300))
    world.acks = false
    world.give(open(1))
    world.give(open(1, { attempt: 2 }))
    const [progress] = world.said.filter(({ status }) => status === 'progress')
    world.run(2_000)
    world.said.length = 0
    if (progress !== undefined)
      world.ea.acked(
        [progress],
        { http: 200, body: { status: 'success', command_id: 'c1' }, retry_after_ms: null },
        world.now(),
      )
    world.run(5_000)
    expect(world.final('c1').status).toBe('completed')
  })

  test('an answer that a batch was refused with goes alone from then on', () => {
    const world = online()
    world.acks = false
    world.give(open(1))
    world.give(open(2))
    const answers = world.said.slice(-2)
    world.ea.acked(
      answers,
      { http: 422, body: { error: 'NGTB_BODY_INVALID' }, retry_after_ms: null },
      world.now(),
    )
    world.mono_ms += 60_000
    expect(world.ea.answersDue(world.now())).toHaveLength(1)
  })
})
