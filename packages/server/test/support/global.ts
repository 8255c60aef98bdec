// One real PostgreSQL for the whole test run, with a migrated template that test files copy.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/storage/embedded/index.ts'
import { migrate } from '../../src/storage/postgres/migrate.ts'
import { enterAsApp } from '../../src/storage/postgres/roles.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Any database of the test server; `database.ts` makes fresh ones beside it. */
    testDatabaseUrl: string
  }
}

export const TEMPLATE = 'ngtb_template'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // A folder in memory makes the same commits quicker; what tests of durability need, they start themselves.
  const dataDir = mkdtempSync(join(process.env.TEST_DATABASE_HOME ?? tmpdir(), 'ngtb-test-'))
  chmodSync(dataDir, 0o755) // root runs PostgreSQL as another user, who must get in
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '200' } })
  const admin = new pg.Client({ connectionString: postgres.url })
  await admin.connect()
  await admin.query(`create database ${TEMPLATE}`)
  await admin.end()
  const template = new URL(postgres.url)
  template.pathname = `/${TEMPLATE}`
  await migrate(template.href, () => {})
  // Its rights are copied with it: tests work as the server does, as the role that owns nothing.
  await enterAsApp(template.href, null)
  project.provide('testDatabaseUrl', postgres.url)
  const end = async () => {
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  // A run that is ended from outside leaves no database behind.
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void end().finally(() => process.exit(1)))
  return end
}
