// One process of the rig: started on its own, asked over its channel, ended by its pid and never by a name.
//
//   C1. Every child is in a session of its own: a Ctrl-C is for the rig, which then ends them.
//   C2. A child ends when the channel to the rig closes; what can't (stopped, or not ours) the guard ends.
import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

export interface ChildOptions {
  readonly program: string
  readonly name: string
  /** stdout and stderr go there. */
  readonly log_file: string
  readonly env?: Readonly<Record<string, string>>
}

/** What goes over the channel: an order with a number, its reply, or news without one. */
export type ToChild = { readonly id: number; readonly order: string; readonly body: unknown }
export type FromChild =
  | { readonly id: number; readonly reply: unknown }
  | { readonly id: number; readonly failed: string }
  | { readonly news: string; readonly body: unknown }

export class ChildEnded extends Error {
  override readonly name = 'ChildEnded'
}

export class Child {
  readonly name: string
  readonly pid: number
  /** Resolves when the process is gone, however that came: the signal or the exit code. */
  readonly exited: Promise<string>
  onNews: (news: string, body: unknown) => void = () => {}
  ended: string | null = null
  readonly #process: ChildProcess
  readonly #asked = new Map<number, { resolve(reply: unknown): void; reject(error: Error): void }>()
  #count = 0

  constructor({ program, name, log_file, env = {} }: ChildOptions) {
    this.name = name
    const fd = openSync(log_file, 'a')
    this.#process = fork(program, [], {
      detached: true,
      stdio: ['ignore', fd, fd, 'ipc'],
      // Nothing of this shell's settings gets in between.
      env: { PATH: process.env.PATH ?? '', TMPDIR: process.env.TMPDIR ?? '/tmp', ...env },
      execArgv: [],
    })
    closeSync(fd)
    this.pid = this.#process.pid ?? 0
    this.#process.on('message', (message: FromChild) => this.#hear(message))
    this.#process.on('error', () => {}) // its end is told by 'exit', and a lost message by its reply
    this.exited = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        this.ended = signal ?? `exit ${code}`
        for (const { reject } of this.#asked.values()) reject(new ChildEnded(`${name}: ${this.ended}`))
        this.#asked.clear()
        resolve(this.ended)
      })
    })
  }

  /** @throws {ChildEnded} when it ends before it replies */
  ask<T>(order: string, body: unknown = null): Promise<T> {
    if (this.ended !== null) return Promise.reject(new ChildEnded(`${this.name}: ${this.ended}`))
    return new Promise<T>((resolve, reject) => {
      const id = ++this.#count
      this.#asked.set(id, { resolve: resolve as (reply: unknown) => void, reject })
      this.#process.send({ id, order, body } satisfies ToChild, () => {}) // see 'error'
    })
  }

  /** kill -9, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.ended === null) this.#process.kill('SIGKILL')
    await this.exited
  }

  /** SIGSTOP: the process stands still as a virtual machine that was frozen. */
  freeze(): void {
    this.#process.kill('SIGSTOP')
  }

  thaw(): void {
    this.#process.kill('SIGCONT')
  }

  #hear(message: FromChild): void {
    if ('news' in message) {
      this.onNews(message.news, message.body)
      return
    }
    const asked = this.#asked.get(message.id)
    this.#asked.delete(message.id)
    if ('failed' in message) asked?.reject(new Error(`${this.name}: ${message.failed}`))
    else asked?.resolve(message.reply)
  }
}
