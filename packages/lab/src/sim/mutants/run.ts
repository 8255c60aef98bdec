// Tries the planted bugs, each in a process of its own: it must be caught within its number of seeds, or the
// simulation has a hole.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Misuse } from '../../support/arguments.ts'
import { MUTANTS } from './list.ts'
import type { Mutant } from './mutant.ts'

const HERE = (file: string) => fileURLToPath(new URL(file, import.meta.url))

export interface Verdict {
  readonly mutant: Mutant
  /** The complaint that caught it, or what else became of it. */
  readonly said: string
  readonly caught: boolean
}

/** @param only the name of the one to try; undefined: all of them */
export async function runMutants(only: string | undefined): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => only === undefined || name === only)
  if (chosen.length === 0)
    throw new Misuse(`there is no mutant ${only}; there are: ${MUTANTS.map(({ name }) => name).join(', ')}`)
  let missed = 0
  for (const mutant of chosen) {
    const { caught, said } = await tryMutant(mutant)
    if (!caught) missed += 1
    console.log(`${caught ? 'caught' : 'MISSED'}  ${mutant.rule.padEnd(4)} ${mutant.name.padEnd(34)} ${said}`)
  }
  console.log(`${chosen.length - missed} of ${chosen.length} mutants caught`)
  return missed === 0 ? 0 : 1
}

export async function tryMutant(mutant: Mutant): Promise<Verdict> {
  const args = [
    '--import',
    HERE('./mutate.mjs'),
    '--import',
    'tsx',
    HERE('./hunt.ts'),
    String(mutant.seeds_max),
  ]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NGTB_SIM_MUTANT: JSON.stringify(mutant.edits) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  if (code === 1 && out.startsWith('FAILED')) return { mutant, caught: true, said: out.trim() }
  if (code === 0) return { mutant, caught: false, said: `not within ${mutant.seeds_max} seeds` }
  return { mutant, caught: false, said: `ended with ${code}: ${(err || out).trim().slice(0, 400)}` }
}
