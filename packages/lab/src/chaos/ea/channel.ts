// How the EA speaks to the server: by HTTP, or through `/ws/ea`, where commands come by themselves. The words are alike.
import type { ServerReply } from '@ngtb/ea-sim'
import { parseJson } from '@ngtb/protocol'
import { WebSocket } from 'ws'

/** The endpoints that both ways know. */
export type Word = 'connect' | 'heartbeat' | 'get_commands' | 'command_response' | 'command_responses'

export interface Channel {
  /** null: no answer came. */
  say(word: Word, body: object): Promise<ServerReply | null>
  close(): void
}

export interface Where {
  readonly api_key: string
  readonly port: number
}

const PATIENCE_MS = 1_500

export class HttpChannel implements Channel {
  readonly #where: Where

  constructor(where: Where) {
    this.#where = where
  }

  say(word: Word, body: object): Promise<ServerReply | null> {
    return post(this.#where, `/api/${word}`, body)
  }

  close(): void {}
}

export async function post(
  { api_key, port }: Where,
  path: string,
  body: object,
): Promise<ServerReply | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': api_key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const after_s = answer.headers.get('retry-after')
    const retry_after_ms = after_s === null ? null : Number(after_s) * 1000
    return { http: answer.status, body: parseJson(await answer.text()), retry_after_ms }
  } catch {
    return null
  }
}

export interface LineEvents {
  commands(message: unknown): void
  /** @param code of the close; 4409: fenced */
  lost(code: number): void
  /** A ping that was answered. */
  alive(): void
}

export class LineChannel implements Channel {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (reply: ServerReply | null) => void>()
  #count = 0

  private constructor(socket: WebSocket, events: LineEvents) {
    this.#socket = socket
    socket.on('message', (data) => this.#hear(String(data), events))
    socket.on('ping', () => events.alive())
    socket.on('close', (code) => {
      for (const heard of this.#waiting.values()) heard(null)
      this.#waiting.clear()
      events.lost(code)
    })
  }

  /** null: there is no line now. */
  static open({ api_key, port }: Where, events: LineEvents): Promise<LineChannel | null> {
    return new Promise((resolve) => {
      const headers = { 'x-api-key': api_key }
      const url = `ws://127.0.0.1:${port}/ws/ea`
      const socket = new WebSocket(url, { headers, handshakeTimeout: PATIENCE_MS })
      socket.on('error', () => resolve(null))
      socket.once('open', () => resolve(new LineChannel(socket, events)))
    })
  }

  say(word: Word, body: object): Promise<ServerReply | null> {
    return new Promise((resolve) => {
      const ref = ++this.#count
      const late = setTimeout(() => heard(null), PATIENCE_MS)
      const heard = (reply: ServerReply | null) => {
        clearTimeout(late)
        this.#waiting.delete(ref)
        resolve(reply)
      }
      this.#waiting.set(ref, heard)
      this.#socket.send(JSON.stringify({ ...body, type: word, ref }), (error) => error && heard(null))
    })
  }

  close(): void {
    this.#socket.terminate()
  }

  #hear(text: string, events: LineEvents): void {
    const message = parseJson(text) as { type: string; ref?: number; http?: number; retry_after_s?: number }
    if (message.type === 'commands') {
      events.commands(message)
      return
    }
    const { ref = 0, http = 0, retry_after_s } = message
    const retry_after_ms = retry_after_s === undefined ? null : retry_after_s * 1000
    this.#waiting.get(ref)?.({ http, body: message, retry_after_ms })
  }
}
