// The corpus: small files, each of which breaks one rule. The first line says who must refuse it and by what.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const CORPUS = fileURLToPath(new URL('../../corpus/', import.meta.url))

export interface BadFile {
  readonly name: string
  readonly file: string
  readonly by: 'lint' | 'g++' | 'run'
  /** A rule of lint, a word that g++ says, or an event of the run. */
  readonly says: string
}

export function badFiles(): BadFile[] {
  return mq5In('bad').map((file) => {
    const [, by = '', says = ''] = /^\/\/ (lint|g\+\+|run): (.+)$/m.exec(readFileSync(file, 'utf8')) ?? []
    if (by !== 'lint' && by !== 'g++' && by !== 'run')
      throw new Error(
        `${file}: the first line says who refuses it: // lint: rule, // g++: word, // run: event`,
      )
    return { name: path.basename(file), file, by, says: says.trim() }
  })
}

export const goodFiles = (): string[] => mq5In('good')

const mq5In = (folder: string): string[] =>
  readdirSync(path.join(CORPUS, folder))
    .filter((name) => name.endsWith('.mq5'))
    .sort()
    .map((name) => path.join(CORPUS, folder, name))
