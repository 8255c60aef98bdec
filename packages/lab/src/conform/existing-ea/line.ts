// The existing EA's WebRequest: one POST at a time over real HTTP, what was sent and answered, and faults on demand.
import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { nowMs } from '../../support/measure.ts'
import { decodeAnsi, encodeAnsi } from './ansi.ts'
import { Gone } from './thread.ts'

export interface Ports {
  readonly command: number
  readonly ticks: number
  readonly trades: number
  readonly logs: number
}

export interface LineOptions {
  readonly host: string
  readonly ports: Ports
  readonly timeout_ms: number
  /** What WebRequest returns when there is no connection: -1 in old terminals, 1001 or 1003 in newer ones. */
  readonly trouble_code: number
  /** A ServerURL that ends with `/`: the command port then sees `//api/...`. */
  readonly trailing_slash: boolean
}

export interface Call {
  readonly port: keyof Ports
  readonly path: string
  readonly body: string
  /** As X-API-Key. */
  readonly key?: string
  readonly timeout_ms?: number
}

export interface Answer {
  /** As the EA sees it: an HTTP status, or the code for trouble. */
  readonly status: number
  readonly text: string
}

export interface Sent {
  readonly port: keyof Ports
  readonly path: string
  /** The X-API-Key header, null when it was not sent. */
  readonly key: string | null
  readonly body: Buffer
  /** As the EA saw it; null while the answer is awaited. */
  status: number | null
}

const SENT_MAX = 10_000
/** A backlog of ticks is sent again and again, in one body each time. */
const SENT_BYTES_MAX = 256 * 1024 * 1024
const ANSWERS_MAX = 100_000
/** An idle connection is closed before a server does it, so that none is lost to a race between the two. */
const IDLE_MS = 4_000
const SUCCESS = 200

export class Line {
  /** No request leaves. */
  offline = false
  readonly requests = new Map<string, number>()
  readonly statuses = new Map<number, number>()
  /** The newest requests, oldest first. */
  readonly sent: Sent[] = []
  /** How long the newest answers took, in ms. */
  readonly answers: number[] = []
  readonly #options: LineOptions
  readonly #agent = new Agent({ keepAlive: true, noDelay: true, timeout: IDLE_MS })
  readonly #life = new AbortController()
  readonly #lost = new Map<string, number>()
  readonly #unheard = new Map<string, number>()
  readonly #broken = new Map<string, number>()
  #sent_bytes = 0

  constructor(options: LineOptions) {
    this.#options = options
  }

  /** The next requests are made, their answers thrown away as if the connection had broken. */
  loseAnswers(path: string, times: number): void {
    this.#lost.set(path, (this.#lost.get(path) ?? 0) + times)
  }

  /** The next requests are made, and their connections break before an answer can come. */
  breakOff(path: string, times: number): void {
    this.#broken.set(path, (this.#broken.get(path) ?? 0) + times)
  }

  /** The next requests never arrive: what the EA does not repeat is never heard of. */
  loseRequests(path: string, times: number): void {
    this.#unheard.set(path, (this.#unheard.get(path) ?? 0) + times)
  }

  /** @throws {Gone} when the EA ended meanwhile */
  async post(call: Call): Promise<Answer> {
    if (this.#life.signal.aborted) throw new Gone()
    if (this.offline || this.#counts(this.#unheard, call.path))
      return { status: this.#options.trouble_code, text: '' }
    const sent: Sent = {
      port: call.port,
      path: call.path,
      key: call.key ?? null,
      body: encodeAnsi(call.body),
      status: null,
    }
    this.#keep(sent)
    const began = nowMs()
    const received = await this.#exchange(sent, call.timeout_ms ?? this.#options.timeout_ms)
    if (this.#life.signal.aborted) throw new Gone()
    if (received) this.answers.push(nowMs() - began)
    if (this.answers.length > ANSWERS_MAX) this.answers.shift()
    const answer = received && !this.#counts(this.#lost, call.path) ? received : null
    sent.status = answer?.status ?? this.#options.trouble_code
    this.statuses.set(sent.status, (this.statuses.get(sent.status) ?? 0) + 1)
    return answer ?? { status: sent.status, text: '' }
  }

  /** @throws {Gone} when the EA ended meanwhile */
  async sleep(ms: number): Promise<void> {
    const { signal } = this.#life
    try {
      await wait(ms, undefined, { signal })
    } catch {
      throw new Gone()
    }
  }

  /** What is under way is broken off, and nothing leaves any more. */
  cut(): void {
    this.#life.abort()
    this.#agent.destroy()
  }

  #counts(faults: Map<string, number>, path: string): boolean {
    const left = faults.get(path) ?? 0
    if (left > 0) faults.set(path, left - 1)
    return left > 0
  }

  #keep(sent: Sent): void {
    this.requests.set(sent.path, (this.requests.get(sent.path) ?? 0) + 1)
    this.sent.push(sent)
    this.#sent_bytes += sent.body.length
    while (this.sent.length > SENT_MAX || (this.#sent_bytes > SENT_BYTES_MAX && this.sent.length > 1))
      this.#sent_bytes -= this.sent.shift()?.body.length ?? 0
  }

  /** @returns null without a complete answer in time */
  #exchange(sent: Sent, timeout_ms: number): Promise<Answer | null> {
    const { host, ports, trailing_slash } = this.#options
    const options = {
      host,
      port: ports[sent.port],
      path: trailing_slash && sent.port === 'command' ? `/${sent.path}` : sent.path,
      method: 'POST',
      agent: this.#agent,
      signal: this.#life.signal,
      headers: {
        'Content-Type': 'application/json',
        ...(sent.key !== null && { 'X-API-Key': sent.key }),
        Accept: '*/*',
        'User-Agent': 'MetaTrader 5 Terminal',
        'Content-Length': sent.body.length,
      },
    }
    return new Promise((resolve) => {
      // No second try, not even on a stale connection: what the EA does not repeat is not repeated here.
      const request = httpRequest(options, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          finish({ status: response.statusCode ?? 0, text: decodeAnsi(Buffer.concat(parts)) }),
        )
        response.on('error', () => finish(null))
        response.on('close', () => finish(null))
      })
      const timer = setTimeout(() => request.destroy(), timeout_ms)
      const finish = (answer: Answer | null) => {
        clearTimeout(timer)
        resolve(answer)
      }
      request.on('error', () => finish(null))
      request.on('close', () => finish(null))
      if (!this.#counts(this.#broken, sent.path)) request.end(sent.body)
      else request.end(sent.body, () => request.destroy())
    })
  }
}

export const succeeded = ({ status }: Answer): boolean => status === SUCCESS
