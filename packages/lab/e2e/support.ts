// A house and a browser for one test file: a database of its own, and nothing left behind.
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { readTickFile, type Tick } from '@ngtb/ea-sim'
import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import { openChromium } from '../src/browser/chromium.ts'
import { BrowserHouse } from '../src/browser/house.ts'
import { rowOf } from '../src/browser/visit.ts'

export interface Scene {
  readonly house: BrowserHouse
  readonly browser: Browser
  close(): Promise<void>
}

/** Real ticks: one day of EURUSD. */
export const TICKS = fileURLToPath(
  new URL('../../server/test/fixtures/eurusd-2020-01-01.csv', import.meta.url),
)

export async function scene(settings: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const base = inject('testDatabaseUrl' as never) as string
  const name = `e2e_${randomUUID().replaceAll('-', '')}`
  await asOwner(base, `create database ${name} template ngtb_template`)
  const url = new URL(base)
  url.pathname = `/${name}`
  const house = new BrowserHouse(url.href, settings)
  await house.start()
  const browser = await openChromium()
  return {
    house,
    browser,
    async close() {
      await browser.close()
      await house.close()
      await asOwner(base, `drop database if exists ${name} with (force)`)
    },
  }
}

async function asOwner(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

export async function ticksOfFile(from: number, to: number): Promise<Tick[]> {
  const ticks: Tick[] = []
  for await (const tick of readTickFile(TICKS)) {
    if (ticks.length >= to) break
    ticks.push(tick)
  }
  return ticks.slice(from)
}

/** Looks until it holds; the last finding is what a failure shows. */
export const eventually = <T>(look: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> =>
  expect.poll(look, { timeout: 60_000, interval: 50 })

/** The same before a test has begun. @throws {Error} that says what was waited for */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

export interface CommandRow {
  readonly 'No.': string
  readonly Type: string
}

/** What the API has of all commands, newest first. */
export async function commandsOf(house: BrowserHouse): Promise<CommandRow[]> {
  const all = await house.client().commands({ limit: 1_000 }).all()
  return all
    .toSorted((a, b) => Number(b.command_no) - Number(a.command_no))
    .map(({ command_no, type }) => ({ 'No.': String(command_no), Type: type }))
}

/** What the page of commands shows of them. */
export async function commandsShown(page: Page): Promise<CommandRow[]> {
  const table = page.getByRole('table', { name: 'Commands' })
  const rows = await table.locator('tbody tr[aria-rowindex]').all()
  const cells = await Promise.all(rows.map((row) => rowOf(table, row)))
  return cells.map((cell) => ({ 'No.': cell['No.'] ?? '', Type: cell.Type ?? '' }))
}
