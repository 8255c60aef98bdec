// /ws/ticks on 9901: binary frames, numbered by run, acknowledged after their commit (P11).
import { encodeTickFrame, type Tick } from '@ngtb/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { planeOf, type TestServer, testServer } from './support/server.ts'

const LOGIN = 7000004
const SYMBOLS = ['EURUSD', 'USDJPY']

let t: TestServer
let key: string
beforeAll(async () => {
  t = await testServer()
  key = await t.enrol(LOGIN)
})
afterAll(() => t.stop())

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
type Said = any

class Line {
  readonly #socket: WebSocket
  readonly #heard: Said[] = []
  readonly #waiting: ((said: Said) => void)[] = []
  closed: number | null = null

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      const said = JSON.parse(String(data))
      const waiting = this.#waiting.shift()
      if (waiting) waiting(said)
      else this.#heard.push(said)
    })
    socket.on('close', (code) => {
      this.closed = code
    })
  }

  static async open(by = key): Promise<Line> {
    const { port } = planeOf(t.server, 'ticks').server.address() as { port: number }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/ticks`, { headers: { 'x-api-key': by } })
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return new Line(socket)
  }

  heard(): Promise<Said> {
    const said = this.#heard.shift()
    return said ? Promise.resolve(said) : new Promise((resolve) => this.#waiting.push(resolve))
  }

  say(message: object): Promise<Said> {
    this.#socket.send(JSON.stringify(message))
    return this.heard()
  }

  frame(first_seq: number, count: number, fields: Partial<Tick> = {}, ref = first_seq): Promise<Said> {
    const ticks = Array.from({ length: count }, (_, at) => ({
      ...{ symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: 1577916000000 + first_seq + at, volume: 0 },
      ...fields,
    }))
    this.#socket.send(encodeTickFrame({ ref, first_seq, ticks }, (symbol) => SYMBOLS.indexOf(symbol)))
    return this.heard()
  }

  close(): void {
    this.#socket.close()
  }

  cut(): void {
    this.#socket.terminate()
  }
}

const opened = async (run?: string) => {
  const line = await Line.open()
  return { line, hello: await line.say({ type: 'open', ref: 'a', account: LOGIN, symbols: SYMBOLS, run }) }
}

test('P11: frames are stored once, numbered on, and a new socket of the run hears where it stands', async () => {
  const { line, hello } = await opened()
  expect(hello).toMatchObject({ type: 'reply', ref: 'a', http: 200, next_seq: 1, symbols: 2 })
  expect(await line.frame(1, 3)).toEqual({ type: 'ack', ref: 1, processed: 3, duplicates: 0, next_seq: 4 })
  expect(await line.frame(1, 3)).toMatchObject({ processed: 0, duplicates: 3, next_seq: 4 })
  expect(await line.frame(6, 1)).toMatchObject({ processed: 1, lost: { first_seq: 4, last_seq: 5 } })
  line.close()
  const again = await opened(hello.run)
  expect(again.hello).toMatchObject({ run: hello.run, next_seq: 7 })
  expect(await again.line.frame(2, 1)).toMatchObject({
    http: 409,
    error: 'NGTB_TICK_NUMBERS',
    expected_seq: 7,
  })
  again.line.close()
})

test('many frames at once are answered in their order', async () => {
  const { line } = await opened()
  const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => line.frame(1 + n * 5, 5)))
  expect(answers.map(({ next_seq }) => next_seq)).toEqual(answers.map((_, n) => 6 + n * 5))
  line.close()
})

test('a frame that can not be read is refused, its numbers are lost, and the run goes on', async () => {
  const { line } = await opened()
  expect(await line.frame(1, 1, { bid: -1 })).toMatchObject({ http: 400, error: 'NGTB_BODY_INVALID' })
  expect(await line.frame(2, 1)).toMatchObject({ processed: 1, lost: { first_seq: 1, last_seq: 1 } })
  line.close()
})

test('S2: after a frame that was not taken, those behind it wait for it', async () => {
  const { line } = await opened()
  const { store } = t.server.services
  const ingest = store.ingest
  const { Refusal } = await import('@ngtb/protocol')
  store.ingest = async () => {
    throw new Refusal('NGTB_DATABASE_AWAY')
  }
  expect(await line.frame(1, 2)).toMatchObject({ http: 503, error: 'NGTB_DATABASE_AWAY' })
  store.ingest = ingest
  expect(await line.frame(3, 2)).toMatchObject({ http: 409, error: 'NGTB_STREAM_GAP', expected_seq: 1 })
  expect(await line.frame(1, 2)).toMatchObject({ processed: 2 })
  expect(await line.frame(3, 2)).toMatchObject({ processed: 2, next_seq: 5 })
  line.close()
})

test('bad words get what to change; another account, and a key that goes, are refused', async () => {
  const line = await Line.open()
  expect(await line.frame(1, 1)).toMatchObject({ http: 400, message: expect.stringContaining('open') })
  expect(await line.say({ type: 'open', account: LOGIN + 1, symbols: [] })).toMatchObject({
    error: 'NGTB_ACCOUNT_MISMATCH',
  })
  expect(await line.say({ type: 'open', symbols: [''] })).toMatchObject({ error: 'NGTB_BODY_INVALID' })
  expect(await line.say({ type: 'no' })).toMatchObject({ error: 'NGTB_BODY_INVALID' })
  line.close()
  await expect(Line.open('ngt_live_nobody')).rejects.toThrow(/403/)
})

test('P15: a key that is revoked stores nothing more, and loses its socket with the next frame', async () => {
  const { keys, desks, store } = t.server.services
  const account_id = (await desks.byNumber(String(LOGIN)))?.account_id ?? 0
  const made = await keys.create({ account_id, scopes: ['ea:session'], label: 'second' }, 'test')
  const line = await Line.open(made.api_key)
  const { run } = await line.say({ type: 'open', symbols: SYMBOLS })
  expect(await line.frame(1, 1)).toMatchObject({ processed: 1 })
  await keys.revoke(made.row.key_id, 'test')
  expect(await line.frame(2, 1)).toMatchObject({ http: 403, error: 'NGTB_EA_KEY_INVALID' })
  await vi.waitFor(() => expect(line.closed).toBe(4401))
  expect(await store.openTickRun(account_id, run, 0)).toMatchObject({ next_seq: 2 })
})

test('P1: a frame that came before the answer of a longer one under its first number is not acknowledged for it', async () => {
  const { line, hello } = await opened()
  await line.frame(1, 3)
  const again = await opened(hello.run)
  expect(await again.line.frame(1, 5)).toMatchObject({ error: 'NGTB_TICK_NUMBERS', expected_seq: 4 })
  expect(await again.line.frame(4, 2)).toMatchObject({ processed: 2, next_seq: 6 })
  line.close()
  again.line.close()
})

test('S4: what an older line still has under way is refused, and it is closed', async () => {
  const { line, hello } = await opened()
  await line.frame(1, 3)
  const again = await opened(hello.run)
  expect(await line.frame(4, 3)).toMatchObject({ http: 409, error: 'NGTB_FENCED' })
  await vi.waitFor(() => expect(line.closed).toBe(4409))
  expect(await again.line.frame(4, 1)).toMatchObject({ processed: 1, next_seq: 5 })
  again.line.close()
})

test('P11: an EA whose lines break all the time, and that puts other ticks into each frame, loses none', async () => {
  const random = (n: number) => Math.floor(Math.random() * n)
  let [run, made, acked, breaks]: [string | undefined, number, number, number] = [undefined, 0, 0, 0]
  const sent = new Set<Promise<unknown>>()
  while (acked < 3_000) {
    const { line, hello } = await opened(run)
    run = hello.run
    acked = hello.next_seq - 1
    let next = hello.next_seq
    let broken = false
    while (!broken && acked < 3_000) {
      // Four under way, and after some answer the line is gone with the rest.
      const answers = Array.from({ length: 4 }, () => {
        const count = 1 + random(40)
        const answer = line.frame(next, count, { volume: 1 })
        next += count
        return answer
      })
      made = Math.max(made, next - 1)
      for (const answer of answers) {
        sent.add(answer.catch(() => null))
        broken = random(6) === 0
        if (broken) break
        const { next_seq } = await answer
        expect(next_seq).toBeGreaterThan(acked)
        acked = next_seq - 1
      }
    }
    line.cut()
    breaks++
  }
  expect(breaks).toBeGreaterThan(3)
  const { store, desks } = t.server.services
  const account_id = (await desks.byNumber(String(LOGIN)))?.account_id ?? 0
  const { next_seq } = await store.openTickRun(account_id, run as string, 0)
  expect(next_seq).toBeGreaterThan(acked)
  expect(await store.tickLosses(account_id, 100)).not.toContainEqual(expect.objectContaining({ run }))
})

test('S3: large frames at once are taken one after the other', async () => {
  const { line } = await opened()
  const answers = await Promise.all([1, 60_001, 120_001, 180_001].map((first) => line.frame(first, 60_000)))
  expect(answers.map(({ processed }) => processed)).toEqual([60_000, 60_000, 60_000, 60_000])
  line.close()
})

test('symbols can be named later', async () => {
  const line = await Line.open()
  await line.say({ type: 'open', symbols: ['EURUSD'] })
  expect(await line.frame(1, 1, { symbol: 'USDJPY' })).toMatchObject({ error: 'NGTB_BODY_INVALID' })
  expect(await line.say({ type: 'symbols', ref: 9, symbols: ['USDJPY'] })).toMatchObject({
    ref: 9,
    symbols: 2,
  })
  expect(await line.frame(2, 1, { symbol: 'USDJPY' })).toMatchObject({ processed: 1 })
  line.close()
})
