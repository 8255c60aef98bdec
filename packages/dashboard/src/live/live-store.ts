// One store for the whole page: the newest quotes, where the link stands, and which seq was seen. Fed by one stream.
//
//   L1. What is shown is stale from the moment the link was lost until the server answers again; it says since when.
//   L2. Nothing is missed: the stream resumes by seq, and every event makes its answers be asked for again.
//   L3. A quote wakes only those who show it.
//   L4. Quotes come of the accounts that are looked at, a few times a second: of a broker's hundred accounts a page
//       would be sent megabytes that it does not show.
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
/** L4. As often as a price can be read. */
const QUOTES_MS = 250

export class LiveStore {
  readonly #ends: LiveEnds
  readonly #quotes = new Map<string, Quote>()
  readonly #watchers = new Map<string, Set<() => void>>()
  readonly #listeners = new Set<(event: LiveEvent) => void>()
  readonly #market = new Set<(message: MarketMessage) => void>()
  readonly #stale = new Map<string, QueryKey>()
  /** L4: how many look at each account. */
  readonly #followed = new Map<string, number>()
  #asked = ''
  #asking: ReturnType<typeof setTimeout> | undefined
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
    this.#asked = ''
    this.#askQuotes()
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
      clearTimeout(this.#asking)
      this.#asking = undefined
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

  /** Quotes of all symbols of this account come until the returned function is called. */
  follow(account: string): () => void {
    this.#followed.set(account, (this.#followed.get(account) ?? 0) + 1)
    this.#askSoon()
    return () => {
      const left = (this.#followed.get(account) ?? 1) - 1
      if (left > 0) this.#followed.set(account, left)
      else this.#followed.delete(account)
      this.#askSoon()
    }
  }

  /**
   * Wakes at each quote of one symbol, which come from now on; `link`: at each change of the link.
   * For useSyncExternalStore.
   */
  watch(what: 'link' | `${string} ${string}`, wake: () => void): () => void {
    const wakes = this.#watchers.get(what) ?? new Set()
    this.#watchers.set(what, wakes.add(wake))
    const leave = what === 'link' ? () => {} : this.follow(what.slice(0, what.indexOf(' ')))
    return () => {
      wakes.delete(wake)
      leave()
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

  /** One page leaves and the next comes in one go: it is asked for what both have made of it. */
  #askSoon(): void {
    this.#asking ??= setTimeout(() => {
      this.#asking = undefined
      this.#askQuotes()
    })
  }

  #askQuotes(): void {
    const accounts = [...this.#followed.keys()].sort()
    if (this.#stream === undefined || accounts.join(' ') === this.#asked) return
    this.#asked = accounts.join(' ')
    this.#stream.ask(
      accounts.length === 0
        ? { type: 'subscribe_ticks', mode: 'off' }
        : { type: 'subscribe_ticks', mode: 'latest', interval_ms: QUOTES_MS, accounts },
    )
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
      for (const { account = message.account ?? '', symbol, bid, ask, time_ms } of message.ticks) {
        const name = `${account} ${symbol}` as const
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
