// What a view says, as a union: `unknown` is a kind of its own, and a person can settle it.
import { COMMAND_TYPES } from '@ngtb/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Client, type CommandHandle, createClient, OutcomeUnknown } from '../src/index.ts'
import { outcomeOf } from '../src/outcome.ts'
import { type Peer, startPeer } from './support/peer.ts'
import { commandView } from './support/views.ts'

const quick = { initial_delay_ms: 5, max_delay_ms: 20, deadline_ms: 3_000, request_timeout_ms: 200 }
const view = (type: string, change: object) => ({
  ...commandView({ command_id: 'c-1', type, payload: { ticket: '7' } }, '12345678', 1),
  ...change,
})
const caught = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  )

describe('O1, O2: unknown', () => {
  test.each(COMMAND_TYPES)('%s in timeout is unknown, and never looks like a failure', (type) => {
    const heard = {
      status: 'timeout',
      attempt: 2,
      sent_at: '2025-01-02T03:04:06.000Z',
      error_message: 'silence',
    }
    const outcome = outcomeOf(view(type, heard))
    expect(outcome).toMatchObject({ kind: 'unknown', attempts: 2, sent_at: heard.sent_at, why: 'silence' })
    expect(outcome).not.toHaveProperty('error')
    expect(outcome).toMatchObject({ likely_not_executed: false })
    const once = type === 'OPEN_TRADE' || type === 'PLACE_PENDING'
    expect(outcome).toMatchObject({
      settled_by: once ? ['evidence', 'person'] : ['evidence', 'next_round', 'person'],
    })
  })

  test('only what is absolute, or only reads, may be asked for again whatever became of it', () => {
    const safe = COMMAND_TYPES.filter((type) => {
      const outcome = outcomeOf(view(type, { status: 'timeout' }))
      return outcome?.kind === 'unknown' && outcome.safe_to_retry
    })
    expect(safe).toEqual([
      'MODIFY_TRADE',
      'CLOSE_ALL',
      'MODIFY_PENDING',
      'CANCEL_PENDING',
      'SUBSCRIBE_SYMBOLS',
      'REQUEST_HISTORY',
      'REQUEST_SYNC',
      'PROBE',
    ])
  })

  test('what was superseded is not sent again; a list without it is told; an unknown type is never repeated', () => {
    const older = view('MODIFY_TRADE', { status: 'timeout', superseded_by: 'c-2' })
    expect(outcomeOf(older)).toMatchObject({ kind: 'unknown', settled_by: ['evidence', 'person'] })
    const gone = view('OPEN_TRADE', { status: 'timeout', note: 'likely_not_executed' })
    expect(outcomeOf(gone)).toMatchObject({ kind: 'unknown', likely_not_executed: true })
    expect(outcomeOf(view('NEWER_TYPE', { status: 'timeout' }))).toMatchObject({ safe_to_retry: false })
  })
})

test.each([
  ['completed', { evidence: 'tag' }, { kind: 'completed', ticket: '7', evidence: 'tag' }],
  [
    'failed',
    { evidence: 'settled', safe_to_retry: true },
    { kind: 'failed', evidence: 'settled', safe_to_retry: true },
  ],
  ['failed', { evidence: 'superseded', superseded_by: 'c-2' }, { kind: 'superseded', by: 'c-2' }],
  // The EA had refused it before the newer one came.
  ['failed', { evidence: 'retcode', superseded_by: 'c-2' }, { kind: 'failed', evidence: 'retcode' }],
  ['cancelled', { superseded_by: 'c-2' }, { kind: 'superseded', by: 'c-2' }],
  ['cancelled', {}, { kind: 'cancelled' }],
  ['expired', {}, { kind: 'expired' }],
])('%s %o', (status, change, expected) => {
  expect(outcomeOf(view('MODIFY_TRADE', { status, ...change }))).toMatchObject(expected)
})

test.each(['pending', 'executing', 'something newer'])('%s is no outcome yet', (status) => {
  expect(outcomeOf(view('OPEN_TRADE', { status }))).toBeNull()
})

describe('over the wire', () => {
  let peer: Peer
  let client: Client
  let handle: CommandHandle
  beforeEach(async () => {
    peer = await startPeer()
    client = createClient({ url: peer.url, account: 12345678, ...quick })
    handle = await client.openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, command_id: 'c-1' })
  })
  afterEach(async () => {
    client.close()
    await peer.stop()
  })

  test('settled() ends with unknown, known() waits on until evidence comes', async () => {
    const known = handle.known()
    peer.settle('c-1', { status: 'timeout', attempt: 1 })
    expect((await handle.settled()).kind).toBe('unknown')
    await vi.waitFor(() => expect(peer.subscriptions).toHaveLength(1), { timeout: 20_000 })
    peer.settle('c-1', { status: 'completed', evidence: 'tag', response: { ticket: '9' } })
    expect(await known).toMatchObject({ kind: 'completed', ticket: '9', evidence: 'tag' })
  })

  test('known() with a time limit says that it is still unknown', async () => {
    peer.settle('c-1', { status: 'timeout', attempt: 1 })
    const error = await caught(handle.known({ timeout_ms: 150 }))
    expect(error).toBeInstanceOf(OutcomeUnknown)
    expect(error).toMatchObject({ command: { status: 'timeout' } })
  })

  test("a person's word, said twice because the first answer was lost", async () => {
    peer.settle('c-1', { status: 'timeout', attempt: 1 })
    peer.meets('/settle', { do: 'lose_answer' })
    const settled = await handle.settle({
      completed: { ticket: 9223372036854775807n },
      note: 'seen in the terminal',
    })
    expect(settled).toMatchObject({ status: 'completed', evidence: 'person' })
    expect(await handle.known()).toMatchObject({ kind: 'completed', ticket: '9223372036854775807' })
    const bodies = peer.seen
      .filter(({ path }) => path.endsWith('/settle'))
      .map(({ body }) => JSON.parse(body) as object)
    expect(bodies).toEqual(
      Array(2).fill({ completed: { ticket: '9223372036854775807' }, note: 'seen in the terminal' }),
    )
  })

  test('by its id alone; and what is not unknown can not be settled', async () => {
    const refused = await caught(client.settle('c-1', { not_executed: true, note: 'x' }))
    expect(refused).toMatchObject({ code: 'NGTB_COMMAND_NOT_SETTLEABLE', status: 409 })
    peer.settle('c-1', { status: 'timeout', attempt: 1 })
    expect(await client.settle('c-1', { not_executed: true, note: 'x' })).toMatchObject({ status: 'failed' })
    expect(await caught(handle.settle({ completed: { ticket: 2 ** 60 }, note: 'x' }))).toMatchObject({
      code: 'NGTB_TICKET_INVALID',
    })
    await client.closeAll({ command_id: 'c-2' })
    peer.settle('c-2', { status: 'timeout', attempt: 1 })
    await client.settle('c-2', { completed: true, note: 'all closed' })
    expect(JSON.parse(peer.seen.at(-1)?.body ?? '')).toEqual({ completed: {}, note: 'all closed' })
  })

  test('K19: a server that knows it no longer says nothing about what became of it', async () => {
    peer.commands.delete('c-1')
    const error = await caught(handle.settled())
    expect(error).toBeInstanceOf(OutcomeUnknown)
    expect(error).toMatchObject({ command_id: 'c-1', cause: { code: 'NGTB_COMMAND_UNKNOWN' } })
  })

  test('orphans are told', async () => {
    peer.world.orphans.push({ command_id: 'c-0', status: 'completed' })
    expect(await client.orphans()).toEqual([{ command_id: 'c-0', status: 'completed' }])
  })
})
