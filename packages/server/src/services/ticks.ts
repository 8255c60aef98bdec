// The desk of ticks: what came while the last commit ran is the next group; the answer waits for its commit (P11).
import { tickTimeMs } from '@ngtb/core'
import { limits, Refusal, type Tick } from '@ngtb/protocol'
import type { TickBatch } from '../ports.ts'
import type { Connections } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'

export interface Quote {
  readonly symbol: string
  readonly bid: number
  readonly ask: number
  readonly time_ms: number
  readonly received_at: number
}

interface Waiting {
  readonly batch: TickBatch
  resolve(fresh: boolean): void
  reject(error: unknown): void
}

const GROUP_TICKS_MAX = 100_000
/** Groups on their way to the ledger at once: it writes one while we read the next. */
const GROUPS_MAX = 2
const WAITING_TICKS_MAX = 2_000_000
const QUOTE_FRESH_MS = 60_000
const DAY_MS = 86_400_000

export class Ticks {
  /** Rings after a commit with the newest quote of each symbol. */
  onQuotes: (account_id: number, quotes: readonly Quote[]) => void = () => {}
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #quotes = new Map<number, Map<string, Quote>>()
  #counts = new Map<number, number>()
  /** A commit's outcome was lost: its ticks may be stored all the same. */
  #counts_unsure = false
  #waiting: Waiting[] = []
  #waiting_ticks = 0
  #groups = 0

  constructor(ctx: Context, connections: Connections) {
    this.#ctx = ctx
    this.#connections = connections
  }

  async start(): Promise<void> {
    this.#counts = await this.#ctx.store.tickCounts()
  }

  /** Stores a batch; resolves after its commit with how many ticks were new. */
  async ingest(desk: Desk, ticks: readonly Tick[], batch_id: string | null, actor: string) {
    const received_at = this.#ctx.clock.now()
    const batch: TickBatch = { account_id: desk.account_id, batch_id, received_at, ticks: readTicks(ticks) }
    if (this.#waiting_ticks + ticks.length > WAITING_TICKS_MAX)
      throw new Refusal('NGTB_RATE', 'more ticks are waiting than the disk takes', { retry_after_s: 1 })
    const fresh = ticks.length === 0 && batch_id === null ? true : await this.#enqueue(batch)
    // The ticks are stored whatever becomes of the rest: a failure there is not the sender's.
    await this.#connections
      .alive(desk, 'tick_batch', actor)
      .catch((error) => this.#ctx.log.warn('sign of life not recorded', { error: String(error) }))
    if (fresh) await this.#stored(desk, batch)
    return { processed: fresh ? ticks.length : 0, duplicates: fresh ? 0 : ticks.length }
  }

  /** The newest quote while it is fresh; admission checks stops against it. */
  quote(account_id: number, symbol: string): Quote | undefined {
    const quote = this.#quotes.get(account_id)?.get(symbol)
    return quote && this.#ctx.clock.now() - quote.received_at < QUOTE_FRESH_MS ? quote : undefined
  }

  count(account_id: number): number {
    return this.#counts.get(account_id) ?? 0
  }

  total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  #enqueue(batch: TickBatch): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject })
      this.#waiting_ticks += batch.ticks.length
      if (this.#groups < GROUPS_MAX) void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#groups += 1
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      try {
        const fresh = await this.#ctx.store.ingest(group.map(({ batch }) => batch))
        await this.#count(group.filter((_, at) => fresh[at]))
        for (const [at, waiting] of group.entries()) waiting.resolve(fresh[at] ?? false)
      } catch (error) {
        this.#counts_unsure = true
        if (!(error instanceof Refusal))
          this.#ctx.log.error('ticks were not stored', { error: String(error) })
        for (const waiting of group) waiting.reject(error)
      }
    }
    this.#groups -= 1
  }

  async #count(stored: Waiting[]): Promise<void> {
    const known = this.#counts_unsure ? await this.#ctx.store.tickCounts().catch(() => null) : null
    if (known) {
      this.#counts = known
      this.#counts_unsure = false
      return
    }
    for (const { batch } of stored)
      this.#counts.set(batch.account_id, this.count(batch.account_id) + batch.ticks.length)
  }

  #takeGroup(): Waiting[] {
    let ticks = 0
    let size = 0
    for (const { batch } of this.#waiting) {
      if (size > 0 && ticks + batch.ticks.length > GROUP_TICKS_MAX) break
      ticks += batch.ticks.length
      size++
    }
    this.#waiting_ticks -= ticks
    return this.#waiting.splice(0, size)
  }

  async #stored(desk: Desk, batch: TickBatch): Promise<void> {
    const quotes = this.#quotes.get(desk.account_id) ?? new Map<string, Quote>()
    this.#quotes.set(desk.account_id, quotes)
    const news = new Map<string, Quote>()
    let newest_ms = 0
    for (const { symbol, bid, ask, time_ms } of batch.ticks) {
      newest_ms = Math.max(newest_ms, time_ms)
      news.set(symbol, { symbol, bid, ask, time_ms, received_at: batch.received_at })
    }
    for (const quote of news.values()) quotes.set(quote.symbol, quote)
    if (news.size > 0) this.onQuotes(desk.account_id, [...news.values()])
    await this.#connections
      .learnOffset(desk, newest_ms, batch.received_at)
      .catch((error) => this.#ctx.log.warn('broker offset not updated', { error: String(error) }))
  }
}

/** @throws {Refusal} NGTB_TICK_TIME, NGTB_TICK_SPREAD_OF_DAYS */
function readTicks(ticks: readonly Tick[]): TickBatch['ticks'] {
  const days = new Set<number>()
  const read = ticks.map(({ symbol, bid, ask, timestamp, volume }, at) => {
    const time_ms = tickTimeMs(timestamp)
    if (time_ms < limits.time_ms_min || time_ms >= limits.time_ms_max)
      throw new Refusal('NGTB_TICK_TIME', `ticks.${at}.timestamp ${timestamp} lies outside 2000 … 2100`)
    days.add(Math.floor(time_ms / DAY_MS))
    return { symbol, bid, ask, time_ms, volume: volume ?? 0 }
  })
  if (days.size > limits.new_days_per_request_max) throw new Refusal('NGTB_TICK_SPREAD_OF_DAYS')
  return read
}
