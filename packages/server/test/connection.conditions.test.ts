// Contract §9: one honest status of an account, as a caller reads it; each condition with since when and why.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './support/client.ts'
import { UNLIMITED } from './support/doors.ts'
import { type ManualTime, manualTime } from './support/manual-time.ts'
import { NativeHand } from './support/native-ea.ts'
import { testServer } from './support/server.ts'

let s: Scene
let time: ManualTime
let hand: NativeHand
beforeEach(async () => {
  time = manualTime()
  s = await Scene.open({ env: UNLIMITED, ...time })
  hand = new NativeHand(s)
})
afterEach(() => s.stop())

const account = async () =>
  (await s.t.call('webui', 'GET', `/api/v1/accounts/${s.login}`, { key: s.admin })).body
const conditions = async () => (await account()).connection.conditions
const now = () => new Date(time.clock.now()).toISOString()
const seven = {
  ticket: 7,
  symbol: 'EURUSD',
  direction: 'BUY' as const,
  volume: 0.1,
  open_price: 1.1,
  sl: 0,
  tp: 0,
  profit: 0,
  swap: 0,
  commission: 0,
}
const tick = () =>
  s.t.call('ticks', 'POST', '/api/ticks/batch', {
    key: s.ea,
    body: { ticks: [{ symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: time.clock.now(), volume: 1 }] },
  })

test('before an EA spoke nothing is claimed of its terminal', async () => {
  const { status } = await s.t.call('webui', 'POST', '/api/v1/accounts', {
    key: s.admin,
    body: { account: 77 },
  })
  expect(status).toBe(201)
  const { body } = await s.t.call('webui', 'GET', '/api/v1/accounts/77', { key: s.admin })
  expect(body.connection.conditions).toMatchObject({
    ea_link: { is: false, since: null, cause: 'no EA has spoken for this account yet' },
    broker_link: { is: null },
    trading_allowed: { is: null },
    quotes_fresh: { is: null },
    in_sync: { is: false, cause: 'no full list has come yet' },
    drifted: { is: false },
  })
})

test('a day: well, the trade server gone, algo trading off, silence', async () => {
  const began = now()
  await hand.connect({ terminal_connected: true, trade_blocked_by: [] })
  await hand.sync([])
  await tick()
  await time.pass(s.t, 1_000)
  expect(await conditions()).toMatchObject({
    ea_link: { is: true, since: began },
    broker_link: { is: true, since: began },
    trading_allowed: { is: true, since: began },
    quotes_fresh: { is: true, since: began },
    in_sync: { is: true, since: began },
    drifted: { is: false, since: null },
  })
  await time.pass(s.t, 20_000)
  const lost = now()
  await hand.heartbeat({ terminal_connected: false, trade_blocked_by: ['TERMINAL_TRADE_ALLOWED'] })
  await time.pass(s.t, 5_000)
  await hand.heartbeat({ terminal_connected: false, trade_blocked_by: ['TERMINAL_TRADE_ALLOWED'] })
  expect(await conditions()).toMatchObject({
    ea_link: { is: true, since: began },
    broker_link: { is: false, since: lost, cause: expect.stringContaining('lost its trade server') },
    trading_allowed: { is: false, since: lost, cause: expect.stringContaining('button Algo Trading') },
  })
  const last_word = now()
  await time.pass(s.t, 120_000)
  expect(await conditions()).toMatchObject({
    ea_link: { is: false, since: last_word },
    broker_link: { is: null, since: last_word },
    quotes_fresh: { is: false, since: began },
    in_sync: { is: false, since: began, cause: 'no full list within 90 s' },
  })
})

test('a change is in the audit trail once, and outlives a restart', async () => {
  await hand.connect({ terminal_connected: true })
  await time.pass(s.t, 10_000)
  const lost = now()
  for (let n = 0; n < 3; n++) await hand.heartbeat({ terminal_connected: false })
  const path = `/api/v1/accounts/${s.login}/audit?kind=connection.terminal`
  const { items } = (await s.t.call('webui', 'GET', path, { key: s.admin })).body
  expect(items.map((one: { data: object }) => one.data)).toEqual([
    { terminal_connected: false, trade_blocked_by: null },
    { terminal_connected: true, trade_blocked_by: null },
  ])
  const database = { url: s.t.database_url, drop: async () => {} }
  const again = await testServer({ env: UNLIMITED, ...time, database })
  try {
    const { connection } = (await again.call('webui', 'GET', `/api/v1/accounts/${s.login}`, { key: s.admin }))
      .body
    expect(connection.conditions.broker_link).toMatchObject({ is: false, since: lost })
  } finally {
    await again.stop()
  }
})

test('drifted and agreed again: since when (R13)', async () => {
  await hand.connect()
  await hand.sync([seven])
  await time.pass(s.t, 5_000)
  const drifted = now()
  const { body } = await hand.heartbeat({ ...(await hand.agreement([])) })
  expect(body.sync).toBe(true)
  expect(await conditions()).toMatchObject({
    drifted: { is: true, since: drifted, cause: expect.stringContaining('R13') },
    in_sync: { is: false, since: drifted },
  })
  await time.pass(s.t, 5_000)
  const agreed = now()
  await hand.heartbeat({
    ...(await hand.agreement([seven])),
  })
  expect(await conditions()).toMatchObject({
    drifted: { is: false, since: agreed },
    in_sync: { is: true, since: agreed },
  })
})

test('a missing position is a suspect, by its ticket (R4)', async () => {
  await hand.connect()
  await hand.sync([seven])
  await time.pass(s.t, 5_000)
  const missed = now()
  await hand.sync([])
  expect((await conditions()).in_sync).toMatchObject({
    is: false,
    since: missed,
    cause: 'missing in the last list, and not proven closed: 7',
  })
})

test.each([
  [{ terminal_connected: 'yes' }],
  [{ trade_blocked_by: ['TRADE'] }],
  [{ trade_blocked_by: 'none' }],
])('what can not be read is refused: %j', async (word) => {
  await hand.connect()
  const { status, body } = await hand.heartbeat(word)
  expect([status, body.error]).toEqual([400, 'NGTB_BODY_INVALID'])
})

test('a plain client may say it, too', async () => {
  await s.ask('heartbeat', { terminal_connected: false })
  expect((await conditions()).broker_link).toMatchObject({ is: false, since: now() })
})
