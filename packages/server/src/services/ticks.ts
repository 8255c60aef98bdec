// The desk of ticks: what the house makes of those that are stored. Signs of life, counts, the newest quotes, the
// broker's offset.
import { QUOTE_FRESH_MS, type QuoteTimes } from '@ngtb/core'
import type { TickCount, TickGap } from '../ports.ts'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { Quote, TickNews } from './tick-intake.ts'

const NOTHING: TickCount = { ticks: 0, lost: 0 }

export class Ticks {
  /** Rings after a commit with the newest quote of each symbol. */
  onQuotes: (account_id: number, quotes: readonly Quote[]) => void = () => {}
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #quotes = new Map<number, Map<string, Quote>>()
  readonly #times = new Map<number, QuoteTimes>()
  #counts = new Map<number, TickCount>()
  #counts_unsure = false

  constructor(ctx: Context, connections: Connections) {
    this.#ctx = ctx
    this.#connections = connections
  }

  async start(): Promise<void> {
    this.#counts = await this.#ctx.store.tickCounts()
  }

  /** Ticks are stored and their senders answered: what fails here is not theirs to hear. */
  async hear(news: readonly TickNews[]): Promise<void> {
    const now = this.#ctx.clock.now()
    for (const one of news) this.#measure(one, now)
    await this.#count(news)
    await Promise.all(news.map((of_one) => this.#heard(of_one)))
  }

  #measure({ kind, ticks, batches, losses }: TickNews, now: number): void {
    const { meter, metrics } = this.#ctx
    meter.ticks.add(now, ticks)
    if (kind !== 'tick_batch') return
    metrics.count('ngtb_ticks_stored_total', ticks)
    metrics.count('ngtb_tick_batches_total', batches)
    metrics.observe('ngtb_tick_group_ticks', ticks)
    for (const gap of losses) metrics.count('ngtb_ticks_lost_total', sizeOf(gap))
  }

  /** A commit's outcome was lost: the counts are read again with the next word. */
  doubt(): void {
    this.#counts_unsure = true
  }

  /** The newest quote while it is fresh; admission checks stops against it. */
  quote(account_id: number, symbol: string): Quote | undefined {
    const quote = this.#quotes.get(account_id)?.get(symbol)
    return quote && this.#ctx.clock.now() - quote.received_at < QUOTE_FRESH_MS ? quote : undefined
  }

  /** When quotes came; null: none since this server began. */
  times(account_id: number): QuoteTimes | null {
    return this.#times.get(account_id) ?? null
  }

  count(account_id: number): TickCount {
    return this.#counts.get(account_id) ?? NOTHING
  }

  async #count(news: readonly TickNews[]): Promise<void> {
    const known = this.#counts_unsure ? await this.#ctx.store.tickCounts().catch(() => null) : null
    if (known) {
      this.#counts = known
      this.#counts_unsure = false
    } else
      for (const { account_id, ticks, losses } of news) {
        const before = this.count(account_id)
        const lost = before.lost + losses.reduce((sum, gap) => sum + sizeOf(gap), 0)
        this.#counts.set(account_id, { ticks: before.ticks + ticks, lost })
      }
  }

  async #heard(news: TickNews): Promise<void> {
    const { account_id, actor, received_at, kind, batches, losses, quotes } = news
    const latest = this.#quotes.get(account_id) ?? new Map<string, Quote>()
    this.#quotes.set(account_id, latest)
    let newest_ms = 0
    for (const quote of quotes) {
      // Of two groups the later may be told first.
      if ((latest.get(quote.symbol)?.received_at ?? 0) <= quote.received_at) latest.set(quote.symbol, quote)
      newest_ms = Math.max(newest_ms, quote.time_ms)
    }
    if (quotes.length > 0) {
      this.#quoted(account_id, received_at)
      this.onQuotes(account_id, quotes)
    }
    const desk = this.#ctx.desks.get(account_id)
    try {
      await this.#connections.alive(desk, kind, actor, null, batches)
      if (losses.length > 0) await this.#tellLosses(desk, losses, actor)
      if (newest_ms > 0) await this.#connections.learnOffset(desk, newest_ms, received_at)
    } catch (error) {
      this.#ctx.log.warn('what ticks tell of a connection was not recorded', { error: String(error) })
    }
  }

  #quoted(account_id: number, received_at: number): void {
    const before = this.times(account_id)
    const goes_on = before !== null && received_at - before.newest_at < QUOTE_FRESH_MS
    this.#times.set(account_id, {
      newest_at: Math.max(received_at, before?.newest_at ?? 0),
      fresh_since: goes_on ? before.fresh_since : received_at,
    })
  }

  /** P11: never silent. The ranges themselves were stored with the ticks behind them. */
  #tellLosses(desk: Desk, losses: readonly TickGap[], actor: string): Promise<void> {
    return desk.run((step) => {
      for (const gap of losses) {
        step.audit('ticks.lost', actor, null, { ...gap, count: sizeOf(gap) })
        step.effects.push(() => this.#ctx.log.warn('ticks were lost', { ...names(step), ...gap }))
      }
    })
  }
}

const sizeOf = ({ first_seq, last_seq }: TickGap): number => last_seq - first_seq + 1
