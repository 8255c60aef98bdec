// The EA's socket, `/ws/ea`: texts out, replies by their `ref`, and whatever the server sends by itself.
import WebSocket from 'ws'
import type { Json } from '../language/dialogue.ts'
import type { Transcript } from '../outcome.ts'
import { type HttpAnswer, read, type ServerTarget } from './target.ts'

export type Arrival =
  | { kind: 'push'; body: Json }
  | { kind: 'closed'; code: number }
  | { kind: 'refused'; http: number }

export class EaSocket {
  readonly #socket: WebSocket
  readonly #who: string
  readonly #transcript: Transcript
  readonly #opened: Promise<void>
  readonly #replies = new Map<number, (answer: HttpAnswer) => void>()
  readonly #arrived: Arrival[] = []
  #ref = 0

  constructor(who: string, target: ServerTarget, key: string | null, transcript: Transcript) {
    this.#who = who
    this.#transcript = transcript
    this.#socket = new WebSocket(`ws://${target.host}:${target.ports.command}/ws/ea`, {
      headers: key === null ? {} : { 'x-api-key': key },
    })
    this.#opened = new Promise((resolve) => {
      this.#socket.once('open', resolve)
      this.#socket.once('close', () => resolve())
    })
    this.#socket.on('unexpected-response', (_request, response) =>
      this.#arrive({ kind: 'refused', http: response.statusCode ?? 0 }),
    )
    this.#socket.on('message', (data) => this.#hear(read(String(data))))
    this.#socket.on('close', (code) => this.#arrive({ kind: 'closed', code }))
    // What went wrong is told by `close` or `unexpected-response`.
    this.#socket.on('error', () => {})
  }

  /** Sends one text; resolves with the reply that names it. Never, when the socket closes first. */
  async ask(type: string, body: Readonly<Record<string, Json | undefined>>): Promise<HttpAnswer> {
    await this.#opened
    const ref = ++this.#ref
    const answer = new Promise<HttpAnswer>((resolve) => this.#replies.set(ref, resolve))
    this.#socket.send(JSON.stringify({ type, ref, ...body }))
    return answer
  }

  /** The next thing that came by itself, in order, or null. */
  next = (): Arrival | null => this.#arrived.shift() ?? null
  peek = (): Arrival | null => this.#arrived[0] ?? null

  close(): void {
    this.#socket.removeAllListeners('message')
    this.#socket.terminate()
  }

  #arrive(arrival: Arrival): void {
    this.#arrived.push(arrival)
    if (arrival.kind !== 'push') this.#transcript.say(this.#who, `<- ${arrival.kind}`, { ...arrival })
  }

  #hear(text: Json): void {
    const { type, ref, http } = text as { type?: Json; ref?: Json; http?: Json }
    if (type === 'reply') {
      const resolve = this.#replies.get(Number(ref))
      this.#replies.delete(Number(ref))
      resolve?.({ http: Number(http), body: text })
      return
    }
    this.#transcript.say(this.#who, '<- pushed', text)
    this.#arrive({ kind: 'push', body: text })
  }
}
