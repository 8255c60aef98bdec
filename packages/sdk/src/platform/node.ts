// Node: the environment, timers that need not keep the process alive, and ws as the socket.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { isSpanContextValid, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import WebSocket from 'ws'
import type { LinkDoor, LinkEvents, LiveLink, Platform } from './platform.ts'

export const platform: Platform = {
  setting: (name) => process.env[name] || undefined,
  home: 'http://127.0.0.1:9905',
  uuid: randomUUID,
  hold: (timer, held) => {
    if (held) timer.ref()
    else timer.unref()
  },
  unref_retries: true,
  traced: (name, attributes, work) =>
    trace
      .getTracer('@ngtb/sdk')
      .startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
        try {
          return await work(traceHeaders(span))
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) })
          throw error
        } finally {
          span.end()
        }
      }),
  openLink: (door, events) => new WsLink(door, events),
}

/** W3C Trace Context. Without an SDK in this process, and without a caller's span, there is nothing to say. */
function traceHeaders(span: Span): Record<string, string> {
  const { traceId, spanId, traceFlags } = span.spanContext()
  if (!isSpanContextValid(span.spanContext())) return {}
  return { traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}` }
}

class WsLink implements LiveLink {
  readonly #socket: WebSocket
  #wire: Socket | undefined
  #held = true

  constructor(door: LinkDoor, events: LinkEvents) {
    const socket = new WebSocket(door.url, {
      headers: { ...door.headers },
      handshakeTimeout: 10_000,
      perMessageDeflate: false,
    })
    this.#socket = socket
    let wish_ms = 0
    socket.on('upgrade', (response) => this.#took(response.socket))
    socket.on('open', () => events.opened())
    socket.on('message', (data) => events.heard(String(data)))
    socket.on('unexpected-response', (_, response) => {
      void textOf(response).then((text) => {
        wish_ms = events.refused({ status: response.statusCode ?? 0, headers: headersOf(response) }, text)
        socket.terminate()
      })
    })
    // 'close' always follows; without this listener an error would end the process.
    socket.on('error', () => {})
    const stop_pinging = keepAlive(socket, door.ping_interval_ms)
    socket.on('close', (code, reason) => {
      stop_pinging()
      this.#wire = undefined
      events.ended(code, String(reason), wish_ms)
    })
  }

  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  get paused(): boolean {
    return this.#socket.isPaused
  }

  send(text: string): void {
    this.#socket.send(text)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  hangUp(): void {
    if (this.open && !this.paused) {
      this.#socket.close(1000)
      setTimeout(() => this.#socket.terminate(), 250).unref()
    } else {
      this.#socket.terminate()
    }
  }

  hold(held: boolean): void {
    this.#held = held
    if (held) this.#wire?.ref()
    else this.#wire?.unref()
  }

  #took(wire: Socket): void {
    this.#wire = wire
    if (!this.#held) wire.unref()
  }
}

/** A half-open link never says so: a ping without any word in return within one interval ends it. */
function keepAlive(socket: WebSocket, interval_ms: number): () => void {
  let heard = true
  const alive = () => {
    heard = true
  }
  socket.on('pong', alive)
  socket.on('message', alive)
  const timer = setInterval(() => {
    // A paused socket reads nothing, pongs included: that is our own doing (L3).
    if (socket.readyState !== WebSocket.OPEN || socket.isPaused) return
    if (!heard) return socket.terminate()
    heard = false
    socket.ping()
  }, interval_ms)
  timer.unref()
  return () => clearInterval(timer)
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  response.setTimeout(2_000, () => response.destroy())
  try {
    for await (const chunk of response) if (text.length < 65_536) text += String(chunk)
  } catch {
    // The status alone says enough.
  }
  return text
}

function headersOf(response: IncomingMessage): Headers {
  const headers = new Headers()
  for (const name of ['retry-after', 'x-request-id']) {
    const value = response.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  return headers
}
