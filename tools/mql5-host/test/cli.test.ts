// mqlc: exit codes and what it says.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { main } from '../src/cli.ts'
import { workFolder } from './support/compiler.ts'
import { CORPUS } from './support/corpus.ts'

const folder = workFolder()
const good = path.join(CORPUS, 'good/smallest.mq5')
const bad = path.join(CORPUS, 'bad/auto.mq5')
let said: string[] = []

beforeEach(() => {
  said = []
  for (const way of ['log', 'error'] as const)
    vi.spyOn(console, way).mockImplementation((text: string) => void said.push(text))
})
afterEach(() => {
  vi.restoreAllMocks()
})

test('lint: 0 without findings, 1 with', async () => {
  expect(await main(['lint', good])).toBe(0)
  expect(said.at(-1)).toBe('mqlc: 1 file, 0 findings')
  expect(await main(['lint', good, bad])).toBe(1)
  expect(said.join('\n')).toMatch(/auto\.mq5:2:17: error cpp-word: 'auto' is C\+\+: write the type/)
})

test('lax tells and does not stop', async () => {
  expect(await main(['lint', bad, '--lax'])).toBe(0)
  expect(said[0]).toMatch(/^note: /)
})

test('emit writes C++, and nothing where something was found', async () => {
  const out = path.join(folder, 'out.cpp')
  expect(await main(['emit', bad, '-o', out])).toBe(1)
  expect(existsSync(out)).toBe(false)
  expect(await main(['emit', good, '-o', out])).toBe(0)
  expect(readFileSync(out, 'utf8')).toContain('#include "mql5.h"')
})

test('misuse is 2, with a sentence and the usage', async () => {
  const rows: [args: string[], says: RegExp][] = [
    [[], /say what to do/],
    [['compile', good], /no command "compile"/],
    [['lint'], /name a \.mq5 file/],
    [['lint', 'nowhere.mq5'], /no file nowhere\.mq5/],
    [['lint', good, '--fast'], /--fast/],
    [['emit', good], /-o OUT/],
    [['build', good, bad, '-o', 'x'], /takes one file/],
  ]
  for (const [args, says] of rows) {
    said = []
    expect(await main(args)).toBe(2)
    expect(said.join('\n')).toMatch(says)
    expect(said.join('\n')).toContain('mqlc lint FILE…')
  }
  expect(await main(['--help'])).toBe(0)
})
