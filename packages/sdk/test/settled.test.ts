// What became of a command: heard by the bell, read by GET, and guaranteed by polling alone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Client, createClient, OutcomeUnknown } from '../src/index.ts'
import { type Peer, startPeer } from './support/peer.ts'

const order = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 } as const
const quick = { initial_delay_ms: 5, max_delay_ms: 20, deadline_ms: 2_000, request_timeout_ms: 200 }
let peer: Peer
let client: Client

async function begin(options: Parameters<typeof startPeer>[0] = {}) {
  peer = await startPeer(options)
  client = createClient({ url: peer.url, api_key: 'k', account: '12345678', ...quick })
  return client.openTrade(order)
}
afterEach(async () => {
  vi.useRealTimers()
  client.close()
  await peer.stop()
})
const done = { status: 'completed', response: { ticket: '9223372036854775807' } }

test('C3: the bell rings, the outcome is read; between, nobody polls', async () => {
  const handle = await begin()
  // No pause ends by itself: whatever reads the outcome was rung for.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const outcome = handle.settled()
  while (peer.gets().length === 0) await new Promise((resolve) => setImmediate(resolve))
  peer.settle(handle.id, done)
  expect(await outcome).toMatchObject({ kind: 'completed', ticket: '9223372036854775807' })
  vi.useRealTimers()
  expect(peer.subscriptions[0]).toMatchObject({
    topics: ['command'],
    accounts: ['12345678'],
    authorization: 'Bearer k',
  })
  expect(handle.status).toBe('completed')
})

test('B2: what happened before the bell could hear is looked for once it hears', async () => {
  const handle = await begin()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  peer.settle(handle.id, done, false)
  // No pause ends by itself here: only the bell's own beginning can make it look.
  expect((await handle.settled()).kind).toBe('completed')
})

test('B4: a server whose database went back is listened to anew', async () => {
  const handle = await begin()
  peer.tell({ topic: 'log' })
  const outcome = handle.settled()
  await vi.waitFor(() => expect(peer.subscriptions).toHaveLength(1), { timeout: 20_000 })
  peer.tell({ topic: 'command', data: { command_id: 'another' } })
  await vi.waitFor(() => expect(peer.history).toHaveLength(2), { timeout: 20_000 })
  peer.history.length = 0
  peer.cutLive()
  await vi.waitFor(() => expect(peer.subscriptions).toHaveLength(3), { timeout: 20_000 })
  expect(peer.subscriptions.map(({ after }) => after)).toEqual([undefined, 2, undefined])
  peer.settle(handle.id, done)
  expect((await outcome).kind).toBe('completed')
})

test('C3: without a live window, polling is enough', async () => {
  const handle = await begin({ live: false })
  const outcome = handle.settled()
  setTimeout(() => peer.settle(handle.id, done), 120)
  expect((await outcome).kind).toBe('completed')
})

test('C3: a bell that is lost costs latency only', async () => {
  const handle = await begin()
  const outcome = handle.settled()
  setTimeout(() => peer.settle(handle.id, done, false), 120)
  expect((await outcome).kind).toBe('completed')
})

test('a server that is away while we wait changes nothing', async () => {
  const handle = await begin()
  peer.meets('GET', { do: 'lose_request' }, { do: 'answer', status: 503 }, { do: 'hang' })
  peer.settle(handle.id, done)
  expect((await handle.settled()).kind).toBe('completed')
})

describe('each status says what to do next', () => {
  test.each([
    [{ status: 'timeout' }, { kind: 'unknown' }],
    [{ status: 'expired' }, { kind: 'expired' }],
    [{ status: 'cancelled' }, { kind: 'cancelled' }],
    [
      {
        status: 'failed',
        error_message: 'no money',
        retcode: 10019,
        retcode_name: 'TRADE_RETCODE_NO_MONEY',
        safe_to_retry: true,
      },
      {
        kind: 'failed',
        error: 'no money',
        retcode: 10019,
        retcode_name: 'TRADE_RETCODE_NO_MONEY',
        safe_to_retry: true,
      },
    ],
    [{ status: 'failed' }, { kind: 'failed', error: 'no reason given', safe_to_retry: false }],
  ])('%o', async (change, expected) => {
    const handle = await begin()
    peer.settle(handle.id, change)
    expect(await handle.settled()).toMatchObject(expected)
  })

  test('a completed close carries the ticket of its payload', async () => {
    await begin()
    const close = await client.closeTrade({ ticket: 7 })
    peer.settle(close.id, { status: 'completed', response: {} })
    expect(await close.settled()).toMatchObject({ kind: 'completed', ticket: '7' })
  })
})

test('the wait ends before the command does: OutcomeUnknown, and it can be waited for again', async () => {
  const handle = await begin()
  const error = await handle.settled({ timeout_ms: 100 }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(OutcomeUnknown)
  expect(error).toMatchObject({ command_id: handle.id, command: { status: 'pending' } })
  peer.settle(handle.id, done)
  expect((await handle.settled({ timeout_ms: 2_000 })).kind).toBe('completed')
})

test('many handles share one bell', async () => {
  await begin()
  const handles = await Promise.all(Array.from({ length: 10 }, () => client.openTrade(order)))
  const outcomes = Promise.all(handles.map((handle) => handle.settled()))
  await vi.waitFor(() => expect(peer.subscriptions).toHaveLength(1), { timeout: 20_000 })
  for (const handle of handles) peer.settle(handle.id, done)
  expect((await outcomes).every(({ kind }) => kind === 'completed')).toBe(true)
  expect(peer.subscriptions).toHaveLength(1)
})

test('B1: after settled() nothing keeps the process alive, even without close()', async () => {
  const handle = await begin()
  const program = `
    import { createClient } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
    const client = createClient({ url: '${peer.url}', account: 12345678 })
    const handle = await client.openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 })
    console.log((await handle.settled()).kind, process.hrtime.bigint())`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  await vi.waitFor(() => expect(peer.commands.size).toBe(2), { timeout: 15_000 })
  const id = [...peer.commands.keys()].find((known) => known !== handle.id) ?? ''
  await vi.waitFor(() => expect(peer.subscriptions).toHaveLength(1), { timeout: 5_000 })
  peer.settle(id, done)
  // A handle that kept the process alive would let this wait for ever.
  const [code] = (await once(child, 'exit')) as [number]
  expect([code, said]).toEqual([0, expect.stringContaining('completed')])
})
