// F29, F32–F35, acceptance 4: what is no body of a door is refused clearly, and leaves no trace.
import { COMMANDS } from '@ngtb/protocol'
import type Type from 'typebox'
import { Compile } from 'typebox/compile'
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

let w: World
beforeAll(async () => {
  w = await smallWorld()
})
afterAll(() => w.t.stop())

const posts = DOORS.filter(({ endpoint }) => endpoint.method === 'POST')
const talking = posts.filter(({ endpoint }) => endpoint.body)
const strict = ({ endpoint }: Door) => endpoint.path.startsWith('/api/v1/')
const say = (door: Door, body: unknown, headers: Record<string, string> = {}) =>
  knock(w.t, door, pathOf(door, w.a), { key: keyFor(door, w.a, w.admin), body, headers })

async function withoutTrace(what: () => Promise<void>): Promise<void> {
  const before = await ledgerOf(w.t)
  await what()
  expect(await ledgerOf(w.t)).toEqual(before)
}

interface Node {
  type?: string
  properties?: Record<string, Node>
  required?: string[]
  items?: Node
  anyOf?: Node[]
}
type Path = (string | number)[]

const WRONG: unknown[] = [
  null,
  true,
  5,
  -5,
  1.5,
  1e300,
  '',
  'text',
  'x'.repeat(20_000),
  [],
  [[]],
  {},
  { a: 1 },
]

/** Every field of a schema, and for each the values that it does not take. */
function wrongFields(schema: Node, at: Path = []): { at: Path; value: unknown }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const check = Compile(field as Type.TSchema)
    const here = WRONG.filter((value) => !check.Check(value)).map((value) => ({ at: [...at, name], value }))
    const items = field.items?.anyOf?.find((one) => one.properties) ?? field.items
    return [
      ...here,
      ...wrongFields(field, [...at, name]),
      ...(items ? wrongFields(items, [...at, name, 0]) : []),
    ]
  })
}

function missingFields(schema: Node, at: Path = []): Path[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const items = field.items?.anyOf?.find((one) => one.properties) ?? field.items
    const here = schema.required?.includes(name) ? [[...at, name]] : []
    return [
      ...here,
      ...missingFields(field, [...at, name]),
      ...(items ? missingFields(items, [...at, name, 0]) : []),
    ]
  })
}

/** The body with one part replaced, or left out; null where the part does not exist in it. */
function altered(body: unknown, at: Path, value: unknown): unknown {
  const [name, ...rest] = at
  if (name === undefined) return value
  if (typeof body !== 'object' || body === null) return body
  const copy: Record<string | number, unknown> = (Array.isArray(body) ? [...body] : { ...body }) as never
  copy[name] = altered(copy[name], rest, value)
  return copy
}

/** As `goodBody`, with the richest entries of its lists first: their fields are altered. */
const richBody = (door: Door) => ({
  ...goodBody(door, w.a),
  ...(door.name === 'connect' ? { available_symbols: [{ symbol: 'GBPUSD', digits: 5 }] } : {}),
})

describe.each(titled(talking))('%s', (_, door) => {
  const schema = door.endpoint.body as Node
  test('wrong type of each field: 400 or 422', () =>
    withoutTrace(async () => {
      const wrong = wrongFields(schema)
      expect(wrong.length).toBeGreaterThan(3)
      for (const { at, value } of wrong)
        expectRefusal(
          await say(door, altered(richBody(door), at, value)),
          `${at.join('.')} = ${JSON.stringify(value)}`,
        )
    }))

  test('each required field left out: 400', () =>
    withoutTrace(async () => {
      for (const at of missingFields(schema)) {
        const answer = await say(door, altered(richBody(door), at, undefined))
        expectRefusal(answer, `without ${at.join('.')}`)
        expect(answer.status).toBe(400)
      }
    }))

  test.each(['surprise', 'constructor', 'toString', 'ACCOUNT'])('unknown field %s', async (name) => {
    const before = await ledgerOf(w.t)
    const answer = await say(door, { ...richBody(door), [name]: { $gt: '' } })
    if (!strict(door)) {
      expect(answer.status, answer.text).toBe(200)
      return
    }
    expectRefusal(answer, name)
    expect(answer).toMatchObject({ status: 400, body: { code: 'NGTB_BODY_INVALID' } })
    expect(await ledgerOf(w.t)).toEqual(before)
  })
})

const utf16 = Buffer.from('\ufeff{"account":1}', 'utf16le')
const RAW: [string, string | Buffer][] = [
  ['not JSON', 'account=1'],
  ['truncated', '{"account": 1, "a'],
  ['trailing text', '{} {}'],
  ['NaN', '{"account": NaN}'],
  ['Infinity', '{"account": Infinity}'],
  ['1e999', '{"account": 1e999}'],
  ['1e999 deep', '{"x": [{"y": 1e999}]}'],
  ['-1e999', '{"account": -1E+999}'],
  ['__proto__', '{"__proto__": {"account": 1}}'],
  ['__proto__ escaped', '{"\\u005f\\u005fproto__": {"account": 1}}'],
  ['__proto__ beside a long number', '{"__proto__": {"account": 1}, "n": 9223372036854775807}'],
  ['depth 200,000 of lists', '['.repeat(200_000) + ']'.repeat(200_000)],
  ['depth 10,000 of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['depth in a field', `{"details": ${'['.repeat(40)}${']'.repeat(40)}}`],
  ['brackets without end', '['.repeat(60_000)],
  ['UTF-16', utf16],
  ['NUL in text', '{"reason": "\\u0000"}'],
  ['NUL in a key', '{"\\u0000": 1}'],
  ['NUL raw', '{"reason": "\u0000"}'],
  ['lone surrogate', '{"reason": "\\ud800"}'],
  ['lone low surrogate in a key', '{"\\udc00x": 1}'],
  ['reversed surrogates', '{"reason": "\\udc00\\ud800"}'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['overlong UTF-8', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
  ['control character', '{"reason": "\n"}'],
  ['single quotes', "{'account': 1}"],
  ['comment', '{"account": 1 /* one */}'],
  ['null', 'null'],
  ['list', '[]'],
  ['list of the body', '[{}]'],
  ['number', '5'],
  ['text', '"account"'],
  ['true', 'true'],
  ['spaces', '   '],
]

describe.each(titled(posts))('F29 %s', (_, door) => {
  test('bodies that are no JSON object', () =>
    withoutTrace(async () => {
      for (const [about, body] of RAW) {
        const answer = await say(door, body)
        expectRefusal(answer, about)
        expect([400, 413], about).toContain(answer.status)
      }
    }))

  test('other content types: 415', () =>
    withoutTrace(async () => {
      const body = JSON.stringify(goodBody(door, w.a) ?? { a: 1 })
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'application/xml',
        'text/json',
      ]) {
        const answer = await say(door, body, { 'content-type': type })
        expectRefusal(answer, type)
        expect(answer.status, type).toBe(415)
      }
    }))
})

describe.each(titled(talking))('F29 %s', (_, door) => {
  test('no body: 400', () =>
    withoutTrace(async () => {
      for (const headers of [{}, { 'content-type': 'application/json' }]) {
        const answer = await say(door, '', headers as Record<string, string>)
        expectRefusal(answer, 'empty')
        expect(answer.status).toBe(400)
      }
    }))
})

describe('JSON that is as it should be', () => {
  const door = DOORS.find(({ name }) => name === 'log') as Door
  const stored = async () =>
    (await w.t.call('webui', 'GET', `/api/v1/accounts/${w.a.login}/logs?limit=1`, { key: w.admin })).body
      .items[0]

  test('a byte order mark is no mistake', async () => {
    expect((await say(door, '\ufeff{"level":"INFO","message":"with BOM"}')).status).toBe(200)
    expect(await stored()).toMatchObject({ message: 'with BOM' })
  })

  test.each(['', ', "n": 9223372036854775807'])(
    'a key said twice counts as it was said last%s',
    async (long) => {
      expect((await say(door, `{"level":"INFO","message":"first","message":"last"${long}}`)).status).toBe(200)
      expect(await stored()).toMatchObject({ message: 'last' })
    },
  )

  test('J1: long numbers keep their digits', async () => {
    const details = '{"a":9223372036854775807,"b":-9007199254740993,"c":1.25,"d":12345678901234567890}'
    await say(door, `{"level":"INFO","message":"long","details":${details}}`)
    expect((await stored()).details).toEqual({
      a: '9223372036854775807',
      b: '-9007199254740993',
      c: 1.25,
      d: '12345678901234567890',
    })
  })

  test('charset and case of the content type are no matter', async () => {
    for (const type of [
      'application/json; charset=utf-8',
      'application/json;charset=UTF-8',
      'Application/JSON',
    ])
      expect((await say(door, goodBody(door, w.a), { 'content-type': type })).status, type).toBe(200)
  })
})

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
  test.each(['PLACE_PENDING', 'PROBE', 'REQUEST_SYNC', 'open_trade', '', 'constructor', '__proto__'])(
    'type %s: 422',
    (type) =>
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
