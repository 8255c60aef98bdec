// Reading an account for the management doors: what is at hand first, else the ledger.
import { type Candle, type Command, candleStart, type Deal, growCandles, hopsOf } from '@ngtb/core'
import { type HopView, limits, Refusal, type StoryLine, TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
import type { Account, PageRequest } from '../ports.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import { commandsNamed, storyOf } from './trade-story.ts'
import { serverTime } from './views.ts'

export class Queries {
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  async command(
    desk: Desk,
    command_id: string,
  ): Promise<{ command: Command; account: Account; ea_connected: boolean }> {
    const state = await desk.ready()
    // An empty step: whatever is shown was committed before it is shown (P1).
    const command = await desk.run(
      async (step) =>
        step.state.command(command_id) ?? (await this.#ctx.store.command(desk.account_id, command_id)),
    )
    if (!command)
      throw new Refusal('NGTB_COMMAND_UNKNOWN', `there is no command ${command_id} on this account`)
    return { command, account: state.account, ea_connected: state.connection.state === 'connected' }
  }

  /** A command's way from its events, oldest first: the hops sum to the whole. */
  hops(events: readonly { kind: string; at: number }[]): HopView[] {
    return hopsOf(events).map(({ at, ...hop }) => ({ ...hop, at: serverTime(at) }))
  }

  /**
   * A trade with its deals and its story.
   * @throws {Refusal} NGTB_TRADE_UNKNOWN
   */
  async tradeHistory(desk: Desk, ticket: string) {
    const { store } = this.#ctx
    const { account_id } = desk
    const trade = await store.trade(account_id, ticket)
    if (!trade) throw new Refusal('NGTB_TRADE_UNKNOWN', `there is no trade ${ticket} on this account`)
    const deals = await store.dealsOfPosition(account_id, ticket)
    return { trade, deals, story: await this.#story(account_id, ticket, deals) }
  }

  /**
   * A pending order with its story.
   * @throws {Refusal} NGTB_TRADE_UNKNOWN
   */
  async orderHistory(desk: Desk, ticket: string) {
    const { account_id } = desk
    const [order] = await this.#ctx.store.ordersAmong(account_id, [ticket])
    if (!order) throw new Refusal('NGTB_TRADE_UNKNOWN', `there is no pending order ${ticket} on this account`)
    const deals = await this.#ctx.store.dealsOfPosition(account_id, ticket)
    return { order, story: await this.#story(account_id, ticket, deals) }
  }

  /** In hedging a position has the ticket of the order that opened it: their events are one story. */
  async #story(account_id: number, ticket: string, deals: readonly Deal[]): Promise<StoryLine[]> {
    const { store } = this.#ctx
    const page = { limit: EVENTS_TOLD_MAX, after: null }
    const { items } = await store.auditOf(account_id, page, { subject: ticket })
    const events = items.reverse()
    const commands = new Map<string, Command>()
    for (const id of commandsNamed(events, deals)) {
      const command = await store.command(account_id, id)
      if (command) commands.set(id, command)
    }
    return storyOf(events, deals, commands)
  }

  /**
   * One page of candles from the ticks. The next page starts at the candle after the last whole one.
   * @param from broker time in ms; candles start at or after its own candle's start
   */
  async candles(
    desk: Desk,
    symbol: string,
    timeframe: Timeframe,
    from: number,
    to: number,
    page: PageRequest,
  ) {
    const length = TIMEFRAMES[timeframe] * 1000
    const start = typeof page.after?.[0] === 'number' ? page.after[0] : candleStart(from, timeframe)
    const candles: Candle[] = []
    let after: (string | number)[] | null = null
    do {
      const ticks = await this.#ctx.store.ticks(desk.account_id, symbol, start, to, {
        limit: TICKS_PER_READ,
        after,
      })
      growCandles(candles, ticks.items, timeframe)
      after = ticks.next
    } while (after !== null && candles.length <= page.limit)
    const items = candles.slice(0, page.limit)
    const next = candles[page.limit]
    const newest = await this.#newestTick(desk, symbol, candles.at(-1), length)
    return {
      items: items.map((candle) => ({ ...candle, complete: newest >= candle.time_ms + length })),
      next: next ? [next.time_ms] : null,
    }
  }

  /** A candle is complete once a tick behind its end has come. */
  async #newestTick(desk: Desk, symbol: string, last: Candle | undefined, length: number): Promise<number> {
    if (!last) return 0
    const beyond = await this.#ctx.store.ticks(
      desk.account_id,
      symbol,
      last.time_ms + length,
      limits.time_ms_max,
      { limit: 1, after: null },
    )
    return beyond.items[0]?.time_ms ?? last.time_ms
  }
}

const TICKS_PER_READ = 20_000
/** Of a trade with more events the newest are told. */
const EVENTS_TOLD_MAX = 1_000
