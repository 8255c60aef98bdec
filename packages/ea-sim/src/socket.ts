// The line to /ws/ea: requests with a ref and their replies, and what the server says by itself.
//
//   W1. A request without a reply in time is unknown, as a lost HTTP reply is.
//   W2. A line that was silent for `silence_ms`, or left a request without a reply for so long, is dead, whatever the
//       socket says: it is cut.
//   W3. Texts are heard one after the other: what a reply changes is done before the text behind it is looked at.

import { WebSocket } from 'ws'
import type { Clock } from './clock.ts'
import type { ServerReply } from './model/native/api.ts'
import { fieldsOf } from './model/native/commands-in.ts'

export interface SocketHandlers {
  /** A `commands` text. */
  onPush: (message: unknown) => void
  /** A ping of the server was answered. */
  onPing: () => void
  /** Closed, cut or silent; `code` is the close code. */
  onGone: (code: number) => void
}

export interface SocketOptions extends SocketHandlers {
  url: URL
  api_key: string
  clock: Clock
  timeout_ms: number
  silence_ms: number
}

const SILENT = 4000

export class EaSocket {
  readonly #socket: WebSocket
  readonly #options: SocketOptions
  readonly #waiting = new Map<number, (reply: ServerReply | null) => void>()
  #next_ref = 1
  #cancel_silence: () => void = () => undefined
  #gone = false

  private constructor(socket: WebSocket, options: SocketOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('message', (data) => this.#hear(String(data)))
    socket.on('ping', () => {
      this.#heard()
      options.onPing()
    })
    socket.on('close', (code) => this.#end(code))
    socket.on('error', () => socket.terminate())
    this.#heard()
  }

  /** Null: the upgrade failed or took too long. */
  static open(options: SocketOptions): Promise<EaSocket | null> {
    const { url, api_key, timeout_ms } = options
    return new Promise((resolve) => {
      const socket = new WebSocket(url, {
        headers: { 'x-api-key': api_key },
        handshakeTimeout: timeout_ms,
        maxPayload: 16 * 1024 * 1024,
        perMessageDeflate: false,
        // W3. A push may come in one packet with the reply to the connect that it belongs to.
        allowSynchronousEvents: false,
      })
      const failed = () => {
        socket.on('error', () => undefined)
        socket.terminate()
        resolve(null)
      }
      socket.once('error', failed)
      socket.once('open', () => {
        socket.off('error', failed)
        resolve(new EaSocket(socket, options))
      })
    })
  }

  get is_open(): boolean {
    return !this.#gone && this.#socket.readyState === WebSocket.OPEN
  }

  /** Null: nobody knows whether the server heard it. */
  say(type: string, body: Record<string, unknown>): Promise<ServerReply | null> {
    if (!this.is_open) return Promise.resolve(null)
    const ref = this.#next_ref++
    return new Promise((resolve) => {
      const { clock, timeout_ms, silence_ms } = this.#options
      const cancels = [
        clock.after(timeout_ms, () => resolve(null)),
        clock.after(silence_ms, () => this.#giveUp()),
      ]
      const settle = (reply: ServerReply | null) => {
        for (const cancel of cancels) cancel()
        this.#waiting.delete(ref)
        resolve(reply)
      }
      this.#waiting.set(ref, settle)
      this.#socket.send(JSON.stringify({ ...body, type, ref }))
    })
  }

  /** A clean goodbye. */
  close(): void {
    this.#socket.close(1000)
  }

  /** Gone at once, as a crash is. */
  cut(): void {
    this.#socket.terminate()
  }

  #hear(text: string): void {
    this.#heard()
    const message = fieldsOf(parse(text))
    if (message.type === 'commands') this.#options.onPush(message)
    if (message.type !== 'reply') return
    const { http, ref, retry_after_s } = message
    const retry_after_ms = typeof retry_after_s === 'number' ? retry_after_s * 1000 : null
    const status = typeof http === 'number' ? http : 0
    this.#waiting.get(Number(ref))?.({ http: status, body: message, retry_after_ms })
  }

  #heard(): void {
    const { clock, silence_ms } = this.#options
    this.#cancel_silence()
    if (this.#gone) return
    this.#cancel_silence = clock.after(silence_ms, () => this.#giveUp())
  }

  #giveUp(): void {
    this.#end(SILENT)
    this.#socket.terminate()
  }

  #end(code: number): void {
    if (this.#gone) return
    this.#gone = true
    this.#cancel_silence()
    for (const settle of [...this.#waiting.values()]) settle(null)
    this.#options.onGone(code)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
