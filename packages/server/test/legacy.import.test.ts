// Accounts of another server, with the keys that their EAs have (docs/guides/moving.md).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestServer, testServer } from './support/server.ts'

const KEY = 'OLD-server-key-0123456789'
let t: TestServer
beforeEach(async () => {
  t = await testServer()
})
afterEach(() => t.stop())

const take = (more: object = {}) =>
  t.server.services.accounts.takeOver({ login: '501', api_key: KEY, broker: 'Pepperstone', ...more }, 'test')
const heartbeat = (api_key: string, account = 501) =>
  t.call('command', 'POST', '/api/heartbeat', { body: { account, api_key, profit_today: 0, balance: 5 } })

test('its EA is let in with the key that it has, in the body and in the header', async () => {
  expect((await heartbeat(KEY)).status).toBe(403)
  expect(await take({ account_id: 7 })).toMatchObject({ account_id: 7, known: false })
  expect((await heartbeat(KEY)).status).toBe(200)
  const asked = { symbol: 'EURUSD', timeframe: 'H1', required_bars: 168 }
  const { status } = await t.call('command', 'POST', '/api/ohlc/coverage', {
    body: asked,
    headers: { 'x-api-key': KEY },
  })
  expect(status).toBe(200)
  // Its hello has no key, and gets none: the one that it has stays in use.
  const hello = await t.call('command', 'POST', '/api/connect', { body: { account: 501, platform: 'MT5' } })
  expect(hello.body).not.toHaveProperty('api_key')
  expect((await heartbeat(`${KEY}x`)).status).toBe(403)
})

test('it is handed its own words before its first heartbeat', async () => {
  await take()
  const admin = await t.key(['admin'])
  const body = { type: 'OPEN_TRADE', payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 } }
  const headers = { 'idempotency-key': 'k' }
  const refused = await t.call('webui', 'POST', '/api/v1/accounts/501/commands', {
    key: admin,
    body,
    headers,
  })
  expect(refused).toMatchObject({ status: 422, body: { detail: expect.stringContaining('sl is missing') } })
})

test('the same again changes nothing; another key, or one of another account, is refused', async () => {
  const first = await take()
  expect(await take()).toEqual({ ...first, known: true })
  await expect(take({ api_key: 'another-key-of-this-login' })).rejects.toThrow('has a key')
  await expect(take({ login: '502' })).rejects.toThrow(`that of account ${first.account_id}`)
  await expect(take({ login: '503', api_key: 'key-of-somebody-else', account_id: 1 })).rejects.toThrow(
    'another login',
  )
})

test.each([
  'short',
  'x'.repeat(201),
  'with spaces in its middle',
  'ngt_live_000000000000_x',
  'größer-als-sechzehn',
])('no key: %s', async (api_key) => {
  await expect(take({ api_key })).rejects.toThrow('16 to 200 printable characters')
})

test('it is revoked like any other', async () => {
  const { key_id } = await take()
  expect((await heartbeat(KEY)).status).toBe(200)
  await t.server.services.keys.revoke(key_id, 'test')
  expect((await heartbeat(KEY)).status).toBe(403)
})
