// JSON in (J1–J4): nothing rounded, nothing that the ledger could not keep, ordinary JSON as ever.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonRefused, limits, parseJson } from '../src/index.ts'

const refuses = (text: string, says: RegExp) => {
  expect(() => parseJson(text)).toThrow(JsonRefused)
  expect(() => parseJson(text)).toThrow(says)
}
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('J1: integers beyond 2^53', () => {
  const rows: [string, unknown][] = [
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['9223372036854775807', '9223372036854775807'],
    ['18446744073709551615', '18446744073709551615'],
    ['-9007199254740993', '-9007199254740993'],
    ['1234567890123456', 1234567890123456],
    ['1.1234567890123456', 1.1234567890123457],
    ['1577916000.0650001', 1577916000.0650001],
    ['1e15', 1e15],
    ['1e100', 1e100],
    ['1e-400', 0],
  ]
  for (const [text, value] of rows)
    test(`${text} → ${JSON.stringify(value)}`, () => {
      expect(parseJson(text)).toBe(value)
      expect(parseJson(`{"a":[${text}]}`)).toEqual({ a: [value] })
    })

  test('any integer: a number while exact, else its digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
        const parsed = parseJson(`{"ticket": ${value} }`) as { ticket: unknown }
        expect(BigInt(parsed.ticket as string)).toBe(value)
        expect(typeof parsed.ticket).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'string')
      }),
    )
  })
})

describe('J2: overflow', () => {
  for (const text of ['1e999', '-1E400', '[1e309]', '{"a":1e+0400}', '9'.repeat(400), '123456789012345e300'])
    test(`${text.slice(0, 20)} is refused`, () => refuses(text, /too large/))
  test('1e308 is a number', () => expect(parseJson('1e308')).toBe(1e308))
})

describe('J3: what PostgreSQL can not keep', () => {
  const rows: [string, RegExp][] = [
    ['{"a":"\\u0000"}', /NUL/],
    ['{"\\u0000":1}', /NUL/],
    ['["\\ud800"]', /surrogate/],
    ['["\\uDFFF x"]', /surrogate/],
    ['{"\\udc00":1}', /surrogate/],
    ['{"__proto__":{"admin":true}}', /__proto__/],
    ['{"a":[{"__proto__":1}]}', /__proto__/],
    ['{"\\u005f_proto__":1}', /__proto__/],
    ['{"_\\u005fproto\\u005f\\u005f":1}', /__proto__/],
  ]
  for (const [text, says] of rows)
    test(`${text} is refused, beside a long number too`, () => {
      refuses(text, says)
      refuses(`[${text},12345678901234567890]`, says)
    })
  test('pairs, escaped backslashes and the word __proto__ as a value are fine', () => {
    expect(parseJson('["\\ud83d\\ude00"]')).toEqual(['😀'])
    expect(parseJson('["\\\\ud800 \\\\u0000"]')).toEqual(['\\ud800 \\u0000'])
    expect(parseJson('{"comment":"__proto__"}')).toEqual({ comment: '__proto__' })
  })
})

describe('J4: depth', () => {
  test('the limit is allowed, one more is not', () => {
    expect(() => parseJson(nested(limits.json_depth_max))).not.toThrow()
    refuses(nested(limits.json_depth_max + 1), /deeper/)
    refuses(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, /deeper/)
  })
  test('a million brackets do not exhaust the stack', () => {
    refuses(nested(1_000_000), /deeper/)
    refuses('['.repeat(1_000_000), /deeper/)
  })
  test('brackets inside text are text', () => {
    const text = JSON.stringify({ a: '[{"'.repeat(100), '[[[[\\"': ['\\'] })
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })
})

describe('otherwise as JSON.parse', () => {
  test('ordinary JSON gives the same value', () => {
    const ordinary = fc
      .json({ maxDepth: 5 })
      .filter((text) => !/__proto__|\\u0000|\\u[dD]|[0-9]{16}/.test(text))
    fc.assert(
      fc.property(ordinary, (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })
  test('what is no JSON is refused with a sentence', () => {
    for (const text of [
      '',
      '{',
      '[1,]',
      '{a:1}',
      "{'a':1}",
      '01',
      'NaN',
      'Infinity',
      '[1]x',
      '"\t"',
      '12345678901234567,',
      '[1 12345678901234567]',
    ])
      refuses(text, /the body is not JSON/)
  })
  test('a key said twice: the last one counts, whichever parser the text needs', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 })
    expect(parseJson('{"a":1,"a":2,"n":12345678901234567890}')).toMatchObject({ a: 2 })
  })
  test('keys that objects inherit are plain keys', () => {
    expect(parseJson('{"constructor":1,"toString":12345678901234567890}')).toEqual({
      constructor: 1,
      toString: '12345678901234567890',
    })
  })
})
