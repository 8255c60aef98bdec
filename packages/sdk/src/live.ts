// The live window as an async iterable: one WebSocket after another, and to the reader it is one stream.
//
//   L1. It resumes behind the last seq it has seen; a durable event is never shown twice and never skipped.
//   L2. Quotes and heartbeat figures carry the seq they came behind: they are shown as they come.
//   L3. A reader that is slow makes the socket wait; nothing here grows beyond QUEUE_MAX.
//   L4. A refusal (key, scope, subscription) ends the stream with an NgtbError; silence and resets do not. Also a seq
//       that the server does not have yet: its database went back, and what we were told is no longer true.
//   L5. A socket that stays silent after a ping is given up, and another one is opened.

import {
  type CandlesMessage,
  type LiveEvent,
  parseJson,
  type SubscribeCandlesMessage,
  type SubscribeTicksMessage,
  type TicksMessage,
  type Topic,
} from '@ngtb/protocol'
import { platform } from '#platform'
import { NgtbError, type RefusalCode } from './errors.ts'
import { refusal } from './http.ts'
import type { LiveLink, Timer } from './platform/platform.ts'
import { pauses } from './retry.ts'

const QUEUE_MAX = 1_000
const QUEUE_RESUME = 100
const PING_INTERVAL_MS = 15_000
const STABLE_MS = 5_000

/** What to listen to. */
export interface EventsOptions {
  /** All five when left out. */
  topics?: readonly Topic[] | undefined
  /** Logins; the client's own account, else all that the key may see, when left out. */
  accounts?: readonly (string | number | bigint)[] | undefined
  /** Resume behind this seq, e.g. the last one your strategy has dealt with before it restarted. */
  after?: number | undefined
  /** Told when the server begins to answer, and when the link is lost; until then nothing newer is known. */
  on_link?: ((link: { live: boolean }) => void) | undefined
  /** Told what `stream.ask` asked for: quotes, ticks, candles. */
  on_market?: ((message: MarketMessage) => void) | undefined
}

export type MarketMessage = TicksMessage | CandlesMessage
export type MarketRequest = SubscribeTicksMessage | SubscribeCandlesMessage

export interface LiveDoor {
  url: string
  headers: Record<string, string>
  initial_delay_ms: number
  max_delay_ms: number
  ping_interval_ms?: number
  /** The server has begun to tell: what happened before is not among the events. */
  onBegun?: () => void
  onLink?: (link: { live: boolean }) => void
  onMarket?: (message: MarketMessage) => void
}

type Taker = { resolve: (next: IteratorResult<LiveEvent>) => void; reject: (error: unknown) => void }

/**
 * The events of the server, in order, across reconnects. Made by `client.events()`; listens from then on.
 * Leave the loop, or call `return()`, to close it: until then it keeps the process alive.
 * @example
 * for await (const event of client.events({ topics: ['trade'] })) {
 *   console.log(event.seq, event.account, event.data)
 *   if (event.topic === 'trade') break
 * }
 */
export class LiveStream implements AsyncIterableIterator<LiveEvent> {
  readonly #door: LiveDoor
  readonly #wanted: { topics: readonly Topic[]; accounts?: string[] }
  readonly #queue: LiveEvent[] = []
  readonly #takers: Taker[] = []
  readonly #asked = new Map<string, MarketRequest>()
  #link: LiveLink | undefined
  #timer: Timer | undefined
  #pause: () => number
  #last: number | undefined
  #told = false
  /** The server answers on this socket. */
  #live = false
  #ended = false
  #failure: Error | undefined
  #held = true

  constructor(door: LiveDoor, options: { topics: readonly Topic[]; accounts?: string[]; after?: number }) {
    this.#door = door
    this.#wanted = {
      topics: options.topics,
      ...(options.accounts ? { accounts: options.accounts } : {}),
    }
    this.#last = options.after
    this.#pause = pauses(door)
    this.#connect()
  }

  /** The last durable seq shown; pass it as `after` to go on from here another day. */
  get last_seq(): number | undefined {
    return this.#last
  }

  get ended(): boolean {
    return this.#ended
  }

  get connected(): boolean {
    return this.#link?.open ?? false
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<LiveEvent>> {
    const value = this.#queue.shift()
    if (this.#queue.length < QUEUE_RESUME && this.#link?.paused) this.#link.resume()
    if (value) return Promise.resolve({ value, done: false })
    if (this.#failure) {
      const failure = this.#failure
      this.#failure = undefined
      return Promise.reject(failure)
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve, reject) => this.#takers.push({ resolve, reject }))
  }

  return(): Promise<IteratorResult<LiveEvent>> {
    this.close()
    this.#queue.length = 0
    return Promise.resolve({ value: undefined, done: true })
  }

  throw(error: unknown): Promise<IteratorResult<LiveEvent>> {
    this.close()
    return Promise.reject(error)
  }

  /**
   * Quotes or candles on the same socket, asked for again after each reconnect; the newer request of a kind replaces
   * the older. They are told to `on_market`.
   * @example stream.ask({ type: 'subscribe_ticks', mode: 'latest' })
   */
  ask(request: MarketRequest): void {
    this.#asked.set(request.type, request)
    if (this.#link?.open) this.#link.send(JSON.stringify(request))
  }

  /** Ends the stream; a loop over it ends after the events already here. */
  close(): void {
    this.#end(undefined)
  }

  /** Lets the process end while this waits; `hold` takes that back. For the bell behind `settled()`. */
  release(): void {
    this.#hold(false)
  }

  hold(): void {
    this.#hold(true)
  }

  #hold(held: boolean): void {
    this.#held = held
    this.#link?.hold(held)
    if (this.#timer) platform.hold(this.#timer, held)
  }

  #connect(): void {
    const opened_at = performance.now()
    this.#link = platform.openLink(
      {
        url: this.#door.url,
        headers: this.#door.headers,
        ping_interval_ms: this.#door.ping_interval_ms ?? PING_INTERVAL_MS,
        question: () => this.#subscription(),
      },
      {
        opened: () => this.#subscribe(),
        heard: (text) => this.#heard(text),
        refused: (response, text) => this.#refused(response, text),
        ended: (code, reason, wish_ms) => {
          if (performance.now() - opened_at > STABLE_MS) this.#pause = pauses(this.#door)
          this.#lost(code, reason, wish_ms)
        },
      },
    )
    if (!this.#held) this.#link.hold(false)
  }

  #subscribe(): void {
    if (this.#queue.length >= QUEUE_MAX) this.#link?.pause()
    this.#link?.send(this.#subscription())
    for (const message of this.#asked.values()) this.#link?.send(JSON.stringify(message))
  }

  #subscription(): string {
    const after = this.#last === undefined ? {} : { after: this.#last }
    return JSON.stringify({ type: 'subscribe', ...this.#wanted, ...after })
  }

  #heard(text: string): void {
    if (this.#ended) return
    const message = parsed(text)
    if (message instanceof NgtbError) this.#end(message)
    else if (message.type === 'error') this.#end(liveError(message.code, message.detail ?? message.message))
    else if (message.type === 'ticks' || message.type === 'candles')
      this.#door.onMarket?.(message as unknown as MarketMessage)
    else if (typeof message.seq === 'number') {
      // The acknowledgement of a fresh subscription: a reset before the first event must not skip any (L1).
      if (typeof message.topic === 'string') this.#offer(message as LiveEvent)
      else this.#begun(message.seq)
    }
  }

  #begun(seq: number): void {
    this.#last ??= seq
    if (!this.#live) this.#door.onLink?.({ live: true })
    this.#live = true
    if (!this.#told) this.#door.onBegun?.()
    this.#told = true
  }

  #offer(event: LiveEvent): void {
    if (isDurable(event)) {
      if (this.#last !== undefined && event.seq <= this.#last) return
      this.#last = event.seq
    }
    const taker = this.#takers.shift()
    if (taker) taker.resolve({ value: event, done: false })
    else if (this.#queue.push(event) >= QUEUE_MAX) this.#link?.pause()
  }

  /** The door said no before any WebSocket; final when asking again is no use. Answers how long to wait. */
  #refused(response: { status: number; headers: Headers }, text: string): number {
    const error = refusal(response, text)
    const passing = error.status >= 500 || [408, 425, 429].includes(error.status)
    if (!passing) this.#end(error)
    return error.retry_after_ms ?? 0
  }

  #lost(code: number, reason: string, wish_ms: number): void {
    if (this.#live) this.#door.onLink?.({ live: false })
    this.#live = false
    if (this.#ended) return
    // 1008 and 4400…4499 are the server's "no"; everything else is a link that broke.
    if (code === 1008 || (code >= 4400 && code < 4500)) {
      this.#end(liveError(undefined, reason === '' ? `the server closed with ${code}` : reason))
    } else {
      this.#timer = setTimeout(() => this.#connect(), Math.max(this.#pause(), wish_ms))
      if (!this.#held) platform.hold(this.#timer, false)
    }
  }

  #end(failure: Error | undefined): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#timer)
    this.#link?.hangUp()
    const taker = failure ? this.#takers.shift() : undefined
    if (taker) taker.reject(failure)
    else this.#failure = failure
    for (const waiting of this.#takers.splice(0)) waiting.resolve({ value: undefined, done: true })
  }
}

type Message = Partial<LiveEvent> & { type?: string; code?: string; message?: string; detail?: string }

function parsed(text: string): Message | NgtbError {
  try {
    return parseJson(text) as Message
  } catch (error) {
    return liveError('NGTB_LIVE_MESSAGE', `not an event: ${text.slice(0, 80)}`, error)
  }
}

/**
 * Only these can be asked for again with `after`, and only these may be dropped as known (L1, L2).
 * A durable connection event names itself (`connection.lost`); the figures of a heartbeat do not.
 */
function isDurable({ topic, data }: LiveEvent): boolean {
  if (topic === 'connection') return typeof data.event === 'string' && !data.event.endsWith('heartbeat')
  return topic !== 'quote'
}

const liveError = (code: string | undefined, message = 'the live window refused', cause?: unknown) =>
  new NgtbError({ code: (code ?? 'NGTB_LIVE_REFUSED') as RefusalCode, status: 0, message, cause })
