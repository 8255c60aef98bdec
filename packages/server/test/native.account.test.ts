// What a terminal says of its account: modes, currency, symbols, and what moves the balance alone.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './support/client.ts'
import { NativeHand } from './support/native-ea.ts'

let s: Scene
beforeEach(async () => {
  s = await Scene.open()
})
afterEach(() => s.stop())

const get = async (path = '') =>
  (await s.t.call('webui', 'GET', `/api/v1/accounts/${s.login}${path}`, { key: s.admin })).body
const hello = (more: object) =>
  s.t.call('command', 'POST', '/api/connect', { key: s.ea, body: { account: s.login, ...more } })

test('account_info in MetaTrader’s names: kept until another is told, and in the audit trail', async () => {
  expect((await get()).info).toBe(null)
  const account_info = {
    ...{ trade_mode: 'ACCOUNT_TRADE_MODE_REAL', margin_mode: 'ACCOUNT_MARGIN_MODE_RETAIL_HEDGING' },
    ...{ currency: 'JPY', currency_digits: 0, leverage: 500, stopout_mode: 'ACCOUNT_STOPOUT_MODE_PERCENT' },
    ...{ margin_so_call: 50, margin_so_so: 20, fifo_close: false, trade_allowed: true },
  }
  expect((await hello({ account_info })).status).toBe(200)
  expect((await get()).info).toEqual(account_info)
  await hello({})
  expect((await get()).info).toEqual(account_info)
  const { items } = await get('/audit?kind=connection.connected')
  // Told once, not with every hello.
  expect(items[0].data.account_info).toBe(undefined)
  expect(items[1].data.account_info).toEqual(account_info)
})

test.each([null, 'demo', 7, [], { currency: '' }, { leverage: '1:100', junk: 'x'.repeat(100_000) }])(
  'what does not fit keeps no EA out, and is not kept: %j',
  async (account_info) => {
    expect((await hello({ account_info })).status).toBe(200)
    expect((await get()).info).toBe(null)
  },
)

test('MQL5’s own integers are understood, field by field', async () => {
  await hello({
    account_info: { trade_mode: 2, margin_mode: 0, stopout_mode: 9, currency: null, leverage: 30 },
  })
  expect((await get()).info).toEqual({
    ...{ trade_mode: 'ACCOUNT_TRADE_MODE_REAL', margin_mode: 'ACCOUNT_MARGIN_MODE_RETAIL_NETTING' },
    leverage: 30,
  })
})

test('symbols of this account, by name, page by page', async () => {
  const spec = { symbol: 'EURUSD', digits: 5, volume_min: 0.01, volume_step: 0.01, stops_level: 3 }
  await hello({ available_symbols: ['XAUUSD', spec, 'US500.cash'] })
  const { items } = await get('/symbols')
  expect(items).toMatchObject([
    { symbol: 'EURUSD', digits: 5, volume_min: 0.01, stops_level: 3, freeze_level: null, subscribed: true },
    { symbol: 'US500.cash', digits: null },
    { symbol: 'XAUUSD' },
  ])
  const page = await get('/symbols?limit=2')
  expect(page.items).toHaveLength(2)
  expect((await get(`/symbols?limit=2&cursor=${page.next_cursor}`)).items).toMatchObject([
    { symbol: 'XAUUSD' },
  ])
  const other = await Scene.at(s.t, '777')
  expect(
    (await s.t.call('webui', 'GET', '/api/v1/accounts/777/symbols', { key: other.admin })).body.items,
  ).toEqual([])
})

test('deals of positions, and what moves the balance alone', async () => {
  const ea = new NativeHand(s)
  await ea.connect()
  const deal = (no: number, type: string, more: object) => ({
    kind: 'deal',
    deal: no,
    type,
    profit: 1,
    ...more,
  })
  const events = [
    deal(1, 'DEAL_TYPE_BALANCE', { comment: 'deposit', profit: 1000 }),
    deal(2, 'DEAL_TYPE_BUY', { position: 9, symbol: 'EURUSD', volume: 1, price: 1.1 }),
    deal(3, 'DEAL_TYPE_CHARGE', { profit: -5 }),
  ]
  const body = { ...ea.session, stream: 'trade', first_seq: 1, events }
  expect((await s.t.call('trades', 'POST', '/api/events', { key: s.ea, body })).body.dead).toEqual([])
  const numbers = async (query: string) =>
    (await get(`/deals${query}`)).items.map((one: { deal: string }) => one.deal)
  expect(await numbers('')).toEqual(['3', '2', '1'])
  expect(await numbers('?kind=balance')).toEqual(['3', '1'])
  expect(await numbers('?kind=trade')).toEqual(['2'])
})
