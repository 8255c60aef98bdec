// The generated parts of docs are fresh, and the filling of a page fails loudly.
import { readFileSync } from 'node:fs'
import { Compile } from 'typebox/compile'
import { describe, expect, test } from 'vitest'
import { asyncApi } from '../src/gen/asyncapi.ts'
import { EXAMPLES } from '../src/gen/asyncapi-examples.ts'
import { GENERATORS } from '../src/gen/generators.ts'
import { fill, table } from '../src/gen/markdown.ts'
import { fieldNames, fieldRows } from '../src/gen/schema-fields.ts'

interface Message {
  payload: { required?: string[] }
  examples: { payload: Record<string, unknown> }[]
}

describe('every generated part is fresh (else: npm run gen)', () => {
  for (const { page, name, render } of GENERATORS)
    test(`${page}: ${name}`, () => {
      const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8')
      expect(fill(text, name, render())).toBe(text)
    })
})

describe('fill', () => {
  const page = '# A\n\n<!-- gen:x -->\nold\n<!-- /gen:x -->\n\nend\n'
  test('replaces what stands between its markers and nothing else; twice is once', () => {
    const once = fill(page, 'x', '\nnew\n')
    expect(once).toBe('# A\n\n<!-- gen:x -->\n\nnew\n\n<!-- /gen:x -->\n\nend\n')
    expect(fill(once, 'x', 'new')).toBe(once)
  })
  test('a page without the markers, or with them swapped, is a mistake', () => {
    expect(() => fill(page, 'y', 'new')).toThrow(/markers/)
    expect(() => fill('<!-- /gen:x --><!-- gen:x -->', 'x', 'new')).toThrow(/markers/)
  })
})

test('tables escape what would break them', () => {
  expect(table(['a'], [['b | c\nd']])).toBe('| a |\n|---|\n| b \\| c d |')
})

test('fields of a schema', () => {
  const schema = {
    properties: {
      a: { type: 'integer', minimum: 1 },
      b: { anyOf: [{ type: 'string', maxLength: 5 }, { type: 'null' }] },
    },
    required: ['a'],
  }
  expect(fieldNames(schema)).toBe('a, b?')
  expect(fieldRows(schema)).toEqual([
    ['`a`', 'integer (≥ 1)', ''],
    ['`b?`', 'text (≤ 5) or null', ''],
  ])
})

describe('AsyncAPI', () => {
  const document = JSON.parse(JSON.stringify(asyncApi()))
  const messages = Object.entries<Message>(document.components.messages)

  test('the file is fresh (else: npm run gen)', () => {
    const text = readFileSync(new URL('../../../docs/reference/asyncapi.json', import.meta.url), 'utf8')
    expect(JSON.parse(text)).toEqual(document)
  })
  test.each(messages)('the example of %s is one', (_, { payload, examples: [example] }) => {
    const check = Compile(payload)
    expect([...check.Errors(example?.payload)]).toEqual([])
    // And it is no schema that takes everything: without any of its required fields it is none.
    for (const field of payload.required ?? []) {
      const { [field]: _left_out, ...rest } = example?.payload ?? {}
      expect(check.Check(rest), `without ${field}`).toBe(false)
    }
  })
  test('there is an example of each message, and none of another', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(messages.map(([name]) => name).sort())
  })
  test('every reference leads somewhere', () => {
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g))
      expect(
        ref?.split('/').reduce((at, name) => at?.[name], document),
        ref,
      ).toBeDefined()
  })
})
