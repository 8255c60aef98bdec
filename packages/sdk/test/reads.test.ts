// Reading: whose account, page by page, and never a rounded ticket.
import { afterEach, expect, test } from 'vitest'
import { createClient } from '../src/index.ts'
import { type Peer, startPeer } from './support/peer.ts'

let peer: Peer
afterEach(() => peer.stop())

test('a key that sees one account needs no name; the look-up is made once', async () => {
  peer = await startPeer()
  const client = createClient({ url: `${peer.url}/`, api_key: 'k' })
  expect((await client.account()).account_number).toBe('12345678')
  await client.closeAll()
  expect(peer.seen.filter(({ path }) => path === '/api/v1/accounts')).toHaveLength(1)
})

test.each([
  [['1', '2'], /several accounts \(1, 2…\): name one/],
  [[], /sees no account yet/],
])('a key that sees %j must name one', async (logins, sentence) => {
  peer = await startPeer({ logins })
  await expect(createClient({ url: peer.url }).closeAll()).rejects.toThrow(sentence)
})

test('a list is walked over its pages', async () => {
  peer = await startPeer()
  const client = createClient({ url: peer.url, account: 12345678 })
  const tickets: string[] = []
  for await (const trade of client.trades({ status: 'all', limit: 2 })) tickets.push(trade.ticket)
  expect(tickets).toEqual(['1', '2', '3', '4', '9223372036854775807'])
  expect(peer.seen.map(({ query }) => query.toString())).toEqual([
    'status=all&limit=2',
    'status=all&limit=2&cursor=2',
    'status=all&limit=2&cursor=4',
  ])
  const second = await client.trades({ limit: 2 }).page('2')
  expect([second.items.length, second.next_cursor]).toEqual([2, '4'])
})

test('moments go out as milliseconds or as they are', async () => {
  peer = await startPeer()
  const client = createClient({ url: peer.url, account: 12345678 })
  const query = { symbol: 'EURUSD', from: new Date(1_000), to: '2020-01-02T00:00:00Z' }
  await expect(client.ticks(query).page()).rejects.toMatchObject({ code: 'NGTB_NOT_FOUND', hint: /hint/ })
  expect(peer.seen[0]?.query.get('from')).toBe('1000')
  expect(peer.seen[0]?.query.get('to')).toBe('2020-01-02T00:00:00Z')
  expect(() => client.ticks({ symbol: 'EURUSD', from: Number.NaN })).toThrow(/not a moment/)
})

test('an integer beyond 2^53 in an answer arrives as text', async () => {
  peer = await startPeer()
  const client = createClient({ url: peer.url, account: 12345678 })
  peer.meets('GET', {
    do: 'answer',
    status: 200,
    body: '{"ticket":"5","response":{"ticket":9223372036854775807}}',
  })
  expect(await client.trade(5)).toEqual({ ticket: '5', response: { ticket: '9223372036854775807' } })
})
