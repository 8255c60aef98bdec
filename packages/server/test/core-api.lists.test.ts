// Lists of the management API: {items, next_cursor}, in order, each item once, also while others are added.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fresh, position, tick, UNLIMITED } from './support/doors.ts'
import { type TestServer, testServer } from './support/server.ts'

const LOGIN = '4242'
const AT = `/api/v1/accounts/${LOGIN}`

let t: TestServer
let admin: string
let ea: string
const say = (port: 'ticks' | 'trades' | 'logs', path: string, body: unknown) =>
  t.call(port, 'POST', path, { key: ea, body })
const command = () =>
  t.call('webui', 'POST', `${AT}/commands`, {
    key: admin,
    body: { type: 'CLOSE_ALL', payload: { symbol: 'NOTHING' }, command_id: fresh('listed') },
  })

beforeAll(async () => {
  t = await testServer({ env: UNLIMITED })
  ea = await t.enrol(LOGIN)
  admin = await t.key(['admin'])
  for (let n = 1; n <= 25; n++) {
    await command()
    await say('trades', '/api/trades/opened', position(1000 + n))
    await say('logs', '/api/log', { level: n % 5 === 0 ? 'ERROR' : 'INFO', message: `line ${n}` })
    await t.enrol(5000 + n)
  }
  const ticks = Array.from({ length: 25 }, (_, n) =>
    tick({ timestamp: 1_700_000_000 + Math.floor(n / 5), bid: 1 + n / 1000 }),
  )
  await say('ticks', '/api/ticks/batch', { ticks })
})
afterAll(() => t.stop())

type Item = Record<string, unknown>
async function pages(
  path: string,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<Item[][]> {
  const all: Item[][] = []
  let cursor: string | null = null
  do {
    const query: string = `${path.includes('?') ? '&' : '?'}limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`
    const { status, body } = await t.call('webui', 'GET', `${path}${query}`, { key: admin })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['items', 'next_cursor'])
    all.push(body.items)
    cursor = body.next_cursor
    await between()
  } while (cursor !== null)
  return all
}

const LISTS: [string, string, (item: Item) => unknown, 'up' | 'down'][] = [
  ['commands', `${AT}/commands`, (item) => item.command_no, 'down'],
  ['trades', `${AT}/trades`, (item) => Number(item.ticket), 'down'],
  ['logs', `${AT}/logs`, (item) => item.seq, 'down'],
  ['audit', `${AT}/audit`, (item) => item.seq, 'down'],
  ['all audit', '/api/v1/audit', (item) => item.seq, 'down'],
  ['accounts', '/api/v1/accounts', (item) => item.account_id, 'up'],
  ['connections', '/api/v1/connections', (item) => item.account_id, 'up'],
  ['keys', '/api/v1/keys', (item) => item.key_id, 'up'],
  ['ticks', `${AT}/ticks?symbol=EURUSD`, (item) => item.bid, 'up'],
  ['candles', `${AT}/candles?symbol=EURUSD&timeframe=M1`, (item) => item.time_ms, 'up'],
]

describe.each(LISTS)('%s', (_, path, key, order) => {
  test('pages of any size hold what one page holds, each once, in order', async () => {
    const whole = (await pages(path, 1000)).flat().map(key)
    expect(whole.length).toBeGreaterThan(0)
    const sorted = [...whole].sort((a, b) => ((a as number) < (b as number) ? -1 : 1))
    expect(whole).toEqual(order === 'up' ? sorted : sorted.reverse())
    expect(new Set(whole).size).toBe(whole.length)
    for (const limit of [1, 7, whole.length, whole.length + 1]) {
      const parts = await pages(path, limit)
      expect(parts.flat().map(key)).toEqual(whole)
      expect(parts.slice(0, -1).every((part) => part.length === limit)).toBe(true)
    }
  })

  test('what is added meanwhile neither repeats nor hides an item', async () => {
    const before = (await pages(path, 1000)).flat().map(key)
    let added = 0
    const during = await pages(path, 5, async () => {
      if (++added > 20) return
      await command()
      await say('trades', '/api/trades/opened', position(9000 + Number(fresh('t').slice(2))))
      await say('logs', '/api/log', { level: 'INFO', message: 'meanwhile' })
    })
    const seen = during.flat().map(key)
    expect(new Set(seen).size).toBe(seen.length)
    for (const item of before) expect(seen).toContain(item)
  })
})

test('without a limit a page has 100', async () => {
  for (let n = 0; n < 90; n++) await command()
  const { body } = await t.call('webui', 'GET', `${AT}/commands`, { key: admin })
  expect(body.items).toHaveLength(100)
  expect(body.next_cursor).toBeTypeOf('string')
})

describe('filters', () => {
  const items = async (path: string): Promise<Item[]> =>
    (await t.call('webui', 'GET', path, { key: admin })).body.items
  test('commands by status and type', async () => {
    expect(await items(`${AT}/commands?status=completed`)).toEqual([])
    expect(await items(`${AT}/commands?status=pending&type=CLOSE_ALL&limit=3`)).toHaveLength(3)
    expect(await items(`${AT}/commands?type=OPEN_TRADE`)).toEqual([])
    expect(
      await items(`${AT}/commands?status=failed,pending&type=OPEN_TRADE,CLOSE_ALL&limit=3`),
    ).toHaveLength(3)
    expect(await items(`${AT}/commands?symbol=NOTHING&since=2020-01-01&limit=3`)).toHaveLength(3)
    expect(await items(`${AT}/commands?symbol=EURUSD`)).toEqual([])
    expect(await items(`${AT}/commands?since=2100-01-01`)).toEqual([])
  })
  test('a word that is none is refused with those that there are', async () => {
    for (const query of [
      'commands?status=open',
      'commands?status=pending,',
      'commands?type=BUY',
      'trades?from=0',
      'trades?status=all&to=1',
      'audit?kind=COMMAND',
    ]) {
      const answer = await t.call('webui', 'GET', `${AT}/${query}`, { key: admin })
      expect(answer, query).toMatchObject({ status: 400, body: { code: 'NGTB_QUERY_INVALID' } })
    }
  })
  test('trades: open ones unless status says otherwise; by symbol', async () => {
    await say('trades', '/api/trades/closed', { ticket: 1001, close_price: 1.2 })
    const tickets = async (query: string) =>
      (await items(`${AT}/trades?limit=1000${query}`)).map(({ ticket }) => ticket)
    expect(await tickets('')).not.toContain('1001')
    expect(await tickets('&status=closed')).toEqual(['1001'])
    expect(await tickets('&status=all')).toContain('1001')
    expect(await tickets('&symbol=GBPUSD')).toEqual([])
  })
  test('logs by level, in any case, and by words', async () => {
    const errors = await items(`${AT}/logs?level=error`)
    expect(errors.map(({ message }) => message)).toEqual([
      'line 25',
      'line 20',
      'line 15',
      'line 10',
      'line 5',
    ])
    expect(await items(`${AT}/logs?search=LINE%2025`)).toHaveLength(1)
    expect(await items(`${AT}/logs?search=%25`)).toEqual([])
  })
  test('audit by kind', async () => {
    const kinds = await items(`${AT}/audit?kind=trade.closed`)
    expect(kinds.map(({ subject }) => subject)).toEqual(['1001'])
  })
  test('closed trades by when they closed; audit by subject, actor and kinds that begin so', async () => {
    await say('trades', '/api/trades/closed', {
      ticket: 1002,
      close_price: 1.2,
      timestamp: '2024-05-01T10:00:00',
    })
    const closed = async (query: string) =>
      (await items(`${AT}/trades?status=closed&${query}`)).map(({ ticket }) => ticket)
    expect(await closed('from=2024-05-01T10:00:00&to=2024-05-01T10:00:01')).toEqual(['1002'])
    expect(await closed('from=2024-05-01T10:00:01&to=2024-05-02')).toEqual([])
    const told = await items(`${AT}/audit?subject=1002&kind=trade.*`)
    expect(told.map(({ kind }) => kind)).toEqual(['trade.closed', 'trade.opened'])
    expect(await items(`${AT}/audit?actor=nobody`)).toEqual([])
    const by_test = await items('/api/v1/audit?kind=key.*&actor=test')
    expect(by_test.map(({ kind }) => kind)).toEqual(['key.created'])
  })
  test('ticks from … to, by milliseconds or ISO, the end not included; equal times keep their order', async () => {
    const bids = async (query: string) =>
      (await items(`${AT}/ticks?symbol=EURUSD${query}`)).map(({ bid }) => bid)
    const second = (n: number) => 1_700_000_000_000 + n * 1000
    expect(await bids(`&from=${second(1)}&to=${second(2)}`)).toEqual([1.005, 1.006, 1.007, 1.008, 1.009])
    const iso = (n: number) => new Date(second(n)).toISOString()
    expect(await bids(`&from=${iso(1)}&to=${iso(2)}`)).toHaveLength(5)
    expect(await bids(`&from=${iso(1).slice(0, -1)}&to=${iso(2).slice(0, 19)}`)).toHaveLength(5)
    expect(await bids('&from=2023-11-14')).toHaveLength(25)
    expect(await bids(`&from=${second(9)}&to=${second(1)}`)).toEqual([])
  })
})
