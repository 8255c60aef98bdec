// One store for the whole page: the newest quotes, where the link stands, and which seq was seen. Fed by one stream.
//
//   L1. What is shown is stale from the moment the link was lost until the server answers again; it says since when.
//   L2. Nothing is missed: the stream resumes by seq, and every event makes its answers be asked for again.
//   L3. A quote wakes only those who show it.
import type { Client, LiveEvent, LiveStream, MarketMessage, Timeframe } from '@ngtb/sdk'
import type { Quote } from './figures.ts'
import { keyText, type QueryKey, staleKeys } from './invalidate.ts'

export interface LinkState {
  readonly live: boolean
  /** Since when it is as it is; ms. */
  readonly since: number
  /** The server has answered before: now it is lost, not just beginning. */
  readonly was_live: boolean
  readonly seq: number | null
  /** When an event or quote came last. */
  readonly heard_at: number | null
}

/** What the store does with what it learns. */
export interface LiveEnds {
  now(): number
  invalidate(keys: readonly QueryKey[]): void
  /** The server answers again after a silence: what is not told by events is asked for anew. */
  back(): void
  /** The stream ended for good: the session is over, or the database went back. */
  ended(error: unknown): void
}

const GATHER_MS = 150

export class LiveStore {
  readonly #ends: LiveEnds
  readonly #quotes = new Map<string, Quote>()
  readonly #watchers = new Map<string, Set<() => void>>()
  readonly #listeners = new Set<(event: LiveEvent) => void>()
  readonly #market = new Set<(message: MarketMessage) => void>()
  readonly #stale = new Map<string, QueryKey>()
  #stream: LiveStream | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #link: LinkState

  constructor(ends: LiveEnds) {
    this.#ends = ends
    this.#link = { live: false, since: ends.now(), was_live: false, seq: null, heard_at: null }
  }

  /** Begins to listen; the returned function ends it. */
  start(client: Client): () => void {
    let over = false
    const stream = client.events({
      topics: ['connection', 'command', 'trade', 'log', 'alert'],
      on_link: ({ live }) => {
        if (!over) this.#linked(live, stream.last_seq)
      },
      on_market: (message) => this.#heardMarket(message),
    })
    this.#stream = stream
    stream.ask({ type: 'subscribe_ticks', mode: 'latest' })
    const attend = async () => {
      try {
        for await (const event of stream) this.#heard(event)
      } catch (error) {
        if (!over) this.#ends.ended(error)
      }
    }
    void attend()
    return () => {
      over = true
      clearTimeout(this.#timer)
      stream.close()
    }
  }

  /** Asks for candles on the one socket; they come to `onMarket`. The newest request replaces the one before. */
  askCandles(series: readonly { account: string; symbol: string; timeframe: Timeframe }[]): void {
    this.#stream?.ask({ type: 'subscribe_candles', series: [...series] })
  }

  link = (): LinkState => this.#link

  quote = (account: string, symbol: string): Quote | undefined => this.#quotes.get(`${account} ${symbol}`)

  /** Whose prices came so far, by name. */
  quoted(account: string): readonly string[] {
    const names = [...this.#quotes.keys()].filter((name) => name.startsWith(`${account} `))
    return names.map((name) => name.slice(account.length + 1)).sort()
  }

  /** Wakes at each quote of one symbol; `link`: at each change of the link. For useSyncExternalStore. */
  watch(what: 'link' | `${string} ${string}`, wake: () => void): () => void {
    const wakes = this.#watchers.get(what) ?? new Set()
    this.#watchers.set(what, wakes.add(wake))
    return () => {
      wakes.delete(wake)
    }
  }

  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  onMarket(listener: (message: MarketMessage) => void): () => void {
    this.#market.add(listener)
    return () => this.#market.delete(listener)
  }

  #linked(live: boolean, seq: number | undefined): void {
    const returned = live && this.#link.was_live
    this.#link = {
      ...this.#link,
      live,
      was_live: live || this.#link.was_live,
      since: this.#ends.now(),
      seq: seq ?? this.#link.seq,
    }
    this.#wake('link')
    if (returned) this.#ends.back()
  }

  #heard(event: LiveEvent): void {
    for (const key of staleKeys(event)) this.#stale.set(keyText(key), key)
    this.#timer ??= setTimeout(() => this.#tellStale(), GATHER_MS)
    this.#link = { ...this.#link, seq: Math.max(event.seq, this.#link.seq ?? 0), heard_at: this.#ends.now() }
    this.#wake('link')
    for (const listener of this.#listeners) listener(event)
  }

  #tellStale(): void {
    this.#timer = undefined
    const keys = [...this.#stale.values()]
    this.#stale.clear()
    this.#ends.invalidate(keys)
  }

  #heardMarket(message: MarketMessage): void {
    if (message.type === 'ticks') {
      const heard_at = this.#ends.now()
      for (const { symbol, bid, ask, time_ms } of message.ticks) {
        const name = `${message.account ?? ''} ${symbol}` as const
        this.#quotes.set(name, { bid, ask, time_ms, heard_at })
        this.#wake(name)
      }
    }
    for (const listener of this.#market) listener(message)
  }

  #wake(what: string): void {
    for (const wake of this.#watchers.get(what) ?? []) wake()
  }
}
