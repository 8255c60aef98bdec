// Ticks that were lost are told (P11); days are made ahead and leave by TICK_RETENTION_DAYS.
import { expect, test } from 'vitest'
import { silentLog } from '../src/platform/log.ts'
import { systemTimers } from '../src/platform/timers.ts'
import { Retention } from '../src/workers/retention.ts'
import { testServer } from './support/server.ts'

const DAY = 86_400_000
const tick = (timestamp: number) => ({ symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp })

test('P11: what an EA let go is counted, listed, in the audit trail and said in the answer', async () => {
  const t = await testServer()
  const login = 7000002
  const key = await t.enrol(login)
  const send = (first_seq: number, more: object = {}) =>
    t.call('ticks', 'POST', '/api/ticks/batch', {
      key,
      body: { account: login, run: 'r1', first_seq, ticks: [tick(1577916000), tick(1577916001)], ...more },
    })
  expect((await send(1)).body).toMatchObject({ processed: 2, duplicates: 0 })
  expect((await send(1)).body).toMatchObject({ processed: 0, duplicates: 2 })
  expect((await send(11)).body).toMatchObject({
    processed: 2,
    lost: { run: 'r1', first_seq: 3, last_seq: 10 },
  })
  expect(await send(12)).toMatchObject({
    status: 409,
    body: { error: 'NGTB_TICK_NUMBERS', expected_seq: 13 },
  })
  expect(await send(20, { run: undefined })).toMatchObject({
    status: 400,
    body: { error: 'NGTB_BODY_INVALID' },
  })
  const admin = await t.key(['admin'])
  const read = async (path: string) => (await t.call('webui', 'GET', `/api/v1${path}`, { key: admin })).body
  expect((await read(`/accounts/${login}/tick-losses`)).items).toMatchObject([
    { run: 'r1', first_seq: 3, last_seq: 10, count: 8 },
  ])
  const { items } = await read(`/accounts/${login}/audit?kind=ticks.lost`)
  expect(items).toMatchObject([{ data: { first_seq: 3, last_seq: 10, count: 8 } }])
  const status = (await t.call('webui', 'GET', '/api/system/status', { key: admin })).body
  expect(status.connections.details).toMatchObject([{ tick_count: 4, ticks_lost: 8 }])
  await t.stop()
})

test('days are made ahead; with TICK_RETENTION_DAYS old ones leave, without it none', async () => {
  const t = await testServer()
  const login = 7000003
  const key = await t.enrol(login)
  const now = Date.UTC(2026, 10, 26, 12)
  const days = [1, 8, 9, 400].map((ago) => now - ago * DAY)
  await t.call('ticks', 'POST', '/api/ticks/batch', { key, body: { account: login, ticks: days.map(tick) } })
  const upkeep = (keep_days: number) =>
    new Retention({
      ...{ store: t.store, clock: { now: () => now }, timers: systemTimers, log: silentLog },
      keep_days,
    }).round()
  const there = async () => (await t.store.tickDays()).map((day) => Math.floor(now / DAY) - day)
  await upkeep(0)
  expect(await there()).toEqual([400, 9, 8, 1, 0, -1, -2])
  await upkeep(7)
  expect(await there()).toEqual([8, 1, 0, -1, -2])
  await t.stop()
})
