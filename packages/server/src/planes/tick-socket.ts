// /ws/ticks on 9901: a native EA's ticks in binary frames, numbered by run (P11).
//
//   S1. Frames of a socket are stored one after the other, so that their numbers come in order.
//   S2. After a frame that was not taken, those behind it are refused until it comes again: a gap is a loss only when
//       the sender says so by going on behind it.
//   S3. What a sender has under way is bounded: beyond it, the rest stays in his own buffer.
//   S4. A run that is opened on another line is that line's alone: what the older one still has under way is refused.
import {
  decodeTickFrame,
  describeFirst,
  EA_CLOSE,
  limits,
  parseJson,
  Refusal,
  TICK_FRAME_BYTES_MAX,
  TickFrameError,
  TickSocketOpen,
  TickSocketSymbols,
} from '@ngtb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import type { WebSocket } from 'ws'
import { eaOf, eaUpgrade, refusedReply } from './ea-upgrade.ts'
import type { TickHouse } from './ticks.ts'

const isOpen = Compile(TickSocketOpen)
const isSymbols = Compile(TickSocketSymbols)
const UNDER_WAY_MAX = 32
const UNDER_WAY_BYTES_MAX = 8 * 1024 * 1024
const PING_MS = 5_000

export const tickSocket = (app: FastifyInstance, house: TickHouse): Promise<void> =>
  eaUpgrade(app, house, {
    ...{ url: '/ws/ticks', bytes_max: TICK_FRAME_BYTES_MAX },
    open: (socket, request) => new TickSocket(socket, house, request).open(),
  })

class TickSocket {
  readonly #socket: WebSocket
  readonly #house: TickHouse
  readonly #request: FastifyRequest
  readonly #symbols: string[] = []
  #line: { run: string; opened: number } | null = null
  /** S2: where it must go on. */
  #failed_at: number | null = null
  #under_way = 0
  #under_way_bytes = 0
  #queue: Promise<void> = Promise.resolve()

  constructor(socket: WebSocket, house: TickHouse, request: FastifyRequest) {
    this.#socket = socket
    this.#house = house
    this.#request = request
  }

  open(): void {
    const socket = this.#socket
    const ping = setInterval(() => void this.#stillWelcome(), PING_MS) // sim-ok: the socket's own keep-alive
    ping.unref()
    socket.on('message', (data, is_binary) => this.#hear(data as Buffer, is_binary))
    socket.on('close', () => clearInterval(ping))
    socket.on('error', () => clearInterval(ping))
  }

  /** S3. */
  #hear(data: Buffer, is_binary: boolean): void {
    this.#holds(1, data.length)
    this.#queue = this.#queue
      .then(() => (is_binary ? this.#frame(data) : this.#word(String(data))))
      .finally(() => this.#holds(-1, -data.length))
  }

  #holds(messages: number, bytes: number): void {
    this.#under_way += messages
    this.#under_way_bytes += bytes
    const full = this.#under_way >= UNDER_WAY_MAX || this.#under_way_bytes >= UNDER_WAY_BYTES_MAX
    if (full !== this.#socket.isPaused) this.#socket[full ? 'pause' : 'resume']()
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
    const { account_id } = await eaOf(this.#house, this.#request, message)
    const run = message.run ?? this.#house.ids.uuid()
    const { next_seq, opened } = await this.#house.intake.openRun(account_id as number, run)
    this.#line = { run, opened }
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
      const { account_id, actor } = await eaOf(this.#house, this.#request)
      const line = this.#line
      if (line === null)
        throw new Refusal('NGTB_BODY_INVALID', 'send {type: "open", symbols: […]} before the first frame')
      const frame = decodeTickFrame(bytes, this.#symbols)
      ref = frame.ref
      first_seq = frame.first_seq
      if (this.#failed_at !== null && frame.first_seq !== this.#failed_at)
        throw new Refusal('NGTB_STREAM_GAP', `the frame from ${this.#failed_at} on was not taken`, {
          more: { expected_seq: this.#failed_at },
        })
      const { lost, ...taken } = await this.#house.intake.ingest({
        account_id: account_id as number,
        ticks: frame.ticks,
        batch_id: `${line.run}:${first_seq}`,
        numbers: { ...line, first_seq },
        actor,
      })
      this.#failed_at = null
      const next_seq = first_seq + frame.ticks.length
      this.#send({ type: 'ack', ref, ...taken, next_seq, ...(lost && { lost }) })
    } catch (error) {
      const refusal = this.#refuse(ref, error)
      // What can't be read is no better when it comes again: its numbers are lost, and the run goes on.
      const { http, code, more } = refusal
      if (http >= 500 || code === 'NGTB_RATE') this.#failed_at ??= first_seq
      if (code === 'NGTB_TICK_NUMBERS') this.#failed_at = Number(more.expected_seq)
      if (code === 'NGTB_FENCED') this.#socket.close(EA_CLOSE.FENCED, 'this run was opened on another line')
      if (KEY_GONE.has(refusal.code)) this.#socket.close(EA_CLOSE.KEY_GONE, refusal.code)
    }
  }

  #refuse(ref: unknown, error: unknown): Refusal {
    const known = error instanceof TickFrameError ? new Refusal('NGTB_BODY_INVALID', error.message) : error
    const { refusal, reply } = refusedReply(ref, known, this.#house, this.#request)
    this.#send(reply)
    return refusal
  }

  /** A key that expired or was revoked loses its socket, also when nothing is said. */
  async #stillWelcome(): Promise<void> {
    try {
      await eaOf(this.#house, this.#request)
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
    } catch (error) {
      if (error instanceof Refusal && error.http < 500) this.#socket.close(EA_CLOSE.KEY_GONE, error.code)
    }
  }

  #send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}

const KEY_GONE: ReadonlySet<string> = new Set(['NGTB_EA_KEY_INVALID', 'NGTB_EA_KEY_MISSING'])
