// The lexer and the parser: nothing is lost, and whatever stands in a file, they come to an end.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { Findings } from '../src/findings.ts'
import { translate } from '../src/index.ts'
import { lex } from '../src/lexer.ts'
import { workFolder } from './support/compiler.ts'
import { wideProgram } from './wide/program.ts'
import { Random } from './wide/random.ts'

const folder = workFolder()

function findingsOf(text: string): string[] {
  const file = path.join(folder, 'Text.mq5')
  writeFileSync(file, text)
  return translate(file)
    .findings.sorted()
    .map(({ rule, line, column }) => `${rule} ${line}:${column}`)
}

test('every character lies in a token, at its place', () => {
  const { main } = wideProgram(5, 1)
  const tokens = lex(main, 'wide', new Findings())
  expect(tokens.map(({ text }) => text).join('')).toBe(main)
  const lines = main.split('\n')
  for (const { text, line, column } of tokens)
    expect(lines[line - 1]?.slice(column - 1)).toContain(text.split('\n')[0] ?? '')
})

describe('places', () => {
  const rows: [text: string, wanted: string[]][] = [
    ['void OnTick()\n  {\n   auto x=1;\n  }\n', ['cpp-word 3:4']],
    ['void OnTick()\n  {\n   Print(zz);\n  }\n', ['unknown-name 3:10']],
    ['void OnTick()\n  {\n   int a=1\n   Print(a);\n  }\n', ['semicolon-expected 4:4']],
    ['/* one\n two */ @\nvoid OnTick() {}\n', ['unknown-symbol 2:9']],
    [`void OnTick() { Print("${'x'.repeat(65_536)}"); }\n`, ['long-string 1:23']],
    ['\uFEFFvoid OnTick() {}\r\n', []],
    ['void OnTick() { int constructor=1,toString=2; Print(constructor+toString); }\n', []],
  ]
  for (const [text, wanted] of rows)
    test(JSON.stringify(text.slice(0, 60)), () => expect(findingsOf(text).slice(0, 1)).toEqual(wanted))
})

test('UTF-16, as MetaEditor saves it', () => {
  const file = path.join(folder, 'Wide.mq5')
  writeFileSync(
    file,
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('void OnTick() { Print("é"); }\n', 'utf16le')]),
  )
  expect(translate(file).findings.list).toEqual([])
})

test('a broken program is refused, never a crash and never an endless loop', () => {
  const { main } = wideProgram(6, 1)
  const random = new Random(11)
  const sound = findingsOf(main).length
  for (let round = 0; round < 60; round++) {
    const at = random.int(0, main.length - 1)
    const cut = random.int(1, 12)
    const into = random.pick([
      '',
      ')',
      '}',
      '{',
      '(',
      '"',
      "'",
      ';',
      '<',
      '[',
      ' int ',
      '/*',
      '#if',
      '::',
      '?',
    ])
    const found = findingsOf(main.slice(0, at) + into + main.slice(at + cut))
    expect(found.length, `at ${at}`).toBeGreaterThanOrEqual(0)
  }
  expect(sound).toBeGreaterThan(0)
})
