// seeds.txt: every seed that ever failed, each with why. They are run first, always.
import { readFileSync } from 'node:fs'

export interface KeptSeed {
  readonly seed: number
  readonly why: string
}

/** @throws a line that is neither empty, a remark, nor a number and a reason */
export function readSeeds(text: string): KeptSeed[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const match = /^(\d+)\s+(\S.*)$/.exec(line)
      if (!match) throw new Error(`seeds.txt: "${line}" is not a seed and why it was kept`)
      return { seed: Number(match[1]), why: match[2] ?? '' }
    })
}

export const keptSeeds = (): KeptSeed[] =>
  readSeeds(readFileSync(new URL('./seeds.txt', import.meta.url), 'utf8'))
