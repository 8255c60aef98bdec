// `/ws/ea` in the world: a line that keeps the order of what it carries, and that breaks without telling both ends at
// once. The server's end holds the real EaLine; what EaSocket does around it with a request is done here in short.
import { commandEndpoints, EA_CLOSE, type Endpoint, Refusal, tradeEndpoints } from '@ngtb/protocol'
import { EaLine, type EaWire, eaCalls, eaTradeCalls, type Services } from '@ngtb/server/parts'
import { Compile, type Validator } from 'typebox/compile'
import type { Ask, Told } from './doors.ts'
import type { House } from './house.ts'
import type { Line } from './http.ts'
import type { Network, Way } from './network.ts'
import type { Alarm, VirtualTime } from './virtual-time.ts'

type Message = Readonly<Record<string, unknown>>

export interface SocketEnd {
  heard(message: Message): void
  /** A ping of the server came: the answer goes back by itself. */
  pinged(): void
  /** @param code of the close; 1006: it broke */
  closed(code: number): void
}

export interface SocketParts {
  readonly time: VirtualTime
  readonly network: Network
  readonly house: House
  /** What leaves the server, reply or push, as an HTTP exchange would have it. */
  onTold(ask: Ask, told: Told, arrived_at: number): void
}

const CALLS: Readonly<Record<string, (call: eaCalls.EaCall, body: never) => Promise<object>>> = {
  connect: eaCalls.connect,
  heartbeat: eaCalls.heartbeat,
  get_commands: eaCalls.getCommands,
  command_response: eaCalls.commandResponse,
  command_responses: eaCalls.commandResponses,
  events: eaTradeCalls.events,
}
const CHECKS: ReadonlyMap<string, Validator> = new Map(
  Object.keys(CALLS).map((name) => {
    const said = { ...commandEndpoints, ...tradeEndpoints } as Record<string, Endpoint>
    return [name, Compile(said[name]?.body ?? {})]
  }),
)
const BROKEN = 1006
/** Whoever hears nothing for so long gives the line up. */
const SILENCE_MS = 45_000

export class Sockets {
  readonly #parts: SocketParts

  constructor(parts: SocketParts) {
    this.#parts = parts
  }

  /** @returns null: the server could not be reached */
  open(account_id: number, line: Line, end: SocketEnd): Socket | null {
    const { house, network } = this.#parts
    const { services } = house
    if (services === null || network.isCut(line.there) || network.isCut(line.back)) return null
    return new Socket(this.#parts, services, account_id, line, end)
  }
}

export class Socket {
  readonly #parts: SocketParts
  readonly #services: Services
  readonly #account_id: number
  readonly #line: Line
  readonly #life: number
  readonly #end: SocketEnd
  readonly #ea: EaLine
  #open = true
  #client_knows = false
  #server_open = true
  readonly #last_at = { there: 0, back: 0 }
  #silence: Alarm | null = null
  readonly #unanswered = new Set<unknown>()

  constructor(parts: SocketParts, services: Services, account_id: number, line: Line, end: SocketEnd) {
    this.#parts = parts
    this.#services = services
    this.#account_id = account_id
    this.#line = line
    this.#life = parts.house.life
    this.#end = end
    const desk = services.desks.get(account_id)
    this.#ea = new EaLine({
      socket: this.#wire(),
      services,
      desk,
      actor: `key:ea${account_id}`,
      stillWelcome: async () => {},
    })
    this.#ea.start()
    this.#listen()
  }

  /** The client says something; a line that brings no reply for so long is dead, whatever else it brings. */
  say(message: Message): void {
    const { ref } = message
    this.#unanswered.add(ref)
    this.#parts.time.after(SILENCE_MS, () => {
      if (this.#unanswered.delete(ref)) this.#giveUp()
    })
    const text = JSON.stringify(message)
    this.#carry('there', this.#line.there, () => {
      this.#parts.time.stir()
      void this.#hear(JSON.parse(text) as Message)
    })
  }

  /** The client's process ends, or it has had enough: the server hears of it sooner or later. */
  leave(): void {
    this.#client_knows = true
    this.#silence?.cancel()
    this.#break()
  }

  get #alive(): boolean {
    return this.#open && this.#life === this.#parts.house.life
  }

  #wire(): EaWire {
    const socket = this
    return {
      OPEN: 1,
      get readyState() {
        // As far as the server knows: a line may be dead for a while before it finds out.
        return socket.#server_open ? 1 : 3
      },
      bufferedAmount: 0,
      send: (text: string) => socket.#push(JSON.parse(text) as Message),
      ping: () => socket.#carry('back', socket.#line.back, () => socket.#pinged()),
      close: (code?: number) => socket.#close(code ?? BROKEN),
    } as EaWire
  }

  /** In order: nothing overtakes what was said before it. A cut way breaks the line. */
  #carry(direction: 'there' | 'back', way: Way, arrive: () => void): void {
    const { time, network } = this.#parts
    if (!this.#alive || network.isCut(way)) {
      this.#break()
      return
    }
    const at = Math.max(this.#last_at[direction], time.now + network.delay())
    this.#last_at[direction] = at
    time.after(at - time.now, () => {
      if (direction === 'there') {
        if (this.#alive) arrive()
      } else if (!this.#client_knows) {
        this.#listen()
        arrive()
      }
    })
  }

  /** The client hears something, or gives the line up: a message that is held back holds up all behind it. */
  #listen(): void {
    this.#silence?.cancel()
    this.#silence = this.#parts.time.after(SILENCE_MS, () => this.#giveUp())
  }

  #giveUp(): void {
    this.#break()
    this.#clientHears(BROKEN)
  }

  #push(message: Message): void {
    if (message.type === 'commands') this.#told(ASKED_NOTHING, message)
    this.#carry('back', this.#line.back, () => {
      this.#unanswered.delete(message.ref)
      this.#end.heard(message)
    })
  }

  #pinged(): void {
    this.#end.pinged()
    this.#carry('there', this.#line.there, () => {
      this.#parts.time.stir()
      this.#ea.heard()
    })
  }

  async #hear(message: Message): Promise<void> {
    const arrived_at = this.#services.clock.now()
    const asked_at = this.#parts.time.now
    const told = await this.#answer(message, arrived_at)
    if (!this.#alive) return
    this.#told(message, told.body, told.http, asked_at)
    const { retry_after_ms } = told
    const retry = retry_after_ms === null ? {} : { retry_after_s: retry_after_ms / 1000 }
    this.#push({ ...told.body, type: 'reply', ref: message.ref, http: told.http, ...retry })
    // The reply first: an EA is pushed to only once it knows its epoch.
    if (message.type === 'connect' && told.http === 200) this.#ea.connected(message, told.body)
  }

  async #answer(message: Message, arrived_at: number): Promise<Told> {
    const name = String(message.type)
    try {
      const call = CALLS[name]
      if (!call || !CHECKS.get(name)?.Check(message)) throw new Refusal('NGTB_BODY_INVALID', name)
      this.#ea.anchored(message.mono_ms, arrived_at)
      const desk = this.#services.desks.get(this.#account_id)
      const actor = `key:ea${this.#account_id}`
      const body = await call({ services: this.#services, desk, actor, arrived_at }, message as never)
      return { http: 200, body: { ...body }, retry_after_ms: null }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { http, code, message: why, retry_after_s, more } = error
      const retry_after_ms = retry_after_s === undefined ? null : retry_after_s * 1000
      return { http, body: { status: 'error', error: code, message: why, ...more }, retry_after_ms }
    }
  }

  #told(message: Message, body: Message, http = 200, asked_at = this.#parts.time.now): void {
    const path = `/api/${String(message.type)}`
    const key = { account_id: this.#account_id, role: 'ea' } as const
    this.#parts.onTold(
      { port: 'command', method: 'POST', path, key, body: message },
      { http, body, retry_after_ms: null },
      asked_at,
    )
  }

  #close(code: number): void {
    this.#open = false
    this.#server_open = false
    this.#ea.stop()
    const { time, network } = this.#parts
    time.after(network.delay(), () => this.#clientHears(code))
  }

  /** Neither end is told: each finds out by itself, or by silence. */
  #break(): void {
    if (!this.#open) return
    const { time, network } = this.#parts
    this.#open = false
    time.after(Math.min(network.delay() * 4, SILENCE_MS), () => this.#clientHears(BROKEN))
    time.after(Math.min(network.delay() * 6, SILENCE_MS), () => {
      this.#server_open = false
      if (this.#life === this.#parts.house.life) this.#ea.stop()
    })
  }

  #clientHears(code: number): void {
    if (this.#client_knows) return
    this.#client_knows = true
    this.#silence?.cancel()
    this.#end.closed(code)
  }
}

const ASKED_NOTHING: Message = { type: 'push' }

export const isFencedClose = (code: number): boolean => code === EA_CLOSE.FENCED
