// The real server, on ports that it keeps when it begins again, and existing EAs that a test drives through it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@ngtb/sdk'
import { type RunningServer, startServer } from '@ngtb/server'
import {
  ExistingEa,
  type ExistingEaOptions,
  forex,
  Terminal,
  type TerminalOptions,
} from '../src/conform/existing-ea/index.ts'

const PATIENCE_MS = 60_000
/** Leases and retries of seconds, not of half minutes. */
const SETTINGS = {
  DEFAULT_COMMAND_TIMEOUT: '2',
  HIGH_PRIORITY_TIMEOUT: '1',
  CRITICAL_PRIORITY_TIMEOUT: '1',
  RETRY_BACKOFF_BASE: '1',
  NGTB_LOG_LEVEL: 'error',
}

export class House {
  readonly #data_dir = mkdtempSync(join(tmpdir(), 'ngtb-existing-ea-'))
  #server: RunningServer | null = null
  #admin = ''
  #ports: Record<string, string> | null = null

  async start(): Promise<void> {
    const { NGTB_LOG_LEVEL, ...settings } = SETTINGS
    const env = { ...settings, NGTB_LOG_LEVEL, ...(this.#ports ?? {}) }
    this.#server = await startServer({ env, data_dir: this.#data_dir, any_port: this.#ports === null })
    const { command, ticks, trades, logs, webui } = this.#server.ports
    this.#ports = {
      ...{ PORT_COMMAND: `${command}`, PORT_TICKS: `${ticks}`, PORT_TRADES: `${trades}` },
      ...{ PORT_LOGS: `${logs}`, PORT_WEBUI: `${webui}` },
    }
    if (this.#admin !== '') return
    const wanted = { account_id: null, scopes: ['admin'], label: 'test' } as const
    const { api_key } = await this.server.services.keys.create(
      { ...wanted, scopes: [...wanted.scopes] },
      'test',
    )
    this.#admin = api_key
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = null
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.#data_dir, { recursive: true, force: true, maxRetries: 5 })
  }

  get server(): RunningServer['server'] {
    if (this.#server === null) throw new Error('the server is down')
    return this.#server.server
  }

  player(
    login: bigint,
    over: Partial<ExistingEaOptions> = {},
    account: Partial<TerminalOptions> = {},
  ): Player {
    if (this.#server === null) throw new Error('the server is down')
    const symbols = [forex('EURUSD'), forex('GBPUSD'), forex('XAUUSD')]
    const terminal = over.terminal ?? new Terminal({ login, symbols, ...account })
    const { command, ticks, trades, logs } = this.#server.ports
    const ports = { command, ticks, trades, logs }
    // The caller calls the timer himself: as often as is needed, not as time passes.
    const pace = { timer_ms: 0, open_sleep_ms: 0, upload_sleep_ms: 0, sync_calls: 10, ...over.pace }
    const ea = new ExistingEa({ ...over, ports, terminal, pace })
    const client = createClient({ url: this.#server.url, api_key: this.#admin, account: String(login) })
    return new Player(ea, terminal, client, { url: this.#server.url, key: this.#admin, login: String(login) })
  }
}

export class Player {
  readonly ea: ExistingEa
  readonly terminal: Terminal
  readonly client: Client
  readonly #at: { url: string; key: string; login: string }
  #pips = 0

  constructor(
    ea: ExistingEa,
    terminal: Terminal,
    client: Client,
    at: { url: string; key: string; login: string },
  ) {
    this.ea = ea
    this.terminal = terminal
    this.client = client
    this.#at = at
    this.quote()
  }

  quote(): void {
    const step = (this.#pips++ % 2) * 0.00001
    this.terminal.quote('EURUSD', 1.09 + step, 1.09002 + step)
    this.terminal.quote('GBPUSD', 1.27 + step, 1.27003 + step)
  }

  /** A quote, the timer, and whatever follows. */
  async turn(times = 1): Promise<void> {
    for (let n = 0; n < times; n++) {
      this.quote()
      await this.ea.timer()
      await this.ea.idle()
    }
  }

  /** Turns until it holds; a little time goes by between them, for leases and lists need some. */
  async until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`)
      await this.turn()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  async look(path = ''): Promise<any> {
    const { url, key, login } = this.#at
    const answer = await fetch(`${url}/api/v1/accounts/${login}${path}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    return answer.json()
  }

  trade = (ticket: bigint | string) => this.look(`/trades/${ticket}`)

  async open(more: object = {}): Promise<string> {
    const payload = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.08, tp: 1.1, ...more }
    return (await this.command('OPEN_TRADE', payload)).command_id
  }

  async command(type: string, payload: object, key: string = crypto.randomUUID()) {
    const { url, key: admin, login } = this.#at
    const answer = await fetch(`${url}/api/v1/accounts/${login}/commands`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${admin}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ type, payload }),
    })
    // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
    const body = (await answer.json()) as any
    if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(body)}`)
    return body
  }

  async status(command_id: string): Promise<string> {
    return (await this.look(`/commands/${command_id}`)).status
  }

  settled = (command_id: string, status: string) =>
    this.until(`${command_id} ${status}`, async () => (await this.status(command_id)) === status)

  /** What the ledger calls open, and what the terminal has. */
  async agree(): Promise<boolean> {
    const { items } = await this.look('/trades?status=open')
    const ours = items.map((one: { ticket: string; volume: number }) => `${one.ticket} ${one.volume}`).sort()
    const theirs = this.terminal.positions().map(({ ticket, volume }) => `${ticket} ${volume}`)
    return ours.join() === theirs.sort().join()
  }

  agreed = () => this.until('ledger and terminal agree', () => this.agree())
}
