// The link to one server: key, connect, reconnect, and what every answer says about the link.
//
//   N1. The key of the first connect is kept and travels as X-API-Key with everything after it.
//   N2. No answer on the command port, or 401/403 anywhere, means the link is lost: reconnect with backoff.
//       Trouble on another port only makes its sender wait: to reconnect the command port would cure nothing.

import { type Clock, systemClock } from './clock.ts'
import { type HttpReply, HttpTransport, NoAnswer } from './http.ts'
import { type BackoffPolicy, backoffMs, type Verdict, verdictOf } from './model/backoff.ts'
import type { SymbolSpec } from './model/symbols.ts'
import type { EaEvent, SimulatedEaOptions } from './options.ts'
import { accountOf, planeUrls } from './options.ts'
import type { EaStats } from './stats.ts'
import { type Account, connectBody, EA_ENDPOINTS, type EndpointName } from './wire.ts'

/** What became of one attempt. `reply` is null when there was no answer. */
export interface Sent {
  verdict: Verdict
  reply: HttpReply | null
  cause: string
}

/** The server said no to the very first connect; trying again would not help. */
export class ConnectRefused extends Error {
  override readonly name = 'ConnectRefused'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export type Emit = (
  event: EaEvent extends infer E ? (E extends EaEvent ? Omit<E, 'at_ms'> : never) : never,
) => void

export interface LinkContext {
  options: SimulatedEaOptions
  symbols: Iterable<SymbolSpec>
  stats: EaStats
  emit: Emit
  /** Ends everything, also a reconnect that is under way. */
  signal: AbortSignal
  /** The link is up again after a loss. */
  onUp: () => void
}

/** What a sender needs of a link; the plain and the native EA have one each. */
export interface Line {
  readonly account: Account
  readonly clock: Clock
  readonly backoff: BackoffPolicy
  readonly random: () => number
  send(endpoint: EndpointName, body: string): Promise<Sent>
}

export const DEFAULT_BACKOFF: BackoffPolicy = { base_ms: 250, max_ms: 15_000 }

export class Link implements Line {
  readonly account: Account
  readonly clock: Clock
  readonly backoff: BackoffPolicy
  readonly random: () => number
  /** Connect's `settings`, as the server sent them last. */
  settings: unknown = null
  /** Round trip of the newest connect or heartbeat in ms. */
  latency_ms = 0
  readonly #context: LinkContext
  readonly #urls: Record<EndpointName, URL>
  readonly #transport: HttpTransport
  #api_key: string | null
  #up = false
  #up_waiters: (() => void)[] = []

  constructor(context: LinkContext) {
    const { options } = context
    this.#context = context
    this.account = accountOf(options.account)
    this.clock = options.clock ?? systemClock
    this.backoff = options.backoff ?? DEFAULT_BACKOFF
    this.random = options.random ?? Math.random // sim-ok: the default of a real run; a test hands in its own
    this.#api_key = options.api_key ?? null
    this.#transport = new HttpTransport(this.clock, options.request_timeout_ms ?? 10_000)
    const planes = planeUrls(options)
    const entries = Object.entries(EA_ENDPOINTS).map(([name, at]) => [
      name,
      new URL(at.path, planes[at.plane]),
    ])
    this.#urls = Object.fromEntries(entries) as Record<EndpointName, URL>
  }

  get up(): boolean {
    return this.#up
  }

  get api_key(): string | null {
    return this.#api_key
  }

  /**
   * The first connect: waits for a server that is away, for ever.
   * @throws {ConnectRefused} when the server is there and says no.
   */
  async open(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      const sent = await this.#connect()
      const status = sent.reply?.status ?? 0
      if (sent.verdict === 'taken' && this.#api_key === null)
        throw new ConnectRefused(status, `login ${this.account} is known to the server: give its api_key`)
      if (sent.verdict === 'taken') return this.#nowUp(false)
      if (sent.verdict !== 'later') throw new ConnectRefused(status, sent.cause)
      await this.clock.sleep(this.#waitAfter(attempt, sent), signal)
    }
    throw new ConnectRefused(0, 'stopped before the server answered')
  }

  /** One attempt; never throws. */
  async send(endpoint: EndpointName, body: string): Promise<Sent> {
    const sent = await this.#post(endpoint, body)
    const silent = sent.reply === null && EA_ENDPOINTS[endpoint].plane === 'command'
    if (silent || sent.verdict === 'locked_out') this.#lost(sent.cause)
    return sent
  }

  /** Resolves when the link is up or `signal` aborts. */
  async whenUp(signal: AbortSignal): Promise<void> {
    if (this.#up || signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#up_waiters.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Nothing more goes out; what is under way breaks off. */
  destroy(): void {
    this.#up = false
    this.#transport.destroy()
  }

  async #post(endpoint: EndpointName, body: string): Promise<Sent> {
    const { stats, emit, signal } = this.#context
    try {
      const reply = await this.#transport.post(this.#urls[endpoint], body, this.#api_key)
      stats.measured(endpoint, reply.latency_ms)
      const verdict = verdictOf(reply.status)
      if (verdict === 'taken') return { verdict, reply, cause: '' }
      stats.requests_failed++
      const cause = `${endpoint}: ${reply.status} ${sentenceOf(reply.body)}`
      emit({ type: 'request_failed', endpoint, cause })
      return { verdict, reply, cause }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      stats.requests_failed++
      if (!signal.aborted) emit({ type: 'request_failed', endpoint, cause: error.message })
      return { verdict: 'later', reply: null, cause: error.message }
    }
  }

  async #connect(): Promise<Sent> {
    const { options, symbols } = this.#context
    const broker_name = options.broker_name ?? 'Pepperstone'
    const sent = await this.#post(
      'connect',
      connectBody(this.account, broker_name, this.clock.now(), symbols),
    )
    if (sent.verdict !== 'taken') return sent
    const body = (sent.reply?.body ?? {}) as { api_key?: unknown; settings?: unknown }
    if (typeof body.api_key === 'string' && body.api_key !== '') this.#api_key = body.api_key
    this.settings = body.settings ?? this.settings
    this.latency_ms = sent.reply?.latency_ms ?? this.latency_ms
    return sent
  }

  #nowUp(again: boolean): void {
    const { stats, emit, options } = this.#context
    this.#up = true
    stats.connects++
    if (again) stats.reconnects++
    emit({ type: 'connected', again, enrolled: !again && options.api_key === undefined })
    for (const resolve of this.#up_waiters.splice(0)) resolve()
  }

  #lost(cause: string): void {
    const { signal, emit } = this.#context
    if (!this.#up || signal.aborted) return
    this.#up = false
    emit({ type: 'link_lost', cause })
    void this.#reconnect()
  }

  async #reconnect(): Promise<void> {
    const { signal, onUp } = this.#context
    let wait_ms = this.#waitAfter(0, null)
    for (let attempt = 1; ; attempt++) {
      await this.clock.sleep(wait_ms, signal)
      if (signal.aborted) return
      const sent = await this.#connect()
      if (signal.aborted) return
      if (sent.verdict === 'taken') break
      wait_ms = this.#waitAfter(attempt, sent)
    }
    this.#nowUp(true)
    onUp()
  }

  #waitAfter(attempt: number, sent: Sent | null): number {
    return Math.max(backoffMs(attempt, this.backoff, this.random), sent?.reply?.retry_after_ms ?? 0)
  }
}

function sentenceOf(body: unknown): string {
  const { error, message } = (body ?? {}) as { error?: unknown; message?: unknown }
  return [error, message].filter((part) => typeof part === 'string').join(': ')
}
