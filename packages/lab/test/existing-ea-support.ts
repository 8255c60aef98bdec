// For the tests of the existing EA's client: a server that remembers and answers as told, and a terminal whose clock
// is the test's.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import {
  CloseReasons,
  decodeAnsi,
  ExistingEa,
  type ExistingEaOptions,
  forex,
  type Hands,
  type Outcome,
  PACE,
  type Ports,
  Terminal,
  type TerminalOptions,
} from '../src/conform/existing-ea/index.ts'

export const LOGIN = 12345678n
export const KEY = 'KEY123'
export const HEAD = '{"account":12345678,"api_key":"KEY123"'
/** Broker seconds of the examples; broker time is UTC here. */
export const NOW_S = 1795367498
const PLANES = ['command', 'ticks', 'trades', 'logs'] as const

export interface Heard {
  readonly plane: keyof Ports
  readonly path: string
  readonly key: string | undefined
  readonly type: string | undefined
  /** Read as Windows-1252. */
  readonly body: string
}

type Told = string | { readonly status: number; readonly text?: string }

/** Four ports of a server. `answers` are said for ever, a list of them one by one until its last; 0 is silence. */
export class Stub {
  readonly heard: Heard[] = []
  readonly answers: Record<string, Told | Told[]> = { '/api/connect': `{"api_key":"${KEY}"}` }
  ports: Ports = { command: 0, ticks: 0, trades: 0, logs: 0 }
  readonly #servers: Server[] = []

  async open(): Promise<this> {
    for (const plane of PLANES) {
      const server = createServer((request, response) => {
        const parts: Buffer[] = []
        request.on('data', (part: Buffer) => parts.push(part))
        request.on('end', () => {
          const path = request.url ?? ''
          const key = request.headers['x-api-key']?.toString()
          const type = request.headers['content-type']
          this.heard.push({ plane, path, key, type, body: decodeAnsi(Buffer.concat(parts)) })
          const told = this.#next(path)
          const { status, text = '' } = typeof told === 'string' ? { status: 200, text: told } : told
          if (status !== 0) response.writeHead(status).end(text)
        })
      })
      this.#servers.push(server.listen(0, '127.0.0.1'))
      await once(server, 'listening')
      this.ports = { ...this.ports, [plane]: (server.address() as AddressInfo).port }
    }
    return this
  }

  close(): void {
    for (const server of this.#servers) {
      server.close()
      server.closeAllConnections()
    }
  }

  /** What was heard since the last time: `path`, for logs `path message`. */
  news(): string[] {
    return this.heard.splice(0).map(({ path, body }) => {
      const message = /"message":"([^"]*)"/.exec(body)?.[1]
      return message === undefined ? path : `${path} ${message}`
    })
  }

  bodies(path: string): string[] {
    return this.heard.filter((heard) => heard.path === path).map(({ body }) => body)
  }

  #next(path: string): Told {
    const told = this.answers[path] ?? '{"status":"success"}'
    return Array.isArray(told) ? ((told.length > 1 ? told.shift() : told[0]) ?? '{}') : told
  }
}

/** A terminal at the examples' moment; `pass` lets time go on. */
function terminalAt(over: Partial<TerminalOptions> = {}): {
  terminal: Terminal
  pass(ms: number): void
} {
  let at = NOW_S * 1000
  const symbols = [forex('EURUSD'), forex('GBPUSD'), forex('XAUUSD'), forex('BTCUSD', { fillings: [] })]
  const terminal = new Terminal({ login: LOGIN, symbols, now: () => at, ...over })
  terminal.quote('EURUSD', 1.09, 1.09002)
  return {
    terminal,
    pass: (ms) => {
      at += ms
    },
  }
}

export interface Rig {
  readonly stub: Stub
  readonly terminal: Terminal
  readonly ea: ExistingEa
  /** Time goes on, a quote comes, and everything that follows from it is done. */
  beat(ms?: number): Promise<void>
  /** One call of the timer, and what follows. */
  turn(times?: number): Promise<void>
}

/** A server, a terminal and an EA that has not started yet. */
export async function rig(
  over: Partial<ExistingEaOptions> = {},
  account: Partial<TerminalOptions> = {},
): Promise<Rig> {
  const stub = await new Stub().open()
  const { terminal, pass } = terminalAt(account)
  const pace = { timer_ms: 0, timeout_ms: 30_000, open_sleep_ms: 0, upload_sleep_ms: 0, ...over.pace }
  const ea = new ExistingEa({ ports: stub.ports, terminal, ...over, pace })
  onTestFinished(() => {
    ea.kill()
    stub.close()
  })
  const beat = async (ms = 2_000) => {
    pass(ms)
    const { bid, ask } = terminal.quoteOf('EURUSD') ?? { bid: 1, ask: 1 }
    terminal.quote('EURUSD', bid, ask)
    await ea.idle()
  }
  const turn = async (times = 1) => {
    for (let time = 0; time < times; time++) {
      await ea.timer()
      await ea.idle()
    }
  }
  return { stub, terminal, ea, beat, turn }
}

/** Started against a server that wants EURUSD watched and no bars. */
export async function started(
  over: Partial<ExistingEaOptions> = {},
  account: Partial<TerminalOptions> = {},
): Promise<Rig> {
  const made = await rig(over, account)
  made.stub.answers['/api/symbols'] = '{"symbols":["EURUSD"]}'
  made.stub.answers['/api/ohlc/coverage'] = '{"coverage_percent":100.0,"needs_update":false}'
  await made.ea.start()
  made.stub.news()
  return made
}

export const command = (fields: object) => JSON.stringify({ commands: [fields] })
export const OPEN = {
  id: 'c-open',
  type: 'OPEN_TRADE',
  symbol: 'EURUSD',
  order_type: 'BUY',
  volume: 0.1,
  sl: 1.085,
  tp: 1.095,
}
export const NOTHING = '{"commands":[]}'
export const EUR = { symbol: 'EURUSD', direction: 'BUY', volume: 0.1 } as const

/** Hands one command out, once, and lets all follow that follows. */
export async function give({ stub, turn }: Rig, fields: object): Promise<string[]> {
  stub.answers['/api/get_commands'] = [command(fields), NOTHING]
  await turn()
  return stub.news().filter((path) => path !== '/api/ticks' && path !== '/api/get_commands')
}

/** Hands without a server: what was answered and logged is kept. */
export function bareHands(account: Partial<TerminalOptions> = {}) {
  const answers: (Outcome & { id: string })[] = []
  const logs: string[] = []
  const uploads: number[][] = []
  const { terminal } = terminalAt(account)
  const hands: Hands = {
    terminal,
    reasons: new CloseReasons(),
    pace: { ...PACE, chunk_bars: 3 },
    magic: 999_888,
    log: async (level, message, info) => {
      logs.push(`${level} ${message} | ${info}`)
    },
    answer: async (id, outcome) => {
      answers.push({ id, ...outcome })
    },
    upload: async (_symbol, _timeframe, bars) => {
      uploads.push(bars.map(({ time }) => time))
      return uploads.length < 3
    },
    sleep: async () => {},
  }
  return { hands, terminal, answers, logs, uploads }
}
