// The README says what is there: its programs are the files that run, its commands and scripts exist.
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const readme = read('README.md')
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}[^\\n]*\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  )
/** Line breaks, trailing commas and the zeros that a formatter drops aside. */
const words = (text: string) => text.replace(/(\.\d*?[1-9])0+\b/g, '$1').replace(/[\s,]+/g, '')

test('the strategy of ten lines is examples/place-an-order.ts', () => {
  const [strategy = ''] = blocks('ts')
  expect(words(read('examples/place-an-order.ts'))).toContain(words(strategy))
})

test('the in-process program is made of the published example', () => {
  const [, program = ''] = blocks('ts')
  const published = words(read('examples/published/in-process.ts'))
  const calls = program.split(/\n(?=const|await comm)/).filter((line) => line.includes('comm.'))
  expect(calls.length).toBeGreaterThan(2)
  for (const call of calls) expect(published).toContain(words(call.split('\nconsole.log')[0] ?? ''))
})

test('every npm script that it names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...readme.matchAll(/npm run ([a-z0-9:]+)/g)].map((match) => match[1] ?? '')
  expect(named.length).toBeGreaterThan(3)
  for (const name of named) expect(Object.keys(scripts)).toContain(name)
})

test('every file that it links to exists', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '')
  expect(links.length).toBeGreaterThan(5)
  for (const link of links) expect(existsSync(new URL(`../../../${link}`, import.meta.url)), link).toBe(true)
})

test('every ngtb command that it names is a command', () => {
  const program = read('packages/cli/src/program.ts')
  const named = new Set([...readme.matchAll(/npx ngtb ([a-z-]+)/g)].map((match) => match[1] ?? ''))
  expect(named.size).toBeGreaterThan(6)
  for (const name of named) expect(program, name).toMatch(new RegExp(`^ {2}${name}:`, 'm'))
})
