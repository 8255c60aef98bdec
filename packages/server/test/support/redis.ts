// A redis-server of a test's own: a real process on a port of its own, to be stopped, ended and started again.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { freePort } from '../../src/storage/embedded/index.ts'
import { until } from './wait.ts'

/** In CI a missing redis-server fails the test; elsewhere it is left out, and said aloud. */
export function redisIsHere(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    const remedy = 'redis-server is not installed. Install it: apt-get install redis-server'
    if (process.env.CI === 'true') throw new Error(`${remedy}; in CI it must be there`)
    console.warn(`LEFT OUT: the tests with a real Redis. ${remedy}, or brew install redis`)
    return false
  }
}

export class RedisServer {
  readonly port: number
  readonly #folder: string
  #process: ChildProcess | null = null

  private constructor(port: number, folder: string) {
    this.port = port
    this.#folder = folder
  }

  /** A place for a Redis that does not run yet. */
  static async place(): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'ngtb-redis-'))
    // Not the port of a moment ago: a link that tries it again and again could be given it, and talk to itself.
    return new RedisServer(await freePort(folder), folder)
  }

  static async start(): Promise<RedisServer> {
    const redis = await RedisServer.place()
    await redis.start()
    return redis
  }

  async start(): Promise<void> {
    const settings = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--save', '', '--dir', this.#folder]
    const child = spawn('redis-server', [...settings, '--loglevel', 'warning'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.#process = child
    let said = ''
    child.stdout?.on('data', (text) => {
      said += text
    })
    await until(() => child.exitCode !== null || this.say('PING').catch(() => null))
    if (child.exitCode !== null) throw new Error(`redis-server did not start: ${said}`)
  }

  /** Hung: it keeps its connections and answers nothing. */
  hang(): void {
    this.#process?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#process?.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child === null || child.exitCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** One command by a connection of its own, as redis-cli does it. */
  async say(...words: string[]): Promise<unknown> {
    const client = createClient({
      RESP: 2,
      socket: { host: '127.0.0.1', port: this.port, reconnectStrategy: false },
    })
    client.on('error', () => {})
    try {
      await client.connect()
      return await client.sendCommand(words)
    } finally {
      client.destroy()
    }
  }

  list(account_id: number): Promise<string[]> {
    return this.say('LRANGE', `command_queue_${account_id}`, '0', '-1') as Promise<string[]>
  }

  get env(): Record<string, string> {
    return { REDIS_HOST: '127.0.0.1', REDIS_PORT: `${this.port}` }
  }
}
