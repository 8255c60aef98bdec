// EAs of the older dialect at the doors (docs/spec/legacy-ea.md): who is one, and what it says of itself.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Scene } from './support/client.ts'
import { LEGACY_DOORS } from './support/doors.ts'
import { eachWithAHand, type LegacyHand } from './support/legacy-hand.ts'
import type { ManualTime } from './support/manual-time.ts'
import { NativeHand } from './support/native-ea.ts'
import { until } from './support/wait.ts'

let hand: LegacyHand
let s: Scene
let time: ManualTime
eachWithAHand((fresh) => {
  hand = fresh
  s = fresh.s
  time = fresh.time
})

test('it is known by what it calls, and a hello with a key ends that', async () => {
  expect((await hand.look()).connection.dialect).toBe('legacy')
  await s.t.call('command', 'POST', '/api/connect', { key: s.ea, body: { account: s.login } })
  expect((await hand.look()).connection.dialect).toBe(null)
  await hand.heartbeat()
  expect((await hand.look()).connection).toMatchObject({
    dialect: 'legacy',
    balance: 10_000,
    state: 'connected',
  })
})

test('an EA that lost its key says hello and nothing else: the status says so, and what helps', async () => {
  const fresh = await s.t.enrol(88)
  expect(fresh).toMatch(/^ngt_/)
  await time.pass(s.t, 90_000)
  await s.t.call('command', 'POST', '/api/connect', { body: { account: 88, platform: 'MT5' } })
  const { body } = await s.t.call('webui', 'GET', '/api/v1/accounts/88', { key: s.admin })
  expect(body.connection.conditions.ea_link).toMatchObject({
    is: false,
    cause: expect.stringContaining('npx ngtb enroll'),
  })
})

test.each([
  ['/api/symbols', {}],
  ['/api/heartbeat', { profit_today: 0 }],
  ['/api/ohlc/coverage', { symbol: 'EURUSD' }],
])('a bad or missing key is 403: %s', async (path, body) => {
  for (const api_key of ['ngt_live_x', undefined]) {
    const { status } = await s.t.call('command', 'POST', path, { body: { ...body, api_key } })
    expect(status).toBe(403)
  }
})

describe('symbols', () => {
  const told = async () => (await hand.say('command', '/api/symbols')).body.symbols

  test('offered with a keyless hello, believed when its key came; and they only grow, at the end', async () => {
    await s.t.call('command', 'POST', '/api/connect', {
      body: { account: Number(s.login), available_symbols: ['GBPUSD', 'EURUSD'] },
    })
    expect(await told()).toEqual(['EURUSD', 'GBPUSD'])
    expect((await hand.heartbeat()).body.symbols).toBe(undefined)
    await hand.update(7, { symbol: 'XAUUSD' })
    expect((await hand.heartbeat()).body.symbols).toEqual(['EURUSD', 'GBPUSD', 'XAUUSD'])
    expect((await hand.heartbeat()).body.symbols).toBe(undefined)
  })

  test('specifications, with what a single symbol leaves out', async () => {
    const spec = { symbol: 'EURUSD', volume_min: 0.01, volume_max: 100, volume_step: 0.0, digits: 5 }
    expect((await hand.say('command', '/api/symbol_specs', { symbols: [spec] })).status).toBe(200)
    const { items } = await hand.look('/symbols')
    expect(items).toMatchObject([{ symbol: 'EURUSD', volume_min: 0.01, volume_step: null, digits: 5 }])
  })
})

test('a second EA of the login does not shorten or reorder what the first one has', async () => {
  await hand.update(7, { symbol: 'XAUUSD' })
  const first =
    (await hand.heartbeat()).body.symbols ?? (await hand.say('command', '/api/symbols')).body.symbols
  await hand.ended(7)
  await s.t.call('command', 'POST', '/api/connect', {
    body: { account: Number(s.login), available_symbols: ['AUDUSD', 'EURUSD'] },
  })
  const second = (await hand.say('command', '/api/symbols')).body.symbols
  expect(second.slice(0, first.length)).toEqual(first)
  expect(second).toContain('AUDUSD')
})

test('heartbeats without ticks: its list is empty, and it is given one', async () => {
  await hand.update(7)
  await hand.heartbeat()
  await hand.ticks(7)
  await time.pass(s.t, 100)
  for (let n = 0; n < 4; n++) {
    await time.pass(s.t, 6_000)
    await hand.ticks(7)
    expect((await hand.heartbeat()).body.symbols).toBe(undefined)
  }
  await time.pass(s.t, 6_000)
  await hand.heartbeat()
  await time.pass(s.t, 11_000)
  expect((await hand.heartbeat()).body.symbols).toEqual(['EURUSD'])
})

test('a login that is printed with its low 32 bits alone is that account’s, if it speaks this dialect', async () => {
  const hello = (account: number) =>
    s.t.call('command', 'POST', '/api/connect', { body: { account, platform: 'MT5' } })
  for (const [login, cut] of [
    ['5012345678', 717378382],
    ['2500000000', -1794967296],
  ] as const) {
    const api_key = `key-of-another-server-${login}`
    await s.t.server.services.accounts.takeOver({ login, api_key, broker: 'Alpha' }, 'test')
    const answer = await hello(cut)
    expect(answer.status).toBe(200)
    expect(answer.body).not.toHaveProperty('api_key')
    const body = { account: cut, api_key, profit_today: 0 }
    expect((await s.t.call('command', 'POST', '/api/heartbeat', { body })).status).toBe(200)
  }
  // Of an account that nobody of this dialect speaks for they are another login: that of a plain client.
  await s.t.enrol('4294967297')
  expect((await hello(1)).body.api_key).toMatch(/^ngt_/)
})

test('a plain client with a profit of the day in its heartbeat stays what it is', async () => {
  await s.t.call('command', 'POST', '/api/connect', { key: s.ea, body: { account: s.login } })
  await hand.say('command', '/api/heartbeat', { profit_today: 1, open_positions: 0, latency_ms: 3 })
  expect((await hand.look()).connection.dialect).toBe(null)
})

test.each([
  ['a NUL', 'logs', '/api/log', '"level":"INFO","message":"x","details":{"info":"a\u0000b "q" c"}'],
  [
    'a margin that is no number',
    'command',
    '/api/heartbeat',
    '"balance":5.00,"margin":nan,"profit_today":0.00',
  ],
] as const)('odd bytes are no trouble: %s', async (_, plane, path, fields) => {
  const body = `{"account":${s.login},"api_key":"${s.ea}",${fields}}`
  expect((await s.t.call(plane, 'POST', path, { body })).status).toBe(200)
})

test('where a native EA was, and is gone, it takes the account over; the ledger tells so (P13)', async () => {
  const native = new NativeHand(s)
  await native.connect()
  expect((await hand.heartbeat()).status).toBe(403)
  await time.pass(s.t, 16_000)
  expect((await hand.heartbeat()).status).toBe(200)
  expect((await hand.look()).connection).toMatchObject({
    dialect: 'legacy',
    protocol: 1,
    owner_journal_id: null,
  })
  expect((await native.poll()).status).toBe(409)
})

test.each([
  ['ticks', () => hand.ticks()],
  ['a position', () => hand.update(7)],
])('it is known by its %s, too: at a weekend there are no heartbeats', async (_, tell) => {
  await s.t.call('command', 'POST', '/api/connect', { key: s.ea, body: { account: s.login } })
  await tell()
  expect((await hand.look()).connection.dialect).toBe('legacy')
})

test('what moves the balance: each deal once, though the first run tells the whole history again', async () => {
  const told = { ticket: 900001, transaction_type: 'BALANCE', amount: 10_000, timestamp: 1_791_912_364 }
  for (let n = 0; n < 2; n++)
    expect(
      (await hand.say('command', '/api/transaction', { ...told, comment: 'Initial', balance: 1 })).status,
    ).toBe(200)
  const { items } = await hand.look('/deals?kind=balance')
  expect(items).toMatchObject([
    { deal: '900001', type: 'DEAL_TYPE_BALANCE', profit: 10_000, comment: 'Initial' },
  ])
})

test('bars in any order; coverage says when there are enough', async () => {
  const ask = async () =>
    (await hand.say('command', '/api/ohlc/coverage', { symbol: 'EURUSD', timeframe: 'H1', required_bars: 4 }))
      .body
  expect(await ask()).toEqual({ coverage_percent: 0, needs_update: true })
  const hour = Math.floor(time.clock.now() / 3_600_000) * 3_600
  const candle = (at: number) => ({
    timestamp: at,
    open: 1.09,
    high: 1.1,
    low: 1.08,
    close: 1.095,
    volume: 267,
  })
  const candles = [3, 1, 2, 4].map((ago) => candle(hour - ago * 3_600))
  await hand.say('command', '/api/ohlc/historical', { symbol: 'EURUSD', timeframe: 'H1', candles })
  expect(await ask()).toEqual({ coverage_percent: 100, needs_update: false })
})

test('a backlog of an hour in one body, and a chunk of 10,000 bars', async () => {
  const from = Math.floor(time.clock.now() / 1_000) - 3_600
  const ticks = Array.from({ length: 100_000 }, (_, n) => ({
    ...{
      symbol: 'EURUSD',
      bid: 1.09,
      ask: 1.09002,
      spread: 0.00002,
      volume: 1,
      tz_offset: -3600,
      tradeable: false,
    },
    timestamp: from + Math.floor(n / 28),
  }))
  const { status, body } = await hand.say('ticks', '/api/ticks', { ticks, positions: [] })
  expect([status, body.processed]).toEqual([200, 100_000])
  await until(async () => (await hand.look()).connection.tick_count === 100_000)
  const hour = Math.floor(from / 3_600) * 3_600
  const candles = Array.from({ length: 10_000 }, (_, n) => ({
    ...{
      timestamp: hour - n * 3_600,
      open: 61_234.5,
      high: 61_300.25,
      low: 61_200.75,
      close: 61_250,
      volume: 1_000,
    },
  }))
  const answer = await hand.say('command', '/api/ohlc/historical', {
    symbol: 'BTCUSD',
    timeframe: 'H1',
    candles,
  })
  expect(answer).toMatchObject({ status: 200, body: { status: 'success' } })
  const asked = { symbol: 'BTCUSD', timeframe: 'H1', required_bars: 5_000 }
  expect((await hand.say('command', '/api/ohlc/coverage', asked)).body.coverage_percent).toBe(100)
})

test('whatever is thrown at a door of this dialect, it is 200: the EA understands nothing else', async () => {
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(0, -1, 1e300, 2 ** 53, '', 'open', 'closed', 'BUY', 'EURUSD', 'H1', null, [], [null], {}),
  )
  const names = [
    'ticket',
    'status',
    'symbol',
    'direction',
    'volume',
    'open_price',
    'sl',
    'ticks',
    'positions',
  ]
  names.push(
    'symbols',
    'candles',
    'timeframe',
    'transaction_type',
    'amount',
    'timestamp',
    'required_bars',
    'balance',
  )
  const body = fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 8 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...LEGACY_DOORS), body, async ({ port, endpoint }, fields) => {
      const { status } = await hand.say(port as 'command', endpoint.path, fields)
      expect(status).toBe(200)
    }),
    { numRuns: 200, seed: 20_261_127 },
  )
})

test('ticks that are none spoil no others, and bring no second sending of all', async () => {
  const good = { symbol: 'EURUSD', bid: 1.09, ask: 1.09002, timestamp: Math.floor(time.clock.now() / 1_000) }
  const bad = [{ ...good, bid: 0 }, { ...good, timestamp: 0 }, { ...good, symbol: '' }, null, 7]
  const { status, body } = await hand.say('ticks', '/api/ticks', { ticks: [...bad, good], positions: [] })
  expect([status, body.processed]).toEqual([200, 1])
})

test('what is no JSON is read field by field, and kept as it came', async () => {
  const raw = `{"account":${s.login},"api_key":"${s.ea}","level":"INFO","message":"Trade closed","details":{"info":"Ticket: 7, Reason: "stop" hit"}}`
  const { status } = await s.t.call('logs', 'POST', '/api/log', { body: raw })
  expect(status).toBe(200)
  await until(async () => {
    const { items } = await hand.look('/logs')
    const kept = items.find((one: { message: string }) => one.message.startsWith('a body that had'))
    return kept?.details.raw.includes('"stop" hit') && !kept.details.raw.includes(s.ea)
  })
})

test('what makes no sense is kept and acknowledged, for it would not come again', async () => {
  for (const [plane, path, body] of [
    ['trades', '/api/trades/update', { ticket: 0, status: 'open' }],
    ['trades', '/api/trades/update', { ticket: 7, status: 'half' }],
    ['command', '/api/transaction', { ticket: 1, transaction_type: 'MAGIC', amount: 1 }],
    ['command', '/api/command_response', { command_id: 'nobody', status: 'completed', response: {} }],
    ['command', '/api/ohlc/historical', { symbol: 'EURUSD' }],
  ] as const)
    expect((await hand.say(plane, path, body)).status).toBe(200)
})

test('a plain client that sends no JSON is told so, as before', async () => {
  await s.t.call('command', 'POST', '/api/connect', { key: s.ea, body: { account: s.login } })
  const { status, body } = await s.t.call('command', 'POST', '/api/get_commands', {
    key: s.ea,
    body: `{"account":${s.login},"note":"a "b" c"}`,
  })
  expect([status, body.error]).toEqual([400, 'NGTB_BODY_NOT_JSON'])
})
