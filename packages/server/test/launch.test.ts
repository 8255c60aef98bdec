// A program begins from a bundle that is never older than its sources (adr 0029).
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bundleOf, homeIn } from '../src/launch/launch.mjs'

const PROGRAMS = { one: 'packages/a/src/one.ts', two: 'packages/a/src/two.ts' }
let root: string
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ngtb-launch-')))
  write('package-lock.json', '{}')
  write('packages/server/src/launch/bundle.mjs', '')
  write('packages/a/src/word.ts', "export const word: string = 'first'")
  write(PROGRAMS.one, "import { word } from './word.ts'\nexport default [word, import.meta.url]")
  write(PROGRAMS.two, "export default (await import('./word.ts')).word")
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const run = async (name: keyof typeof PROGRAMS): Promise<unknown> => {
  const file = await bundleOf(name, root, PROGRAMS)
  return file === null ? null : (await import(/* @vite-ignore */ pathToFileURL(file).href)).default
}
const bundles = () => readdirSync(homeIn(root)).filter((name) => name.startsWith('programs-')).length

test('each program, made once; what it reads beside itself is where its source is', async () => {
  const here = pathToFileURL(join(root, PROGRAMS.one)).href
  expect(await run('one')).toEqual(['first', here])
  expect(await run('two')).toBe('first')
  expect(bundles()).toBe(1)
})

test.each([
  ['a source', 'packages/a/src/word.ts', "export const word: string = 'later'", ['later', 'later']],
  ['a source of one program', PROGRAMS.two, "export default 'other'", ['first', 'other']],
  ['the lock file', 'package-lock.json', '{ }', ['first', 'first']],
])('B1: when %s changes it is made anew, though nothing else has changed', async (_, path, text, said) => {
  await run('one')
  write(path, text)
  const [one] = (await run('one')) as [string]
  expect([one, await run('two')]).toEqual(said)
  expect(bundles()).toBe(2)
})

test.each([
  ['is empty, as after a power failure', (file: string) => writeFileSync(file, '')],
  ['is gone', (file: string) => rmSync(file)],
])('B1: a bundle of which a file %s is made anew', async (_, harm) => {
  for (const file of (await Promise.all(
    ['one', 'two'].map((name) => bundleOf(name, root, PROGRAMS)),
  )) as string[])
    harm(file)
  expect(await run('two')).toBe('first')
})

test('B1: one that was lost, or whose manifest is none, is made anew', async () => {
  await run('one')
  rmSync(homeIn(root), { recursive: true })
  expect(await run('two')).toBe('first')
  writeFileSync(join(homeIn(root), 'manifest.json'), '{"folder": ".."')
  expect(await run('two')).toBe('first')
  expect(bundles()).toBe(2)
})

test('B2: a source that can’t be read, or a place that can’t be written: there is none, and nothing is left', async () => {
  write(PROGRAMS.two, 'export default (')
  expect(await run('one')).toBeNull()
  expect(bundles()).toBe(0)
  rmSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(join(root, 'node_modules'), 'no folder')
  expect(await run('one')).toBeNull()
})
