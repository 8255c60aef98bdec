// MQL5 host, driver: a built EA as a child process, for tests. Commands go in by stdin, one a line; what happens
// comes out as one JSON object a line.
//
//   D1. Every event is kept: what was said before somebody waited for it is found too.
//   D2. A wait ends: with the event, with the end of the process, or with its time.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** `ev` says which: print, alert, comment, http, order, diag, critical, init, reply, end. */
export interface HostEvent {
  readonly ev: string
  /** Since the start, by the host's clock. */
  readonly ms: number
  readonly text?: string
  readonly [field: string]: unknown
}

export interface HostOptions {
  readonly sandbox: string
  readonly inputs?: Readonly<Record<string, string | number | boolean>>
  /** Addresses that WebRequest and sockets may reach. */
  readonly allow?: readonly string[]
  /** Addresses that the EA has by heart, and where they lead here. */
  readonly map?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly cwd?: string
}

interface Waiting {
  readonly wants: (event: HostEvent) => boolean
  readonly found: (event: HostEvent) => void
  readonly failed: (error: Error) => void
}

const EVENT_MS_MAX = 10_000
const REPLY_MS_MAX = 5_000

export class Host {
  readonly events: HostEvent[] = []
  /** Lines of stdout that were no JSON. */
  readonly raw: string[] = []
  /** Settles with the exit code, or with null after a signal. */
  readonly exit: Promise<number | null>
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #waiting = new Set<Waiting>()
  readonly #listeners: ((event: HostEvent) => void)[] = []
  #errors = ''
  #ended = false

  constructor(program: string, options: HostOptions) {
    const { cwd } = options
    this.#child = spawn(program, hostArguments(options), {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    })
    // A dead child cannot be written to; its exit says so.
    this.#child.stdin.on('error', () => {})
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-20_000)
    })
    const lines = createInterface({ input: this.#child.stdout })
    lines.on('line', (line) => this.#read(line))
    this.exit = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      // `close` comes after the last line was read.
      this.#child.once('close', (code) => {
        this.#end(code)
        resolve(code)
      })
    })
    this.exit.catch((error: Error) => this.#failAll(error))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }
  /** What the program said on stderr: a sanitizer's report, for one. */
  get errors(): string {
    return this.#errors
  }
  get prints(): string[] {
    return this.of('print').map(({ text }) => text ?? '')
  }
  of(ev: string): HostEvent[] {
    return this.events.filter((event) => event.ev === ev)
  }

  send(command: string): void {
    if (/[\r\n]/.test(command)) throw new Error('a command is one line')
    this.#child.stdin.write(`${command}\n`)
  }

  /** Hears every event from now on. */
  listen(hear: (event: HostEvent) => void): void {
    this.#listeners.push(hear)
  }

  /** The first event that `wants` accepts, at once when it was there already. */
  waitFor(wants: (event: HostEvent) => boolean, ms = EVENT_MS_MAX, from = 0): Promise<HostEvent> {
    const hit = this.events.slice(from).find(wants)
    if (hit !== undefined) return Promise.resolve(hit)
    if (this.#ended) return Promise.reject(this.#tooLate('the EA had ended'))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => waiting.failed(this.#tooLate(`nothing of the kind in ${ms} ms`)), ms)
      const done = () => {
        clearTimeout(timer)
        this.#waiting.delete(waiting)
      }
      const waiting: Waiting = {
        wants,
        found(event) {
          done()
          resolve(event)
        },
        failed(error) {
          done()
          reject(error)
        },
      }
      this.#waiting.add(waiting)
    })
  }

  waitForPrint(text: string | RegExp, ms = EVENT_MS_MAX): Promise<HostEvent> {
    const fits = (said: string) => (typeof text === 'string' ? said.includes(text) : text.test(said))
    return this.waitFor(({ ev, text: said }) => ev === 'print' && fits(said ?? ''), ms)
  }

  /** Sends a command and answers with the data of its reply. */
  async command(command: string, ms = REPLY_MS_MAX): Promise<unknown> {
    const from = this.events.length
    this.send(command)
    const reply = await this.waitFor(({ ev, cmd }) => ev === 'reply' && cmd === command, ms, from)
    return reply.data
  }

  /** As when the user takes the EA off the chart: OnDeinit runs. */
  async stop(reason = 1): Promise<number | null> {
    if (!this.#ended) this.send(`deinit ${reason}`)
    return this.exit
  }

  /** As when the machine goes: nothing is flushed and no handler runs. */
  async kill(): Promise<number | null> {
    if (!this.#ended) this.#child.kill('SIGKILL')
    return this.exit
  }

  #read(line: string): void {
    let event: HostEvent
    try {
      event = JSON.parse(line) as HostEvent
    } catch {
      this.raw.push(line)
      return
    }
    this.events.push(event)
    for (const hear of this.#listeners) hear(event)
    for (const waiting of [...this.#waiting]) if (waiting.wants(event)) waiting.found(event)
  }

  #end(code: number | null): void {
    this.#ended = true
    this.#failAll(this.#tooLate(`the EA ended (exit ${code})`))
  }

  #failAll(error: Error): void {
    for (const waiting of [...this.#waiting]) waiting.failed(error)
  }

  #tooLate(what: string): Error {
    const last = this.events.slice(-8).map((event) => JSON.stringify(event))
    return new Error([`${what}; the last it said:`, ...last, this.#errors.slice(-2_000)].join('\n').trim())
  }
}

export function hostArguments({
  sandbox,
  inputs = {},
  allow = [],
  map = {},
  args = [],
}: HostOptions): string[] {
  return [
    '--sandbox',
    sandbox,
    ...allow.flatMap((address) => ['--allow', address]),
    ...Object.entries(map).flatMap(([from, to]) => ['--map', `${from}=${to}`]),
    ...Object.entries(inputs).flatMap(([name, value]) => ['--input', `${name}=${value}`]),
    ...args,
  ]
}
