// Epochs, ownership, copies, fences, replays: who this EA is to the server (contract §1, §4, P9, P12).

import { describe, expect, test } from 'vitest'
import type { ServerReply } from '../src/index.ts'
import { open, tag, wire } from './native-commands.ts'
import { LOGIN, SETTLE_MS, World, type WorldOptions } from './native-world.ts'

function online(options: WorldOptions = {}): World {
  const world = new World(options)
  world.connect()
  return world
}
const refused = (error: string, retry_after_ms: number | null = null): ServerReply => ({
  http: 409,
  body: { status: 'error', error },
  retry_after_ms,
})

describe('connect', () => {
  test('says who it is; what the terminal’s tags know counts, too', () => {
    const world = new World()
    world.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1, magic: tag(77) }, { by: 'manual' })
    world.work()
    expect(world.ea.connectFields(world.now())).toEqual({
      protocol: 2,
      journal_id: world.ea.journal_id,
      last_epoch: 0,
      highest_command_no: 77,
      incarnation: 0,
      mono_ms: world.mono_ms,
      poll_interval_ms: 100,
      settle_ms: SETTLE_MS,
      margin_mode: 'hedging',
      trade_server: 'Demo-1',
      terminal_connected: true,
      trade_blocked_by: [],
    })
  })

  test('nothing is said before the terminal is known, and nothing under an epoch that is not on the disk', () => {
    const world = new World()
    expect(world.ea.status).toBe('starting')
    world.work()
    const sent = world.now()
    const body = { status: 'success', protocol: 2, epoch: 1, incarnation: 1, command_no: 0, generations: [] }
    world.ea.connected({ http: 200, body, retry_after_ms: null }, sent, world.now())
    expect(world.ea.status).toBe('offline')
    const effect = world.ea.nextEffect(world.now())
    expect(effect).toMatchObject({
      kind: 'append',
      durable: true,
      records: [{ kind: 'epoch', epoch: 1 }, {}],
    })
    expect(world.ea.status).toBe('offline')
    if (effect !== null) world.ea.effectDone(effect, { kind: 'ok' }, world.now())
    expect(world.ea.status).toBe('online')
  })

  test('an epoch that came while something else was written is not taken for written', () => {
    const world = online()
    world.deliver([open(1)])
    const effect = world.ea.nextEffect(world.now())
    world.ea.linkLost(world.now())
    const body = { status: 'success', protocol: 2, epoch: 2, incarnation: 1, command_no: 1, generations: [] }
    world.ea.connected({ http: 200, body, retry_after_ms: null }, world.now(), world.now())
    if (effect !== null) world.ea.effectDone(effect, { kind: 'ok' }, world.now())
    expect(world.ea.status).toBe('offline')
    world.epoch = 2
    world.work()
    expect(world.ea.status).toBe('online')
  })

  test('the answer was lost: asked again with the epoch that is on the disk', () => {
    const world = online()
    world.ea.linkLost(world.now())
    world.crash()
    world.work()
    expect(world.ea.connectFields(world.now())?.last_epoch).toBe(1)
  })

  test('a server without protocol 2, a refusal, trouble: each is said as what it is', () => {
    const world = new World()
    world.work()
    const say = (http: number, body: unknown) =>
      world.ea.connected({ http, body, retry_after_ms: null }, world.now(), world.now())
    expect(say(200, { status: 'success' })).toBe('plain')
    expect(say(403, { error: 'NGTB_KEY' })).toBe('refused')
    expect(say(503, null)).toBe('later')
    expect(world.ea.connectFields(world.now())).not.toBeNull()
  })
})

describe('another owner', () => {
  test('a standby waits, does nothing, and asks again after Retry-After', () => {
    const world = new World()
    world.work()
    const verdict = world.ea.connected(refused('NGTB_OWNER_OTHER', 2_000), world.now(), world.now())
    expect(verdict).toBe('standby')
    expect(world.ea.status).toBe('standby')
    expect(world.ea.connectFields(world.now())).toBeNull()
    world.mono_ms += 2_000
    expect(world.ea.connectFields(world.now())).not.toBeNull()
  })

  test('fenced: what has not begun is dropped, what has begun is settled and told, orders are not started', () => {
    const world = online({
      trade: { decide: () => ({ kind: 'ambiguous', returned: true, retcode: 10012, effect_after_ms: 500 }) },
    })
    world.give(open(1))
    world.deliver([open(2)])
    world.ea.polled(refused('NGTB_FENCED'), world.now(), world.now())
    world.run(2_000)
    expect(world.orders.map(({ command_id }) => command_id)).toEqual(['c1'])
    expect(world.final('c1')).toMatchObject({ status: 'completed', evidence: 'tag' })
    expect(world.finals('c2')).toEqual([])
    expect(world.ea.connectFields(world.now())).toBeNull()
    world.mono_ms += 15_000
    expect(world.ea.connectFields(world.now())?.last_epoch).toBe(1)
  })

  test('fenced between the intent and the order: nothing is sent, and that is said', () => {
    const world = online()
    world.afterEffect = (effect) => {
      if (effect.kind === 'append' && effect.records.some(({ kind }) => kind === 'intent'))
        world.ea.fenced(world.now())
    }
    world.give(open(1))
    expect(world.orders).toEqual([])
    expect(world.final('c1')).toMatchObject({ status: 'failed', evidence: 'settled' })
  })

  test('a late reply of an older epoch is dead', () => {
    const world = online()
    world.epoch = 7
    world.deliver([open(1)])
    world.work()
    expect(world.orders).toEqual([])
  })
})

describe('a copy', () => {
  test('acts on nothing that it remembers, and begins a new journal', () => {
    const world = online({
      trade: { decide: () => ({ kind: 'ambiguous', returned: true, retcode: 10012, effect_after_ms: null }) },
    })
    world.give(open(1))
    const old = world.ea.journal_id
    world.crash()
    world.work()
    world.run(SETTLE_MS * 2)
    expect(world.finals('c1')).toEqual([])
    expect(world.ea.connected(refused('NGTB_JOURNAL_COPY'), world.now(), world.now())).toBe('copy')
    expect(world.ea.status).toBe('starting')
    world.work()
    expect(world.store.kept[0]).toContain(old)
    expect(world.ea.connectFields(world.now())).toMatchObject({ last_epoch: 0, incarnation: 0 })
    expect(world.ea.journal_id).not.toBe(old)
    world.connect()
    world.run(SETTLE_MS * 2)
    expect(world.finals('c1')).toEqual([])
  })

  test.each([
    ['another folder', { folder: 'D:/MT5' }],
    ['another login', { login: '4711' }],
    ['another trade server', { trade_server: 'Live-1' }],
  ])('a journal of %s is not ours', (_name, over) => {
    const world = online()
    const old = world.ea.journal_id
    const text = world.store.text()
    const copy = new World({
      ea: { binding: { login: LOGIN, trade_server: 'Demo-1', folder: 'C:/MT5', ...over } },
    })
    copy.load(text)
    copy.work()
    expect(copy.store.kept).toEqual([text])
    expect(copy.store.text()).not.toContain(old)
  })
})

describe('a ledger that went back', () => {
  test('every result is told again, then the new incarnation is named', () => {
    const world = online()
    for (const no of [1, 2, 3]) world.give(open(no))
    world.run(2_000)
    world.said.length = 0
    world.acks = false
    world.incarnation = 2
    world.ea.linkLost(world.now())
    world.connect({ incarnation: 2 })
    expect(world.said.map(({ command_id, replay }) => [command_id, replay])).toEqual([
      ['c1', true],
      ['c2', true],
      ['c3', true],
    ])
    expect(world.ea.sessionFields(world.now())?.incarnation).toBe(1)
    world.acks = true
    world.run(5_000)
    expect(world.ea.sessionFields(world.now())?.incarnation).toBe(2)
    world.crash()
    world.work()
    expect(world.ea.connectFields(world.now())?.incarnation).toBe(2)
  })

  test('a replay that was cut short begins anew', () => {
    const world = online()
    world.give(open(1))
    world.run(2_000)
    world.acks = false
    world.incarnation = 2
    world.ea.linkLost(world.now())
    world.connect({ incarnation: 2 })
    world.crash()
    world.said.length = 0
    world.connect({ incarnation: 2 })
    expect(world.said).toMatchObject([{ command_id: 'c1', replay: true }])
  })

  test('what was made before is looked for first: its number may have been used', () => {
    const world = online()
    world.command_no = 5
    world.ea.linkLost(world.now())
    world.connect({ incarnation: 2 })
    world.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1, magic: tag(5) }, { by: 'manual' })
    world.give(open(5))
    expect(world.orders).toEqual([])
    expect(world.final('c5')).toMatchObject({ status: 'completed', evidence: 'tag' })
    world.give(open(6))
    expect(world.effects.at(-3)?.kind).toBe('append')
    expect(world.final('c6').evidence).toBe('journal')
  })
})

test('by priority, then number; what waits for the trade server lets the rest go on', () => {
  const world = online()
  world.deliver([
    open(1),
    open(2),
    wire('CLOSE_TRADE', 3, { ticket: '7' }),
    wire('CLOSE_ALL', 4, { symbol: 'USDJPY', ttl_ms: null }),
  ])
  world.work()
  const first = world.said.map(({ command_id }) => command_id)
  expect(first).toEqual(['c4', 'c3', 'c1', 'c2'])
  world.trade.setConnected(false, world.mono_ms)
  world.deliver([open(5), wire('SUBSCRIBE_SYMBOLS', 6, { symbols: [] })])
  world.work()
  expect(world.finals('c5')).toEqual([])
  expect(world.final('c6').status).toBe('completed')
})
