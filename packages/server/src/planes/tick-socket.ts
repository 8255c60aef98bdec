// /ws/ticks on 9901: a native EA's ticks in binary frames, numbered by run (P11).
//
//   S1. Frames of a socket are stored one after the other, so that their numbers come in order.
//   S2. After a frame that was not taken, those behind it are refused until it comes again: a gap is a loss only when
//       the sender says so by going on behind it.
//   S3. What a sender has under way is bounded: beyond it, the rest stays in his own buffer.
import websocket from '@fastify/websocket'
import {
  decodeTickFrame,
  describeFirst,
  EA_CLOSE,
  ERRORS,
  JsonRefused,
  limits,
  parseJson,
  Refusal,
  TickFrameError,
  TickSocketOpen,
  TickSocketSymbols,
  tickEndpoints,
} from '@ngtb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import type { WebSocket } from 'ws'
import type { Principal } from '../services/keys.ts'
import { authorize } from './auth.ts'
import { toRefusal } from './errors.ts'
import { rateCounters } from './rates.ts'
import type { TickHouse } from './ticks.ts'

const isOpen = Compile(TickSocketOpen)
const isSymbols = Compile(TickSocketSymbols)
const UNDER_WAY_MAX = 32
const PING_MS = 5_000

export async function tickSocket(app: FastifyInstance, house: TickHouse): Promise<void> {
  await app.register(websocket, { options: { maxPayload: limits.body_bytes_ticks_max } })
  const count = rateCounters(app, house.config)
  app.route({
    method: 'GET',
    url: '/ws/ticks',
    preValidation: async (request) => {
      try {
        principals.set(request, await admitted(house, request, {}))
      } catch (error) {
        // Guessing keys here is no cheaper than at any other door.
        if (error instanceof Refusal && error.http < 500) await count('keyless', request, request.ip)
        throw error
      }
    },
    handler: () => {
      throw new Refusal('NGTB_NOT_FOUND', '/ws/ticks is a WebSocket: open it with ws://')
    },
    wsHandler: (socket, request) => {
      const principal = principals.get(request)
      if (principal) new TickSocket(socket, house, request, principal).open()
      else socket.close(EA_CLOSE.KEY_GONE)
    },
  })
}

const principals = new WeakMap<FastifyRequest, Principal>()

async function admitted(house: TickHouse, request: FastifyRequest, body: unknown): Promise<Principal> {
  const principal = await authorize({ ...tickEndpoints.ticks_batch, access: 'ea' }, house, request, body)
  if (principal === null) throw new Refusal('NGTB_EA_KEY_MISSING')
  return principal
}

class TickSocket {
  readonly #socket: WebSocket
  readonly #house: TickHouse
  readonly #request: FastifyRequest
  readonly #principal: Principal
  readonly #symbols: string[] = []
  #run: string | null = null
  /** S2: where it must go on. */
  #failed_at: number | null = null
  #under_way = 0
  #queue: Promise<void> = Promise.resolve()

  constructor(socket: WebSocket, house: TickHouse, request: FastifyRequest, principal: Principal) {
    this.#socket = socket
    this.#house = house
    this.#request = request
    this.#principal = principal
  }

  open(): void {
    const socket = this.#socket
    const ping = setInterval(() => void this.#stillWelcome(), PING_MS) // sim-ok: the socket's own keep-alive
    ping.unref()
    socket.on('message', (data, is_binary) => this.#hear(data as Buffer, is_binary))
    socket.on('close', () => clearInterval(ping))
    socket.on('error', () => clearInterval(ping))
  }

  #hear(data: Buffer, is_binary: boolean): void {
    this.#under_way += 1
    if (this.#under_way >= UNDER_WAY_MAX) this.#socket.pause()
    this.#queue = this.#queue
      .then(() => (is_binary ? this.#frame(data) : this.#word(String(data))))
      .finally(() => {
        this.#under_way -= 1
        if (this.#socket.isPaused && this.#under_way < UNDER_WAY_MAX) this.#socket.resume()
      })
  }

  async #word(text: string): Promise<void> {
    let ref: unknown = null
    try {
      const message = parseJson(text) as { type?: unknown; ref?: unknown }
      ref = message?.ref ?? null
      if (message?.type === 'open') await this.#opened(message, ref)
      else this.#named(message, ref)
    } catch (error) {
      this.#refuse(ref, error)
    }
  }

  async #opened(message: object, ref: unknown): Promise<void> {
    if (!isOpen.Check(message)) throw new Refusal('NGTB_BODY_INVALID', describeFirst(isOpen.Errors(message)))
    const { account_id } = await admitted(this.#house, this.#request, message)
    const run = message.run ?? this.#house.ids.uuid()
    const next_seq =
      message.run === undefined ? 1 : await this.#house.intake.nextSeq(account_id as number, run)
    this.#run = run
    this.#failed_at = null
    this.#symbols.splice(0, this.#symbols.length, ...message.symbols)
    this.#send({ type: 'reply', ref, http: 200, run, next_seq, symbols: this.#symbols.length })
  }

  #named(message: unknown, ref: unknown): void {
    if (!isSymbols.Check(message))
      throw new Refusal(
        'NGTB_BODY_INVALID',
        'send {type: "open", symbols: […]}, {type: "symbols", symbols: […]} or a binary frame',
      )
    if (this.#symbols.length + message.symbols.length > limits.symbols_per_connect_max)
      throw new Refusal(
        'NGTB_BODY_INVALID',
        `at most ${limits.symbols_per_connect_max} symbols on one socket`,
      )
    this.#symbols.push(...message.symbols)
    this.#send({ type: 'reply', ref, http: 200, symbols: this.#symbols.length })
  }

  /** S1. */
  async #frame(bytes: Buffer): Promise<void> {
    let ref: number | null = null
    let first_seq: number | null = null
    try {
      const run = this.#run
      if (run === null)
        throw new Refusal('NGTB_BODY_INVALID', 'send {type: "open", symbols: […]} before the first frame')
      const frame = decodeTickFrame(bytes, this.#symbols)
      ref = frame.ref
      first_seq = frame.first_seq
      if (this.#failed_at !== null && frame.first_seq !== this.#failed_at)
        throw new Refusal('NGTB_STREAM_GAP', `the frame from ${this.#failed_at} on was not taken`, {
          more: { expected_seq: this.#failed_at },
        })
      const { lost, ...taken } = await this.#house.intake.ingest({
        account_id: this.#principal.account_id as number,
        ticks: frame.ticks,
        batch_id: `${run}:${first_seq}`,
        numbers: { run, first_seq },
        actor: this.#principal.actor,
      })
      this.#failed_at = null
      const next_seq = first_seq + frame.ticks.length
      this.#send({ type: 'ack', ref, ...taken, next_seq, ...(lost && { lost }) })
    } catch (error) {
      const refusal = this.#refuse(ref, error)
      // What can't be read is no better when it comes again: its numbers are lost, and the run goes on.
      if (refusal.http >= 500 || refusal.code === 'NGTB_RATE') this.#failed_at ??= first_seq
    }
  }

  #refuse(ref: unknown, error: unknown): Refusal {
    const refusal = refusalOf(error) ?? toRefusal(error, this.#house.log, this.#request)
    const { code, http, message, retry_after_s, more } = refusal
    this.#send({
      ...{ type: 'reply', ref, http, status: 'error', error: code },
      message: `${message}. ${ERRORS[code].hint}`,
      ...more,
      ...(retry_after_s === undefined ? {} : { retry_after_s }),
    })
    return refusal
  }

  /** A key that expired or was revoked loses its socket. */
  async #stillWelcome(): Promise<void> {
    try {
      await admitted(this.#house, this.#request, {})
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
    } catch (error) {
      if (error instanceof Refusal && error.http < 500) this.#socket.close(EA_CLOSE.KEY_GONE, error.code)
    }
  }

  #send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}

function refusalOf(error: unknown): Refusal | null {
  if (error instanceof JsonRefused) return new Refusal('NGTB_BODY_NOT_JSON', error.message)
  if (error instanceof TickFrameError) return new Refusal('NGTB_BODY_INVALID', error.message)
  return null
}
