// README and guides, walked as their readers walk them: every block is tried, or says who tries it, or why nobody can.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, describe, expect, inject, test, vi } from 'vitest'
import { ExistingEa, forex, Terminal } from '../src/conform/existing-ea/index.ts'
import { type Block, blocksOf, complaintOf } from '../src/guides/blocks.ts'
import { Walk } from '../src/guides/walk.ts'

declare module 'vitest' {
  interface ProvidedContext {
    testDatabaseUrl: string
  }
}
vi.setConfig({ testTimeout: 300_000 })

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')
const GUIDES = readdirSync(join(ROOT, 'docs/guides')).map((name) => `docs/guides/${name}`)
const blocks = (page: string) => blocksOf(page, read(page))

const walks: Walk[] = []
const databases: string[] = []
afterAll(async () => {
  for (const walk of walks) await walk.close()
  for (const name of databases) await asAdmin(`drop database if exists ${name} with (force)`)
})

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject('testDatabaseUrl') })
  await admin.connect()
  await admin.query(sql).finally(() => admin.end())
}

async function database(): Promise<string> {
  const name = `guide_${process.pid}_${databases.length}`
  databases.push(name)
  await asAdmin(`create database ${name} template ngtb_template`)
  const url = new URL(inject('testDatabaseUrl'))
  url.pathname = `/${name}`
  return url.href
}

async function newWalk(): Promise<Walk> {
  const walk = new Walk({ database_url: await database(), other_database_url: await database() })
  walks.push(walk)
  return walk
}

describe('every block says how it is tried', () => {
  test.each(['README.md', ...GUIDES])('%s', (page) => {
    const complaints = blocks(page).map((block) => complaintOf(block, (path) => existsSync(join(ROOT, path))))
    expect(complaints.filter((complaint) => complaint !== null)).toEqual([])
  })

  test('one that says nothing, or names a test that is not there, is found', () => {
    const found = (text: string) =>
      blocksOf('p.md', text).map((block) => complaintOf(block, (path) => path === 'a.test.ts'))
    expect(found('```sh\nls\n```')).toEqual([expect.stringMatching(/^p\.md:1: a block says how/)])
    expect(found('<!-- run by: b.test.ts -->\n\n```sh\nls\n```')).toEqual(['p.md:3: there is no b.test.ts'])
    expect(found('<!-- run by: a.test.ts -->\n```sh\nls\n```\n\n```sh run\nls\n```\n```text\n```')).toEqual([
      null,
      null,
      null,
    ])
    expect(found('<!-- not run: no -->\n```sh\n```')).toEqual([expect.stringMatching(/^p\.md:2/)])
  })

  test('a line that fails, fails its page', async () => {
    const walk = await newWalk()
    await expect(walk.type('npx ngtb key nonsense')).rejects.toThrow(/ended with 2/)
  })
})

async function walkThrough(walk: Walk, pages: readonly Block[]): Promise<void> {
  for (const block of pages) await walk.take(block)
}

test('README.md, walked', async () => {
  const walk = await newWalk()
  await walkThrough(walk, blocks('README.md'))
  expect(walk.said).toMatch(/^completed \d+$/m)
  expect(walk.said).toMatch(/^[0-9a-f-]{36} pending connected$/m)
  await walk.stop()
})

test('first-order.md', async () => {
  const walk = await newWalk()
  await walkThrough(walk, blocks('docs/guides/first-order.md'))
  // Opened, moved, closed, and closed again.
  expect(walk.said.match(/\bcompleted\b.*ticket \d+/g)?.length).toBeGreaterThanOrEqual(3)
  expect(walk.said).toMatch(/whole/)
})

test('replay-a-seed.md', async () => {
  await walkThrough(await newWalk(), blocks('docs/guides/replay-a-seed.md'))
})

test('moving.md: the older EA goes over with its key and its position', async () => {
  const walk = await newWalk()
  const page = blocks('docs/guides/moving.md')
  const switched = page.findIndex(({ words }) => words.includes('stopped'))
  expect(switched).toBeGreaterThan(2)
  await walkThrough(walk, page.slice(0, switched + 1))
  const key = /^12345678,([^,]+),/m.exec(page.find(({ language }) => language === 'csv')?.text ?? '')?.[1]
  const terminal = new Terminal({ login: 12345678n, symbols: [forex('EURUSD')] })
  terminal.quote('EURUSD', 1.09, 1.09002)
  const { ticket } = terminal.openByHand({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1 })
  const { webui: _, ...ports } = walk.server.ports
  const pace = { timer_ms: 0, open_sleep_ms: 0, upload_sleep_ms: 0, sync_calls: 10 }
  const ea = new ExistingEa({ ports, terminal, key_file: { api_key: key ?? '' }, pace })
  try {
    await ea.start()
    await vi.waitFor(
      async () => {
        terminal.quote('EURUSD', 1.09, 1.09002)
        await ea.timer()
        await ea.idle()
        expect(await walk.type('npx ngtb trades --account 12345678 --json')).toContain(String(ticket))
      },
      { timeout: 120_000, interval: 200 },
    )
    await walkThrough(walk, page.slice(switched + 1))
    expect(walk.said).toMatch(/Every checksum is right/)
    // Only its own key: nobody gave it another.
    expect(ea.key_file.api_key).toBe(key)
  } finally {
    await ea.stop()
  }
})
