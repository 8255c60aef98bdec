// Contract §3, security "plain endpoints": who is let in by a first connect, and what connect answers.
import { afterEach, describe, expect, test } from 'vitest'
import { ledgerOf, rowsOf, UNLIMITED } from './support/doors.ts'
import { type ManualTime, manualTime } from './support/manual-time.ts'
import { type TestServer, testServer } from './support/server.ts'

let t: TestServer
let time: ManualTime
afterEach(() => t.stop())

async function begin(env: Record<string, string> = {}): Promise<void> {
  time = manualTime()
  t = await testServer({ env: { ...UNLIMITED, ...env }, ...time })
}
const connect = (
  body: Record<string, unknown>,
  options: { key?: string; headers?: Record<string, string> } = {},
) => t.call('command', 'POST', '/api/connect', { body, ...options })
const arm = async (account: unknown) =>
  t.call('webui', 'POST', '/api/v1/enrolments', { key: await t.key(['admin']), body: { account } })
const keysMade = async () =>
  (await rowsOf(t, `select 1 from api_key where 'ea:session' = any(scopes)`)).length

/** Connects as from another machine. */
async function fromAfar(body: Record<string, unknown>, headers: Record<string, string> = {}) {
  const answer = await t.server.planes.command.inject({
    method: 'POST',
    url: '/api/connect',
    remoteAddress: '192.0.2.7',
    headers: { host: '192.0.2.1:9900', 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(body),
  })
  return { status: answer.statusCode, body: answer.json() }
}

describe('the first connect', () => {
  test('from this machine enrols, answers the key once, and says how to behave', async () => {
    await begin()
    const { status, body } = await connect({
      account: 12345678,
      broker: 'Pepperstone',
      platform: 'MT5',
      timestamp: 1_700_000_000,
      available_symbols: ['EURUSD', { symbol: 'GBPUSD', volume_min: 0.01, digits: 5 }],
      surprise: 'ignored',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      status: 'success',
      account_id: 1,
      api_key: expect.stringMatching(/^ngt_/),
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      subscribed_symbols: ['EURUSD', 'GBPUSD'],
      server_time: '2026-01-05T12:00:00.000Z',
      health_status: { state: 'connected', healthy: true, account_number: '12345678', broker: 'Pepperstone' },
      settings: {
        heartbeat_interval_sec: 30,
        command_poll_interval_sec: 1,
        trade_sync_interval_sec: 30,
        tick_batch_size: 100,
      },
    })
    const again = await connect({ account: 12345678 }, { key: body.api_key })
    expect(again.body).toMatchObject({
      status: 'success',
      account_id: 1,
      subscribed_symbols: ['EURUSD', 'GBPUSD'],
    })
    expect(again.body).not.toHaveProperty('api_key')
    expect(again.body.session_id).not.toBe(body.session_id)
  })

  test('of a known login without a key: 200, nothing told, nothing changed', async () => {
    await begin()
    await connect({ account: 12345678, broker: 'Pepperstone' })
    await time.pass(t, 5_000)
    const before = await ledgerOf(t)
    const connection = async () => (await rowsOf(t, 'select * from ea_connection'))[0]
    const was = await connection()
    const answer = await connect({ account: 12345678, broker: 'Thief', available_symbols: ['XAUUSD'] })
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'success', subscribed_symbols: [], health_status: {} },
    })
    for (const field of ['api_key', 'session_id', 'account_id', 'settings'])
      expect(answer.body).not.toHaveProperty(field)
    await time.pass(t, 5_000)
    expect(await ledgerOf(t)).toEqual(before)
    expect(await connection()).toEqual(was)
  })

  test('with a wrong key: 403, also for an unknown login', async () => {
    await begin()
    for (const account of [12345678, 999])
      expect(await connect({ account }, { key: 'wrong' })).toMatchObject({
        status: 403,
        body: { error: 'NGTB_EA_KEY_INVALID' },
      })
    expect(await keysMade()).toBe(0)
  })

  test.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via', 'origin'])(
    'with the header %s it does not come straight from a terminal: closed',
    async (name) => {
      await begin()
      const answer = await connect({ account: 5 }, { headers: { [name]: 'http://127.0.0.1:9900' } })
      expect(answer).toMatchObject({ status: 403, body: { error: 'NGTB_ENROLMENT_CLOSED' } })
      expect(await keysMade()).toBe(0)
    },
  )

  test('from another machine: closed', async () => {
    await begin()
    expect(await fromAfar({ account: 5 })).toMatchObject({
      status: 403,
      body: { error: 'NGTB_ENROLMENT_CLOSED' },
    })
    expect(await fromAfar({ account: 5 }, { 'x-forwarded-for': '127.0.0.1' })).toMatchObject({ status: 403 })
    expect(await keysMade()).toBe(0)
  })

  test.each([
    { NGTB_ENROLLMENT: 'closed' },
    { NGTB_TRUSTED_PROXY: '127.0.0.1' },
    { NGTB_TRUSTED_PROXY: '127.0.0.1', NGTB_ENROLLMENT: 'first-connect' },
  ])('with %j: closed, even from this machine', async (env) => {
    await begin(env as Record<string, string>)
    expect(await connect({ account: 5 })).toMatchObject({
      status: 403,
      body: { error: 'NGTB_ENROLMENT_CLOSED' },
    })
    expect(await keysMade()).toBe(0)
    expect(await rowsOf(t, 'select 1 from account where account_id > 0')).toEqual([])
  })
})

describe('armed by POST /api/v1/enrolments', () => {
  test('one login, once, for ten minutes, wherever it comes from', async () => {
    await begin({ NGTB_ENROLLMENT: 'closed' })
    const armed = await arm(777)
    expect(armed).toMatchObject({
      status: 201,
      body: { account_number: '777', armed_until: '2026-01-05T12:10:00.000Z' },
    })
    expect(await fromAfar({ account: 778 })).toMatchObject({ status: 403 })
    expect(await fromAfar({ account: 777 })).toMatchObject({
      status: 200,
      body: { api_key: expect.any(String) },
    })
    const again = await fromAfar({ account: 777 })
    expect(again.status).toBe(200)
    expect(again.body).not.toHaveProperty('api_key')
    expect(await keysMade()).toBe(1)
  })

  test('ten minutes later it is over', async () => {
    await begin({ NGTB_ENROLLMENT: 'closed' })
    await arm('777')
    await time.pass(t, 10 * 60_000)
    expect(await connect({ account: 777 })).toMatchObject({
      status: 403,
      body: { error: 'NGTB_ENROLMENT_CLOSED' },
    })
  })

  test('a known login gets one new key; its first use ends the old one', async () => {
    await begin()
    const old = (await connect({ account: 777 })).body.api_key
    const poll = async (key: string) =>
      (await t.call('command', 'POST', '/api/get_commands', { key, body: {} })).status
    expect(await poll(old)).toBe(200)
    await arm(777)
    const young = (await connect({ account: 777 })).body.api_key
    expect(young).toMatch(/^ngt_/)
    expect((await connect({ account: 777 })).body).not.toHaveProperty('api_key')
    expect(await poll(old)).toBe(200)
    expect(await poll(young)).toBe(200)
    expect(await poll(old)).toBe(403)
    expect(await keysMade()).toBe(2)
  })

  test('an account added by hand has its key already', async () => {
    await begin()
    const admin = await t.key(['admin'])
    const added = await t.call('webui', 'POST', '/api/v1/accounts', {
      key: admin,
      body: { account: 42, broker: 'B' },
    })
    expect(added).toMatchObject({
      status: 201,
      body: { account_number: '42', api_key: expect.stringMatching(/^ngt_/) },
    })
    expect((await connect({ account: 42 })).body).not.toHaveProperty('api_key')
    expect((await connect({ account: 42 }, { key: added.body.api_key })).body).toHaveProperty('session_id')
    const again = await t.call('webui', 'POST', '/api/v1/accounts', { key: admin, body: { account: 42 } })
    expect(again).toMatchObject({ status: 409, body: { code: 'NGTB_ACCOUNT_EXISTS' } })
  })
})

describe('many at once', () => {
  test('twenty first connects of one login: one account, one key, no 5xx', async () => {
    await begin()
    const answers = await Promise.all(Array.from({ length: 20 }, () => connect({ account: 777 })))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(answers.filter(({ body }) => body.api_key !== undefined)).toHaveLength(1)
    expect(await keysMade()).toBe(1)
  })
  test('first connects of twenty logins: twenty accounts from 1, each with its key', async () => {
    await begin()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => connect({ account: 7000 + n })))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(answers.map(({ body }) => body.account_id).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    )
    expect(await keysMade()).toBe(20)
  })
  test('an armed known login, connected twenty times at once, gets one key', async () => {
    await begin()
    await connect({ account: 777 })
    await arm(777)
    const answers = await Promise.all(Array.from({ length: 20 }, () => connect({ account: 777 })))
    expect(answers.filter(({ body }) => body.api_key !== undefined)).toHaveLength(1)
    expect(answers.every(({ status }) => status === 200)).toBe(true)
  })
})

test('security: a re-issue does not bring an expired key back to life', async () => {
  await begin()
  await connect({ account: 777 })
  const admin = await t.key(['admin'])
  const body = { scopes: ['ea:session'], account: '777', expires_in_s: 60 }
  const short = (await t.call('webui', 'POST', '/api/v1/keys', { key: admin, body })).body.api_key
  const poll = async () =>
    (await t.call('command', 'POST', '/api/get_commands', { key: short, body: {} })).status
  expect(await poll()).toBe(200)
  await time.pass(t, 61_000)
  expect(await poll()).toBe(403)
  await arm(777)
  await connect({ account: 777 })
  expect(await poll()).toBe(403)
})
