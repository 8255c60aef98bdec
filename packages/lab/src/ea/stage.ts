// The real server and the shipped EA in the MQL5 host, on ports and files that outlive both.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Host } from '@ngtb/mql5-host'
import { type Client, createClient } from '@ngtb/sdk'
import { type RunningServer, startServer } from '@ngtb/server'
import { NO_RATE_LIMITS } from '../support/own-server.ts'

const PATIENCE_MS = 60_000
const LOOK_MS = 25
const ALLOWED = ['http://127.0.0.1', '127.0.0.1']

export interface Wanted {
  readonly login?: string
  readonly inputs?: Readonly<Record<string, string | number | boolean>>
  /** Of the host, beside what the stage needs. */
  readonly args?: readonly string[]
  /** Control commands before the EA begins. */
  readonly first?: readonly string[]
  /** What the trader has put on the terminal's list of allowed URLs. */
  readonly allow?: readonly string[]
}

/** A position, an order or a deal of the broker's own book. */
export interface Row {
  readonly [field: string]: string | number
}

export interface BrokerState {
  readonly positions: readonly Row[]
  readonly orders: readonly Row[]
  readonly history_orders: readonly Row[]
  readonly deals: readonly Row[]
  readonly next_ticket: string
}

export class EaStage {
  readonly folder = mkdtempSync(join(tmpdir(), 'ngtb-ea-'))
  readonly #program: string
  #server: RunningServer | null = null
  #ports: Record<string, string> | null = null
  #admin = ''
  readonly #terminals: EaTerminal[] = []

  /** @param program the EA, built */
  constructor(program: string) {
    this.#program = program
  }

  async start(): Promise<void> {
    const env = { ...NO_RATE_LIMITS, NGTB_LOG_LEVEL: 'error', ...(this.#ports ?? {}) }
    const data_dir = join(this.folder, 'data')
    this.#server = await startServer({ env, data_dir, any_port: this.#ports === null })
    const { command, ticks, trades, logs, webui } = this.#server.ports
    this.#ports = {
      ...{ PORT_COMMAND: `${command}`, PORT_TICKS: `${ticks}`, PORT_TRADES: `${trades}` },
      ...{ PORT_LOGS: `${logs}`, PORT_WEBUI: `${webui}` },
    }
    if (this.#admin !== '') return
    const { keys } = this.#server.server.services
    const { api_key } = await keys.create({ account_id: null, scopes: ['admin'], label: 'test' }, 'test')
    this.#admin = api_key
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = null
  }

  async close(): Promise<void> {
    for (const terminal of this.#terminals) await terminal.kill()
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  get running(): RunningServer {
    if (this.#server === null) throw new Error('the server is down')
    return this.#server
  }

  client(login: string): Client {
    return createClient({ url: this.running.url, api_key: this.#admin, account: login })
  }

  /** What the management API answers. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  async look(login: string, path = ''): Promise<any> {
    const answer = await fetch(`${this.running.url}/api/v1/accounts/${login}${path}`, {
      headers: { authorization: `Bearer ${this.#admin}` },
    })
    return answer.json()
  }

  /** A terminal with the EA on a chart; not begun. @param name two of them are two folders */
  terminal(name: string, wanted: Wanted = {}): EaTerminal {
    const { command, ticks, trades, logs } = this.running.ports
    const terminal = new EaTerminal({
      program: this.#program,
      folder: join(this.folder, name),
      ports: [command, ticks, trades, logs],
      ...wanted,
    })
    this.#terminals.push(terminal)
    return terminal
  }
}

interface TerminalOptions extends Wanted {
  readonly program: string
  readonly folder: string
  readonly ports: readonly number[]
}

export class EaTerminal {
  readonly login: string
  readonly #options: TerminalOptions
  #host: Host | null = null
  /** Of all its processes: what must not be there at the end. */
  readonly complaints: string[] = []

  constructor(options: TerminalOptions) {
    this.#options = options
    this.login = options.login ?? '12345678'
  }

  get host(): Host {
    if (this.#host === null) throw new Error('the terminal is not running')
    return this.#host
  }

  /** A new process: the same folder, the same account. */
  begin(): void {
    const { program, folder, ports, inputs = {}, args = [], first = [], allow = ALLOWED } = this.#options
    const [command = 0] = ports
    const moved = (scheme: string) =>
      ports.map((port, index) => [
        `${scheme}://127.0.0.1:${command + index}`,
        `${scheme}://127.0.0.1:${port}`,
      ])
    this.#host = new Host(program, {
      sandbox: join(folder, 'terminal'),
      allow: [...allow],
      // The EA looks for its four ports one behind the other.
      map: Object.fromEntries([...moved('http'), ...moved('tcp')]),
      inputs: { Server: `http://127.0.0.1:${command}`, SettleMs: 2_000, HeartbeatMs: 2_000, ...inputs },
      args: [
        ...['--login', this.login, '--broker', `${folder}-broker.log`, '--server', 'Stage-Demo'],
        ...args,
        ...first.flatMap((one) => ['--do', one]),
      ],
    })
    const host = this.#host
    // Whoever waits for this EA waits in vain: the reason must not be lost.
    void host.exit.then((code) => {
      if (code !== null && code !== 0 && code !== 137)
        console.error(`the EA ended with ${code}: ${JSON.stringify(host.events.at(-1))}\n${host.errors}`)
    })
    host.listen((event) => {
      if (event.ev === 'diag' || event.ev === 'critical') this.complaints.push(JSON.stringify(event))
    })
  }

  /** As when the machine goes. */
  async kill(): Promise<void> {
    await this.#host?.kill()
    this.#note()
    this.#host = null
  }

  /** The process has died by itself (die-at). */
  async died(): Promise<number | null> {
    const code = await this.host.exit
    this.#note()
    this.#host = null
    return code
  }

  async state(): Promise<BrokerState> {
    return (await this.host.command('state', 30_000)) as BrokerState
  }

  do(command: string): Promise<unknown> {
    return this.host.command(command, 30_000)
  }

  async online(): Promise<void> {
    await this.host.waitForPrint(/connected to /, PATIENCE_MS)
  }

  #note(): void {
    const said = this.#host?.errors ?? ''
    if (/ERROR: (Address|Leak|Undefined)Sanitizer|runtime error:/.test(said)) this.complaints.push(said)
  }
}

/** Looks until it holds. @throws {Error} that says what was waited for */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  patience_ms = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + patience_ms
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`)
    await sleep(LOOK_MS)
  }
}
