// The deterministic simulation in the test run: a share of its days, the kept ones, and that it can fail at all.
// The full runs: npm run sim -- --seeds N, npm run sim -- --mutants.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { RULES } from '../src/sim/auditor/complaint.ts'
import { runChunk } from '../src/sim/chunk.ts'
import { HAPPENINGS, missingIn } from '../src/sim/coverage.ts'
import { MUTANTS } from '../src/sim/mutants/list.ts'
import { tryMutant } from '../src/sim/mutants/run.ts'
import { keptSeeds } from '../src/sim/seeds-file.ts'
import { World } from '../src/sim/world.ts'

const ROOT = new URL('../../../', import.meta.url)
const MAIN = fileURLToPath(new URL('packages/lab/src/sim/main.ts', ROOT))
const LONG_MS = 600_000

const run = (args: string[]) =>
  new Promise<{ code: number | null; out: string }>((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { cwd: fileURLToPath(ROOT) })
    let out = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.on('close', (code) => resolve({ code, out }))
  })

test(
  'days: the kept seeds and 100 more, without a violation; each fault happens on some of them',
  async () => {
    const { code, out } = await run(['--seeds', '100', '--coverage'])
    expect(out).toMatch(/^100 seeds from 1 .* 0 violations;/m)
    expect(out).toMatch(/^database went back +[\d.]+ % +\d+ +\d+$/m)
    expect(code).toBe(0)
  },
  LONG_MS,
)

test('coverage: what happened on too few days is said by its name', () => {
  const coverage = { 'server killed': { days: 5, times: 9 }, pushed: { days: 4, times: 400 } }
  expect(missingIn(coverage, 1_000)).not.toContain('server killed')
  expect(missingIn(coverage, 1_000)).toContain('pushed')
  expect(missingIn({}, 10)).toEqual(HAPPENINGS)
})

test('same seed, same history; another seed, another', async () => {
  const history = async (seed: number) => (await new World(seed, { depth: 'core' }).run()).history
  const first = await history(7)
  expect(await history(7)).toBe(first)
  expect(await history(8)).not.toBe(first)
})

test(
  'same seed, same history through the doors, too',
  async () => {
    const tally = () => runChunk({ from: 11, seeds: 2, depth: 'door', theme: null, stop_at_first: false })
    const first = await tally()
    expect(first.failures).toEqual([])
    expect(await tally()).toEqual(first)
  },
  LONG_MS,
)

test('days are days: commands of many types end in many ways', async () => {
  const statuses = new Map<string, number>()
  for (let seed = 1; seed <= 60; seed++)
    for (const [status, count] of (await new World(seed, { depth: 'core' }).run()).statuses)
      statuses.set(status, (statuses.get(status) ?? 0) + count)
  for (const status of [
    'OPEN_TRADE completed',
    'OPEN_TRADE expired',
    'CLOSE_ALL completed',
    'PROBE completed',
  ])
    expect(statuses.get(status) ?? 0, status).toBeGreaterThan(0)
})

test(
  'a planted bug is caught, and its complaint says how to see it again',
  async () => {
    const mutant = MUTANTS.find(({ name }) => name === 'chain-not-linked')
    if (!mutant) throw new Error('the mutant is gone')
    const { caught, said } = await tryMutant(mutant)
    expect(said).toMatch(/^FAILED P13 audit chain and fold: .* — npm run sim -- \d+$/)
    expect(caught).toBe(true)
  },
  LONG_MS,
)

test(
  'a mutant whose text is gone is stale, not caught',
  async () => {
    const [mutant] = MUTANTS
    if (!mutant) throw new Error('no mutants')
    const [edit] = mutant.edits
    const edits = [{ file: edit?.file ?? '', find: 'text that stands nowhere', replace: '' }]
    const { caught, said } = await tryMutant({ ...mutant, edits })
    expect(caught).toBe(false)
    expect(said).toMatch(/stale mutant/)
  },
  LONG_MS,
)

test('mutants: at least twenty, one of each name, each text stands exactly once, every rule is a promise', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(20)
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  for (const { name, rule, edits } of MUTANTS) {
    expect(Object.keys(RULES)).toContain(rule)
    for (const { file, find, replace } of edits) {
      const text = readFileSync(new URL(file, ROOT), 'utf8')
      expect(text.split(find).length - 1, `${name} in ${file}`).toBe(1)
      expect(replace).not.toBe(find)
    }
  }
})

test('every rule that the auditor knows has a planted bug, or is told by another', () => {
  const planted = new Set(MUTANTS.map(({ rule }) => rule))
  expect(Object.keys(RULES).filter((rule) => !planted.has(rule as never))).toEqual([])
})

test('a misuse is a sentence and exit code 2; the kept seeds are readable', async () => {
  expect((await run(['--seeds', 'many'])).code).toBe(2)
  expect((await run(['--mutants', '--only', 'nothing'])).code).toBe(2)
  expect(keptSeeds().length).toBeGreaterThan(0)
})
