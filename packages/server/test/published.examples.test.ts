// Every file of examples/published is compiled (tsc -b) and run, as a user would run it.
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../../../examples/published/', import.meta.url))
const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'stage.ts')

/** What each play says when it went as published. */
const SAYS: Record<string, RegExp[]> = {
  'helpers.ts': [/connected and healthy: true/, /command ids \{/],
  'in-process.ts': [/12345678/, /completed/, /closed_trades: 0/],
  'live.ts': [/by \/ws \{/, /by the SDK \{/],
  'monitoring.ts': [/account 1: connected, health 100/],
  'over-http.ts': [
    /POST \/api\/connect → 200/,
    /POST \/api\/disconnect → 200/,
    /commands → 201/,
    /GET \/api\/v1\/accounts → 401/,
  ],
  'plain-sync.ts': [/closed 1 added 1/, /updated 2/],
}

test('each has its words here', () => {
  expect(Object.keys(SAYS).sort()).toEqual(files.sort())
})

test.each(files)('%s', { timeout: 60_000 }, async (name) => {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(NGTB_|PORT_|DATABASE_URL|VITEST)/.test(key),
  )
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', `${folder}${name}`], {
    env: { ...Object.fromEntries(inherited), NGTB_LOG_LEVEL: 'error' },
    timeout: 50_000,
  })
  for (const words of SAYS[name] ?? []) expect(stdout).toMatch(words)
  expect(stdout).not.toMatch(/→ 5\d\d/)
})
