// What an EA splices without an escape is read field by field (S1–S5 of lenient-json.ts).
import { parseJson } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLenient } from '../src/legacy/lenient-json.ts'

fc.configureGlobal({ numRuns: 2_000 })
const read = (text: string) => readLenient(Buffer.from(text))
const salvaged = (text: string) => {
  const found = read(text)
  expect(found?.salvaged).toBe(true)
  return found?.value
}

describe('S2: what the EA splices', () => {
  const bodies: [string, string][] = [
    [
      'Foo "Bar" Ltd',
      '{"account":12345678,"broker":"%s","platform":"MT5","timestamp":1795367498,' +
        '"available_symbols":["EURUSD","GBPUSD"]}',
    ],
    [
      'Bonus "A", see C:\\docs',
      '{"account":12345678,"api_key":"KEY123","ticket":900001,"transaction_type":"BALANCE",' +
        '"amount":10000.00,"timestamp":1791912364,"comment":"%s","balance":10000.00}',
    ],
    ['ID: c"open', '{"account":1,"level":"INFO","message":"Command received","details":{"info":"%s"}}'],
    [
      'a "quoted" text',
      '{"account":1,"api_key":"K","command_id":"c1","status":"failed",' +
        '"response":{"error":"OrderSend failed","error_code":4756,"error_desc":"%s"}}',
    ],
    ['a "b"', '{"positions":[{"n":1,"c":"%s"},{"n":2,"c":"},{"}],"balance":1.50}'],
    ['"', '{"candles":[{"c":"%s","o":1.10,"v":null},{"c":"x","o":-2e1,"v":true}]}'],
    ['x"y', '{"a":[{"b":["%s"]}],"c":{"d":{"e":["x"]}},"f":1}'],
  ]
  for (const [text, body] of bodies)
    test(`${text} within a body`, () => {
      const escaped = JSON.stringify(text).slice(1, -1)
      expect(salvaged(body.replace('%s', text))).toEqual(JSON.parse(body.replace('%s', escaped)))
    })

  const rows: [string, unknown][] = [
    ['{"a":""","b":1}', { a: '"', b: 1 }],
    ['{"a":"",","b":1}', { a: '",', b: 1 }],
    ['{"a":""x" y","b":""}', { a: '"x" y', b: '' }],
    ['{"a":"x"} y"}', { a: 'x"} y' }],
    ['{"a":"x","b c":","b":2}', { a: 'x","b c":', b: 2 }],
    ['{"a":"C:\\new\\docs\\","b":1}', { a: 'C:\\new\\docs\\', b: 1 }],
    ['{"a":"\\u0041\\"","b":1,"c":"""}', { a: '\\u0041\\"', b: 1, c: '"' }],
    ['{"a":"one\r\ntwo\tthree\u0001","b":1}', { a: 'one\r\ntwo\tthree\u0001', b: 1 }],
    ['{"a":"x\0y","b":1}\0', { a: 'xy', b: 1 }],
    ['{"a":"x "y"","b":1}\r\n', { a: 'x "y"', b: 1 }],
    ['{"s":["EUR"USD","x,"y","z"],"b":"""}', { s: ['EUR"USD', 'x,"y', 'z'], b: '"' }],
    ['{"s":["a"]","b"],"c":"""}', { s: ['a"]', 'b'], c: '"' }],
    ['{"p":[{"c":"a"},{b"},{"c":"d"}]}', { p: [{ c: 'a"},{b' }, { c: 'd' }] }],
    ['{"s":[],"d":{},"c":"""}', { s: [], d: {}, c: '"' }],
  ]
  for (const [text, value] of rows)
    test(JSON.stringify(text.slice(0, 80)), () => expect(salvaged(text)).toEqual(value))

  test('numbers are those of parseJson, and what is none is null', () => {
    for (const number of ['9007199254740993', '-18446744073709551615', '4503599627370497.5', '0.10', '1e5'])
      expect(salvaged(`{"q":""","n":${number}}`)).toEqual({ q: '"', n: parseJson(number) })
    const long = '9'.repeat(500)
    for (const odd of ['nan', '-nan(ind)', '1.#INF', '1e999', '', '01', '+1', '1,5', long, `0.${long}`])
      expect(salvaged(`{"n":${odd},"b":"""}`)).toEqual({ n: null, b: '"' })
    expect(salvaged('{"d":{"n":inf},"p":[{"n":-inf}]}')).toEqual({ d: { n: null }, p: [{ n: null }] })
  })

  test('what does not begin as that EA begins is null', () => {
    for (const text of ['', '{', '{"a"', '{"a b":"""}', '{a:1}', '[{"a":"""}]', 'x{"a":"""}', '{"":"""}'])
      expect(read(text)).toBe(null)
  })
})

describe('S3: of two equal keys the first counts', () => {
  const rows: [string, unknown][] = [
    // Each of these is JSON, to which the last would count.
    ['{"balance":5,"comment":"x","balance":1,"y":"","end":2}', { balance: 5, comment: 'x', y: '', end: 2 }],
    ['{"balance":5,"d":{"info":"x"},"balance":{"info":""}}', { balance: 5, d: { info: 'x' } }],
    ['{"d":{"n":5,"info":"x","n":1,"y":""},"e":1}', { d: { n: 5, info: 'x', y: '' }, e: 1 }],
    ['{"balance":5,"c":"x","\\u0062alance":1,"y":""}', { balance: 5, c: 'x","\\u0062alance":1,"y":"' }],
    // And this is none.
    ['{"balance":5,"comment":"x "y","balance":1,"z":""}', { balance: 5, comment: 'x "y', z: '' }],
    // What stands behind the text can be faked: known and accepted.
    ['{"comment":"x","balance":1,"y":"","balance":5}', { comment: 'x', balance: 1, y: '' }],
  ]
  for (const [text, value] of rows) test(text, () => expect(salvaged(text)).toEqual(value))

  test('a colon or an escaped quote within a text is no second key', () => {
    const text = '{"a":"x\\":\\\\","b":{"a":":"},"c":[{"a":1},{"a":2}]}'
    expect(read(text)).toEqual({ value: JSON.parse(text), salvaged: false })
  })

  test('JSON that says a key twice, in a hand that is not the EA’s, stays as it is', () => {
    expect(read(' {"a":1,"a":2}')).toEqual({ value: { a: 2 }, salvaged: false })
  })

  test('no text changes what stands before it', () => {
    fc.assert(
      fc.property(soup, (comment) => {
        const found = read(`{"account":7,"balance":5.50,"comment":"${comment}","end":1}`)
        expect(found?.value).toMatchObject({ account: 7, balance: 5.5 })
      }),
    )
  })
})

describe('S4: what can not be read is left out, the rest is kept', () => {
  const rows: [string, unknown][] = [
    ['{"a":1,"b":"cut o', { a: 1 }],
    ['{"a":1,"b":12', { a: 1 }],
    ['{"a":1,"b":"x"} and more', { a: 1 }],
    ['{"a":1,"p":[{"t":1},{"t":2},{"t', { a: 1 }],
    ['{"a":1,"p":[{"t":1,"c":"x],"b":2}', { a: 1, b: 2 }],
    ['{"a":1,"p":[{"t":1,"c":"x,"balance":9}],"b":2}', { a: 1, b: 2 }],
    ['{"a":1,"p":[]x],"b":2}', { a: 1, b: 2 }],
    ['{"a":"no end,"b":2,"c":[3]}', { b: 2, c: [3] }],
    ['{"a":1,"d":{"info":"x,"balance":9},"b":2}', { a: 1, b: 2 }],
    ['{"a":{"b":{"c":{"d":{"e":1}}}},"f":"""}', { f: '"' }],
  ]
  for (const [text, value] of rows) test(text, () => expect(salvaged(text)).toStrictEqual(value))

  test('no key reaches the prototype', () => {
    const value = salvaged('{"__proto__":{"x":1},"d":{"__proto__":{"x":1}},"a":1}') as { d: object }
    for (const one of [value, value.d]) expect(Object.getPrototypeOf(one)).toBe(Object.prototype)
  })
})

describe('S5: hostile bodies', () => {
  const fill = (unit: string) => unit.repeat(1_000_000 / unit.length)
  const rows: [string, string][] = [
    ['quotes', fill('"')],
    ['quotes in a text', `{"a":"x${fill('"')}`],
    ['nothing but beginnings', fill('{"a":"')],
    ['texts without an end', `{"a":"x${fill(',"b":"x')}`],
    ['positions without an end', `{"a":"x${fill('],"p":[{"c":"x')}`],
    ['numbers without an end', `{"a":1${fill('},"p":{"c":1')}`],
    ['near misses', `{"a":"${fill(`","${'k'.repeat(64)}"`)}`],
    ['keys that are too long', `{"a":"${fill(`","${'k'.repeat(5_000)}`)}`],
    ['brackets', `{"a":${fill('[')}`],
    ['closing brackets', `{"a":"${fill('"}]}')}`],
    ['numbers out of range', `{"a":1${fill(',"b":1e999')}}`],
    ['one long number', `{"a":${fill('1')},"b":"""}`],
    ['spaces', `{"a":"""}${fill(' ')}x`],
    ['NUL', `{"a":"""}${fill('\0')}`],
  ]
  for (const [name, text] of rows)
    test(`1 MB of ${name} is read in one go`, () => expect(() => read(text)).not.toThrow())

  test('any soup of brackets and quotes gives an object or null', () => {
    fc.assert(
      fc.property(soup, soup, (head, tail) => {
        for (const text of [head, `{"a":${head},"b":${tail}}`, `{"a":"${head}","b":{"c":"${tail}"}}`])
          expect(() => read(text)).not.toThrow()
        expect(read(`{"a":${head},"b":"${tail}`)?.value).toBeTypeOf('object')
      }),
    )
  })
})

/** Pieces of structure in any order, between words of every script. */
const words = fc.string({ unit: 'binary', maxLength: 4 }).map((text) => text.replaceAll('\0', ''))
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('"', '","', '"}', '"]', '{"', '[', ']', '{', '}', ',', ':', '\\') },
  { weight: 1, arbitrary: fc.constantFrom('","balance":', '},{"', '"}]}', ',"a":1', '\n', 'null', '-1.5') },
  { weight: 2, arbitrary: words },
)
const soup = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''))

describe('texts come back as they were spliced', () => {
  const text = soup.map((raw) => raw.replace(/"(?=\}|,"[A-Za-z_][A-Za-z0-9_]*":)/g, "'"))
  // Between names there is only `","`, which must not lie in one, nor come about at its end.
  const name = soup.map((raw) => raw.replace(/"(?=\]|,"|,$)/g, "'"))
  const body = fc.record({
    account: fc.integer(),
    broker: text,
    symbols: fc.array(name, { maxLength: 3 }),
    positions: fc.array(fc.record({ ticket: fc.nat(), comment: text, symbol: text }), { maxLength: 3 }),
    details: fc.record({ info: text }),
    comment: text,
  })
  const spliced = (value: unknown) => {
    const texts: string[] = []
    const format = JSON.stringify(value, (_, one) => (typeof one === 'string' ? `%${texts.push(one)}` : one))
    return format.replace(/%(\d+)/g, (_, nth) => texts[Number(nth) - 1] ?? '')
  }

  test('whatever they hold, but for structure', () => {
    let by_hand = 0
    fc.assert(
      fc.property(body, (value) => {
        const sent = spliced(value)
        const found = read(sent)
        if (found?.salvaged) by_hand++
        // It happens to be JSON, to which a backslash is an escape.
        const escaped = !found?.salvaged && sent.includes('\\')
        expect(found?.value).toEqual(escaped ? parseJson(sent) : value)
      }),
    )
    expect(by_hand).toBeGreaterThan(1_000)
  })
})

describe('S1: JSON is read as JSON', () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
  const leaf = fc.oneof(
    soup,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((big) => `#${big}`),
  )
  const flat = fc.dictionary(key, leaf, { maxKeys: 5 })
  const list = fc.array(fc.oneof(leaf, flat), { maxLength: 4 })
  const json = fc
    .dictionary(key, fc.oneof(leaf, flat, list), { maxKeys: 5 })
    .map((value) => JSON.stringify(value).replace(/"#(-?\d+)"/g, '$1'))

  test('the same value, not salvaged', () => {
    fc.assert(
      fc.property(json, (text) => {
        expect(read(text)).toEqual({ value: parseJson(text), salvaged: false })
      }),
    )
  })

  test('not salvaged either: what is JSON in another shape', () => {
    for (const text of ['{}', '[1,2]', 'null', ' { "a" : 1 } ', '{"a b":1}', '{"a":"\\u00e9\\n\\"x\\""}'])
      expect(read(text)).toEqual({ value: JSON.parse(text), salvaged: false })
  })
})

const ansi = (text: string) => Buffer.from(text, 'latin1')
describe('the code page', () => {
  test('bytes that are no UTF-8 are Windows-1252', () => {
    const bytes = ansi('{"a":"K\xf6ln caf\xe9 5\x80 \x93x\x94 \x9f\xff"}')
    expect(readLenient(bytes)).toEqual({ value: { a: 'Köln café 5€ “x” Ÿÿ' }, salvaged: false })
    const quoted = ansi('{"a":"\x80 "\xf6"","b":1}')
    expect(readLenient(quoted)).toEqual({ value: { a: '€ "ö"', b: 1 }, salvaged: true })
    expect(salvaged('{"a":"Köln “5€” 日本 "x" 😀"}')).toEqual({ a: 'Köln “5€” 日本 "x" 😀' })
  })

  test('every byte is a character, of which five are kept as controls', () => {
    const high = String.fromCharCode(...Array.from({ length: 128 }, (_, index) => 128 + index))
    const { a } = (readLenient(ansi(`{"a":"${high}"}`)) as { value: { a: string } }).value
    expect(a.match(/[\x80-\x9f]/g)).toEqual(['\x81', '\x8d', '\x8f', '\x90', '\x9d'])
    expect(a.slice(32)).toBe(high.slice(32))
  })
})
