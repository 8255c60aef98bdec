// The native driver: its journal on a disk, its socket and its polls, against a server that loses, fences and dies.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  ConnectRefused,
  createNativeEa,
  JournalInUse,
  localBroker,
  type NativeDriverOptions,
  type NativeEvent,
  type RunningNativeEa,
  systemClock,
  TradeServer,
} from '../src/index.ts'
import { MANUAL, marketOf, tickOf } from './market.ts'
import { open, wire } from './native-commands.ts'
import { NativeToyServer } from './native-toy-server.ts'

const LOGIN = 12345678
let server: NativeToyServer
let folder: string
let trade_server: TradeServer
let eas: RunningNativeEa[] = []
let events: NativeEvent[] = []

beforeEach(async () => {
  server = await new NativeToyServer().start()
  folder = await mkdtemp(join(tmpdir(), 'ngtb-journal-'))
  trade_server = new TradeServer(marketOf(), { login: String(LOGIN) })
  events = []
})
afterEach(async () => {
  for (const ea of eas) await ea.kill()
  eas = []
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

function eaFor(over: Partial<NativeDriverOptions> = {}): RunningNativeEa {
  const ea = createNativeEa({
    account: LOGIN,
    api_key: 'key-1',
    ports: server.ports,
    broker: localBroker(trade_server, systemClock),
    journal_path: join(folder, 'journal.log'),
    cadence: { poll_ms: 10, heartbeat_ms: 50, sync_ms: 100, terminal_ms: 20 },
    backoff: { base_ms: 2, max_ms: 30 },
    settle_ms: 300,
    onEvent: (event) => events.push(event),
    ...over,
  })
  eas.push(ea)
  return ea
}

/** A little time for everything, so that a reply can be held between two orders. */
const unhurried: NativeDriverOptions['around'] = async (_effect, perform) => {
  await new Promise((resolve) => setTimeout(resolve, 3))
  return perform()
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const answered = (id: string) =>
  server.answers.some((one) => one.command_id === id && one.status !== 'progress')
const listed = () => ((server.to('trades_sync').at(-1)?.body.trades ?? []) as unknown[]).length
const long = { ttl_ms: 60_000 }

describe('polling', () => {
  test('a command comes, is journaled, executed once and answered with its evidence', async () => {
    await eaFor().start()
    server.due.push(open(1, long))
    await until('the answer', () => answered('c1'))
    expect(server.answers[0]).toMatchObject({ status: 'completed', evidence: 'journal', attempt: 1 })
    expect(trade_server.broker.ledger.executionCount('c1')).toBe(1)
    const [poll] = server.to('get_commands')
    expect(poll?.body).toMatchObject({ account: LOGIN, epoch: 1, mono_ms: expect.any(Number) })
    const journal = await readFile(join(folder, 'journal.log'), 'latin1')
    expect(journal.match(/"kind":"\w+"/g)?.slice(0, 5)).toEqual([
      '"kind":"opened"',
      '"kind":"epoch"',
      '"kind":"incarnation"',
      '"kind":"intent"',
      '"kind":"done"',
    ])
  })

  test.each([false, true])('an unknown login is enrolled by its first connect (push: %s)', async (push) => {
    const ea = createNativeEa({
      account: LOGIN,
      push,
      ports: server.ports,
      broker: localBroker(trade_server, systemClock),
      journal_path: join(folder, 'other.log'),
      backoff: { base_ms: 2, max_ms: 30 },
    })
    eas.push(ea)
    await ea.start()
    expect(ea.api_key).toBe('key-1')
    await until('the line that was wanted', () => ea.pushed === push && ea.online)
    expect(server.to('connect').map((word) => word.by)).toEqual(push ? ['http', 'socket'] : ['http'])
  })

  test('a server that says no is said to the caller; one that is away is waited for', async () => {
    server.plan('connect', { http: 403, status: 'error' })
    await expect(eaFor().start()).rejects.toThrow(ConnectRefused)
    await eas[0]?.kill()
    server.plan('connect', { http: 503, status: 'error' }, 3)
    await eaFor().start()
    expect(server.to('connect').length).toBe(5)
  })

  test('a lost answer is sent again, and so is the same result when the command comes again', async () => {
    await eaFor().start()
    server.plan('command_response', 'lose', 2)
    server.due.push(open(1, long))
    await until('the answer', () => answered('c1'))
    server.answers.length = 0
    server.due.push({ ...open(1, long), attempt: 2 })
    await until('the answer again', () => answered('c1'))
    expect(server.answers[0]).toMatchObject({ attempt: 2, status: 'completed' })
    expect(trade_server.broker.ledger.executionCount('c1')).toBe(1)
  })

  test('many answers that wait go together', async () => {
    await eaFor({ around: unhurried }).start()
    server.due.push(...Array.from({ length: 20 }, (_, nth) => open(nth + 1, { ...long, volume: 0.01 })))
    await until('the first answer', () => server.to('command_response').length > 0)
    let release: () => void = () => undefined
    server.slow = new Promise((resolve) => {
      release = resolve
    })
    await until('all orders', () => trade_server.broker.positions().length === 20)
    release()
    await until('all answers', () => new Set(server.answers.map((one) => one.command_id)).size === 20)
    expect(server.to('command_responses').length).toBeGreaterThan(0)
  })

  test('a long poll waits at the server', async () => {
    await eaFor({ cadence: { poll_ms: 10, wait_ms: 500 } }).start()
    await until('a poll', () => server.to('get_commands').length > 0)
    expect(server.to('get_commands')[0]?.body.wait_ms).toBe(500)
  })
})

describe('the socket', () => {
  test('commands come by themselves, answers go the same way, and nobody polls', async () => {
    const ea = eaFor({ push: true })
    await ea.start()
    expect(ea.pushed).toBe(true)
    expect(server.to('connect').map((word) => word.by)).toEqual(['socket'])
    expect(server.push([open(1, long)])).toBe(1)
    await until('the answer', () => answered('c1'))
    expect(server.to('command_response')[0]?.by).toBe('socket')
    await until('a heartbeat', () => server.to('heartbeat').length > 1)
    expect(server.to('heartbeat').every((word) => word.by === 'socket')).toBe(true)
    expect(server.to('get_commands')).toEqual([])
  })

  test('a push right behind the reply to its connect is not lost', async () => {
    server.push_with_welcome.push(open(1, long))
    await eaFor({ push: true }).start()
    await until('the answer', () => answered('c1'))
    expect(server.answers[0]).toMatchObject({ status: 'completed', evidence: 'journal' })
  })

  test('a push that is anchored too far back is late: expired, and never sent', async () => {
    const ea = eaFor({ push: true })
    await ea.start()
    const before = server.to('connect').at(-1)?.body.mono_ms
    server.push([open(1, { ttl_ms: 0 })])
    await until('the answer', () => answered('c1'))
    expect(before).toEqual(expect.any(Number))
    expect(server.answers[0]).toMatchObject({ status: 'failed', evidence: 'expired' })
    expect(trade_server.broker.positions()).toEqual([])
  })

  test('where the upgrade fails it polls, and tries the socket again later', async () => {
    server.takes_sockets = false
    const ea = eaFor({ push: true, push_retry_ms: 300 })
    await ea.start()
    expect(ea.pushed).toBe(false)
    // Handed out again until it is answered, as a server does: a reply may belong to the session before.
    let attempt = 0
    await until('an answer by polling', () => {
      if (server.due.length === 0) server.due.push({ ...open(1, long), attempt: ++attempt })
      return answered('c1')
    })
    server.takes_sockets = true
    await until('the socket', () => ea.pushed && ea.online)
    server.push([open(2, long)])
    await until('an answer by push', () => answered('c2'))
  })

  test('a socket that says nothing is cut, and a new one is opened', async () => {
    const ea = eaFor({ push: true, silence_ms: 150, cadence: { heartbeat_ms: 60_000, poll_ms: 10 } })
    await ea.start()
    server.pings = false
    await until('a second connect', () => server.to('connect').length > 1)
    server.pings = true
    await until('a session again', () => ea.online && ea.pushed)
    expect(events.some((event) => event.type === 'link_lost')).toBe(true)
  })

  test('closed with 4409 it waits for the lease of the other before it connects again', async () => {
    const ea = eaFor({ push: true })
    await ea.start()
    server.epoch++
    const began = performance.now()
    server.closeSockets(4409)
    await until('a second connect', () => server.to('connect').length > 1)
    // A lower bound: the toy's lease is 200 ms.
    expect(performance.now() - began).toBeGreaterThanOrEqual(190)
  })
})

test('what keeps the terminal from trading is told at once, not with the next heartbeat', async () => {
  const ea = eaFor({ cadence: { poll_ms: 10, heartbeat_ms: 600_000, sync_ms: 100, terminal_ms: 5 } })
  await ea.start()
  const words = () =>
    server.to('heartbeat').map(({ body }) => JSON.stringify([body.terminal_connected, body.trade_blocked_by]))
  trade_server.trade_blocked_by = ['TERMINAL_TRADE_ALLOWED']
  await until('algo trading off', () => words().includes('[true,["TERMINAL_TRADE_ALLOWED"]]'))
  trade_server.setConnected(false, systemClock.stamp().mono_ms)
  await until('no trade server', () => words().includes('[false,["TERMINAL_TRADE_ALLOWED"]]'))
})

describe('who owns the account', () => {
  test('a standby waits for its turn, and then works', async () => {
    server.plan('connect', { http: 409, status: 'error', error: 'NGTB_OWNER_OTHER', retry_after_s: 0.05 }, 2)
    const ea = eaFor({ backoff: { base_ms: 1, max_ms: 2 } })
    await ea.start()
    expect(events.filter((event) => event.type === 'standby')).toHaveLength(2)
    expect(ea.online).toBe(true)
  })

  test('a copy gets a new journal; the old one is kept beside it', async () => {
    const first = eaFor()
    await first.start()
    const copied = first.machine.journal_id
    await first.kill()
    server.plan('connect', { http: 409, status: 'error', error: 'NGTB_JOURNAL_COPY' })
    const ea = eaFor()
    await ea.start()
    expect(ea.machine.journal_id).not.toBe(copied)
    expect(await readFile(join(folder, 'journal.log.1'), 'latin1')).toContain(copied)
    expect(server.to('connect').at(-1)?.body).toMatchObject({
      last_epoch: 0,
      journal_id: ea.machine.journal_id,
    })
  })

  test('two processes never write one journal', async () => {
    await eaFor().start()
    await expect(eaFor().start()).rejects.toThrow(JournalInUse)
  })
})

describe('crashes', () => {
  const points = ['append intent', 'order', 'append done'] as const
  test.each(points)('killed after %s: one execution, and a true answer after the restart', async (point) => {
    let killed: RunningNativeEa | null = null
    const ea = eaFor({
      around: async (effect, perform) => {
        const result = await perform()
        const kinds =
          effect.kind === 'append' ? effect.records.map((record) => `append ${record.kind}`) : [effect.kind]
        if (!kinds.includes(point) || killed !== null) return result
        killed = ea
        void ea.kill()
        return result
      },
    })
    await ea.start()
    server.due.push(open(1, long))
    await until('the kill', () => killed !== null && events.some((event) => event.type === 'disconnected'))
    await eaFor().start()
    await until('the answer', () => answered('c1'))
    const executions = trade_server.broker.ledger.executionCount('c1')
    const [answer] = server.answers
    expect(executions).toBe(point === 'append intent' ? 0 : 1)
    expect(answer?.status).toBe(executions === 1 ? 'completed' : 'failed')
    if (executions === 0)
      expect(answer).toMatchObject({ evidence: 'settled', response: { safe_to_retry: true } })
  })

  test('a journal that can not be written halts the machine; a new one starts from what can be read', async () => {
    let broken = false
    const ea = eaFor({
      around: async (effect, perform) => {
        if (broken && effect.kind === 'append' && effect.durable) {
          broken = false
          throw new Error('no space left on device')
        }
        return perform()
      },
    })
    await ea.start()
    broken = true
    server.due.push(open(1, long))
    await until('a halt', () => events.some((event) => event.type === 'halted'))
    await until('a session again', () => server.to('connect').length > 1 && ea.online)
    expect(trade_server.broker.positions()).toEqual([])
    server.due.push({ ...open(1, long), attempt: 2 })
    await until('the answer', () => answered('c1'))
    expect(trade_server.broker.ledger.executionCount('c1')).toBe(1)
  })

  test('a broker that does not answer an order: unknown, looked for, found', async () => {
    const broker = localBroker(trade_server, systemClock)
    const ea = eaFor({
      broker: {
        ...broker,
        order: async (request) => {
          await broker.order(request)
          throw new Error('the terminal is gone')
        },
      },
    })
    await ea.start()
    server.due.push(open(1, long))
    await until('the answer', () => answered('c1'))
    expect(server.answers.at(-1)).toMatchObject({ status: 'completed', evidence: 'tag' })
    expect(trade_server.broker.ledger.executionCount('c1')).toBe(1)
  })
})

describe('what a plain EA does, too', () => {
  test('trades by hand are told, lists are sent, ticks and logs are taken', async () => {
    const ea = eaFor()
    await ea.start()
    ea.tick(tickOf('EURUSD', 1.0901, 1.09018))
    ea.log('INFO', 'hello')
    trade_server.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1 }, MANUAL)
    await until('all of it', () =>
      ['events', 'trades_sync', 'ticks_batch', 'log'].every((name) => server.to(name).length > 0),
    )
    const told = server.to('events').flatMap(({ body }) => body.events as { kind: string }[])
    expect(told.map(({ kind }) => kind).sort()).toEqual(['deal', 'opened'])
    await until('the list', () => listed() === 1)
  })

  test('a list waits until the terminal shows an opening that was answered', async () => {
    const at_ms = () => systemClock.stamp().mono_ms
    const slow = new TradeServer(marketOf(), { login: String(LOGIN), visibleAfter: () => 250 })
    const ea = eaFor({ broker: localBroker(slow, systemClock) })
    await ea.start()
    await until('a list', () => server.to('trades_sync').length > 0)
    server.due.push(open(1, long))
    await until('the answer', () => answered('c1'))
    const lists = server.to('trades_sync').length
    ea.syncSoon()
    await until('a list again', () => server.to('trades_sync').length > lists)
    expect(server.to('trades_sync')[lists]?.body.trades).toHaveLength(1)
    expect(slow.look({ what: 'scope', symbol: null, strategy_no: null }, at_ms()).positions).toHaveLength(1)
  })

  test('REQUEST_SYNC is done when the server has the list', async () => {
    await eaFor().start()
    server.due.push(wire('REQUEST_SYNC', 1, long))
    await until('the answer', () => answered('c1'))
    expect(server.answers[0]).toMatchObject({ status: 'completed', evidence: 'state' })
  })

  test('goodbye: what waits is delivered first', async () => {
    const ea = eaFor()
    await ea.start()
    server.due.push(open(1, long))
    await until('the order', () => trade_server.broker.positions().length === 1)
    expect(await ea.stop()).toBe(true)
    expect(answered('c1')).toBe(true)
    expect(server.to('disconnect')).toHaveLength(1)
  })
})
