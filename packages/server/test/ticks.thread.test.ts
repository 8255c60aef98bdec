// The tick door in a thread of its own (limits.md: a bulkhead): the same answers, and the house hears of what it took.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { silentLog } from '../src/platform/log.ts'
import { type RunningServer, startServer } from '../src/start.ts'
import { type FreshDatabase, freshDatabase } from './support/server.ts'

let database: FreshDatabase
let data_dir: string
let running: RunningServer
let key: string
const LOGIN = 7000001

beforeAll(async () => {
  database = await freshDatabase()
  data_dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ngtb-ticks-'))
  running = await startServer({
    env: { DATABASE_URL: database.url },
    data_dir,
    any_port: true,
    log: silentLog,
  })
  const hello = await post('command', '/api/connect', { account: LOGIN, broker: 'Test', platform: 'MT5' })
  key = hello.body.api_key
})
afterAll(async () => {
  await running?.stop()
  await database.drop()
  fs.rmSync(data_dir, { recursive: true, force: true })
})

async function post(port: 'command' | 'ticks', url: string, body: unknown, with_key?: string) {
  const answer = await fetch(`http://127.0.0.1:${running.ports[port]}${url}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(with_key && { authorization: `Bearer ${with_key}` }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  return { status: answer.status, body: (await answer.json()) as any }
}

const ticksOf = (...bids: number[]) =>
  bids.map((bid, at) => ({ symbol: 'EURUSD', bid, ask: bid + 0.0001, timestamp: 1577916000 + at }))
const send = (batch_id: string, ticks: unknown, account = LOGIN, by = key) =>
  post('ticks', '/api/ticks/batch', { account, batch_id, ticks }, by)

test('no door of the house has the port: it lives elsewhere', () => {
  expect(running.server.planes.ticks).toBeUndefined()
})

test('P11: a batch is stored once, and the house counts it and knows its last quote', async () => {
  expect(await send('a', ticksOf(1.1, 1.2))).toMatchObject({
    status: 200,
    body: { status: 'success', processed: 2, duplicates: 0 },
  })
  expect((await send('a', ticksOf(1.1, 1.2))).body).toMatchObject({ processed: 0, duplicates: 2 })
  const { services } = running.server
  const account_id = (await services.desks.byNumber(String(LOGIN)))?.account_id ?? 0
  await vi.waitFor(() => {
    expect(services.ticks.count(account_id)).toEqual({ ticks: 2, lost: 0 })
    expect(services.ticks.quote(account_id, 'EURUSD')).toMatchObject({ bid: 1.2 })
  })
})

test('P15: keys and accounts are judged as at every door', async () => {
  expect(await send('b', ticksOf(1), LOGIN, 'ngt_live_nobody')).toMatchObject({
    status: 403,
    body: { error: 'NGTB_EA_KEY_INVALID' },
  })
  expect((await send('b', ticksOf(1), LOGIN + 1)).body.error).toBe('NGTB_ACCOUNT_MISMATCH')
  expect((await post('ticks', '/api/ticks/batch', { account: LOGIN, ticks: [], api_key: key })).status).toBe(
    200,
  )
})

test('bad input is refused with what to change', async () => {
  expect((await send('c', ticksOf(-1))).body).toMatchObject({ error: 'NGTB_BODY_INVALID' })
  expect((await post('ticks', '/api/ticks/batch', '{', key)).body).toMatchObject({
    error: 'NGTB_BODY_NOT_JSON',
  })
  expect((await post('ticks', '/api/heartbeat', {}, key)).body).toMatchObject({ error: 'NGTB_NOT_FOUND' })
})

test('a key that is revoked is refused with the next batch', async () => {
  const { keys, desks } = running.server.services
  const account_id = (await desks.byNumber(String(LOGIN)))?.account_id ?? 0
  const made = await keys.create({ account_id, scopes: ['ea:session'], label: 'second' }, 'test')
  expect((await send('d', ticksOf(1), LOGIN, made.api_key)).status).toBe(200)
  await keys.revoke(made.row.key_id, 'test')
  expect((await send('e', ticksOf(1), LOGIN, made.api_key)).status).toBe(403)
})
