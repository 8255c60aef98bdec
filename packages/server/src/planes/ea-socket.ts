// /ws/ea on 9900: a native EA's two-way line. What is said is what HTTP says (ea-calls.ts); commands come
// by themselves.
import { commandEndpoints, describeFirst, limits, parseJson, Refusal, tradeEndpoints } from '@ngtb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import type { WebSocket } from 'ws'
import type { Principal } from '../services/keys.ts'
import type { Services } from '../services/services.ts'
import * as ea from './ea-calls.ts'
import { EaLine } from './ea-line.ts'
import { events } from './ea-trade-calls.ts'
import { eaOf, eaUpgrade, refusedReply } from './ea-upgrade.ts'

/** The messages of the socket: each is the endpoint of that name, and answered as that. */
const CALLS: Record<string, (call: ea.EaCall, body: never) => Promise<object>> = {
  connect: ea.connect,
  heartbeat: ea.heartbeat,
  get_commands: ea.getCommands,
  command_response: ea.commandResponse,
  command_responses: ea.commandResponses,
  events,
  disconnect: ea.disconnect,
}
const SAID = { ...commandEndpoints, ...tradeEndpoints }
const CHECKS = new Map(
  Object.keys(CALLS).map((name) => {
    const { body } = (SAID as Record<string, { body?: object }>)[name] ?? {}
    return [name, Compile(body ?? {})] as const
  }),
)

export const eaSocket = (app: FastifyInstance, services: Services): Promise<void> =>
  eaUpgrade(app, services, {
    ...{ url: '/ws/ea', bytes_max: limits.body_bytes_max },
    open: (socket, request, principal) => new EaSocket(socket, services, request, principal).open(),
  })

class EaSocket {
  readonly #socket: WebSocket
  readonly #services: Services
  readonly #request: FastifyRequest
  readonly #principal: Principal
  readonly #line: EaLine
  readonly #gone = new AbortController()
  #in_hand = 0

  constructor(socket: WebSocket, services: Services, request: FastifyRequest, principal: Principal) {
    this.#socket = socket
    this.#services = services
    this.#request = request
    this.#principal = principal
    const desk = services.desks.get(principal.account_id as number)
    const stillWelcome = () => eaOf(services, request)
    this.#line = new EaLine({ socket, services, desk, actor: principal.actor, stillWelcome })
  }

  open(): void {
    const { socket, line } = { socket: this.#socket, line: this.#line }
    line.start()
    socket.on('message', (data) => void this.#hear(String(data)))
    socket.on('pong', () => line.heard())
    const leave = () => {
      this.#gone.abort()
      line.stop()
    }
    socket.on('close', leave)
    socket.on('error', leave)
  }

  /** Messages are taken as they come; more than a bound at once are left in the sender's own buffer. */
  async #hear(text: string): Promise<void> {
    this.#in_hand += 1
    if (this.#in_hand >= IN_HAND_MAX) this.#socket.pause()
    let ref: unknown = null
    try {
      const message = parseJson(text) as { type?: unknown; ref?: unknown } & Record<string, unknown>
      ref = message?.ref ?? null
      await this.#answer(message, ref)
    } catch (error) {
      this.#refuse(ref, error)
    } finally {
      this.#in_hand -= 1
      if (this.#socket.isPaused && this.#in_hand < IN_HAND_MAX) this.#socket.resume()
    }
  }

  async #answer(message: Record<string, unknown>, ref: unknown): Promise<void> {
    const name = String(message?.type)
    const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined
    const check = CHECKS.get(name)
    if (!call || !check)
      throw new Refusal('NGTB_BODY_INVALID', `type must be one of ${Object.keys(CALLS).join(', ')}`)
    if (!check.Check(message)) throw new Refusal('NGTB_BODY_INVALID', describeFirst(check.Errors(message)))
    const arrived_at = this.#services.clock.now()
    this.#line.anchored(message.mono_ms, arrived_at)
    const answer = await call(
      {
        services: this.#services,
        desk: this.#services.desks.get(this.#principal.account_id as number),
        actor: this.#principal.actor,
        arrived_at,
        gone: this.#gone.signal,
      },
      message as never,
    )
    this.#send({ type: 'reply', ref, http: 200, ...answer })
    // The reply first: an EA is pushed to only once it knows its epoch.
    if (name === 'connect') this.#line.connected(message, answer)
  }

  #refuse(ref: unknown, error: unknown): void {
    this.#send(refusedReply(ref, error, this.#services, this.#request).reply)
  }

  #send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}

/** Messages of one socket that are worked on at once. */
const IN_HAND_MAX = 256
