import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DOORS,
  type Door,
  expectRefusal,
  goodBody,
  keyFor,
  knock,
  ledgerOf,
  pathOf,
  smallWorld,
  titled,
  type World,
} from './support/doors.ts'
import { altered, missingFields, type Node, richBody, wrongFields } from './support/wrong.ts'

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

describe.each(titled(talking))('%s', (_, door) => {
  const schema = door.endpoint.body as Node
  test('wrong type of each field: 400 or 422', () =>
    withoutTrace(async () => {
      const wrong = wrongFields(schema)
      expect(wrong.length).toBeGreaterThan(3)
      for (const { at, value } of wrong)
        expectRefusal(
          await say(door, altered(richBody(door, w.a), at, value)),
          `${at.join('.')} = ${JSON.stringify(value)}`,
        )
    }))

  test('each required field left out: 400', () =>
    withoutTrace(async () => {
      for (const at of missingFields(schema)) {
        const answer = await say(door, altered(richBody(door, w.a), at, undefined))
        expectRefusal(answer, `without ${at.join('.')}`)
        expect(answer.status).toBe(400)
      }
    }))

  test.each(['surprise', 'constructor', 'toString', 'ACCOUNT'])('unknown field %s', async (name) => {
    const before = await ledgerOf(w.t)
    const answer = await say(door, { ...richBody(door, w.a), [name]: { $gt: '' } })
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
