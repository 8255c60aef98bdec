// Commands over a wire that loses things: one intent stays one command, and doubt is called doubt.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Client, createClient, NgtbError, OutcomeUnknown } from '../src/index.ts'
import { type Peer, startPeer } from './support/peer.ts'

const order = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085, tp: 1.095 } as const
const quick = { initial_delay_ms: 5, max_delay_ms: 20, deadline_ms: 3_000, request_timeout_ms: 200 }
let peer: Peer
let client: Client

beforeEach(async () => {
  peer = await startPeer()
  client = createClient({ url: peer.url, api_key: 'k', account: 12345678, ...quick })
})
afterEach(async () => {
  client.close()
  await peer.stop()
})

const caught = async (call: Promise<unknown>) => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error
}

describe('C1: one intent, one command_id, one body', () => {
  test('the answer is lost: the same request is repeated and finds its command', async () => {
    peer.meets('POST', { do: 'lose_answer' })
    const handle = await client.openTrade(order)
    expect(handle.replayed).toBe(true)
    expect(handle.id).toBe(handle.command_id)
    expect(peer.commands.size).toBe(1)
    const [first, second] = peer.posts()
    expect(second?.body).toBe(first?.body)
    expect(second?.headers['idempotency-key']).toBe(handle.command_id)
    expect(first?.headers.authorization).toBe('Bearer k')
  })

  test.each([
    ['the request is lost', { do: 'lose_request' }],
    ['the answer is cut off', { do: 'cut_answer' }],
    ['nobody answers', { do: 'hang' }],
    ['500', { do: 'answer', status: 500 }],
    ['a proxy answers 502', { do: 'answer', status: 502, body: '<html>' }],
    ['408', { do: 'answer', status: 408 }],
  ] as const)('%s: asked again', async (_, fault) => {
    peer.meets('POST', fault, fault)
    const handle = await client.openTrade(order)
    expect(peer.posts()).toHaveLength(3)
    expect(peer.commands.size).toBe(1)
    expect(handle.status).toBe('pending')
  })

  test.each([
    [429, '0.25'],
    [503, '0.25'],
  ])('%i: Retry-After is honoured', async (status, after) => {
    peer.meets('POST', { do: 'answer', status, headers: { 'retry-after': after } })
    await client.openTrade(order)
    const [first, second] = peer.posts()
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(240)
  })

  test("a caller's own command_id is kept, and asking again is harmless", async () => {
    const first = await client.openTrade({ ...order, command_id: 'breakout-7' })
    const again = await client.openTrade({ ...order, command_id: 'breakout-7' })
    expect([first.replayed, again.replayed, again.command_no]).toEqual([false, true, first.command_no])
    const other = await caught(client.openTrade({ ...order, volume: 0.2, command_id: 'breakout-7' }))
    expect(other).toMatchObject({ code: 'NGTB_COMMAND_REUSED', status: 422 })
  })

  test('only payload fields are in the payload', async () => {
    await client.openTrade({ ...order, comment: undefined, priority: 'HIGH', ttl_ms: 5_000 })
    const body = JSON.parse(peer.posts()[0]?.body ?? '') as Record<string, unknown>
    expect(body).toMatchObject({ type: 'OPEN_TRADE', priority: 'HIGH', ttl_ms: 5_000 })
    expect(body.payload).toEqual(order)
  })
})

describe('C2: doubt is OutcomeUnknown, a refusal is NgtbError', () => {
  test.each([400, 401, 403, 404, 409, 422, 423])('%i is not asked again', async (status) => {
    const body = { code: 'NGTB_X', detail: 'a sentence', hint: 'a hint', request_id: 'r-9' }
    peer.meets('POST', { do: 'answer', status, body })
    const error = await caught(client.openTrade(order))
    expect(error).toBeInstanceOf(NgtbError)
    const { message } = error as NgtbError
    expect({ ...(error as NgtbError), message }).toMatchObject({
      code: 'NGTB_X',
      status,
      message: 'a sentence',
      hint: 'a hint',
      request_id: 'r-9',
    })
    expect(peer.posts()).toHaveLength(1)
  })

  test('a redirect is a refusal, not a GET', async () => {
    peer.meets('POST', { do: 'answer', status: 302, headers: { location: '/elsewhere' } })
    expect(await caught(client.openTrade(order))).toMatchObject({ code: 'HTTP_302' })
    expect(peer.seen).toHaveLength(1)
  })

  test('the deadline passes in doubt: OutcomeUnknown with the id, and the id still works', async () => {
    peer.meets('POST', { do: 'lose_answer' }, ...Array(99).fill({ do: 'hang' }))
    const error = await caught(client.openTrade({ ...order, deadline_ms: 150 }))
    expect(error).toBeInstanceOf(OutcomeUnknown)
    const { command_id } = error as OutcomeUnknown
    peer.world.faults.length = 0
    const handle = await client.openTrade({ ...order, command_id })
    expect(handle.replayed).toBe(true)
    expect(peer.commands.size).toBe(1)
  })

  test('P5: an OPEN is not asked for longer than it was to live; a close is', async () => {
    peer.meets('POST', ...Array(999).fill({ do: 'answer', status: 503 }))
    // Patience of an hour: only the OPEN's own life can end the asking.
    client = createClient({ url: peer.url, account: 12345678, deadline_ms: 3_600_000 })
    expect(await caught(client.openTrade({ ...order, ttl_ms: 100 }))).toBeInstanceOf(OutcomeUnknown)
    setTimeout(() => peer.world.faults.splice(0), 1_300)
    expect((await client.closeAll({ ttl_ms: 100 })).status).toBe('pending')
  })

  test("the caller's signal ends the asking at once, in doubt", async () => {
    peer.meets('POST', { do: 'hang' })
    const patient = { deadline_ms: 7_200_000, request_timeout_ms: 3_600_000 }
    client = createClient({ url: peer.url, account: 12345678, ...patient })
    const error = await caught(
      client.openTrade({ ...order, ttl_ms: 3_600_000, signal: AbortSignal.timeout(50) }),
    )
    expect(error).toBeInstanceOf(OutcomeUnknown)
  })

  test('nothing but 429 until the deadline: nothing was done, and that is said', async () => {
    const headers = { 'retry-after': '60' }
    peer.meets('POST', { do: 'answer', status: 429, headers, body: { code: 'NGTB_RATE' } })
    const error = await caught(client.openTrade({ ...order, deadline_ms: 300 }))
    expect(error).toMatchObject({ name: 'NgtbError', code: 'NGTB_RATE' })
  })

  test('a key revoked after a lost answer says nothing about the command', async () => {
    peer.meets(
      'POST',
      { do: 'lose_answer' },
      { do: 'answer', status: 401, body: { code: 'NGTB_KEY_INVALID' } },
    )
    const error = await caught(client.openTrade(order))
    expect(error).toBeInstanceOf(OutcomeUnknown)
    expect((error as OutcomeUnknown).cause).toMatchObject({ code: 'NGTB_KEY_INVALID' })
  })

  test('a server that is not there: OutcomeUnknown for a command, NGTB_UNREACHABLE for a read', async () => {
    const nowhere = createClient({ url: 'http://127.0.0.1:1', account: 1, ...quick, deadline_ms: 60 })
    expect(await caught(nowhere.openTrade(order))).toBeInstanceOf(OutcomeUnknown)
    expect(await caught(nowhere.account())).toMatchObject({ code: 'NGTB_UNREACHABLE', status: 0 })
  })
})

describe('refused before anything is sent', () => {
  test.each([
    ['NaN as stop loss would mean none', () => client.openTrade({ ...order, sl: Number.NaN })],
    ['Infinity as volume', () => client.openTrade({ ...order, volume: 1 / 0 })],
    ['a rounded ticket', () => client.closeTrade({ ticket: 2 ** 63 })],
    ['a ticket of 0', () => client.modifyTrade({ ticket: 0, sl: 1 })],
    ['a command_id with a space', () => client.closeAll({ command_id: 'a b' })],
  ])('%s', async (_, call) => {
    expect(await caught(call())).toMatchObject({ name: 'NgtbError', status: 0 })
    expect(peer.seen).toHaveLength(0)
  })

  test('a bad url, key, account or option is a sentence', () => {
    expect(() => createClient({ url: 'localhost:9905' })).toThrow(/not a server address/)
    expect(() => createClient({ api_key: 'a\nb' })).toThrow(/paste the key again/)
    expect(() => createClient({ account: 'abc' })).toThrow(/not an MT5 login/)
    expect(() => createClient({ deadline_ms: 0 })).toThrow(/above 0/)
  })
})

test('tickets travel as text, to the last digit', async () => {
  await client.closeTrade({ ticket: 9223372036854775807n })
  await client.modifyTrade({ ticket: 16218652, sl: 1.0875, tp: null })
  const payloads = peer.posts().map(({ body }) => (JSON.parse(body) as { payload: unknown }).payload)
  expect(payloads).toEqual([{ ticket: '9223372036854775807' }, { ticket: '16218652', sl: 1.0875, tp: null }])
})

describe('cancel', () => {
  test('cancels, and a repetition after a lost answer finds it cancelled', async () => {
    const handle = await client.openTrade(order)
    peer.meets('/cancel', { do: 'lose_answer' })
    expect((await handle.cancel()).status).toBe('cancelled')
    expect(await handle.settled()).toMatchObject({ kind: 'cancelled' })
  })

  test('too late is a refusal', async () => {
    const handle = await client.openTrade(order)
    peer.settle(handle.id, { status: 'executing' })
    expect(await caught(handle.cancel())).toMatchObject({ code: 'NGTB_COMMAND_NOT_CANCELLABLE' })
  })
})
