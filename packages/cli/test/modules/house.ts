// A server of the tests' own, in this process, with native EAs on simulated brokers, and modules beside it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SimulatedBroker, type Tick } from '@ngtb/ea-sim'
import type { ModuleStatus, Settings } from '@ngtb/modules/host'
import { type Client, createClient } from '@ngtb/sdk'
import { type RunningServer, startServer } from '@ngtb/server'
import { type Beside, modulesBeside } from '../../src/modules-beside.ts'
import { nativeEa, type SimEa } from '../../src/sim-ea.ts'

/** Quick, but patient enough for a machine that is busy; so the workers do not stand back either. */
export const QUICK = {
  niceness: 0,
  beat_ms: 200,
  silent_ms: 6_000,
  backoff_min_ms: 200,
  backoff_max_ms: 2_000,
  stable_ms: 600_000,
}

export interface Line {
  level: string
  message: string
  module: string
}

export interface House {
  readonly running: RunningServer
  readonly lines: Line[]
  readonly statuses: ModuleStatus[]
  client(login: string, scopes?: string[]): Promise<Client>
  /** An EA whose market says what the test says. */
  ea(login: string): Promise<SimEa & Pick<Market, 'price'>>
  modules(asked: Record<string, Settings>, limits?: object): Promise<Beside>
  said(what: RegExp): Line[]
  stop(): Promise<void>
}

export const fileOf = (name: string): string => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))

export async function openHouse(env: Record<string, string> = {}): Promise<House> {
  const dir = mkdtempSync(join(tmpdir(), 'ngtb-modules-'))
  // Root's PostgreSQL runs as a lesser user, who must be able to enter.
  chmodSync(dir, 0o755)
  const lines: Line[] = []
  const statuses: ModuleStatus[] = []
  const tell =
    (level: string) =>
    (message: string, details: Record<string, unknown> = {}) => {
      lines.push({ level, message, module: String(details.module ?? '') })
    }
  const log = { info: tell('info'), warn: tell('warn'), error: tell('error') }
  const running = await startServer({ env, data_dir: join(dir, 'data'), any_port: true, log })
  const { keys, desks } = running.server.services
  const ends: (() => Promise<unknown>)[] = []
  return {
    ...{ running, lines, statuses },
    async client(login, scopes = ['admin']) {
      const wanted = { account_id: null, scopes: scopes as ['admin'], label: 'test' }
      const { api_key } = await keys.create(wanted, 'test')
      const client = createClient({ url: running.url, api_key, account: login })
      ends.push(async () => client.close())
      return client
    },
    async ea(login) {
      const market = steered()
      const { account_id } = await desks.enrol(login, 'Test', 'test')
      const made = await keys.create({ account_id, scopes: ['ea:session'], label: 'test' }, 'test')
      const ea = nativeEa({
        ...{
          account: login,
          ports: running.ports,
          api_key: made.api_key,
          ticks: market.ticks(),
          endless: true,
        },
        speed: 0,
        broker: new SimulatedBroker({ balance: 10_000, leverage: 1_000 }),
        journal_path: join(dir, `journal-${login}`),
        cadence: { heartbeat_ms: 300, sync_ms: 1_000, poll_ms: 200 },
      })
      await ea.start()
      ends.push(async () => {
        market.end()
        await ea.stop()
      })
      market.price(1.1)
      await until(() => ea.broker.quotes.get('EURUSD'))
      return Object.assign(ea, { price: market.price })
    },
    async modules(asked, limits = QUICK) {
      const requests = Object.entries(asked).map(([name, settings]) => ({
        ...{ asked: name, source: name.includes('/') ? name : fileOf(name), settings },
      }))
      const onChange = (status: ModuleStatus) => statuses.push(status)
      return modulesBeside(running, requests, log, { limits, onChange })
    },
    said: (what) => lines.filter(({ message }) => what.test(message)),
    async stop() {
      for (const end of ends.reverse()) await end()
      await running.stop()
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

interface Market {
  /** One tick of EURUSD; the ask is a pip above. */
  price(bid: number): void
  ticks(): AsyncGenerator<Tick>
  end(): void
}

function steered(): Market {
  const waiting: Tick[] = []
  let wake = () => {}
  let over = false
  return {
    price(bid) {
      const tick = {
        symbol: 'EURUSD',
        bid,
        ask: Number((bid + 0.0001).toFixed(5)),
        time_ms: Date.now(),
        volume: 1,
      }
      waiting.push(tick as Tick)
      wake()
    },
    end() {
      over = true
      wake()
    },
    async *ticks() {
      while (!over) {
        const tick = waiting.shift()
        if (tick) yield tick
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}

/** Resolves once `holds` says so; the test's own limit ends the wait. */
export async function until<T>(holds: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const value = await holds()
    if (value) return value as NonNullable<T>
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
