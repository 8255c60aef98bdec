// The driver against a server that loses answers, refuses, dies and comes back.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Gate } from '../src/gate.ts'
import {
  ConnectRefused,
  createSimulatedEa,
  type EaEvent,
  findSymbol,
  parseTickLines,
  Random,
  randomWalk,
  SimulatedBroker,
  type SimulatedEa,
  type SimulatedEaOptions,
} from '../src/index.ts'
import { MANUAL, marketOf, START_MS } from './market.ts'
import { eventually, ToyServer } from './toy-server.ts'

const FAST = {
  cadence: { heartbeat_ms: 50, poll_ms: 5, sync_ms: 50, tick_interval_ms: 10 },
  backoff: { base_ms: 2, max_ms: 30 },
}
const LOGIN = 12345678

let server: ToyServer
let eas: SimulatedEa[] = []
const events: EaEvent[] = []

beforeEach(async () => {
  server = await new ToyServer().start()
  events.length = 0
})
afterEach(async () => {
  for (const ea of eas) ea.kill()
  eas = []
  await server.stop()
})

function eaFor(over: Partial<SimulatedEaOptions> = {}): SimulatedEa {
  const onEvent = (event: EaEvent) => events.push(event)
  const ea = createSimulatedEa({ account: LOGIN, ports: server.ports, onEvent, ...FAST, ...over })
  eas.push(ea)
  return ea
}

function ticksOf(count: number) {
  const lines = Array.from({ length: count }, (_, nth) => `${START_MS + nth},1.0900${nth % 10}0,1.09020`)
  return parseTickLines(lines, 'EURUSD')
}

const open = { id: 'c1', type: 'OPEN_TRADE', symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }

describe('the link', () => {
  test('the first connect brings the key, the symbols and the cadence', async () => {
    server.settings = { heartbeat_interval_sec: 2, command_poll_interval_sec: 0.05, tick_batch_size: 7 }
    const ea = eaFor({ cadence: { poll_ms: 20 } })
    await ea.start()
    expect(ea.api_key).toBe('key-1')
    expect(ea.cadence).toMatchObject({
      heartbeat_ms: 2_000,
      poll_ms: 20,
      sync_ms: 30_000,
      tick_batch_size: 7,
    })
    const [hello] = server.to('/api/connect')
    expect(hello?.api_key).toBeUndefined()
    expect(hello?.body).toMatchObject({ account: LOGIN, broker: 'Pepperstone', platform: 'MT5' })
    const [spec] = (hello?.body.available_symbols ?? []) as Record<string, unknown>[]
    expect(spec).toEqual({
      symbol: 'EURUSD',
      description: 'Euro vs US Dollar',
      volume_min: 0.01,
      volume_max: 100,
      volume_step: 0.01,
      stops_level: 10,
      freeze_level: 0,
      trade_mode: 4,
      digits: 5,
      point_value: 0.00001,
    })
    await eventually('all duties', () =>
      ['heartbeat', 'get_commands', 'trades/sync', 'log'].every(
        (name) => server.to(`/api/${name}`).length > 0,
      ),
    )
    const later = server.heard.filter((one) => one.path !== '/api/connect')
    expect(new Set(later.map((one) => one.api_key))).toEqual(new Set(['key-1']))
  })

  test('a refusal of the first connect is said to the caller, and so is a missing key', async () => {
    server.plan('/api/connect', { status: 403 })
    await expect(eaFor().start()).rejects.toThrow(ConnectRefused)
    server.enrolls = false
    await expect(eaFor().start()).rejects.toThrow('give its api_key')
  })

  test('a server that is away is waited for, longer each time', async () => {
    server.plan('/api/connect', { status: 503 }, 5)
    const ea = eaFor({ random: () => 1 })
    await ea.start()
    const times = server.to('/api/connect').map((one) => one.at_ms)
    const gaps = times.slice(1).map((at, nth) => at - (times[nth] ?? 0))
    for (const [nth, floor] of [2, 4, 8, 16, 30].entries())
      expect(gaps[nth]).toBeGreaterThanOrEqual(floor - 1)
    expect(ea.stats).toMatchObject({ connects: 1, reconnects: 0, requests_failed: 5 })
  })

  test('Retry-After is kept to', async () => {
    server.plan('/api/connect', { status: 503, headers: { 'retry-after': '0.2' } })
    await eaFor().start()
    const [first, second] = server.to('/api/connect').map((one) => one.at_ms)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(195)
  })

  test('a server that dies and comes back: reconnect, and nothing was lost', async () => {
    const ea = eaFor({ ticks: ticksOf(3_000), speed: 4, broker: marketOf() })
    await ea.start()
    await eventually('some ticks', () => ea.stats.ticks_acked > 100)
    await server.stop()
    await eventually('the loss is noticed', () => !ea.connected)
    ea.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1 }, MANUAL)
    await server.start(server.port)
    await eventually('the link is back', () => ea.connected)
    await ea.idle()
    expect(ea.stats).toMatchObject({ ticks_read: 3_000, ticks_acked: 3_000, ticks_dropped: 0 })
    expect(ea.stats.reconnects).toBeGreaterThanOrEqual(1)
    const stored = new Map(server.to('/api/ticks/batch').map((one) => [one.body.batch_id, one.text]))
    const times = [...stored.values()].flatMap((text) =>
      (JSON.parse(text) as { ticks: { timestamp: number }[] }).ticks.map((tick) => tick.timestamp),
    )
    expect(times).toEqual(Array.from({ length: 3_000 }, (_, nth) => START_MS + nth))
    expect(server.to('/api/trades/opened')).toHaveLength(1)
  })

  test('locked out in the middle: connects again and goes on', async () => {
    const ea = eaFor()
    await ea.start()
    server.plan('/api/heartbeat', { status: 403 })
    await eventually('a reconnect', () => ea.stats.reconnects === 1)
    expect(server.to('/api/connect').at(-1)?.api_key).toBe('key-1')
  })
})

describe('ticks', () => {
  test('a lost answer: the same bytes under the same batch_id, before anything newer', async () => {
    server.plan('/api/ticks/batch', 'lose_answer', 2)
    server.plan('/api/ticks/batch', { status: 503 }, 1)
    const ea = eaFor({ ticks: ticksOf(500), speed: 0, cadence: { ...FAST.cadence, tick_batch_max: 100 } })
    await ea.start()
    await ea.idle()
    const sent = server.to('/api/ticks/batch')
    expect(sent).toHaveLength(8)
    expect(new Set(sent.slice(0, 4).map((one) => one.text)).size).toBe(1)
    const ids = sent.slice(3).map((one) => one.body.batch_id)
    expect(new Set(ids).size).toBe(5)
    expect(ea.stats).toMatchObject({
      ticks_sent: 500,
      ticks_acked: 500,
      batches_sent: 5,
      batches_acked: 5,
      batches_resent: 3,
    })
  })

  test('the buffer is bounded; what it loses is counted and reported', async () => {
    server.plan('/api/ticks/batch', { status: 503 }, 3)
    const ea = eaFor({
      tick_buffer_max: 50,
      cadence: { ...FAST.cadence, tick_batch_max: 10, tick_batch_size: 10 },
    })
    await ea.start()
    for (const tick of ticksOf(200)) ea.tick(tick)
    await ea.idle()
    const { ticks_read, ticks_acked, ticks_dropped } = ea.stats
    expect(ticks_read).toBe(200)
    expect(ticks_dropped).toBeGreaterThan(0)
    expect(ticks_acked + ticks_dropped).toBe(200)
    const lost = events.filter((event) => event.type === 'ticks_dropped')
    expect(lost.reduce((sum, event) => sum + event.count, 0)).toBe(ticks_dropped)
    await eventually('the log', () => server.to('/api/log').some((one) => /were lost/.test(one.text)))
  })

  test('a broken tick file is an error of idle(), not silence', async () => {
    const ea = eaFor({ ticks: parseTickLines(['1577916000065,1.1,1.2', 'rubbish'], 'EURUSD'), speed: 0 })
    await ea.start()
    await expect(ea.idle()).rejects.toThrow('line 2')
    expect(await ea.stop()).toBe(true)
    expect(ea.stats.ticks_acked).toBe(1)
  })
})

describe('commands and trades', () => {
  test('a command is carried out once, answered until taken, and reported', async () => {
    server.plan('/api/command_response', { status: 503 }, 2)
    server.plan('/api/command_response', 'lose_answer', 1)
    server.plan('/api/trades/opened', 'lose_answer', 1)
    server.commands.push([open], [open])
    const ea = eaFor({ broker: marketOf() })
    await ea.start()
    await eventually('both deliveries', () => ea.stats.commands_received === 2)
    await ea.idle()
    expect(ea.broker.positions()).toHaveLength(1)
    expect(ea.broker.ledger.executionCount('c1')).toBe(1)
    expect(ea.stats).toMatchObject({ commands_executed: 1, commands_repeated: 1, responses_acked: 2 })
    const answers = new Set(server.to('/api/command_response').map((one) => one.text))
    expect(answers.size).toBe(1)
    expect(server.to('/api/command_response')[0]?.body).toMatchObject({
      account: LOGIN,
      command_id: 'c1',
      status: 'completed',
      response: { ticket: 16218652, open_price: 1.09008 },
    })
    expect(server.to('/api/trades/opened')).toHaveLength(2)
  })

  test('trade events go in order, by hand or by the market', async () => {
    server.plan('/api/trades/opened', { status: 500 }, 2)
    const ea = eaFor({ broker: marketOf() })
    await ea.start()
    const ticket = ea.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1 }, MANUAL).position
      ?.ticket
    ea.broker.modify(ticket ?? '', { sl: 1.085 }, MANUAL)
    const fallen = { symbol: 'EURUSD', time_ms: START_MS + 1, bid: 1.0849, ask: 1.085 }
    ea.tick({ ...fallen, bid_text: '1.08490', ask_text: '1.08500', volume: 0 })
    await ea.idle()
    const told = server.heard.filter((one) => /trades\/(opened|modified|closed)/.test(one.path))
    expect(told.map((one) => one.path.split('/').at(-1))).toEqual([
      'opened',
      'opened',
      'opened',
      'modified',
      'closed',
    ])
    expect(told.at(-1)?.body).toEqual({
      account: LOGIN,
      ticket: 16218652,
      close_price: 1.0849,
      close_reason: 'sl_hit',
      profit: -51.8,
      swap: 0,
      commission: 0,
      timestamp: START_MS + 1,
    })
  })

  test('a message that can never be taken is reported and does not block the next', async () => {
    server.plan('/api/trades/opened', { status: 422 })
    const ea = eaFor({ broker: marketOf() })
    await ea.start()
    for (const volume of [0.1, 0.2]) ea.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume }, MANUAL)
    await ea.idle()
    expect(ea.stats).toMatchObject({ refused: 1, trade_events_acked: 1 })
    expect(events.find((event) => event.type === 'refused')).toMatchObject({ status: 422 })
  })

  test('a full list is never sent beside a fact', async () => {
    const gate = new Gate()
    const order: string[] = []
    const hold = (name: string, ms: number) => async () => {
      order.push(`${name} begins`)
      await new Promise((resolve) => setTimeout(resolve, ms))
      order.push(`${name} ends`)
    }
    await Promise.all([
      gate.shared(hold('fact 1', 20)),
      gate.shared(hold('fact 2', 10)),
      gate.exclusive(hold('list', 10)),
      gate.shared(hold('fact 3', 1)),
    ])
    expect(order).toEqual([
      'fact 1 begins',
      'fact 2 begins',
      'fact 2 ends',
      'fact 1 ends',
      'list begins',
      'list ends',
      'fact 3 begins',
      'fact 3 ends',
    ])
  })
})

describe('the end', () => {
  test('stop() delivers what waits and says goodbye; kill() says nothing', async () => {
    const ea = eaFor({ ticks: ticksOf(50), speed: 0, cadence: { ...FAST.cadence, tick_interval_ms: 60_000 } })
    await ea.start()
    await eventually('the feed', () => ea.stats.ticks_read === 50)
    expect(await ea.stop('done')).toBe(true)
    expect(ea.stats.ticks_acked).toBe(50)
    expect(server.heard.at(-1)).toMatchObject({ path: '/api/disconnect', body: { reason: 'done' } })
    const other = eaFor({ api_key: 'key-1' })
    await other.start()
    other.kill()
    // What was on its way at that moment may still arrive; after it, nothing.
    await new Promise((resolve) => setTimeout(resolve, 20))
    const heard = server.heard.length
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(server.heard).toHaveLength(heard)
    expect(server.to('/api/disconnect')).toHaveLength(1)
    await expect(other.idle()).rejects.toThrow('stopped')
  })

  test('a stop while the server is away ends within its patience', async () => {
    const ea = eaFor({ stop_timeout_ms: 60 })
    await ea.start()
    await server.stop()
    ea.log('INFO', 'nobody hears this')
    expect(await ea.stop()).toBe(false)
  })

  test('a broker outlives its EA: the next one lists its positions', async () => {
    const broker = new SimulatedBroker()
    const spec = findSymbol('EURUSD')
    if (spec === undefined) throw new Error('EURUSD is missing')
    const walk = randomWalk({ spec, random: new Random(1), start_ms: START_MS, interval_ms: 1 })
    const first = eaFor({ broker, ticks: walk, endless: true })
    server.commands.push([])
    await first.start()
    await eventually('a price', () => broker.time_ms > 0)
    server.commands.push([open])
    await eventually('the order', () => broker.positions().length === 1)
    first.kill()
    const second = eaFor({ broker, api_key: 'key-1' })
    await second.start()
    await second.idle()
    await eventually('its sync', () => second.stats.syncs > 0)
    expect(server.to('/api/trades/sync').at(-1)?.body).toMatchObject({ trades: [{ ticket: 16218652 }] })
    expect(second.stats.latency_ms.trades_sync?.quantile(0.99)).toBeGreaterThan(0)
  })
})
