// Clients that send without mercy and write down what was acknowledged: the measure of every crash test (P1, P11).
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { PortName, PortNumbers } from '../../src/ports.ts'

export interface Running {
  readonly child: ChildProcess
  readonly ports: PortNumbers
  readonly database_url: string
  readonly exited: Promise<number | null>
}

export async function startChild(data_dir: string): Promise<Running> {
  const program = fileURLToPath(new URL('./crash-server.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, data_dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    return { child, exited, ...(JSON.parse(line) as Pick<Running, 'ports' | 'database_url'>) }
  throw new Error('the server ended without a word')
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export class Storm {
  ports: PortNumbers
  on = true
  /** Statuses that are neither 2xx nor 503: none must ever appear. */
  readonly odd: string[] = []
  refused = 0
  readonly ticks = new Set<number>()
  readonly logs = new Set<string>()
  readonly tickets = new Map<string, Set<number>>()
  readonly commands = new Map<string, string>()
  readonly answered = new Set<string>()
  readonly handed = new Map<string, number>()
  readonly heartbeats = new Map<string, number>()
  readonly keys = new Map<string, string>()
  admin = ''
  #count = 0

  constructor(ports: PortNumbers) {
    this.ports = ports
  }

  /** One request; null when nobody answered. */
  async post(port: PortName, path: string, key: string | null, body: unknown, headers = {}) {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.ports[port]}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key ? { 'x-api-key': key } : {}), ...headers },
        body: JSON.stringify(body),
      })
      // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
      const json = (await answer.json()) as any
      if (answer.ok) return json
      if (answer.status === 503) this.refused++
      else this.odd.push(`${answer.status} ${path} ${JSON.stringify(json)}`)
    } catch {
      this.refused++
    }
    await pause(5)
    return null
  }

  /** Repeats the same request until it is answered well, or the storm ends. */
  async #until(send: () => ReturnType<Storm['post']>) {
    while (this.on) {
      const answer = await send()
      if (answer) return answer
    }
    return null
  }

  async enrol(login: string): Promise<void> {
    const { api_key } = await this.post('command', '/api/connect', null, { account: login, broker: 'B' })
    this.keys.set(login, api_key)
    this.tickets.set(login, new Set())
  }

  /** Everything at once; ends when `on` does. */
  blow(): Promise<unknown> {
    const loops = [...this.keys].flatMap(([login, key]) => [
      this.#ticks(key),
      this.#ticks(key),
      this.#logs(key),
      this.#trades(login, key),
      this.#ea(login, key),
      this.#creates(login),
      this.#creates(login),
    ])
    return Promise.all(loops)
  }

  async #ticks(key: string) {
    while (this.on) {
      const numbers = Array.from({ length: 20 }, () => ++this.#count)
      const ticks = numbers.map((volume) => ({
        symbol: 'EURUSD',
        bid: 1.1,
        ask: 1.2,
        timestamp: 1_577_836_800,
        volume,
      }))
      const batch_id = `b${numbers[0]}`
      const stored = await this.#until(() => this.post('ticks', '/api/ticks/batch', key, { ticks, batch_id }))
      if (stored) for (const number of numbers) this.ticks.add(number)
    }
  }

  async #logs(key: string) {
    while (this.on) {
      const message = `line ${++this.#count}`
      // A log has no name: what was not acknowledged is not sent again.
      if (await this.post('logs', '/api/log', key, { level: 'INFO', message })) this.logs.add(message)
    }
  }

  async #trades(login: string, key: string) {
    while (this.on) {
      const ticket = ++this.#count
      const trade = { ticket, symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1.1 }
      if (await this.#until(() => this.post('trades', '/api/trades/opened', key, trade)))
        this.tickets.get(login)?.add(ticket)
    }
  }

  async #ea(login: string, key: string) {
    while (this.on) {
      const beat = await this.post('command', '/api/heartbeat', key, { balance: 1 })
      if (beat) this.heartbeats.set(login, (this.heartbeats.get(login) ?? 0) + 1)
      const polled = await this.post('command', '/api/get_commands', key, {})
      for (const { id } of [...(beat?.commands ?? []), ...(polled?.commands ?? [])]) {
        this.handed.set(id, (this.handed.get(id) ?? 0) + 1)
        const response = { ticket: 1_000_000_000 + ++this.#count, open_price: 1.1 }
        const body = { command_id: id, status: 'completed', response }
        if (await this.#until(() => this.post('command', '/api/command_response', key, body)))
          this.answered.add(id)
      }
    }
  }

  async #creates(login: string) {
    const body = {
      type: 'OPEN_TRADE',
      payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 },
      ttl_ms: 600_000,
    }
    while (this.on) {
      const key = `key-${++this.#count}`
      const headers = { authorization: `Bearer ${this.admin}`, 'idempotency-key': key }
      const path = `/api/v1/accounts/${login}/commands`
      const made = await this.#until(() => this.post('webui', path, null, body, headers))
      if (made) this.commands.set(key, made.command_id)
    }
  }
}
