// The line to /ws/ticks: ticks in binary frames, acknowledged one by one (docs/spec/tick-batching.md).
//
//   T1. A frame has the name that its batch has over HTTP, the run and its first number: what was sent over the one may
//       be sent again over the other, and is stored once.
//   T2. A frame without a word in time is unknown; its line is cut, so that nothing of it comes late.
//   T3. What a new line says is stored is not sent again.
import { encodeTickFrame } from '@ngtb/protocol'
import { WebSocket } from 'ws'
import type { Clock } from './clock.ts'
import type { Sent } from './link.ts'
import { verdictOf } from './model/backoff.ts'
import { fieldsOf, whole } from './model/native/commands-in.ts'
import type { Tick } from './model/ticks.ts'
import type { Account } from './wire.ts'

export interface TickLineOptions {
  readonly url: URL
  readonly account: Account
  readonly run: string
  readonly clock: Clock
  readonly timeout_ms: number
  /** A server that did not take the line is asked again after so long. */
  readonly retry_ms: number
  /** Null: not now. */
  api_key(): string | null
}

type Word = Readonly<Record<string, unknown>>

export class TickLine {
  readonly #options: TickLineOptions
  #socket: WebSocket | null = null
  readonly #places = new Map<string, number>()
  readonly #waiting = new Map<number, (word: Word | null) => void>()
  #stored_below = 0
  #ref = 0
  #tried_ms = Number.NEGATIVE_INFINITY
  #ended = false

  constructor(options: TickLineOptions) {
    this.#options = options
  }

  get is_open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** Null: there is no line now. One at a time. */
  async send(ticks: readonly Tick[], first_seq: number): Promise<Sent | null> {
    if (this.#options.api_key() === null || !(await this.#opened(ticks))) return null
    if (first_seq + ticks.length <= this.#stored_below) return taken({}) // T3
    this.#name(ticks)
    const ref = ++this.#ref
    const rows = ticks.map(({ symbol, bid, ask, time_ms, volume }) => ({
      ...{ symbol, bid, ask, timestamp: time_ms, volume },
    }))
    const frame = encodeTickFrame({ ref, first_seq, ticks: rows }, (symbol) => this.#places.get(symbol) ?? -1)
    const word = await this.#say(ref, frame)
    if (word === null) return { verdict: 'later', reply: null, cause: '/ws/ticks: no word of a frame' }
    if (word.type === 'ack') return taken(word)
    const status = whole(word.http) ?? 0
    // All of it is stored: an earlier answer was lost.
    if ((whole(word.expected_seq) ?? 0) >= first_seq + ticks.length) return taken(word)
    const retry_after_ms = typeof word.retry_after_s === 'number' ? word.retry_after_s * 1_000 : null
    const reply = { status, body: word, retry_after_ms, latency_ms: 0 }
    return { verdict: verdictOf(status), reply, cause: `/ws/ticks: ${status} ${String(word.error)}` }
  }

  end(): void {
    this.#ended = true
    this.#cut()
  }

  async #opened(ticks: readonly Tick[]): Promise<boolean> {
    if (this.is_open) return true
    const { clock, retry_ms, api_key, account, run } = this.#options
    const key = api_key()
    if (this.#ended || key === null || clock.now() - this.#tried_ms < retry_ms) return false
    this.#tried_ms = clock.now()
    const socket = await this.#connect(key)
    if (socket === null || this.#ended) {
      socket?.terminate()
      return false
    }
    this.#socket = socket
    this.#places.clear()
    for (const { symbol } of ticks) this.#place(symbol)
    const ref = ++this.#ref
    const open = { type: 'open', ref, account, run, symbols: [...this.#places.keys()] }
    const word = await this.#say(ref, JSON.stringify(open))
    if (word?.http !== 200) {
      this.#cut()
      return false
    }
    this.#stored_below = whole(word.next_seq) ?? 0
    this.#tried_ms = Number.NEGATIVE_INFINITY
    return true
  }

  #connect(key: string): Promise<WebSocket | null> {
    const { url, timeout_ms } = this.#options
    return new Promise((resolve) => {
      const socket = new WebSocket(url, {
        headers: { 'x-api-key': key },
        handshakeTimeout: timeout_ms,
        perMessageDeflate: false,
      })
      socket.on('message', (data) => this.#hear(socket, String(data)))
      socket.once('open', () => resolve(socket))
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        resolve(null)
        if (this.#socket === socket) this.#cut()
      })
    })
  }

  /** Symbols of this frame that the server does not know by a place yet. */
  #name(ticks: readonly Tick[]): void {
    const fresh = new Set(ticks.map(({ symbol }) => symbol).filter((symbol) => !this.#places.has(symbol)))
    if (fresh.size === 0) return
    for (const symbol of fresh) this.#place(symbol)
    this.#socket?.send(JSON.stringify({ type: 'symbols', symbols: [...fresh] }))
  }

  #place(symbol: string): void {
    if (!this.#places.has(symbol)) this.#places.set(symbol, this.#places.size)
  }

  /** T2. */
  #say(ref: number, message: string | Uint8Array): Promise<Word | null> {
    const { clock, timeout_ms } = this.#options
    return new Promise((resolve) => {
      const cancel = clock.after(timeout_ms, () => this.#cut())
      this.#waiting.set(ref, (word) => {
        cancel()
        this.#waiting.delete(ref)
        resolve(word)
      })
      this.#socket?.send(message)
    })
  }

  #hear(socket: WebSocket, text: string): void {
    if (this.#socket !== null && this.#socket !== socket) return
    const word = fieldsOf(parse(text))
    this.#waiting.get(Number(word.ref))?.(word)
  }

  #cut(): void {
    this.#socket?.terminate()
    this.#socket = null
    for (const settle of [...this.#waiting.values()]) settle(null)
  }
}

const taken = (body: Word): Sent => ({
  verdict: 'taken',
  reply: { status: 200, body, retry_after_ms: null, latency_ms: 0 },
  cause: '',
})

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
