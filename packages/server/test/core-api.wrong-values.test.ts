// Acceptance 4: payloads, paths and queries, and ticks that can not be. Never a 5xx, nothing half done.
import { COMMANDS } from '@ngtb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DOORS,
  type Door,
  expectClear,
  expectRefusal,
  fresh,
  goodBody,
  keyFor,
  knock,
  ledgerOf,
  pathOf,
  smallWorld,
  tick,
  titled,
  type World,
} from './support/doors.ts'
import { altered, missingFields, type Node, wrongFields } from './support/wrong.ts'

let w: World
beforeAll(async () => {
  w = await smallWorld()
})
afterAll(() => w.t.stop())

const posts = DOORS.filter(({ endpoint }) => endpoint.method === 'POST')
const _talking = posts.filter(({ endpoint }) => endpoint.body)
const strict = ({ endpoint }: Door) => endpoint.path.startsWith('/api/v1/')
const say = (door: Door, body: unknown, headers: Record<string, string> = {}) =>
  knock(w.t, door, pathOf(door, w.a), { key: keyFor(door, w.a, w.admin), body, headers })

async function withoutTrace(what: () => Promise<void>): Promise<void> {
  const before = await ledgerOf(w.t)
  await what()
  expect(await ledgerOf(w.t)).toEqual(before)
}

describe('F32 payloads of commands', () => {
  const door = DOORS.find(({ name }) => name === 'v1_command_create') as Door
  const GOOD: Record<string, Record<string, unknown>> = {
    OPEN_TRADE: {
      symbol: 'EURUSD',
      order_type: 'BUY',
      volume: 0.1,
      sl: 1.0,
      tp: 2.0,
      comment: 'c',
      magic: 5,
      deviation: 3,
    },
    MODIFY_TRADE: { ticket: '1004', sl: 1.0, tp: 2.0 },
    CLOSE_TRADE: { ticket: '1004', reason: 'r' },
    CLOSE_ALL: { symbol: 'EURUSD', magic: 5, reason: 'r' },
  }
  const create = (type: string, payload: unknown) =>
    say(door, { type, payload, command_id: fresh('payload') })

  test.each(Object.entries(COMMANDS))('%s: each field wrong, missing, unknown: 422', (type, definition) =>
    withoutTrace(async () => {
      const schema = definition.payload as Node
      for (const { at, value } of wrongFields(schema)) {
        const answer = await create(type, altered(GOOD[type], at, value))
        expectRefusal(answer, `${at.join('.')} = ${JSON.stringify(value)}`)
        expect(answer.status, answer.text).toBe(422)
      }
      for (const at of missingFields(schema)) {
        const answer = await create(type, altered(GOOD[type], at, undefined))
        expect(answer.status, `${answer.text} without ${at}`).toBe(422)
      }
      for (const payload of [{ ...GOOD[type], surprise: 1 }, [], 'text', 5, true])
        expect((await create(type, payload)).status, JSON.stringify(payload)).toBe(422)
    }),
  )

  test.each([-0, 0, -1, 1e308, 1_000_001, 5e-324 * -1])('volume %s: 422', (volume) =>
    withoutTrace(async () =>
      expect((await create('OPEN_TRADE', { ...GOOD.OPEN_TRADE, volume })).status).toBe(422),
    ),
  )
  test.each([
    ['BUY', 2, 1],
    ['SELL', 1, 2],
    ['ORDER_TYPE_BUY', 1.5, 1.5],
    ['BUY_LIMIT', undefined, undefined],
    ['ORDER_TYPE_SELL_STOP', undefined, undefined],
    ['buy', undefined, undefined],
    ['__proto__', undefined, undefined],
  ])('order_type %s with sl %s and tp %s: 422', (order_type, sl, tp) =>
    withoutTrace(async () => {
      const answer = await create('OPEN_TRADE', { symbol: 'EURUSD', order_type, volume: 0.1, sl, tp })
      expect(answer.status, answer.text).toBe(422)
    }),
  )
  test.each(['PLACE_PENDING', 'PROBE', 'REQUEST_SYNC'])('type %s on a plain account: 422', (type) =>
    withoutTrace(async () => {
      expect(await create(type, {})).toMatchObject({ status: 422, body: { code: 'NGTB_ACCOUNT_PLAIN' } })
    }),
  )
  test.each(['open_trade', '', 'constructor', '__proto__'])('type %s: 422', (type) =>
    withoutTrace(async () => {
      expect(await create(type, {})).toMatchObject({ status: 422, body: { code: 'NGTB_COMMAND_TYPE' } })
    }),
  )
})

describe('F35 paths and queries', () => {
  const gets = DOORS.filter(({ endpoint }) => endpoint.method === 'GET')
  const CORPUS = [
    "' or 1=1 --",
    '../../etc/passwd',
    '%2e%2e%2f',
    '%00',
    '\u202e',
    '😀',
    '$\u007bjndi:x}',
    '<script>',
    'a'.repeat(150),
    '%ff',
    '%',
    '1;drop table command',
  ]

  test.each(titled(DOORS.filter(({ endpoint }) => endpoint.path.includes(':'))))('%s: odd names', (_, door) =>
    withoutTrace(async () => {
      for (const part of ['login', 'command_id', 'ticket', 'key_id'])
        for (const odd of door.endpoint.path.includes(`:${part}`) ? CORPUS : []) {
          const name = odd.startsWith('%') ? odd : encodeURIComponent(odd)
          const path = pathOf(door, w.a, { [part]: name })
          const answer = await knock(w.t, door, path, { key: w.admin, body: goodBody(door, w.a) })
          expectRefusal(answer, path)
          expect([400, 404, 422], path).toContain(answer.status)
        }
    }),
  )

  test.each(titled(gets.filter(({ endpoint }) => strict({ endpoint } as Door))))(
    '%s: odd queries',
    (_, door) =>
      withoutTrace(async () => {
        const properties = Object.keys((door.endpoint.query as Node | undefined)?.properties ?? {})
        const path = pathOf(door, w.a)
        const get = (query: string) =>
          knock(w.t, door, `${path}${path.includes('?') ? '&' : '?'}${query}`, { key: w.admin })
        for (const name of properties)
          for (const odd of CORPUS) {
            const value = odd.startsWith('%') ? odd : encodeURIComponent(odd)
            expectClear(await get(`${name}=${value}`), `${name}=${value}`)
          }
        for (const query of [
          'surprise=1',
          '__proto__=1',
          'constructor=1',
          'Limit=5',
          ...(properties.includes('limit')
            ? [
                'limit=0',
                'limit=-1',
                'limit=1001',
                'limit=1.5',
                'limit=abc',
                'limit=',
                'limit=1&limit=2',
                'limit=0x10',
                'limit=true',
                'limit=99999999999999999999',
              ]
            : []),
        ]) {
          const answer = await get(query)
          expectRefusal(answer, query)
          expect(answer, query).toMatchObject({ status: 400, body: { code: 'NGTB_QUERY_INVALID' } })
        }
      }),
  )

  const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  test.each(
    titled(
      gets.filter(({ endpoint }) => 'cursor' in ((endpoint.query as Node | undefined)?.properties ?? {})),
    ),
  )('%s: a cursor of nobody is a 400', async (_, door) => {
    const path = pathOf(door, w.a)
    const odd = [
      'x',
      'e30',
      cursor([]),
      cursor({}),
      cursor(null),
      cursor([null]),
      cursor(['']),
      cursor(["' or 1"]),
      cursor([1.5]),
      cursor([1, 2, 3]),
      cursor([[1]]),
      cursor(['99999999999999999999']),
      cursor(['A-B']),
    ]
    for (const value of odd) {
      const answer = await knock(w.t, door, `${path}${path.includes('?') ? '&' : '?'}cursor=${value}`, {
        key: w.admin,
      })
      expectRefusal(answer, value)
      expect(answer, value).toMatchObject({ status: 400, body: { code: 'NGTB_CURSOR_INVALID' } })
    }
  })

  test.each(['abc', '1e3', '99999999999999999999', '2024-13-45', "' or 1=1"])(
    'from=%s is no moment: 400',
    async (from) => {
      for (const list of ['ticks', 'candles']) {
        const path = `/api/v1/accounts/${w.a.login}/${list}?symbol=EURUSD&from=${encodeURIComponent(from)}`
        expect(await w.t.call('webui', 'GET', path, { key: w.admin })).toMatchObject({ status: 400 })
      }
    },
  )

  test('what is not served: 404 in the words of its port', async () => {
    for (const port of ['command', 'ticks', 'trades', 'logs', 'webui'] as const)
      for (const path of [
        '/nothing',
        '/api/nothing',
        '/api/v1/nothing',
        '/../etc/passwd',
        '/%2e%2e/%2e%2e/etc/passwd',
        '/.env',
        '/%',
      ]) {
        const { status, body, headers } = await w.t.call(port, 'GET', path, { key: w.admin })
        expect([400, 404], path).toContain(status)
        expect(body.code ?? body.error, path).toBe('NGTB_NOT_FOUND')
        expect(headers['x-request-id']).toBe(body.request_id)
      }
  })
})

describe('ticks that can not be', () => {
  const door = DOORS.find(({ name }) => name === 'ticks_batch') as Door
  test.each([0, 1, 946_684_799, 4_102_444_800, 1e10, 4.2e12, 1e300])('timestamp %s: 422', (timestamp) =>
    withoutTrace(async () => {
      const answer = await say(door, { ticks: [tick(), tick({ timestamp })] })
      expectRefusal(answer, 'time')
      expect(answer).toMatchObject({ status: 422, body: { error: 'NGTB_TICK_TIME' } })
    }),
  )
  test('ticks of 401 days in one request: 422', () =>
    withoutTrace(async () => {
      const ticks = Array.from({ length: 401 }, (_, day) => tick({ timestamp: 1_500_000_000 + day * 86_400 }))
      expect(await say(door, { ticks })).toMatchObject({
        status: 422,
        body: { error: 'NGTB_TICK_SPREAD_OF_DAYS' },
      })
    }))
})
