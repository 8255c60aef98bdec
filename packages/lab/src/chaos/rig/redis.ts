// Redis beside the server, where it is installed: flushed, frozen, killed. It only rings the bell; nothing
// may depend on it.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import net from 'node:net'
import { delimiter, join } from 'node:path'
import { freePort } from '@ngtb/server/embedded'
import type { Guard } from '../process/guard.ts'

export class Redis {
  readonly port: number
  readonly #program: string
  readonly #guard: Guard
  #process: ChildProcess | null = null

  private constructor(program: string, port: number, guard: Guard) {
    this.#program = program
    this.port = port
    this.#guard = guard
  }

  /** null: there is none on this machine. */
  static async open(guard: Guard): Promise<Redis | null> {
    const folders = (process.env.PATH ?? '').split(delimiter)
    const program = folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path))
    if (program === undefined) return null
    const redis = new Redis(program, await freePort(randomUUID()), guard)
    await redis.start()
    return redis
  }

  /** Empty, on the port that it always has. */
  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const child = spawn(this.#program, options, { detached: true, stdio: 'ignore' })
    child.on('error', () => {}) // it is not there, and the pings below say so
    this.#process = child
    if (child.pid !== undefined) this.#guard.watch(child.pid)
    while ((await this.ask('PING').catch(() => '')) !== 'PONG') await pause(20)
  }

  async kill(): Promise<void> {
    const child = this.#process
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    this.#guard.forget(child.pid)
  }

  /** FLUSHALL: bells, queues and all. */
  async flush(): Promise<void> {
    await this.ask('FLUSHALL')
  }

  /** It takes connections and answers nothing. */
  async frozenFor(ms: number): Promise<void> {
    this.#process?.kill('SIGSTOP')
    await pause(ms)
    this.#process?.kill('SIGCONT')
  }

  /** One command, its first line: enough for PING, FLUSHALL and LLEN. */
  ask(...words: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.port, '127.0.0.1')
      socket.once('error', reject)
      socket.once('data', (bytes) => {
        socket.destroy()
        resolve(/^[+:-](.*)\r\n/.exec(String(bytes))?.[1] ?? '')
      })
      socket.write(`${words.join(' ')}\r\n`)
    })
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
