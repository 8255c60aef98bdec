// Data directories and server processes for the tests of the embedded database.
// Everything started here is ended here, by its pid: never by a name.

import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { recordedCluster } from '../../src/storage/embedded/data-place.ts'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/storage/embedded/index.ts'
import { readPidFile } from '../../src/storage/embedded/postmaster.ts'
import { isRoot, SHELF } from '../../src/storage/embedded/run-as.ts'
import { pause } from '../../src/storage/embedded/wait.ts'

export interface Started {
  pid: number
  postmaster: number
  url: string
  adopted: boolean
}

/** One per test file: `afterEach(() => scene.clear())`. */
export class Scene {
  readonly #folders: string[] = []
  readonly #servers: EmbeddedPostgres[] = []
  readonly #children: ChildProcess[] = []
  readonly said: string[] = []

  /** A folder that the user postgres may enter, with a space in its name. */
  dataDir(mode = 0o755): string {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ngtb embedded ')))
    fs.chmodSync(folder, mode)
    this.#folders.push(folder)
    return path.join(folder, 'data')
  }

  async start(dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const log = (level: string, message: string): void => void this.said.push(`${level}: ${message}`)
    const server = await startEmbeddedPostgres({ dataDir, log, ...options })
    this.#servers.push(server)
    return server
  }

  /** A Node process of its own that starts the database and then waits to be killed. */
  child(dataDir: string): ChildProcess {
    const program = fileURLToPath(new URL('./child-server.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', program, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#children.push(child)
    return child
  }

  async childStarted(dataDir: string): Promise<{ child: ChildProcess; started: Started }> {
    const child = this.child(dataDir)
    if (child.stdout === null) throw new Error('no output')
    for await (const line of createInterface(child.stdout))
      return { child, started: JSON.parse(line) as Started }
    throw new Error('the child ended without a word')
  }

  async clear(): Promise<void> {
    for (const child of this.#children.splice(0)) await kill(child)
    for (const server of this.#servers.splice(0)) await server.stop()
    for (const folder of this.#folders.splice(0)) {
      const dataDir = path.join(folder, 'data')
      await endOrphan(recordedCluster(dataDir))
      fs.rmSync(folder, { recursive: true, force: true })
      const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
      for (const name of isRoot() && fs.existsSync(SHELF) ? fs.readdirSync(SHELF) : []) {
        if (name.startsWith(`data-${hash}`))
          fs.rmSync(path.join(SHELF, name), { recursive: true, force: true })
      }
    }
    this.said.length = 0
  }
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

async function endOrphan(cluster: string): Promise<void> {
  const found = readPidFile(cluster)
  if (found.kind !== 'living') return
  process.kill(found.id.pid, 'SIGQUIT')
  await until(() => readPidFile(cluster).kind !== 'living')
}

/** Waits for as long as the test runner allows: no clock of its own. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20)
}

export async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

export const works = async (url: string): Promise<boolean> =>
  query(url, 'select 1').then(
    () => true,
    () => false,
  )
