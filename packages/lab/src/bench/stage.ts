// The bench's cast: EAs that are nothing but wires and ready-made bytes, and the hand that creates commands.
import { randomUUID } from 'node:crypto'
import type { PortNumbers } from '@ngtb/server'
import type { ChildReady } from '../support/own-server.ts'
import { encodeRequest, type Reply, Wire } from '../support/wire.ts'

export const SYMBOLS = Array.from({ length: 20 }, (_, at) => `SYM${String(at).padStart(2, '0')}`)
const FIRST_LOGIN = 90_000_001

export interface Delivered {
  readonly id: string
  readonly type: string
  readonly ticket?: number
}

/** One account: its EA's wire to the command port, and the strategy's wire to the web port. */
export interface Actor {
  readonly login: number
  readonly key: string
  readonly ea: Wire
  readonly strategy: Wire
  readonly heartbeat: Buffer
  readonly poll: Buffer
}

export class Stage {
  readonly actors: Actor[] = []
  readonly #server: ChildReady
  readonly #wires: Wire[] = []

  constructor(server: ChildReady) {
    this.#server = server
  }

  /** The first `count` actors; those who are missing connect for the first time, and get their keys so. */
  async cast(count: number): Promise<Actor[]> {
    while (this.actors.length < count) this.actors.push(await this.#enter(FIRST_LOGIN + this.actors.length))
    return this.actors.slice(0, count)
  }

  async wire(port: keyof PortNumbers): Promise<Wire> {
    const wire = await Wire.open(this.#server.ports[port])
    this.#wires.push(wire)
    return wire
  }

  /** A creation as bytes, under a key of its own. */
  creation(login: number, type: string, payload: Record<string, unknown>): Buffer {
    const path = `/api/v1/accounts/${login}/commands`
    const body = JSON.stringify({ type, payload })
    return encodeRequest('POST', path, null, body, {
      authorization: `Bearer ${this.#server.admin_key}`,
      'idempotency-key': randomUUID(),
    })
  }

  port(name: keyof PortNumbers): number {
    return this.#server.ports[name]
  }

  get database_url(): string {
    return this.#server.database_url
  }

  get admin_key(): string {
    return this.#server.admin_key
  }

  /** A name for an intent that was never used before. */
  name(): string {
    return randomUUID()
  }

  /** GET on the web port, parsed. */
  async ask(path: string): Promise<unknown> {
    const wire = await this.wire('webui')
    const reply = await wire.send(encodeRequest('GET', path, this.#server.admin_key, null))
    return JSON.parse(checked(reply, path).body)
  }

  close(): void {
    for (const wire of this.#wires) wire.close()
  }

  async #enter(login: number): Promise<Actor> {
    const ea = await this.wire('command')
    const specs = SYMBOLS.map((symbol) => ({
      symbol,
      volume_min: 0.01,
      volume_max: 100,
      volume_step: 0.01,
      digits: 5,
    }))
    const hello = JSON.stringify({
      account: login,
      broker: 'Bench',
      platform: 'MT5',
      available_symbols: specs,
    })
    const reply = checked(await ea.send(encodeRequest('POST', '/api/connect', null, hello)), 'connect')
    const key = (JSON.parse(reply.body) as { api_key: string }).api_key
    const figures = { balance: 10000, equity: 10050, margin: 100, free_margin: 9950, open_positions: 1 }
    const beat = JSON.stringify({ account: login, ...figures, latency_ms: 45.3 })
    return {
      login,
      key,
      ea,
      strategy: await this.wire('webui'),
      heartbeat: encodeRequest('POST', '/api/heartbeat', key, beat),
      poll: encodeRequest('POST', '/api/get_commands', key, JSON.stringify({ account: login })),
    }
  }
}

/** An answer is only measured when it is a good one: a refusal is quick, and says nothing. */
export function checked(reply: Reply, what: string): Reply {
  if (reply.status < 200 || reply.status > 299)
    throw new Error(`${what} was refused with ${reply.status}: ${reply.body.slice(0, 300)}`)
  return reply
}

export async function pollOnce(actor: Actor): Promise<Delivered[]> {
  const { body } = checked(await actor.ea.send(actor.poll), 'poll')
  return (JSON.parse(body) as { commands: Delivered[] }).commands
}

export async function answer(actor: Actor, command_id: string, response: Record<string, unknown>) {
  const status = response.error === undefined ? 'completed' : 'failed'
  const body = JSON.stringify({ account: actor.login, command_id, status, response })
  checked(await actor.ea.send(encodeRequest('POST', '/api/command_response', actor.key, body)), 'answer')
}

/** Refuses all that waits, so that the next row begins with empty hands. */
export async function drain(actors: readonly Actor[]): Promise<void> {
  await Promise.all(
    actors.map(async (actor) => {
      for (;;) {
        const commands = await pollOnce(actor)
        if (commands.length === 0) return
        for (const { id } of commands) await answer(actor, id, { retcode: 10019, error: 'no money' })
      }
    }),
  )
}

let tickets = 1_000_000
export const nextTicket = (): number => ++tickets

export const openPayload = (at: number): Record<string, unknown> => ({
  symbol: SYMBOLS[at % SYMBOLS.length] ?? 'SYM00',
  order_type: 'BUY',
  volume: 0.1,
  sl: 1.085,
  tp: 1.095,
  comment: 'bench',
})
