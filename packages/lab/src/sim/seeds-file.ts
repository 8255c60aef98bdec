// seeds.txt: every seed that ever failed, each with why. They are run first, always.
import { readFileSync } from 'node:fs'
import { isTheme, type Theme } from './themes.ts'

export interface KeptSeed {
  readonly seed: number
  readonly theme: Theme | null
  readonly why: string
}

/** @throws a line that is none of: empty, a remark, a number with a reason, its theme in brackets between them */
export function readSeeds(text: string): KeptSeed[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, seed, theme = null, why = ''] = /^(\d+)\s+(?:\[([^\]]+)\]\s+)?(\S.*)$/.exec(line) ?? []
      if (seed === undefined) throw new Error(`seeds.txt: "${line}" is not a seed and why it was kept`)
      if (theme !== null && !isTheme(theme)) throw new Error(`seeds.txt: there is no theme '${theme}'`)
      return { seed: Number(seed), theme, why }
    })
}

export const keptSeeds = (): KeptSeed[] =>
  readSeeds(readFileSync(new URL('./seeds.txt', import.meta.url), 'utf8'))
