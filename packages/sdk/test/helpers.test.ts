// The published helpers, in the server's process and over HTTP: the same calls, the same results.
import { type LocalServer, setLocalServer } from '@ngtb/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  getEaStatus,
  isEaConnected,
  sendCloseAllCommand,
  sendCloseTradeCommand,
  sendModifyTradeCommand,
  sendOpenTradeCommand,
} from '../src/index.ts'
import { type Peer, startPeer } from './support/peer.ts'

const order = {
  symbol: 'EURUSD',
  order_type: 'BUY',
  volume: 0.1,
  sl: 1.085,
  tp: 1.095,
  comment: 'x',
} as const
let peer: Peer

beforeEach(async () => {
  peer = await startPeer({ logins: ['12345678', '87654321'] })
  vi.stubEnv('NGTB_URL', peer.url)
  vi.stubEnv('NGTB_API_KEY', 'secret')
})
afterEach(async () => {
  setLocalServer(undefined)
  vi.unstubAllEnvs()
  await peer.stop()
})

test('over HTTP: an account_id is mapped to its login', async () => {
  const id = await sendOpenTradeCommand({ account_id: 2, ...order })
  expect(peer.commands.get(id)).toMatchObject({
    account_number: '87654321',
    type: 'OPEN_TRADE',
    payload: order,
  })
  await sendModifyTradeCommand({ account_id: 2, ticket: 16218652, sl: 1.0875, tp: 1.096 })
  await sendCloseTradeCommand({ account_number: 12345678, ticket: 16218652, require_connected: true })
  await sendCloseAllCommand({ account_id: 1, symbol: 'EURUSD', command_id: 'mine' })
  expect(peer.posts().map(({ path, body }) => [path.split('/')[4], JSON.parse(body) as unknown])).toEqual([
    ['87654321', expect.objectContaining({ type: 'OPEN_TRADE' })],
    ['87654321', expect.objectContaining({ payload: { ticket: '16218652', sl: 1.0875, tp: 1.096 } })],
    ['12345678', expect.objectContaining({ type: 'CLOSE_TRADE', require_connected: true })],
    ['12345678', expect.objectContaining({ payload: { symbol: 'EURUSD' }, command_id: 'mine' })],
  ])
  expect(peer.seen.filter(({ path }) => path === '/api/v1/accounts')).toHaveLength(1)
  expect(peer.posts()[0]?.headers.authorization).toBe('Bearer secret')
})

test('over HTTP: an account that the key can not see', async () => {
  await expect(sendOpenTradeCommand({ account_id: 9, ...order })).rejects.toThrow(/account_id 9/)
  expect(peer.posts()).toHaveLength(0)
})

test('over HTTP: how the EA is doing', async () => {
  const began = Date.now()
  const status = await getEaStatus({ account_id: 1 })
  expect(status).toMatchObject({
    account_id: 1,
    connected: true,
    health_score: 100,
    avg_heartbeat_latency_ms: 45.3,
  })
  expect(status.last_heartbeat_age_seconds).toBeGreaterThan(4.9)
  expect(status.last_heartbeat_age_seconds).toBeLessThanOrEqual(5 + (Date.now() - began) / 1000 + 0.01)
  expect(await isEaConnected({ account_number: '12345678' })).toBe(true)
})

test('in the process of the server: the same calls, and no HTTP', async () => {
  const asked: unknown[] = []
  const status = { connected: true, healthy: false } as Awaited<ReturnType<LocalServer['getEaStatus']>>
  setLocalServer({
    createCommand: async (request) => {
      asked.push(request)
      return 'c-1'
    },
    getEaStatus: async (account) => {
      asked.push(account)
      return status
    },
  })
  expect(await sendOpenTradeCommand({ account_id: 1, ...order, magic: undefined })).toBe('c-1')
  expect(await sendCloseTradeCommand({ account_number: 12345678, ticket: 5, command_id: 'mine' })).toBe('c-1')
  expect(await isEaConnected({ account_id: 1 })).toBe(false)
  expect(asked).toEqual([
    { account_id: 1, command_type: 'OPEN_TRADE', payload: order },
    { account_number: '12345678', command_type: 'CLOSE_TRADE', payload: { ticket: '5' }, command_id: 'mine' },
    { account_id: 1 },
  ])
  await expect(sendOpenTradeCommand({ account_id: 1, ...order, sl: Number.NaN })).rejects.toThrow(/sl is NaN/)
  expect(peer.seen).toHaveLength(0)
})
