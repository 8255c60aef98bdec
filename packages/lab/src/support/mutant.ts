// A bug planted on purpose, as data, and the environment in which a child process has it (mutate.mjs).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Mutant {
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

const ROOT = new URL('../../../../', import.meta.url)
const LOADER = new URL('./mutate.mjs', import.meta.url).href

/** The environment of a process that runs with the bug, and so do its children. */
export function mutantEnvironment({ file, find, replace }: Mutant): NodeJS.ProcessEnv {
  const options = `${process.env.NODE_OPTIONS ?? ''} --import ${LOADER}`.trim()
  return {
    ...process.env,
    FROM_SOURCE: '1',
    NODE_OPTIONS: options,
    LAB_MUTANT: JSON.stringify({ file, find, replace }),
  }
}

/** Why the bug can't be planted: its text is gone, or stands there twice. Null when it can. */
export function misplanted({ file, find }: Mutant): string | null {
  const times = readFileSync(fileURLToPath(new URL(file, ROOT)), 'utf8').split(find).length - 1
  return times === 1 ? null : `${file} holds its text ${times} times: ${find}`
}
