// Tidy holds in this repository; and it really fails when a rule is broken: every rule by a planted snippet.
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readmeComplaints } from '../src/tidy/check-repo.ts'
import { LINES_MAX } from '../src/tidy/check-text.ts'
import { importsOf } from '../src/tidy/imports.ts'
import { filesOf, judge, tidy } from '../src/tidy/index.ts'
import { ROOMS } from '../src/tidy/rooms.ts'
import { readSource } from '../src/tidy/source.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const complaints = (path: string, text: string) => judge(path, () => text).complaints

test('this repository is tidy', () => {
  const findings = tidy(ROOT)
  expect(findings.files).toBeGreaterThan(50)
  expect(findings.complaints).toEqual([])
})

test('every folder of the server has its row', () => {
  const folders = new Set(
    filesOf(ROOT).flatMap((file) => /^packages\/server\/src\/([^/]+)\//.exec(file)?.[1] ?? []),
  )
  for (const folder of folders) expect(Object.keys(ROOMS)).toContain(`server/${folder}`)
})

type Planted = [path: string, line: string, says: RegExp | null]

describe('who may import whom', () => {
  const rows: Planted[] = [
    ['packages/core/src/a.ts', "import { startServer } from '@ngtb/server'", /core must not import server/],
    ['packages/core/src/a.ts', "import type { Server } from '@ngtb/server'", /core must not import server/],
    ['packages/core/src/a.ts', "export * from '@ngtb/sdk'", /core must not import sdk/],
    ['packages/core/src/a.ts', "const fs = await import('node:fs')", /runs anywhere, without Node/],
    ['packages/core/src/a.ts', "import fs from 'node:fs'", /runs anywhere, without Node/],
    ['packages/core/src/a.ts', "import { limits } from '@ngtb/protocol'", null],
    ['packages/protocol/src/a.ts', "import { admit } from '@ngtb/core'", /protocol must not import core/],
    ['packages/sdk/src/a.ts', "import type { Command } from '@ngtb/core'", /sdk must not import core/],
    ['packages/ea-sim/src/a.ts', "import { x } from '@ngtb/server'", /ea-sim must not import server/],
    ['packages/ea-sim/src/model/a.ts', "import fs from 'node:fs'", /without Node/],
    ['packages/cli/src/a.ts', "import { admit } from '@ngtb/core'", /cli must not import core/],
    ['packages/lab/src/a.ts', "import { admit } from '@ngtb/core'", null],
    ['packages/lab/src/a.ts', "import { buildEa } from '@ngtb/mql5-host'", null],
    [
      'tools/mql5-host/src/a.ts',
      "import { parse } from '@ngtb/protocol'",
      /mql5-host must not import protocol/,
    ],
    ['tools/mql5-host/src/lint/a.ts', "import fs from 'node:fs'", null],
    [
      'packages/server/src/services/a.ts',
      "import { lint } from '@ngtb/mql5-host'",
      /must not import mql5-host/,
    ],
    [
      'packages/server/src/planes/a.ts',
      "import { Store } from '../storage/postgres/store.ts'",
      /planes must not import server\/storage/,
    ],
    [
      'packages/server/src/planes/a.ts',
      "import { admit } from '@ngtb/core'",
      /only types of core, not admit/,
    ],
    ['packages/server/src/planes/a.ts', "import * as core from '@ngtb/core'", /not the whole module/],
    ['packages/server/src/planes/a.ts', "import type { Command } from '@ngtb/core'", null],
    ['packages/server/src/planes/a.ts', "import { type Command, NEW_HEALTH } from '@ngtb/core'", null],
    ['packages/server/src/planes/a.ts', "import { Services } from '../services/services.ts'", null],
    [
      'packages/server/src/services/a.ts',
      "import { pool } from '../storage/postgres/pool.ts'",
      /services must not import server\/storage/,
    ],
    [
      'packages/server/src/services/a.ts',
      "import { Feed } from '../live/feed.ts'",
      /only types of server\/live/,
    ],
    [
      'packages/server/src/storage/postgres/a.ts',
      "import { bell } from '../../delivery/redis.ts'",
      /storage must not import server\/delivery/,
    ],
    [
      'packages/server/src/storage/postgres/a.ts',
      "import type { Desk } from '../../services/desk.ts'",
      /storage must not import server\/services/,
    ],
    ['packages/server/src/server.ts', "import { pool } from './storage/postgres/pool.ts'", null],
    ['packages/server/src/cellar/a.ts', 'export const a = 1', /no row in ROOMS/],
    [
      'packages/server/src/planes/a.ts',
      "import { admit } from '../../../core/src/index.ts'",
      /leaves the package/,
    ],
    ['packages/server/src/planes/a.ts', "import { admit } from '@ngtb/core/src/index.ts'", /front door/],
    ['packages/core/src/a.ts', "import { b } from './b'", /needs its extension/],
    ['packages/core/src/a.ts', "import {\n  b,\n  c,\n} from\n  '@ngtb/sdk'", /core must not import sdk/],
    ['packages/core/src/a.ts', "// import { b } from '@ngtb/sdk'", null],
    ['packages/core/src/a.ts', "const text = `import { b } from '@ngtb/sdk'`", null],
    [
      'packages/core/src/a.ts',
      "const pattern = /'/; import { b } from '@ngtb/sdk'",
      /core must not import sdk/,
    ],
  ]
  for (const [path, line, says] of rows)
    test(`${path.slice(9)}: ${line.replaceAll('\n', ' ')}`, () => {
      const found = complaints(path, `${line}\n`)
      if (says === null) expect(found).toEqual([])
      else expect(found.join('\n')).toMatch(says)
    })
})

describe('third-party packages', () => {
  const rows: Planted[] = [
    ['packages/server/src/services/a.ts', "import pg from 'pg'", /pg belongs in server\/storage/],
    ['packages/server/src/storage/postgres/a.ts', "import pg from 'pg'", null],
    [
      'packages/server/src/services/a.ts',
      "import type { FastifyRequest } from 'fastify'",
      /fastify belongs in server\/planes/,
    ],
    ['packages/server/src/workers/a.ts', "import helmet from 'helmet'", /belongs in server\/planes/],
    [
      'packages/server/src/planes/command.ts',
      "import { WebSocket } from 'ws'",
      /ws belongs in server\/planes\/websocket/,
    ],
    ['packages/server/src/planes/websocket.ts', "import { WebSocket } from 'ws'", null],
    ['packages/sdk/src/live.ts', "import { WebSocket } from 'ws'", null],
    ['packages/core/src/a.ts', "import _ from 'lodash'", /lodash has no row/],
    ['packages/core/src/a.ts', "import fc from 'fast-check'", /fast-check has no row/],
    ['packages/core/test/a.test.ts', "import fc from 'fast-check'", null],
    ['packages/core/test/a.test.ts', "import pg from 'pg'", /pg belongs in/],
    ['packages/server/test/a.test.ts', "import pg from 'pg'", null],
    ['packages/core/src/a.ts', "import { Compile } from 'typebox/compile'", null],
  ]
  for (const [path, line, says] of rows)
    test(`${path.slice(9)}: ${line}`, () => {
      const found = complaints(path, `${line}\n`)
      if (says === null) expect(found).toEqual([])
      else expect(found.join('\n')).toMatch(says)
    })
})

describe('time, chance and environment', () => {
  const surprises = [
    'const now = Date.now()',
    'const now = new Date()',
    'const dice = Math.random()',
    'setTimeout(() => go(), 5)',
    'globalThis.setTimeout(go, 5)',
    'const timer = setInterval(go, 5)',
    'const port = process.env.PORT',
    'const began = performance.now()',
    'const id = crypto.randomUUID()',
    "import { setTimeout as sleep } from 'node:timers/promises'",
    "import { randomUUID } from 'node:crypto'",
    'const text = `at $' + '{Date.now()}`',
  ]
  for (const line of surprises)
    test(line, () => {
      const where = 'packages/server/src/services/a.ts'
      expect(complaints(where, `${line}\n`).join('\n')).toMatch(/not simulated/)
      expect(complaints(where, `${line} // sim-ok: measured by hand\n`)).toEqual([])
      expect(complaints(where, `${line} // sim-ok:\n`)).not.toEqual([])
      for (const real of [
        'server/src/platform/clock',
        'ea-sim/src/driver',
        'sdk/src/retry',
        'cli/src/main',
        'core/test/a.test',
      ])
        expect(complaints(`packages/${real}.ts`, `${line}\n`)).toEqual([])
    })

  const innocent = [
    'const at = new Date(now).toISOString()',
    'const ms = Date.parse(text)',
    'response.setTimeout(5, stop)',
    'const top = Math.round(x)',
    '// Date.now() is read by platform/clock.ts only',
    "const says = 'Date.now()'",
    'clock.now()',
  ]
  for (const line of innocent)
    test(`innocent: ${line}`, () => expect(complaints('packages/core/src/a.ts', `${line}\n`)).toEqual([]))
})

describe('text', () => {
  const note = ['TO', 'DO'].join('')
  const rows: Planted[] = [
    ['packages/core/src/a.ts', 'const a: any = 1', /hides a mistake/],
    ['packages/core/src/a.ts', 'const a = b as any', /hides a mistake/],
    ['packages/core/src/a.ts', 'const a: Record<string, any> = {}', /hides a mistake/],
    ['packages/core/src/a.ts', "const any = 'any of them' // any", null],
    [
      'packages/core/test/a.ts',
      '// biome-ignore lint/suspicious/noExplicitAny: any shape\nconst a: any = 1',
      null,
    ],
    ['packages/core/test/a.test.ts', "test.only('a', () => {})", /leaves every other test out/],
    ['packages/core/test/a.test.ts', "describe.skip('a', () => {})", /says why/],
    ['packages/core/test/a.test.ts', "describe.skip('a', () => {}) // skipped: needs two machines", null],
    ['packages/core/test/a.test.ts', "test.skipIf(!root)('a', () => {})", null],
    ['packages/core/src/a.ts', `// ${note}: later`, /note to self/],
    ['packages/core/src/a.ts', `/* FIX${'ME'} */`, /note to self/],
    ['packages/core/src/a.ts', `// @ts-${'ignore'}`, /silenced/],
    ['packages/core/src/a.ts', `const a = ${'1 + '.repeat(40)}1`, /columns/],
    ['packages/core/src/a.ts', `// ${'a'.repeat(118)}`, /columns/],
    ['packages/core/src/a.ts', `// ${'a'.repeat(117)}`, null],
    ['packages/core/src/a.ts', `const a = '${'a'.repeat(200)}'`, null],
  ]
  for (const [path, line, says] of rows)
    test(line.slice(0, 60), () => {
      const found = complaints(path, `${line}\n`)
      if (says === null) expect(found).toEqual([])
      else expect(found.join('\n')).toMatch(says)
    })

  test('a file of 400 lines passes with a warning, one of 401 does not', () => {
    const lines = (count: number) => () => 'const a = 1\n'.repeat(count)
    const full = judge('packages/core/src/a.ts', lines(LINES_MAX))
    expect([full.complaints, full.warnings.length]).toEqual([[], 1])
    expect(judge('packages/core/src/a.ts', lines(LINES_MAX + 1)).complaints.join()).toMatch(/401 lines/)
    expect(judge('packages/core/src/a.ts', lines(250)).warnings).toEqual([])
  })
})

describe('pages, READMEs, lockfile', () => {
  test('a page has one title, on its first line', () => {
    expect(complaints('docs/a.md', '# A\n\ntext\n\n```sh\n# a comment\n```\n')).toEqual([])
    expect(complaints('docs/a.md', '# A\n\n# B\n')).not.toEqual([])
    expect(complaints('docs/a.md', 'text\n')).not.toEqual([])
    expect(complaints('docs/a.md', 'text\n\n# A\n')).not.toEqual([])
  })
  test('each package has a README', () => {
    expect(readmeComplaints(['packages/new/src/index.ts'])).toHaveLength(1)
    expect(readmeComplaints(['packages/new/src/index.ts', 'packages/new/README.md'])).toEqual([])
  })
  test('the lockfile names no registry', () => {
    expect(complaints('package-lock.json', '"resolved": "https://registry.example/a.tgz"')).toHaveLength(1)
    expect(complaints('package-lock.json', '"resolved": "packages/core",\n"link": true')).toEqual([])
  })
})

describe('the lexer', () => {
  const bare = (text: string) => readSource('a.ts', text).bare
  test('keeps every character at its place', () => {
    const text = "const a = 'b' // c\nconst d = `e $" + '{f(`g`)} h` /* i\n j */ + /[/"]k/.test(l)\n'
    expect(bare(text)).toHaveLength(text.length)
    expect(bare(text)).toBe(
      "const a = '_'     \nconst d = `__$" + '{f(`_`)}__`     \n      + /_____/.test(l)\n',
    )
  })
  test('division is not a regular expression', () => {
    expect(bare("a / b / 'c'")).toBe("a / b / '_'")
    expect(bare("(a) / 2 // 'c'")).toBe('(a) / 2       ')
  })
  test('imports, exports and their names', () => {
    const source = readSource(
      'a.ts',
      "import type { A } from './a.ts'\nimport { type B, c as d } from './b.ts'\nimport e from './e.ts'\nexport * from './f.ts'\nimport './g.ts'\nexport const from = 'x'\n",
    )
    expect(importsOf(source)).toEqual([
      { line: 1, specifier: './a.ts', types_only: true, values: [] },
      { line: 2, specifier: './b.ts', types_only: false, values: ['c'] },
      { line: 3, specifier: './e.ts', types_only: false, values: [] },
      { line: 4, specifier: './f.ts', types_only: false, values: [] },
      { line: 5, specifier: './g.ts', types_only: false, values: [] },
    ])
  })
})
