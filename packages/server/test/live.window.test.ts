// P13, P15: the live window. Events in order, each once, to whom they belong; a slow or unwelcome listener is told so.
import { setImmediate as turn } from 'node:timers/promises'
import { LIVE_MESSAGES, limits } from '@ngtb/protocol'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { fresh, position, rowsOf, tick, UNLIMITED } from './support/doors.ts'
import { type TestServer, testServer } from './support/server.ts'

interface Event {
  seq: number
  topic: string
  account: string
  at: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever it expects
  data: any
  type?: string
  code?: string
}

let t: TestServer
let admin: string
let a: string
let b: string
const sockets: WebSocket[] = []
const windows: Window[] = []
beforeEach(async () => {
  t = await testServer({ env: UNLIMITED })
  a = await t.enrol(1111)
  b = await t.enrol(2222)
  admin = await t.key(['admin'])
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await t.stop()
  for (const { strange } of windows.splice(0)) expect(strange).toEqual([])
})

const address = () => {
  const at = t.server.planes.webui.server.address()
  return `127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`
}

/** What the window says is published (docs/reference/asyncapi.json): by `type`, and an event has none. */
const PUBLISHED = new Map(Object.entries(LIVE_MESSAGES).map(([type, schema]) => [type, Compile(schema)]))

class Window {
  readonly heard: Event[] = []
  /** Everything that is not as it was published. */
  readonly strange: unknown[] = []
  readonly #socket: WebSocket
  closed: { code: number; reason: string } | null = null

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (text) => {
      const message: Event = JSON.parse(String(text))
      this.heard.push(message)
      if (!PUBLISHED.get(message.type ?? 'event')?.Check(message)) this.strange.push(message)
    })
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) }
    })
  }
  get events(): Event[] {
    return this.heard.filter(({ topic, type }) => topic !== undefined && type === undefined)
  }
  say(message: unknown): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }
  async subscribe(message: Record<string, unknown>): Promise<Event> {
    const before = this.heard.length
    this.say({ type: 'subscribe', ...message })
    return vi.waitFor(
      () => {
        const answer = this.heard.slice(before).find(({ type }) => type !== undefined)
        if (!answer) throw new Error('no answer yet')
        return answer
      },
      { timeout: 20_000 },
    )
  }
  pause(): void {
    this.#socket.pause()
  }
  resume(): void {
    this.#socket.resume()
  }
}

function open(key: string | undefined, headers: Record<string, string> = {}): Promise<Window> {
  const socket = new WebSocket(`ws://${address()}/ws`, {
    headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers },
  })
  sockets.push(socket)
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      const window = new Window(socket)
      windows.push(window)
      resolve(window)
    })
    socket.on('unexpected-response', (_, response) => reject(new Error(String(response.statusCode))))
    socket.on('error', reject)
  })
}
const log = (key: string, message: string, details?: unknown) =>
  t.call('logs', 'POST', '/api/log', { key, body: { level: 'INFO', message, details } })
const until = (holds: () => boolean) => vi.waitFor(() => expect(holds()).toBe(true), { timeout: 10_000 })

describe('who may open it', () => {
  test.each([
    ['no key', () => undefined, 401],
    ['a wrong key', () => 'nonsense', 401],
    ['an EA key', () => a, 403],
  ])('%s is refused', async (_, key, status) => {
    await expect(open(key())).rejects.toThrow(String(status))
  })
  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'file://'])(
    'a page of %s is refused',
    async (origin) => {
      await expect(open(admin, { origin })).rejects.toThrow('403')
    },
  )
  test('F38: our own page is not', async () => {
    await open(admin, { origin: `http://${address()}` })
    await expect(open(admin, { origin: 'http://evil.example', host: 'evil.example' })).rejects.toThrow('403')
  })
  test.each([['commands:read'], ['commands:open'], ['commands:close']])(
    'a key of %s may listen',
    async (scope) => {
      await open(await t.key([scope]))
    },
  )
})

describe('what it tells', () => {
  test('each topic, in the shape {seq, topic, account, at, data}', async () => {
    const window = await open(admin)
    const answer = await window.subscribe({
      topics: ['connection', 'command', 'trade', 'quote', 'log'],
      accounts: [1111],
    })
    expect(answer).toMatchObject({ type: 'subscribed', seq: expect.any(Number) })
    await log(a, 'hello', { n: 1 })
    await t.call('trades', 'POST', '/api/trades/opened', { key: a, body: position(5) })
    await t.call('webui', 'POST', '/api/v1/accounts/1111/commands', {
      key: admin,
      body: { type: 'CLOSE_TRADE', payload: { ticket: 5 }, command_id: 'told' },
    })
    await t.call('ticks', 'POST', '/api/ticks/batch', {
      key: a,
      body: { ticks: [tick({ bid: 1 }), tick({ bid: 2 })] },
    })
    await t.call('command', 'POST', '/api/heartbeat', { key: a, body: { balance: 77 } })
    await t.call('command', 'POST', '/api/disconnect', { key: a, body: { reason: 'over' } })
    await until(() => window.events.some(({ data }) => data.event === 'connection.disconnected'))
    for (const event of window.events) {
      expect(Object.keys(event).sort()).toEqual(['account', 'at', 'data', 'seq', 'topic'])
      expect(event.account).toBe('1111')
      expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
    }
    const of = (topic: string) =>
      window.events.filter((event) => event.topic === topic).map(({ data }) => data)
    expect(of('log')).toEqual([{ level: 'INFO', message: 'hello', details: { n: 1 } }])
    expect(of('trade')).toMatchObject([{ event: 'trade.opened', ticket: '5' }])
    expect(of('command')).toMatchObject([
      { event: 'command.created', command_id: 'told' },
      { event: 'command.delivered', command_id: 'told' },
    ])
    expect(of('quote')).toMatchObject([{ symbol: 'EURUSD', bid: 2 }])
    expect(of('connection')).toContainEqual(expect.objectContaining({ balance: 77 }))
  })

  test('only what was asked for', async () => {
    const logs = await open(admin)
    const trades = await open(admin)
    await logs.subscribe({ topics: ['log'], accounts: ['2222'] })
    await trades.subscribe({ topics: ['trade'] })
    await log(a, 'of a')
    await t.call('trades', 'POST', '/api/trades/opened', { key: a, body: position(5) })
    await log(b, 'of b')
    await until(() => logs.events.length > 0 && trades.events.length > 0)
    expect(logs.events.map(({ data }) => data.message)).toEqual(['of b'])
    expect(trades.events.map(({ topic }) => topic)).toEqual(['trade'])
  })

  test('P15: a key of A never hears of B, asked for or not, past or present', async () => {
    await log(b, 'secret past')
    const key = await t.key(['admin'], '1111')
    const window = await open(key)
    expect(await window.subscribe({ topics: ['log'], accounts: ['2222'] })).toMatchObject({
      type: 'error',
      code: 'NGTB_ACCOUNT_UNKNOWN',
    })
    const foreign = window.heard.at(-1)
    expect(await window.subscribe({ topics: ['log'], accounts: ['31337'] })).toMatchObject({
      type: 'error',
      code: foreign?.code,
    })
    await window.subscribe({ topics: ['connection', 'command', 'trade', 'quote', 'log'], after: 0 })
    await log(b, 'secret present')
    await t.call('ticks', 'POST', '/api/ticks/batch', { key: b, body: { ticks: [tick()] } })
    await t.call('command', 'POST', '/api/heartbeat', { key: b, body: {} })
    await log(a, 'the end')
    await until(() => window.events.some(({ data }) => data.message === 'the end'))
    expect(new Set(window.events.map(({ account }) => account))).toEqual(new Set(['1111']))
    expect(JSON.stringify(window.heard)).not.toContain('secret')
  })

  test.each([
    'nonsense',
    '[]',
    '{"type":"subscribe"}',
    '{"type":"subscribe","topics":[]}',
    '{"type":"subscribe","topics":["all"]}',
    '{"type":"subscribe","topics":["log"],"after":-1}',
    '{"type":"subscribe","topics":["log"],"after":1e300}',
    '{"type":"subscribe","topics":["log"],"x":1}',
    '{"type":"subscribe","topics":["log"],"accounts":["0"]}',
    '{"__proto__":{}}',
    '['.repeat(10_000),
  ])('F29: %.60s is answered by an error, and the window stays', async (text) => {
    const window = await open(admin)
    window.say(text)
    await until(() => window.heard.length > 0)
    expect(window.heard[0]).toMatchObject({ type: 'error', code: expect.stringMatching(/^NGTB_/) })
    expect(window.heard[0]?.code).not.toBe('NGTB_INTERNAL')
    expect(await window.subscribe({ topics: ['log'] })).toMatchObject({ type: 'subscribed' })
  })
})

const ledger = async (after: number) =>
  (
    await rowsOf<{ seq: string }>(
      t,
      `select seq from ea_log where seq > $1 union all select seq from audit_event where seq > $1 and (kind like 'command.%' or kind like 'trade.%' or kind like 'connection.%' or kind like 'time.%') order by 1`,
      [after],
    )
  ).map(({ seq }) => Number(seq))
const durable = (window: Window) =>
  window.events.filter(({ topic, data }) => topic === 'log' || data.event).map(({ seq }) => seq)

describe('resume', () => {
  /** Logs and events, on both accounts, all at once. */
  const write = (rounds: number) =>
    Promise.all(
      Array.from({ length: rounds }, async (_, n) => {
        await log(n % 2 ? a : b, `line ${n}`)
        await t.call('webui', 'POST', `/api/v1/accounts/${n % 2 ? 1111 : 2222}/commands`, {
          key: admin,
          body: { type: 'CLOSE_ALL', payload: { symbol: 'X' }, command_id: fresh('w') },
        })
      }),
    )

  test('behind `after`, without a gap or a duplicate, while writes go on', async () => {
    await write(150)
    const first = await open(admin)
    await first.subscribe({ topics: ['log', 'command', 'trade', 'connection'], after: 0 })
    const writing = write(300)
    await until(() => first.events.length > 200)
    const middle = first.events[150]?.seq ?? 0
    const second = await open(admin)
    await second.subscribe({ topics: ['log', 'command', 'trade', 'connection'], after: middle })
    await writing
    await log(a, 'last')
    for (const window of [first, second])
      await until(() => window.events.some(({ data }) => data.message === 'last'))
    expect(durable(first)).toEqual(await ledger(0))
    expect(durable(second)).toEqual(await ledger(middle))
  })

  test('listeners who come and go, on one socket or several', async () => {
    let going = true
    const writing = (async () => {
      while (going) await write(5)
    })()
    const seen = new Set<number>()
    let after = 0
    for (let round = 0; round < 10; round++) {
      const window = await open(admin)
      await window.subscribe({ topics: ['log', 'command', 'trade', 'connection'], after })
      await until(() => window.events.length > 5)
      const heard = durable(window)
      for (const seq of heard) {
        expect(seen).not.toContain(seq)
        seen.add(seq)
      }
      after = heard.at(-1) ?? after
      sockets.pop()?.terminate()
    }
    going = false
    await writing
    const last = await open(admin)
    await last.subscribe({ topics: ['log', 'command', 'trade', 'connection'], after })
    await log(a, 'last')
    await until(() => last.events.some(({ data }) => data.message === 'last'))
    for (const seq of durable(last)) seen.add(seq)
    expect([...seen].sort((x, y) => x - y)).toEqual(await ledger(0))
  })

  test('behind what does not exist yet: refused', async () => {
    const window = await open(admin)
    const { seq } = await window.subscribe({ topics: ['log'] })
    expect(await window.subscribe({ topics: ['log'], after: seq + 1_000 })).toMatchObject({
      type: 'error',
      code: 'NGTB_CURSOR_INVALID',
    })
    expect(await window.subscribe({ topics: ['log'], after: seq })).toMatchObject({ type: 'subscribed', seq })
  })

  test('without `after` it starts now', async () => {
    await log(a, 'past')
    const window = await open(admin)
    await window.subscribe({ topics: ['log'] })
    await log(a, 'present')
    await until(() => window.events.length > 0)
    expect(window.events.map(({ data }) => data.message)).toEqual(['present'])
  })

  test('the newest subscription of a socket counts', async () => {
    const window = await open(admin)
    await window.subscribe({ topics: ['log'] })
    await window.subscribe({ topics: ['trade'] })
    await log(a, 'unwanted')
    await t.call('trades', 'POST', '/api/trades/opened', { key: a, body: position(5) })
    await until(() => window.events.length > 0)
    expect(window.events.map(({ topic }) => topic)).toEqual(['trade'])
  })
})

describe('who has to go', () => {
  test('a revoked key: at once, with 4401, and hears nothing more', async () => {
    const key = await t.key(['commands:read'])
    const window = await open(key)
    const stays = await open(admin)
    for (const one of [window, stays]) await one.subscribe({ topics: ['log'] })
    await t.server.services.keys.revoke(key.split('_')[2] ?? '', 'test')
    await log(a, 'after the revocation')
    await until(() => window.closed !== null && stays.events.length > 0)
    expect(window.closed).toEqual({ code: 4401, reason: 'NGTB_KEY_INVALID' })
    expect(window.events).toEqual([])
    await expect(open(key)).rejects.toThrow('401')
  })

  test('F46: one too slow for what is durable: closed with 4008, told so, and others are not held up', async () => {
    const slow = await open(admin)
    const quick = await open(admin)
    for (const window of [slow, quick]) await window.subscribe({ topics: ['log', 'quote'] })
    slow.pause()
    const details = 'x'.repeat(1024 * 1024)
    const enough = Math.ceil(limits.websocket_buffer_bytes_max / details.length) * 4
    for (let n = 0; n < enough; n++) await log(a, `large ${n}`, details)
    await log(a, 'the end')
    await until(() => quick.events.some(({ data }) => data.message === 'the end'))
    slow.resume()
    await until(() => slow.closed !== null)
    expect(slow.closed).toMatchObject({ code: 4008, reason: expect.stringContaining('after') })
    const again = await open(admin)
    await again.subscribe({ topics: ['log'], after: slow.events.at(-1)?.seq })
    await until(() => again.events.length > 0)
    const first = Number(slow.events.at(-1)?.data.message.split(' ')[1])
    expect(again.events[0]?.data.message).toBe(`large ${first + 1}`)
  })

  test('F46: quotes are left out for a slow one, and counted', async () => {
    const slow = await open(admin)
    await slow.subscribe({ topics: ['log', 'quote'] })
    slow.pause()
    const details = 'x'.repeat(1024 * 1024)
    for (let n = 0; n < 6; n++) await log(a, `large ${n}`, details)
    for (let n = 0; n < 20; n++)
      await t.call('ticks', 'POST', '/api/ticks/batch', { key: a, body: { ticks: [tick({ bid: n + 1 })] } })
    slow.resume()
    await until(() => slow.events.filter(({ topic }) => topic === 'log').length === 6)
    await turn()
    await t.call('ticks', 'POST', '/api/ticks/batch', { key: a, body: { ticks: [tick({ bid: 99 })] } })
    await until(() => slow.events.some(({ data }) => data.bid === 99))
    const told = slow.events.filter(({ topic }) => topic === 'quote').length
    const skipped = slow.heard.find(({ type }) => type === 'skipped')
    expect(told + Number((skipped as { count?: number } | undefined)?.count ?? 0)).toBe(21)
    expect(slow.closed).toBeNull()
  })
})
