// `npm run gen` writes the generated parts of docs; `npm run gen:check` fails when one is stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openApi } from '@ngtb/server'
import { asyncApi } from './asyncapi.ts'
import { GENERATORS } from './generators.ts'
import { fill } from './markdown.ts'

const ROOT = new URL('../../../../', import.meta.url)
const check = process.argv.includes('--check')

/** Pages in order; each is read once and written once, however many parts it has. */
const pages = new Map<string, string>()
for (const { page, name, render } of GENERATORS) {
  try {
    pages.set(page, fill(pages.get(page) ?? read(page), name, render()))
  } catch (error) {
    console.error(`${page}: ${(error as Error).message}`)
    process.exitCode = 1
  }
}

// The API's own description, as the server serves it.
pages.set('docs/reference/openapi.json', `${JSON.stringify(await openApi(), null, 2)}\n`)
pages.set('docs/reference/asyncapi.json', `${JSON.stringify(asyncApi(), null, 2)}\n`)

let stale = 0
for (const [page, content] of pages) {
  if (content === read(page)) continue
  stale++
  if (check) console.error(`${page} is stale: run \`npm run gen\` and commit the result`)
  else writeFileSync(new URL(page, ROOT), content)
}
console.log(`gen: ${pages.size} pages, ${stale} ${check ? 'stale' : 'written'}`)
if (check && stale > 0) process.exitCode = 1

function read(page: string): string {
  return readFileSync(fileURLToPath(new URL(page, ROOT)), 'utf8')
}
