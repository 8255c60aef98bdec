// Which deals of the terminal's history are still to be told: from the newest one on that the server has, and a
// few before it, for a terminal may show an older one later than a newer one. What is told twice is stored once.
import type { Deal } from '../broker-types.ts'
import type { LookQuery } from './broker-port.ts'

const OVERLAP = 50

export class DealCursor {
  #after: string | null = null
  readonly #told = new Set<string>()

  /** A connect was accepted. @param newest_deal that the server has of this account; null: none */
  begins(newest_deal: string | null): void {
    this.#after = newest_deal
    this.#told.clear()
  }

  get query(): LookQuery {
    return { what: 'deals', after: this.#after, overlap: OVERLAP }
  }

  /** Of the deals that a look shows those that were not told in this session. */
  fresh(deals: readonly Deal[]): Deal[] {
    const fresh = deals.filter(({ deal }) => !this.#told.has(deal))
    for (const { deal } of fresh) this.#told.add(deal)
    return fresh
  }
}

/** A deal as an event. */
export const dealEvent = (deal: Deal) => ({
  kind: 'deal',
  deal: deal.deal,
  type: deal.direction === 'BUY' ? 'DEAL_TYPE_BUY' : 'DEAL_TYPE_SELL',
  entry: deal.entry,
  reason: deal.reason,
  order: deal.order,
  position: deal.position,
  symbol: deal.symbol,
  volume: deal.volume,
  price: deal.price,
  profit: deal.profit,
  swap: deal.swap,
  commission: deal.commission,
  magic: deal.magic,
  comment: deal.comment,
  time: deal.time_ms,
})
