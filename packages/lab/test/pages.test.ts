// What a page names must exist: source files in docs/spec and links between pages.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { filesOf } from '../src/tidy/index.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const files = filesOf(ROOT)
const pages = files.filter((file) => file.endsWith('.md'))
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
/** `packages/core/src/commands/x.ts` is named `core/commands/x.ts`, or by its end. */
const short = files.map((file) => `/${file.replace(/^packages\/([^/]+)\/src\//, '$1/')}`)

for (const page of pages.filter((file) => file.startsWith('docs/spec/')))
  test(`${page} names only files that exist`, () => {
    const named = [...read(page).matchAll(/`([\w./-]+\.ts)`/g)].map(([, name]) => name ?? '')
    expect(named.filter((name) => !short.some((file) => file.endsWith(`/${name}`)))).toEqual([])
  })

test('links between pages lead somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(path.join(ROOT, path.dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  )
  expect(broken).toEqual([])
})
