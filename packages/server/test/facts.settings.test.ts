// Settings and subscriptions over the API: nothing secret is told, and what was chosen outlives the session.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { systemIds } from '../src/platform/ids.ts'
import { verifyAudit } from '../src/services/audit.ts'
import { settingsView, withoutSecrets } from '../src/services/settings-view.ts'
import { UNLIMITED } from './support/doors.ts'
import { type TestServer, testServer } from './support/server.ts'

const LOGIN = '4242'
const AT = `/api/v1/accounts/${LOGIN}`
let t: TestServer
let admin: string
let ea: string

beforeAll(async () => {
  t = await testServer({ env: UNLIMITED })
  admin = await t.key(['admin'])
  ea = await t.enrol(LOGIN, { available_symbols: ['EURUSD', 'GBPUSD', 'USDJPY'] })
})
afterAll(() => t.stop())

const choose = (symbols: unknown, key = admin) =>
  t.call('webui', 'PUT', `${AT}/symbols`, { key, body: { symbols } })
const connect = async (hello: Record<string, unknown> = {}) =>
  (await t.call('command', 'POST', '/api/connect', { key: ea, body: { account: LOGIN, ...hello } })).body

test('settings: each by its name, with its default; to keys of the whole system only', async () => {
  const { status, body } = await t.call('webui', 'GET', '/api/v1/system/settings', { key: admin })
  expect(status).toBe(200)
  const polled = body.items.find(({ name }: { name: string }) => name === 'NGTB_RATE_POLL')
  expect(polled).toMatchObject({ value: 1_000_000, default: 400, changed: true, redacted: false })
  const bound = await t.key(['admin'], LOGIN)
  const refused = await t.call('webui', 'GET', '/api/v1/system/settings', { key: bound })
  expect(refused).toMatchObject({ status: 403, body: { code: 'NGTB_SCOPE' } })
})

test('a password is told nowhere, wherever it stands in the address', () => {
  const url = 'postgres://ngtb:s3cret-word@db.example:5432/ngtb?sslmode=require&sslpassword=s3cret-word'
  const shown = settingsView(readConfig({ DATABASE_URL: url }))
  expect(JSON.stringify(shown)).not.toContain('s3cret-word')
  const [setting] = shown.filter(({ name }) => name === 'DATABASE_URL')
  expect(setting).toMatchObject({ redacted: true, changed: true })
  expect(setting?.value).toMatch(/^postgres:\/\/ngtb:.*@db\.example:5432\/ngtb\?sslmode=require/)
  expect(withoutSecrets('host=x password=s3cret-word')).not.toContain('s3cret')
  expect(withoutSecrets('postgres://ngtb@db/ngtb')).toBe('postgres://ngtb@db/ngtb')
})

test('symbols that were chosen are told at each connect, shown, audited and folded', async () => {
  expect((await connect()).subscribed_symbols).toEqual(['EURUSD', 'GBPUSD', 'USDJPY'])
  expect(await choose(['USDJPY'])).toMatchObject({
    status: 200,
    body: { symbols: ['USDJPY'], chosen: true, delivery: 'next_connect', command_id: null },
  })
  expect((await connect()).subscribed_symbols).toEqual(['USDJPY'])
  const { body } = await t.call('webui', 'GET', `${AT}/symbols`, { key: admin })
  const streamed = body.items.filter((item: { subscribed: boolean }) => item.subscribed)
  expect(streamed.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['USDJPY'])
  expect((await verifyAudit(t.store, systemIds)).problems).toEqual([])
  expect(await choose(null)).toMatchObject({
    body: { chosen: false, symbols: ['EURUSD', 'GBPUSD', 'USDJPY'] },
  })
})

test('a native EA that is there is commanded', async () => {
  const journal_id = systemIds.uuid()
  const { epoch } = await connect({ protocol: 2, journal_id, last_epoch: 0 })
  const { body } = await choose(['GBPUSD'])
  expect(body.delivery).toBe('commanded')
  const polled = await t.call('command', 'POST', '/api/get_commands', {
    key: ea,
    body: { journal_id, epoch, incarnation: 1 },
  })
  expect(polled.body.commands).toMatchObject([
    { id: body.command_id, type: 'SUBSCRIBE_SYMBOLS', symbols: ['GBPUSD'] },
  ])
})

test('bad input and strangers', async () => {
  expect(await choose(['EURUSD', 'NOSUCH'])).toMatchObject({
    status: 400,
    body: { code: 'NGTB_BODY_INVALID', detail: expect.stringMatching(/^NOSUCH is not among the 3/) },
  })
  expect(await choose(['EURUSD', 'EURUSD'])).toMatchObject({ status: 400 })
  expect(await choose(undefined)).toMatchObject({ status: 400 })
  expect(await choose(['EURUSD'], await t.key(['commands:read'], LOGIN))).toMatchObject({ status: 403 })
})
