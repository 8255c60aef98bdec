// Alerts by the API: raised once, counted after, acknowledged and cleared by whoever may; and what a key does not see.

import { limits } from '@ngtb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemIds } from '../src/platform/ids.ts'
import { systemTimers } from '../src/platform/timers.ts'
import { verifyAudit } from '../src/services/audit.ts'
import { UNLIMITED } from './support/doors.ts'
import { type TestServer, testServer } from './support/server.ts'
import { until } from './support/wait.ts'

const LOGIN = '4242'
let t: TestServer
let admin: string
let module: string
let bound: string

beforeAll(async () => {
  t = await testServer({ env: UNLIMITED, hornTimers: systemTimers })
  admin = await t.key(['admin'])
  await t.enrol(LOGIN)
  await t.enrol('4343')
  module = await t.key(['alerts:write'])
  bound = await t.key(['alerts:write'], LOGIN)
})
afterAll(async () => {
  expect((await verifyAudit(t.store, systemIds)).problems).toEqual([])
  await t.stop()
})

const ask = (method: 'GET' | 'POST' | 'PUT', path: string, key = admin, body?: unknown) =>
  t.call('webui', method, `/api/v1${path}`, { key, ...(body === undefined ? {} : { body }) })
const raise = (body: Record<string, unknown>, key = module) => ask('POST', '/alerts', key, body)
const names = async (path = '/alerts?limit=1000', key = admin) =>
  (await ask('GET', path, key)).body.items.map(({ name }: { name: string }) => name)
const kinds = async (alert_id: string) =>
  (await t.store.auditOf(0, { limit: 100, after: null }, { subject: alert_id })).items.map(({ kind }) => kind)

test('raised once, counted after; cleared once; then it is a new one', async () => {
  const first = await raise({ text: 'spread too wide', name: 'spread' })
  expect(first).toMatchObject({
    status: 201,
    body: { raised: true, name: 'spread', state: 'active', severity: 'warning', count: 1, rule: 'raised' },
  })
  const { alert_id } = first.body
  const again = await raise({ text: 'still', name: 'spread' })
  expect(again).toMatchObject({
    status: 200,
    body: { raised: false, alert_id, count: 2, text: 'spread too wide' },
  })
  expect(await kinds(alert_id)).toEqual(['alert.raised'])
  const seen = await ask('POST', `/alerts/${alert_id}/acknowledge`, module, { note: 'looking' })
  expect(seen.body).toMatchObject({ state: 'acknowledged', note: 'looking' })
  expect(seen.body.acknowledged_by).toMatch(/^key:/)
  for (let i = 0; i < 2; i++)
    expect((await ask('POST', `/alerts/${alert_id}/clear`, admin, {})).body).toMatchObject({
      state: 'cleared',
    })
  expect((await kinds(alert_id)).reverse()).toEqual(['alert.raised', 'alert.acknowledged', 'alert.cleared'])
  const next = await raise({ text: 'spread too wide', name: 'spread' })
  expect(next.body).toMatchObject({ raised: true })
  expect(next.body.alert_id).not.toBe(alert_id)
})

test('at the same moment by many: one is raised, and all are counted', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => raise({ text: 'x', name: 'race' })))
  expect(all.filter(({ body }) => body.raised)).toHaveLength(1)
  const { body } = await ask('GET', '/alerts?rule=raised')
  expect(body.items.find(({ name }: { name: string }) => name === 'race').count).toBe(20)
})

test('without a name the caller and the text are it', async () => {
  const one = await raise({ text: 'no name' })
  expect((await raise({ text: 'no name' })).body).toMatchObject({
    raised: false,
    alert_id: one.body.alert_id,
  })
  expect((await raise({ text: 'no name' }, admin)).body.raised).toBe(true)
})

test('each is told over every channel, once when raised and once when cleared', async () => {
  const { alert_id } = (await raise({ text: 'tell it', name: 'told' })).body
  await ask('POST', `/alerts/${alert_id}/clear`, module, {})
  const detail = async () => (await ask('GET', `/alerts/${alert_id}`)).body.deliveries
  await until(async () => (await detail()).every(({ state }: { state: string }) => state === 'done'))
  expect((await detail()).map(({ channel, tiding }: never) => [channel, tiding])).toEqual([
    ['log', 'raised'],
    ['log', 'cleared'],
  ])
})

test('a bound key raises for its account, and sees and ends no other', async () => {
  const own = await raise({ text: 'mine', name: 'own' }, bound)
  expect(own.body).toMatchObject({ raised: true, account_number: LOGIN })
  const other = await raise({ text: 'theirs', name: 'own', account_number: '4343' }, admin)
  expect(other.body).toMatchObject({ raised: true, account_number: '4343' })
  expect(await names('/alerts', bound)).toEqual(['own'])
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/acknowledge'],
    ['POST', '/clear'],
  ] as const) {
    const answer = await ask(
      method,
      `/alerts/${other.body.alert_id}${path}`,
      bound,
      method === 'POST' ? {} : undefined,
    )
    expect(answer).toMatchObject({ status: 404, body: { code: 'NGTB_ALERT_UNKNOWN' } })
  }
  expect((await raise({ text: 'x', account_number: '4343' }, bound)).body.code).toBe('NGTB_ACCOUNT_UNKNOWN')
  expect((await ask('POST', '/alerts/test', bound, {})).body.code).toBe('NGTB_SCOPE')
})

test('who may only read acknowledges nothing', async () => {
  const reader = await t.key(['commands:read'])
  expect((await raise({ text: 'x' }, reader)).body.code).toBe('NGTB_SCOPE')
  expect((await ask('GET', '/alerts', reader)).status).toBe(200)
})

test('a caller has a limit, and what is raised already is still counted', async () => {
  const flood = await t.key(['alerts:write'])
  const asked = Array.from({ length: limits.alerts_per_key_max + 5 }, (_, i) =>
    raise({ text: 'flood', name: `flood ${i}` }, flood),
  )
  const answers = await Promise.all(asked)
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(limits.alerts_per_key_max)
  expect(answers.filter(({ body }) => body.code === 'NGTB_ALERTS_MANY')).toHaveLength(5)
  const name = answers.find(({ status }) => status === 201)?.body.name
  expect((await raise({ text: 'flood', name }, flood)).status).toBe(200)
})

describe('settings', () => {
  test('of an account over those of the house, over the defaults; audited', async () => {
    await ask('PUT', '/alert-settings', admin, { health_min: 80, failures: 5 })
    const set = await ask('PUT', `/accounts/${LOGIN}/alert-settings`, admin, {
      failures: 2,
      muted: ['tick_silence'],
    })
    expect(set.body.effective).toMatchObject({
      health_min: 80,
      failures: 2,
      silence_s: 60,
      muted: ['tick_silence'],
    })
    expect((await ask('GET', '/accounts/4343/alert-settings')).body.effective).toMatchObject({
      failures: 5,
      muted: [],
    })
    const { items } = await t.store.auditOf(0, { limit: 2, after: null }, { kind: 'alert.settings' })
    expect(items[0]?.actor).toMatch(/^key:/)
  })

  test.each([
    [{ quiet_hours: { from: '22:00', to: '07:00', zone: 'Moon/Base' } }, /zone/],
    [{ quiet_hours: { from: '25:00', to: '07:00', zone: 'UTC' } }, /quiet_hours/],
    [{ channels: ['pigeon'] }, /channels/],
    [{ health_min: 101 }, /health_min/],
    [{ healthmin: 1 }, /healthmin/],
    [{ muted: ['tick_silense'] }, /tick_silense; there are: .*tick_silence/],
  ])('%j is refused with what to change', async (settings, says) => {
    const { status, body } = await ask('PUT', '/alert-settings', admin, settings)
    expect([status, body.code]).toEqual([400, 'NGTB_BODY_INVALID'])
    expect(`${body.detail ?? body.message}`).toMatch(says)
  })

  test('an account’s channels and a least severity decide who hears of it', async () => {
    await ask('PUT', '/accounts/4343/alert-settings', admin, { channels: [] })
    const { alert_id } = (await raise({ text: 'x', name: 'unheard', account_number: '4343' })).body
    expect((await ask('GET', `/alerts/${alert_id}`)).body.deliveries).toEqual([])
  })
})

test('a test message goes over a channel that is there, and is refused for one that is not', async () => {
  const { body } = await ask('POST', '/alerts/test', admin, { channel: 'log' })
  expect(body.items).toMatchObject([{ channel: 'log' }])
  const unknown = await ask('POST', '/alerts/test', admin, { channel: 'email' })
  expect(unknown).toMatchObject({ status: 404, body: { code: 'NGTB_CHANNEL_UNKNOWN' } })
  const channels = (await ask('GET', '/alert-channels')).body.items
  expect(channels).toMatchObject([{ channel: 'log', min_severity: 'info' }])
})
