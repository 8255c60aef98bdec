// Tries the planted bugs, each in a process of its own: it must be caught within its number of seeds, or the
// simulation has a hole.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Misuse } from '../../support/arguments.ts'
import { bundle } from '../../support/bundle.ts'
import type { Theme } from '../themes.ts'
import { World } from '../world.ts'
import { caughtBy, noteCaught } from './caught.ts'
import { MUTANTS } from './list.ts'
import type { Mutant } from './mutant.ts'

const HUNT = fileURLToPath(new URL('./hunt.ts', import.meta.url))

export interface Verdict {
  readonly mutant: Mutant
  /** The complaint that caught it, or what else became of it. */
  readonly said: string
  readonly caught: boolean
  readonly seed?: number
}

export interface Wanted {
  /** The name of the one to try. */
  readonly only: string | undefined
  /** Only those that are caught within so many seeds: a run that is soon over. */
  readonly within: number
  readonly workers: number
  /** The seeds that caught them are noted: the next run begins with them. */
  readonly note: boolean
}

export async function runMutants({ only, within, workers, note }: Wanted): Promise<number> {
  const chosen = MUTANTS.filter(
    ({ name, seeds_max }) => (only === undefined || name === only) && seeds_max <= within,
  )
  if (chosen.length === 0)
    throw new Misuse(`there is no such mutant; there are: ${MUTANTS.map(({ name }) => name).join(', ')}`)
  const waiting = [...chosen]
  const known = caughtBy()
  const seeds = new Map(known)
  let missed = 0
  const work = async () => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const { caught, said, seed } = await tryMutant(mutant, known.get(mutant.name))
      if (!caught) missed += 1
      if (seed !== undefined) seeds.set(mutant.name, seed)
      const { rule, name, seeds_max } = mutant
      const promised = `within ${seeds_max} seeds`.padEnd(20)
      console.log(`${caught ? 'caught' : 'MISSED'}  ${rule.padEnd(4)} ${name.padEnd(40)} ${promised} ${said}`)
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  if (note) noteCaught(MUTANTS, seeds)
  console.log(`${chosen.length - missed} of ${chosen.length} mutants caught`)
  return missed === 0 ? 0 : 1
}

/** @param known the seed that caught it last time: tried first */
export async function tryMutant(mutant: Mutant, known?: number): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-mutant-'))
  try {
    const bugs = mutant.edits.map((edit) => ({ name: mutant.name, ...edit }))
    const [program = ''] = await bundle([HUNT], folder, bugs)
    const { code, out, err } = await hunted(program, mutant, known)
    if (code === 1 && out.startsWith('FAILED'))
      return { mutant, ...(await verified(out.trim(), mutant.theme ?? null)) }
    if (code === 0) return { mutant, caught: false, said: `not within ${mutant.seeds_max} seeds` }
    return { mutant, caught: false, said: `ended with ${code}: ${(err || out).trim().slice(0, 400)}` }
  } catch (error) {
    return { mutant, caught: false, said: (error as Error).message }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The hunt in a process of its own, which ends by itself. */
async function hunted(program: string, { name, seeds_max }: Mutant, known: number | undefined) {
  const args = [program, name, String(seeds_max), ...(known === undefined ? [] : [String(known)])]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, ...said }
}

/** A day that fails without the planted bug, too, has not caught it. */
async function verified(said: string, theme: Theme | null): Promise<Omit<Verdict, 'mutant'>> {
  const seed = Number(/ -- (\d+)/.exec(said)?.[1])
  const { complaint } = await new World(seed, { depth: 'core', theme }).run()
  return complaint
    ? { caught: false, said: `${said}: but so it does without it` }
    : { caught: true, said, seed }
}
