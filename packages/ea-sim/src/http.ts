// The wire: one JSON POST over a kept-open connection, with a deadline. Knows nothing of trading.

import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, Agent as TlsAgent } from 'node:https'
import type { Clock } from './clock.ts'

/** No answer: refused, reset, timed out. Whether the server acted on the message is unknown. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

export interface HttpReply {
  status: number
  /** Parsed JSON; null when the body is none. */
  body: unknown
  /** From the Retry-After header (seconds), in ms. */
  retry_after_ms: number | null
  latency_ms: number
}

const REPLY_BYTES_MAX = 16 * 1024 * 1024

/** Keep-alive with several sockets. node:http because fetch costs more per small request. */
export class HttpTransport {
  readonly #agent = new Agent({ keepAlive: true, noDelay: true, maxSockets: 16 })
  readonly #tls_agent = new TlsAgent({ keepAlive: true, noDelay: true, maxSockets: 16 })
  readonly #open = new Set<ClientRequest>()
  readonly #clock: Clock
  readonly #timeout_ms: number
  #destroyed = false

  constructor(clock: Clock, timeout_ms: number) {
    this.#clock = clock
    this.#timeout_ms = timeout_ms
  }

  /** @throws {NoAnswer} when there was no complete reply within the deadline. */
  post(url: URL, body: string, api_key: string | null): Promise<HttpReply> {
    if (this.#destroyed) return Promise.reject(new NoAnswer('the EA was stopped'))
    const bytes = Buffer.from(body)
    const began = this.#clock.now()
    const secure = url.protocol === 'https:'
    const headers = {
      'content-type': 'application/json',
      'content-length': bytes.length,
      ...(api_key !== null && { 'x-api-key': api_key }),
    }
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers, agent: secure ? this.#tls_agent : this.#agent }
      const request = (secure ? httpsRequest : httpRequest)(url, options)
      const cancel = this.#clock.after(this.#timeout_ms, () =>
        request.destroy(new Error(`no answer within ${this.#timeout_ms} ms`)),
      )
      this.#open.add(request)
      const finish = () => {
        cancel()
        this.#open.delete(request)
      }
      // No quiet second try here, not even on a stale socket: a lost answer must be seen and counted above.
      const noAnswer = (error: NodeJS.ErrnoException) => {
        finish()
        request.destroy()
        reject(new NoAnswer(`${url.host}${url.pathname}: ${error.message || error.code}`))
      }
      request.on('error', noAnswer)
      request.on('response', (response) => {
        readBody(response).then((text) => {
          finish()
          resolve(replyOf(response, text, this.#clock.now() - began))
        }, noAnswer)
      })
      request.end(bytes)
    })
  }

  /** Breaks off everything that is under way, and takes nothing more. */
  destroy(): void {
    this.#destroyed = true
    for (const request of this.#open) request.destroy(new Error('the EA was stopped'))
    this.#agent.destroy()
    this.#tls_agent.destroy()
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > REPLY_BYTES_MAX) throw new Error('the reply is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function replyOf(response: IncomingMessage, text: string, latency_ms: number): HttpReply {
  const seconds = Number(response.headers['retry-after'] ?? Number.NaN)
  const retry_after_ms = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
  return { status: response.statusCode ?? 0, body: parse(text), retry_after_ms, latency_ms }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
