// One stream over many sockets: nothing twice, nothing skipped, and a refusal ends it.
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { type Client, createClient, type LiveEvent, type Topic } from '../src/index.ts'
import { LiveStream } from '../src/live.ts'
import { type Peer, startPeer } from './support/peer.ts'

let peer: Peer
let client: Client

async function begin(options: Parameters<typeof startPeer>[0] = {}) {
  peer = await startPeer(options)
  client = createClient({ url: peer.url, api_key: 'k', initial_delay_ms: 2, max_delay_ms: 20 })
}
afterEach(async () => {
  client.close()
  await peer.stop()
})

const take = async (stream: LiveStream, count: number) => {
  const events: LiveEvent[] = []
  while (events.length < count) {
    const { value, done } = await stream.next()
    if (done) break
    events.push(value as LiveEvent)
  }
  return events
}
const subscribed = (count: number) =>
  vi.waitFor(() => expect(peer.subscriptions).toHaveLength(count), { timeout: 20_000 })

test('L1: resumes behind the last seq, none twice, even from a server that repeats itself', async () => {
  await begin()
  peer.world.overlap = 2
  const events = client.events({ topics: ['command', 'trade'] })
  await subscribed(1)
  for (const topic of ['trade', 'command', 'trade'] as const) peer.tell({ topic })
  expect((await take(events, 3)).map(({ seq }) => seq)).toEqual([1, 2, 3])
  peer.cutLive()
  for (const topic of ['trade', 'command'] as const) peer.tell({ topic })
  expect((await take(events, 2)).map(({ seq }) => seq)).toEqual([4, 5])
  expect(peer.subscriptions[1]).toMatchObject({ topics: ['command', 'trade'], after: 3 })
  expect(events.last_seq).toBe(5)
})

test('L1: a reset before the first event does not skip any', async () => {
  await begin()
  peer.tell({ topic: 'trade' })
  const events = client.events({ topics: ['trade'] })
  await subscribed(1)
  await vi.waitFor(() => expect(events.last_seq).toBe(1), { timeout: 20_000 })
  peer.cutLive()
  peer.tell({ topic: 'trade' })
  expect((await take(events, 1))[0]?.seq).toBe(2)
})

test('L1: after= of the caller goes out with the first subscription', async () => {
  await begin()
  for (let seq = 1; seq <= 5; seq++) peer.tell({ topic: 'log' })
  const events = client.events({ topics: ['log'], after: 2, accounts: [12345678n] })
  expect((await take(events, 3)).map(({ seq }) => seq)).toEqual([3, 4, 5])
  expect(peer.subscriptions[0]).toMatchObject({ after: 2, accounts: ['12345678'] })
})

test('L2: quotes and heartbeat figures come as they come', async () => {
  await begin()
  const events = client.events()
  await subscribed(1)
  peer.tell({ topic: 'trade' })
  peer.tell({ topic: 'quote', data: { symbol: 'EURUSD' } }, false)
  peer.tell({ topic: 'quote', data: { symbol: 'EURUSD' } }, false)
  peer.tell({ topic: 'connection', data: { balance: 10_000 } }, false)
  peer.tell({ topic: 'connection', seq: 1, data: { event: 'connection.lost' } }, false)
  peer.tell({ topic: 'connection', data: { event: 'connection.lost' } })
  expect((await take(events, 5)).map(({ topic, seq }) => [topic, seq])).toEqual([
    ['trade', 1],
    ['quote', 1],
    ['quote', 1],
    ['connection', 1],
    ['connection', 2],
  ])
})

test('L3: a slow reader makes the socket wait, and then gets everything in order', async () => {
  await begin()
  const events = client.events({ topics: ['log'] })
  await subscribed(1)
  for (let seq = 1; seq <= 5_000; seq++) peer.tell({ topic: 'log', data: { text: 'x'.repeat(200) } })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect((await take(events, 5_000)).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 5_000 }, (_, n) => n + 1),
  )
})

test.each([401, 403, 404])('L4: an upgrade refused with %i ends the stream', async (status) => {
  await begin()
  peer.world.upgrade_refusals.push({ status })
  await expect(client.events().next()).rejects.toMatchObject({ name: 'NgtbError', status })
  expect(peer.subscriptions).toHaveLength(0)
})

test('L4: 503 and 429 do not, and Retry-After is honoured', async () => {
  await begin()
  peer.world.upgrade_refusals.push({ status: 503 }, { status: 429, headers: 'Retry-After: 0.2\r\n' })
  const started = performance.now()
  const events = client.events()
  await subscribed(1)
  expect(performance.now() - started).toBeGreaterThan(190)
  peer.tell({ topic: 'trade' })
  expect(await take(events, 1)).toHaveLength(1)
})

test('L4: a server that has less than we were told went back: the stream ends and says so', async () => {
  await begin()
  const events = client.events({ topics: ['trade'] })
  await subscribed(1)
  peer.tell({ topic: 'trade' })
  expect(await take(events, 1)).toHaveLength(1)
  peer.history.length = 0
  peer.cutLive()
  await expect(events.next()).rejects.toMatchObject({ code: 'NGTB_CURSOR_INVALID' })
})

test('L5: a socket that stays silent is given up, and nothing is lost by it', async () => {
  await begin()
  const url = `${peer.url.replace('http', 'ws')}/ws`
  const door = { url, headers: {}, initial_delay_ms: 2, max_delay_ms: 20, ping_interval_ms: 30 }
  const events = new LiveStream(door, { topics: ['trade'] })
  await subscribed(1)
  peer.tell({ topic: 'trade' })
  expect(await take(events, 1)).toHaveLength(1)
  // Half open: nothing arrives any more, and nothing says so.
  peer.world.mute = true
  await subscribed(2)
  peer.world.mute = false
  peer.tell({ topic: 'trade' })
  expect((await take(events, 1)).map(({ seq }) => seq)).toEqual([2])
  expect(peer.subscriptions[1]).toMatchObject({ after: 1 })
  events.close()
})

test('L4: an error message and a policy close end it with the reason', async () => {
  await begin()
  const first = client.events()
  await subscribed(1)
  for (const socket of peer.live.clients)
    socket.send(JSON.stringify({ type: 'error', code: 'NGTB_SCOPE', message: 'no' }))
  await expect(first.next()).rejects.toMatchObject({ code: 'NGTB_SCOPE', message: 'no' })
  const second = client.events()
  await subscribed(2)
  for (const socket of peer.live.clients) socket.close(1008, 'topics must not be empty')
  await expect(second.next()).rejects.toMatchObject({ message: 'topics must not be empty' })
})

test('return() closes it, also while a reader waits', async () => {
  await begin()
  const events = client.events()
  await subscribed(1)
  const waiting = events.next()
  await events.return()
  expect((await waiting).done).toBe(true)
  expect((await events.next()).done).toBe(true)
  await vi.waitFor(() => expect(peer.live.clients.size).toBe(0), { timeout: 20_000 })
})

test('leaving a for await loop closes it', async () => {
  await begin()
  const events = client.events()
  await subscribed(1)
  peer.tell({ topic: 'trade' })
  for await (const event of events) {
    expect(event.topic).toBe('trade')
    break
  }
  await vi.waitFor(() => expect(peer.live.clients.size).toBe(0), { timeout: 20_000 })
})

test('property: any mixture of events, resets and repetitions reads as the ledger', async () => {
  await begin()
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<Topic>('trade', 'command', 'log') },
    { weight: 1, arbitrary: fc.constant('cut' as const) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), fc.nat(3), async (steps, overlap) => {
      peer.world.overlap = overlap
      const from = peer.history.length
      const events = client.events({ topics: ['trade', 'command', 'log'], after: from })
      for (const what of steps) {
        if (what === 'cut') peer.cutLive()
        else peer.tell({ topic: what })
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      const told = peer.history.slice(from)
      expect(await take(events, told.length)).toEqual(told)
      await events.return()
    }),
    { numRuns: 25 },
  )
})
