// The real server on ports that it keeps when it begins again, EAs of the simulator, and people with browsers.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createNativeEa,
  localBroker,
  type NativeCadence,
  type RunningNativeEa,
  SimulatedBroker,
  systemClock,
  type Tick,
  TradeServer,
} from '@ngtb/ea-sim'
import type { Role } from '@ngtb/protocol'
import { type Client, createClient } from '@ngtb/sdk'
import { type RunningServer, startServer } from '@ngtb/server'
import type { Browser } from 'playwright-core'
import { NO_RATE_LIMITS } from '../support/own-server.ts'
import { Visit, type VisitOptions } from './visit.ts'

export const LOGIN = '12345678'
/** How long an EA may be silent here before it is called lost. */
export const SILENCE_S = 2
const SETTINGS = {
  ...NO_RATE_LIMITS,
  NGTB_LOG_LEVEL: 'error',
  HEARTBEAT_INTERVAL_SEC: '0.5',
  MAX_HEARTBEAT_AGE_SEC: String(SILENCE_S),
  TRADE_SYNC_INTERVAL_SEC: '1',
}
const CADENCE = { heartbeat_ms: 500, poll_ms: 200, sync_ms: 1_000 }

type Keys = RunningServer['server']['services']['keys']

export interface EaWanted {
  readonly login?: string
  readonly broker_name?: string
  /** The broker of an EA before it: positions outlive their EA. */
  readonly broker?: SimulatedBroker
  readonly cadence?: Partial<NativeCadence>
}

export interface HouseEa {
  readonly login: string
  readonly ea: RunningNativeEa
  readonly broker: SimulatedBroker
}

export class BrowserHouse {
  readonly folder = mkdtempSync(join(tmpdir(), 'ngtb-e2e-'))
  readonly #database_url: string
  readonly #settings: Readonly<Record<string, string>>
  readonly #eas: RunningNativeEa[] = []
  #server: RunningServer | null = null
  #ports: Record<string, string> | null = null
  #admin_key = ''

  constructor(database_url: string, settings: Readonly<Record<string, string>> = {}) {
    this.#database_url = database_url
    this.#settings = { ...SETTINGS, ...settings }
  }

  async start(): Promise<this> {
    this.#server = await startServer({
      env: { ...this.#settings, ...this.#ports, DATABASE_URL: this.#database_url },
      data_dir: join(this.folder, 'data'),
      any_port: this.#ports === null,
    })
    const { command, ticks, trades, logs, webui } = this.#server.ports
    this.#ports = {
      ...{ PORT_COMMAND: `${command}`, PORT_TICKS: `${ticks}`, PORT_TRADES: `${trades}` },
      ...{ PORT_LOGS: `${logs}`, PORT_WEBUI: `${webui}` },
    }
    if (this.#admin_key === '') this.#admin_key = await this.key(['admin'], 'the test')
    return this
  }

  /** As for an update: EAs and browsers stay, and come back by themselves. */
  async stop(): Promise<void> {
    await this.#server?.stop()
    this.#server = null
  }

  async close(): Promise<void> {
    await Promise.all(this.#eas.map((ea) => ea.kill()))
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  get running(): RunningServer {
    if (this.#server === null) throw new Error('the server is down')
    return this.#server
  }

  get url(): string {
    return this.running.url
  }

  async key(scopes: Parameters<Keys['create']>[0]['scopes'], label: string): Promise<string> {
    const { keys } = this.running.server.services
    return (await keys.create({ account_id: null, scopes, label }, 'e2e')).api_key
  }

  /** The API beside the page: what it says is what the page has to show. */
  client(login = LOGIN): Client {
    return createClient({ url: this.url, api_key: this.#admin_key, account: login })
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  async look(path: string): Promise<any> {
    const answer = await fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${this.#admin_key}` },
    })
    return answer.json()
  }

  /** A native EA that has connected. Its ticks are what the test feeds it. */
  async ea(wanted: EaWanted = {}): Promise<HouseEa> {
    const { login = LOGIN, broker_name = 'Harbour Markets', cadence = {} } = wanted
    const broker = wanted.broker ?? new SimulatedBroker()
    const { desks, keys } = this.running.server.services
    const { account_id } = await desks.enrol(login, broker_name, 'e2e')
    const { api_key } = await keys.create({ account_id, scopes: ['ea:session'], label: 'EA' }, 'e2e')
    const ea = createNativeEa({
      account: login,
      url: `http://127.0.0.1:${this.running.ports.command}`,
      ports: this.running.ports,
      broker_name,
      api_key,
      broker: localBroker(new TradeServer(broker, { login }), systemClock),
      journal_path: join(this.folder, 'ea', login, 'journal.log'),
      settle_ms: 1_000,
      cadence: { ...CADENCE, ...cadence },
      push: true,
    })
    this.#eas.push(ea)
    await ea.start()
    return { login, ea, broker }
  }

  /** Somebody with this role, logged in, with a browser of his own that shows nothing yet. */
  async visit(browser: Browser, name: string, role: Role, options: VisitOptions = {}): Promise<Visit> {
    const { token } = await this.running.server.services.people.invite(name, role, 'e2e')
    const visit = await Visit.open(browser, this.url, options)
    await visit.enter(token, role !== 'viewer')
    return visit
  }
}

/** The first ticks of a file, at once: the broker then has prices, and nothing moves. */
export async function feedAll({ ea }: HouseEa, ticks: Iterable<Tick> | AsyncIterable<Tick>): Promise<void> {
  await ea.feed(ticks, 0)
  while (ea.stats.ticks_acked + ea.stats.ticks_dropped < ea.stats.ticks_read)
    await new Promise((resolve) => setTimeout(resolve, 10))
}
