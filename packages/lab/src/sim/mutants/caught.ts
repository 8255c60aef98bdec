// caught.txt: of each planted bug the seed that caught it. A hunt begins with it, and is over at once as long as the
// day of that seed is what it was; else it searches from 1, and `--note` writes down what it found.
import { readFileSync, writeFileSync } from 'node:fs'
import type { Mutant } from './mutant.ts'

const FILE = new URL('./caught.txt', import.meta.url)

/** @throws a line that is not a name and a seed */
export function caughtBy(): Map<string, number> {
  const lines = readFileSync(FILE, 'utf8').split('\n').filter(Boolean)
  return new Map(
    lines.map((line) => {
      const [, name, seed] = /^(\S+) +(\d+)$/.exec(line) ?? []
      if (name === undefined) throw new Error(`caught.txt: "${line}" is not a mutant and a seed`)
      return [name, Number(seed)]
    }),
  )
}

/** In the order of the list; a mutant that is gone goes from here, too. */
export function noteCaught(mutants: readonly Mutant[], seeds: ReadonlyMap<string, number>): void {
  const caught = mutants.filter(({ name }) => seeds.has(name))
  writeFileSync(FILE, caught.map(({ name }) => `${name} ${seeds.get(name)}\n`).join(''))
}
