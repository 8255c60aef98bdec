// The two halves agree: what the spec offers to lint is what the runtime's headers offer to g++.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { enumsHeader, RUNTIME_FOLDER, theSpec } from '../src/index.ts'

const spec = theSpec()
const headers = existsSync(RUNTIME_FOLDER)
  ? readdirSync(RUNTIME_FOLDER)
      .filter((name) => name.endsWith('.h'))
      .map((name) => readFileSync(path.join(RUNTIME_FOLDER, name), 'utf8'))
      .join('\n')
  : ''

/** From <cmath>, or made by the translation itself. */
const ELSEWHERE =
  /^(?:On[A-Z]\w+|EnumToString|a?(?:cos|sin|tan)|ceil|exp|fabs|floor|fmod|log|log10|pow|round|sqrt)$/

test('every function that is offered is in the headers', () => {
  const missing = [...spec.functions.keys()].filter(
    (name) => !ELSEWHERE.test(name) && !new RegExp(`\\b${name}\\(`).test(headers),
  )
  expect(missing).toEqual([])
})

test('no function that is not offered is in the headers', () => {
  const there = [...spec.notOffered].filter((name) =>
    new RegExp(`^[\\w<].*[ *&]${name}\\(`, 'm').test(headers),
  )
  expect(there).toEqual([])
})

test('a name is offered or not, and stands once', () => {
  expect([...spec.notOffered].filter((name) => spec.functions.has(name))).toEqual([])
  for (const [name, ways] of spec.functions) {
    const written = ways.map((way) => JSON.stringify(way))
    expect(new Set(written).size, name).toBe(written.length)
  }
})

test('every constant of the headers is known to lint', () => {
  const text = ['api_const.h', 'api_colors.h', 'mql5.h']
    .map((name) => path.join(RUNTIME_FOLDER, name))
    .filter(existsSync)
  const names = text.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^(?:#define (\w+) |inline constexpr \w+ (\w+) =)/gm)].map(
      ([, one, other]) => one ?? other ?? '',
    ),
  )
  const unknown = names.filter((name) => name !== 'X' && !spec.constants.has(name))
  expect(unknown.filter((name) => !/^(?:MQL_|_RandomSeed)/.test(name))).toEqual([])
})

test('every type of a signature is known', () => {
  const known = (type: string) =>
    /^(?:[A-Z]|T \*)$/.test(type) ||
    /^(?:void|bool|u?char|u?short|u?int|u?long|float|double|string|datetime|color)$/.test(type) ||
    spec.enums.has(type) ||
    spec.structs.has(type)
  const types = [...spec.functions.values()]
    .flat()
    .flatMap((way) => [way.returns, ...way.params.map((one) => one.type)])
  expect([...new Set(types)].filter((type) => !known(type))).toEqual([])
})

test('the header of the enumerations has every one, with its numbers', () => {
  const header = enumsHeader()
  for (const [name, members] of spec.enums) {
    expect(header).toContain(`enum ${name} : int {`)
    for (const member of members) expect(header).toContain(`${member.name}=${member.value}`)
  }
  expect(header).toContain('PERIOD_H4=16388')
})
