// docs/reference/schema.md is what the migrations make. UPDATE=1 in front of vitest writes it anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, inject, test } from 'vitest'
import { schemaPage } from '../src/gen/schema-page.ts'

declare module 'vitest' {
  interface ProvidedContext {
    testDatabaseUrl: string
  }
}

test('docs/reference/schema.md', async () => {
  const file = new URL('../../../docs/reference/schema.md', import.meta.url)
  const url = new URL(inject('testDatabaseUrl'))
  url.pathname = '/ngtb_template'
  const page = await schemaPage(url.href)
  if (process.env.UPDATE === '1') writeFileSync(file, page)
  expect(readFileSync(file, 'utf8'), 'write it anew with UPDATE=1').toBe(page)
})
