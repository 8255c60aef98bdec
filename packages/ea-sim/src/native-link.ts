// The native EA's link: HTTP on four ports, and the socket beside it while it lives. Knows nothing of commands.
//
//   L1. A word goes by the socket while there is one, else by HTTP: the same body, the same answer.
//   L2. Ticks, trades and logs wait until the session stands; facts of the journal do not.

import type { Clock } from './clock.ts'
import { HttpTransport, NoAnswer } from './http.ts'
import type { Line, Sent } from './link.ts'
import { DEFAULT_BACKOFF } from './link.ts'
import { type BackoffPolicy, verdictOf } from './model/backoff.ts'
import type { ServerReply } from './model/native/api.ts'
import type { Emit, NativeDriverOptions } from './native-options.ts'
import { accountOf, planeUrls } from './options.ts'
import { EaSocket, type SocketHandlers } from './socket.ts'
import type { EaStats } from './stats.ts'
import { TickLine } from './tick-line.ts'
import { type Account, EA_ENDPOINTS, type EndpointName } from './wire.ts'

export type Word =
  | 'connect'
  | 'heartbeat'
  | 'get_commands'
  | 'command_response'
  | 'command_responses'
  | 'disconnect'
  | 'events'

export interface NativeLinkContext {
  options: NativeDriverOptions
  clock: Clock
  random: () => number
  stats: EaStats
  emit: Emit
  signal: AbortSignal
}

export class NativeLink implements Line {
  readonly account: Account
  readonly clock: Clock
  readonly backoff: BackoffPolicy
  readonly random: () => number
  /** The key of this login; null before the first connect of an unknown one. */
  api_key: string | null
  latency_ms = 0
  readonly #context: NativeLinkContext
  readonly #urls: Record<EndpointName, URL>
  readonly #socket_url: URL
  readonly #transport: HttpTransport
  #socket: EaSocket | null = null
  #up = false
  #up_waiters: (() => void)[] = []

  constructor(context: NativeLinkContext) {
    const { options, clock, random } = context
    this.#context = context
    this.account = accountOf(options.account)
    this.clock = clock
    this.random = random
    this.backoff = options.backoff ?? DEFAULT_BACKOFF
    this.api_key = options.api_key ?? null
    // A long poll is answered late on purpose.
    const timeout_ms = (options.request_timeout_ms ?? 10_000) + (options.cadence?.wait_ms ?? 0)
    this.#transport = new HttpTransport(clock, timeout_ms)
    const planes = planeUrls(options)
    const urls = Object.entries(EA_ENDPOINTS).map(([name, at]) => [name, new URL(at.path, planes[at.plane])])
    this.#urls = Object.fromEntries(urls) as Record<EndpointName, URL>
    this.#socket_url = new URL('/ws/ea', planes.command)
    this.#socket_url.protocol = planes.command.protocol === 'https:' ? 'wss:' : 'ws:'
  }

  get has_socket(): boolean {
    return this.#socket?.is_open === true
  }

  get up(): boolean {
    return this.#up
  }

  setUp(up: boolean): void {
    this.#up = up
    if (up) for (const resolve of this.#up_waiters.splice(0)) resolve()
  }

  async whenUp(signal: AbortSignal): Promise<void> {
    if (this.#up || signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#up_waiters.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Null: the server has none, or does not take it now. */
  async openSocket(handlers: SocketHandlers): Promise<EaSocket | null> {
    const { api_key, clock } = this
    const { options, signal } = this.#context
    if (api_key === null) return null
    const { request_timeout_ms: timeout_ms = 10_000, silence_ms = 45_000 } = options
    const socket = await EaSocket.open({
      url: this.#socket_url,
      api_key,
      clock,
      timeout_ms,
      silence_ms,
      ...handlers,
    })
    if (signal.aborted) socket?.cut()
    return signal.aborted ? null : socket
  }

  /** A socket for the ticks of one run, beside this link's HTTP. */
  tickLine(run: string): TickLine {
    const { request_timeout_ms: timeout_ms = 10_000, push_retry_ms: retry_ms = 5_000 } = this.#context.options
    const url = new URL('/ws/ticks', this.#urls.ticks_batch)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const { account, clock } = this
    // L2.
    const api_key = () => (this.#up ? this.api_key : null)
    return new TickLine({ url, account, run, clock, timeout_ms, retry_ms, api_key })
  }

  /** From now on words go this way; null: by HTTP. */
  use(socket: EaSocket | null): void {
    if (this.#socket !== socket) this.#socket?.close()
    this.#socket = socket
  }

  /** One word of protocol 2; null: no reply, and nobody knows whether it was heard. */
  async say(word: Word, body: Record<string, unknown>): Promise<ServerReply | null> {
    const message = { account: this.account, ...body }
    const began = this.clock.now()
    const socket = this.#socket
    const reply = socket?.is_open === true ? await socket.say(word, message) : await this.#post(word, message)
    if (reply !== null) this.latency_ms = this.clock.now() - began
    return reply
  }

  /** Ticks, trades, logs. */
  async send(endpoint: EndpointName, body: string): Promise<Sent> {
    const { signal } = this.#context
    await this.whenUp(signal)
    if (signal.aborted) return { verdict: 'later', reply: null, cause: 'the EA was stopped' }
    return this.#request(endpoint, body)
  }

  /** One try, now: for a list that would be old by the time the session stands again. */
  sendNow(endpoint: EndpointName, body: string): Promise<Sent> {
    return this.#request(endpoint, body)
  }

  /** Nothing more goes out; what is under way breaks off. */
  destroy(): void {
    this.#up = false
    this.#socket?.cut()
    this.#socket = null
    this.#transport.destroy()
  }

  async #post(word: Word, message: Record<string, unknown>): Promise<ServerReply | null> {
    const { reply } = await this.#request(word, JSON.stringify(message))
    return reply && { http: reply.status, body: reply.body, retry_after_ms: reply.retry_after_ms }
  }

  async #request(endpoint: EndpointName, body: string): Promise<Sent> {
    const { stats, emit, signal } = this.#context
    try {
      const reply = await this.#transport.post(this.#urls[endpoint], body, this.api_key)
      stats.measured(endpoint, reply.latency_ms)
      const verdict = verdictOf(reply.status)
      if (verdict === 'taken') return { verdict, reply, cause: '' }
      stats.requests_failed++
      const cause = `${endpoint}: ${reply.status}`
      emit({ type: 'request_failed', endpoint, cause })
      return { verdict, reply, cause }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      stats.requests_failed++
      if (!signal.aborted) emit({ type: 'request_failed', endpoint, cause: error.message })
      return { verdict: 'later', reply: null, cause: error.message }
    }
  }
}
