// Every command type by its method, and many in one: what goes over the wire, and that it goes once.
import { COMMAND_TYPES, COMMANDS, type CommandType, CreateBatchBody, CreateCommandBody } from '@ngtb/protocol'
import { Compile } from 'typebox/compile'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type BatchIntent, type Client, createClient, isRefusal, OutcomeUnknown } from '../src/index.ts'
import type { IntentOf } from '../src/intents.ts'
import { METHOD_OF } from '../src/orders.ts'
import { type Peer, startPeer } from './support/peer.ts'

const quick = { initial_delay_ms: 5, max_delay_ms: 20, deadline_ms: 20_000, request_timeout_ms: 5_000 }
let peer: Peer
let client: Client

beforeEach(async () => {
  peer = await startPeer()
  client = createClient({ url: peer.url, account: 12345678, ...quick })
})
afterEach(async () => {
  client.close()
  await peer.stop()
})

const caught = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  )

/** One call of each type, with what it becomes on the wire. */
const CALLS: { [T in CommandType]: [call: IntentOf[T], payload: Record<string, unknown>] } = {
  OPEN_TRADE: [
    { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: null, magic: 7, deviation: 5 },
    { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: null, magic: 7, deviation: 5 },
  ],
  MODIFY_TRADE: [
    { ticket: 16218652, sl: 1.0875, tp: 0 },
    { ticket: '16218652', sl: 1.0875, tp: 0 },
  ],
  CLOSE_TRADE: [{ ticket: 9223372036854775807n }, { ticket: '9223372036854775807' }],
  CLOSE_ALL: [
    { symbol: 'EURUSD', magic: 7 },
    { symbol: 'EURUSD', magic: 7 },
  ],
  PLACE_PENDING: [
    {
      symbol: 'EURUSD',
      order_type: 'BUY_LIMIT',
      volume: 0.1,
      price: 1.08,
      expiration: new Date('2030-01-02T03:04:05Z'),
    },
    { symbol: 'EURUSD', order_type: 'BUY_LIMIT', volume: 0.1, price: 1.08, expiration: 1893553445000 },
  ],
  MODIFY_PENDING: [
    { ticket: '4711', price: 1.081, expiration: null },
    { ticket: '4711', price: 1.081, expiration: null },
  ],
  CANCEL_PENDING: [
    { ticket: 4711, reason: 'news' },
    { ticket: '4711', reason: 'news' },
  ],
  CLOSE_PARTIAL: [
    { ticket: 5, expected_volume: 0.3, remaining_volume: 0.1 },
    { ticket: '5', expected_volume: 0.3, remaining_volume: 0.1 },
  ],
  CLOSE_BY: [
    { ticket: 5, opposite_ticket: 6n },
    { ticket: '5', opposite_ticket: '6' },
  ],
  SUBSCRIBE_SYMBOLS: [{ symbols: ['EURUSD', 'XAUUSD'] }, { symbols: ['EURUSD', 'XAUUSD'] }],
  REQUEST_HISTORY: [
    { symbol: 'EURUSD', timeframe: 'M1', from: '2025-01-02T00:00:00', to: 1735862400000 },
    { symbol: 'EURUSD', timeframe: 'M1', from: '2025-01-02T00:00:00', to: 1735862400000 },
  ],
  REQUEST_SYNC: [{}, {}],
  PROBE: [{ probed_command_id: 'lost-1' }, { command_id: 'lost-1' }],
}

const bodyOf = (at: number) => JSON.parse(peer.posts()[at]?.body ?? 'null') as Record<string, unknown>

describe.each(COMMAND_TYPES)('%s', (type) => {
  const [call, payload] = CALLS[type]

  test('goes out as the protocol wants it, once, with its options beside the payload', async () => {
    const how = { command_id: 'mine', priority: 'HIGH', ttl_ms: 60_000, require_connected: true } as const
    peer.meets('POST', { do: 'lose_answer' })
    const handle = await client[METHOD_OF[type]]({ ...call, ...how } as never)
    expect([handle.command_id, handle.replayed, peer.commands.size]).toEqual(['mine', true, 1])
    expect(bodyOf(1)).toEqual({ type, payload, ...how })
    expect(Compile(CreateCommandBody).Errors(bodyOf(1))).toEqual([])
    expect(Compile(COMMANDS[type].payload).Errors(payload)).toEqual([])
    expect(COMMANDS[type].problem(payload)).toBeNull()
  })

  test('as data it is the same', async () => {
    await client.send({ type, ...call } as Parameters<Client['send']>[0])
    expect(bodyOf(0)).toMatchObject({ type, payload })
  })
})

test('a rounded ticket is refused wherever it stands', async () => {
  for (const wrong of [
    client.closeBy({ ticket: 1, opposite_ticket: 2 ** 60 }),
    client.cancelPending({ ticket: 2 ** 60 }),
    client.batch([
      { type: 'CLOSE_TRADE', ticket: 1 },
      { type: 'CLOSE_TRADE', ticket: 2 ** 60 },
    ]),
  ])
    expect(await caught(wrong)).toMatchObject({ code: 'NGTB_TICKET_INVALID' })
  expect(
    await caught(client.requestHistory({ symbol: 'A', timeframe: 'M1', from: Number.NaN })),
  ).toMatchObject({
    message: 'NaN is not a moment',
  })
  expect(peer.seen).toHaveLength(0)
})

describe('C4: a batch is one request, all or none', () => {
  const intents: BatchIntent[] = [
    { type: 'CLOSE_TRADE', ticket: 5 },
    { type: 'OPEN_TRADE', symbol: 'EURUSD', order_type: 'SELL', volume: 0.1, command_id: 'entry' },
    { type: 'CLOSE_TRADE', ticket: 5 },
  ]

  test('each has its own key, the same at each repetition; handles come in order', async () => {
    peer.meets('/batch', { do: 'lose_answer' }, { do: 'cut_answer' })
    const handles = await client.batch(intents)
    expect(peer.posts().map(({ path }) => path)).toEqual(
      Array(3).fill('/api/v1/accounts/12345678/commands/batch'),
    )
    expect(new Set(peer.posts().map(({ body }) => body)).size).toBe(1)
    expect(Compile(CreateBatchBody).Errors(bodyOf(0))).toEqual([])
    expect(peer.posts()[0]?.headers['idempotency-key']).toBeUndefined()
    const ids = (bodyOf(0) as { commands: { command_id: string }[] }).commands.map((one) => one.command_id)
    expect(handles.map((handle) => handle.command_id)).toEqual(ids)
    expect([new Set(ids).size, ids[1], peer.commands.size]).toEqual([3, 'entry', 3])
    expect(handles.map((handle) => [handle.replayed, handle.command.type])).toEqual(
      intents.map(({ type }) => [true, type]),
    )
  })

  test('one that is refused refuses all', async () => {
    peer.world.refuses.set('OPEN_TRADE', { status: 423, code: 'NGTB_RISK_CLOSED' })
    const error = await caught(client.batch(intents))
    expect(isRefusal(error, 'NGTB_ACCOUNT_PLAIN')).toBe(false)
    expect(isRefusal(error, 'NGTB_ACCOUNT_PLAIN', 'NGTB_RISK_CLOSED')).toBe(true)
    expect(peer.commands.size).toBe(0)
  })

  test('silence is a doubt about all, and names them', async () => {
    peer.meets('/batch', { do: 'lose_answer' }, ...Array(99).fill({ do: 'hang' }))
    const stop = new AbortController()
    const asked = caught(client.batch(intents, { signal: stop.signal }))
    await vi.waitFor(() => expect(peer.posts()).toHaveLength(2), { timeout: 20_000 })
    stop.abort()
    const error = await asked
    expect(error).toBeInstanceOf(OutcomeUnknown)
    const { command_ids } = error as OutcomeUnknown
    expect(command_ids).toEqual([...peer.commands.keys()])
    peer.world.faults.length = 0
    const again = await client.batch(intents.map((one, at) => ({ ...one, command_id: command_ids[at] })))
    expect(again.map(({ replayed }) => replayed)).toEqual([true, true, true])
    expect(peer.commands.size).toBe(3)
  })

  test('an answer that does not speak of its commands is none', async () => {
    peer.meets('/batch', { do: 'answer', status: 200, body: { commands: [{ command_id: 'entry' }] } })
    peer.meets('/batch', { do: 'answer', status: 200, body: 'OK' })
    expect(await client.batch(intents)).toHaveLength(3)
  })

  test('none, or more than the server takes, is refused here', async () => {
    for (const many of [[], Array<BatchIntent>(501).fill({ type: 'REQUEST_SYNC' })])
      expect(await caught(client.batch(many))).toMatchObject({ code: 'NGTB_BODY_INVALID', status: 0 })
    expect(peer.seen).toHaveLength(0)
  })
})

describe('D2: after a doubt, a refusal that hangs on the moment stays a doubt', () => {
  test.each([
    [423, 'NGTB_RISK_CLOSED'],
    [409, 'NGTB_EA_NOT_CONNECTED'],
    [422, 'NGTB_ACCOUNT_PLAIN'],
    [422, 'NGTB_COMMAND_PAYLOAD'],
  ] as const)('%i %s', async (status, code) => {
    const no = { do: 'answer', status, body: { code } } as const
    peer.meets('POST', no)
    expect(await caught(client.requestSync())).toMatchObject({ name: 'NgtbError', code, status })
    peer.meets('POST', { do: 'lose_request' }, no)
    const error = await caught(client.requestSync())
    expect(error).toBeInstanceOf(OutcomeUnknown)
    expect((error as OutcomeUnknown).cause).toMatchObject({ code })
  })

  test.each([
    [400, 'NGTB_BODY_INVALID'],
    [422, 'NGTB_COMMAND_REUSED'],
    [422, 'NGTB_COMMAND_TYPE'],
  ] as const)('%i %s is met by every repetition: a refusal', async (status, code) => {
    peer.meets('POST', { do: 'lose_request' }, { do: 'answer', status, body: { code } })
    expect(await caught(client.requestSync())).toMatchObject({ name: 'NgtbError', code })
  })
})
