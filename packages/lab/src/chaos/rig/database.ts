// The rig's PostgreSQL: the embedded one, started once, behind a wire that lies, and mistreated on demand (F4–F7).
import { execFileSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '@ngtb/ea-sim'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@ngtb/server/embedded'
import pg from 'pg'
import type { Guard } from '../process/guard.ts'
import { TcpProxy } from '../proxy/tcp.ts'

/** The message of the writing statement: what is cut here is cut during COMMIT (F7). */
export const COMMIT_MARK = '"expected_version":'

export class Database {
  readonly proxy: TcpProxy
  readonly #data_dir: string
  readonly #guard: Guard
  #postgres: EmbeddedPostgres
  #name: string
  #watched: number
  #pool: pg.Pool | null = null

  private constructor(postgres: EmbeddedPostgres, data_dir: string, guard: Guard, random: Random) {
    const { hostname, port, pathname } = new URL(postgres.url)
    this.proxy = new TcpProxy({ host: hostname, port: Number(port) }, random)
    this.#postgres = postgres
    this.#data_dir = data_dir
    this.#guard = guard
    this.#name = pathname.slice(1)
    this.#watched = postgres.pid
    guard.watch(postgres.pid, true)
  }

  static async open(data_dir: string, guard: Guard, random: Random): Promise<Database> {
    const database = new Database(await startEmbeddedPostgres({ dataDir: data_dir }), data_dir, guard, random)
    await database.proxy.listen()
    return database
  }

  /** Of the postmaster that runs now. */
  get pid(): number {
    return this.#postgres.pid
  }

  /** For the server: through the wire that lies. */
  get server_url(): string {
    const url = new URL(this.url)
    url.port = String(this.proxy.port)
    return url.href
  }

  /** For the rig's own questions: straight. */
  get url(): string {
    const url = new URL(this.#postgres.url)
    url.pathname = `/${this.#name}`
    return url.href
  }

  async rows<T extends object>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    this.#pool ??= new pg.Pool({ connectionString: this.url, max: 2 }).on('error', () => {}) // said by its query
    return (await this.#pool.query<T>(text, [...values])).rows
  }

  /** `pg_ctl restart -m immediate`: every backend dies, the log is replayed. Resolves when it is back. */
  async restart(): Promise<void> {
    const { pid } = this.#postgres
    process.kill(pid, 'SIGQUIT')
    while (this.#postgres.pid === pid) await pause(10)
    this.#watch()
  }

  /** Gone for so long, in good order, as for a maintenance that nobody announced. */
  async goneFor(ms: number): Promise<void> {
    const { url } = this.#postgres
    await this.#hangUp()
    this.#guard.forget(this.#watched)
    await this.#postgres.stop()
    await pause(ms)
    this.#postgres = await startEmbeddedPostgres({ dataDir: this.#data_dir, port: Number(new URL(url).port) })
    this.#watch()
  }

  /** Stands still with open connections: nothing is refused and nothing answers. */
  async frozenFor(ms: number): Promise<void> {
    const pids = [this.#postgres.pid, ...childrenOf(this.#postgres.pid)]
    for (const pid of pids) signal(pid, 'SIGSTOP')
    try {
      await pause(ms)
    } finally {
      for (const pid of pids) signal(pid, 'SIGCONT')
    }
  }

  /** A copy to go back to. No server may be connected. */
  async copyTo(name: string): Promise<void> {
    await this.#hangUp()
    await this.#asAdmin(`create database ${name} template ${this.#name}`)
  }

  /** From now on the copy is the ledger, as after a restore: what came after it is forgotten (K19). */
  async goBackTo(name: string): Promise<void> {
    await this.#hangUp()
    const left = this.#name
    this.#name = name
    await this.#asAdmin(`drop database ${left} with (force)`)
  }

  async close(): Promise<void> {
    await this.#hangUp()
    await this.proxy.close()
    await this.#postgres.stop()
    this.#guard.forget(this.#watched)
  }

  async #hangUp(): Promise<void> {
    await this.#pool?.end()
    this.#pool = null
  }

  async #asAdmin(text: string): Promise<void> {
    const url = new URL(this.#postgres.url)
    url.pathname = '/postgres'
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    try {
      await client.query(text)
    } finally {
      await client.end()
    }
  }

  #watch(): void {
    this.#guard.forget(this.#watched)
    this.#watched = this.#postgres.pid
    this.#guard.watch(this.#watched, true)
  }
}

function childrenOf(parent: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return table.split('\n').flatMap((line) => {
    const [pid, ppid] = line.trim().split(/\s+/).map(Number)
    return ppid === parent && pid !== undefined ? [pid] : []
  })
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // a backend that ended meanwhile
  }
}
