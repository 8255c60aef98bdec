// What the terminal shows of the book. It learns of a change later than the trade server made it.
//
//   V1. Until a change is visible the terminal shows what was before: no position yet, or still the old one.
//      Changes by orders become visible in their order, as news on one line do.
//   V2. The book itself is never delayed: it is the truth that an auditor reads.

import { readTag } from '@ngtb/protocol'
import type { SimulatedBroker } from './broker.ts'
import type { Deal, HistoryOrder, PendingOrder, Position } from './broker-types.ts'

/** What the terminal still shows; null: nothing yet. */
interface Ghost<T> {
  readonly before: T | null
  readonly until_ms: number
}
/** By ticket: one for each change that is not visible yet, oldest first. */
type Ghosts<T> = Map<string, Ghost<T>[]>

export interface Touched {
  readonly positions: readonly string[]
  readonly orders: readonly string[]
}

/** What stood there before a request. */
export interface Before {
  readonly positions: ReadonlyMap<string, Position | null>
  readonly orders: ReadonlyMap<string, PendingOrder | null>
  readonly deals: number
  readonly history_orders: ReadonlySet<string>
}

export class TerminalView {
  readonly #broker: SimulatedBroker
  readonly #positions = new Map<string, Ghost<Position>[]>()
  readonly #orders = new Map<string, Ghost<PendingOrder>[]>()
  /** Deals and finished orders that are not shown yet, by `deal 7` and `order 7`. */
  readonly #hidden = new Map<string, number>()
  #hidden_until_ms = 0

  constructor(broker: SimulatedBroker) {
    this.#broker = broker
  }

  positions(at_ms: number): Position[] {
    return overlay(this.#broker.positions(), this.#positions, at_ms)
  }

  orders(at_ms: number): PendingOrder[] {
    return overlay(this.#broker.orders.all(), this.#orders, at_ms)
  }

  position(ticket: string, at_ms: number): Position | null {
    const ghost = alive(this.#positions, ticket, at_ms)
    return ghost === null ? this.#broker.position(ticket) : ghost.before
  }

  order(ticket: string, at_ms: number): PendingOrder | null {
    const ghost = alive(this.#orders, ticket, at_ms)
    return ghost === null ? this.#broker.orders.get(ticket) : ghost.before
  }

  shows(kind: 'deal' | 'order', id: string, at_ms: number): boolean {
    const until = this.#hidden.get(`${kind} ${id}`)
    if (until !== undefined && at_ms >= until) this.#hidden.delete(`${kind} ${id}`)
    return until === undefined || at_ms >= until
  }

  deals(deals: readonly Deal[], at_ms: number): Deal[] {
    return deals.filter(({ deal }) => this.shows('deal', deal, at_ms))
  }

  historyOrders(orders: readonly HistoryOrder[], at_ms: number): HistoryOrder[] {
    return orders.filter(({ ticket }) => this.shows('order', ticket, at_ms))
  }

  /** The newest command_no that the terminal shows in any tag. */
  highestCommandNo(at_ms: number): number {
    const hidden = [...this.#hidden.values()].some((until) => at_ms < until)
    if (!hidden) return this.#broker.history.highest_command_no
    const { history, ledger } = this.#broker
    const magics = [
      ...this.orders(at_ms).map(({ magic }) => magic),
      ...this.historyOrders(history.orders, at_ms).map(({ magic }) => magic),
      ...this.deals(ledger.deals, at_ms).map(({ magic }) => magic),
    ]
    return magics.reduce((highest, magic) => Math.max(highest, readTag(magic)?.command_no ?? 0), 0)
  }

  /** When the newest change that is not shown yet will be; nothing can be seen before it. */
  get hidden_until_ms(): number {
    return this.#hidden_until_ms
  }

  /** To be called before a change that is going to be shown late. */
  remember({ positions, orders }: Touched): Before {
    const { ledger, history, orders: waiting } = this.#broker
    return {
      positions: new Map(positions.map((ticket) => [ticket, this.#broker.position(ticket)])),
      orders: new Map(orders.map((ticket) => [ticket, waiting.get(ticket)])),
      deals: ledger.deals.length,
      history_orders: new Set(history.orders.map(({ ticket }) => ticket)),
    }
  }

  /** Hides what changed since `before` until `until_ms`. */
  hide(before: Before, { positions, orders }: Touched, until_ms: number): void {
    this.#hidden_until_ms = Math.max(this.#hidden_until_ms, until_ms)
    for (const ticket of positions) add(this.#positions, ticket, before.positions.get(ticket), until_ms)
    for (const ticket of orders) add(this.#orders, ticket, before.orders.get(ticket), until_ms)
    const { ledger, history } = this.#broker
    for (const { deal } of ledger.deals.slice(before.deals)) this.#hidden.set(`deal ${deal}`, until_ms)
    for (const { ticket } of history.orders)
      if (!before.history_orders.has(ticket)) this.#hidden.set(`order ${ticket}`, until_ms)
  }
}

function add<T>(ghosts: Ghosts<T>, ticket: string, before: T | null | undefined, until_ms: number): void {
  const there = ghosts.get(ticket) ?? []
  ghosts.set(ticket, there)
  there.push({ before: before ?? null, until_ms })
}

function alive<T>(ghosts: Ghosts<T>, ticket: string, at_ms: number): Ghost<T> | null {
  const there = ghosts.get(ticket)
  if (there === undefined) return null
  while (there[0] !== undefined && at_ms >= there[0].until_ms) there.shift()
  if (there.length === 0) ghosts.delete(ticket)
  return there[0] ?? null
}

/** The book's list with the ghosts laid over it. */
function overlay<T extends { ticket: string }>(list: T[], ghosts: Ghosts<T>, at_ms: number): T[] {
  if (ghosts.size === 0) return list
  const shown = new Map(list.map((one) => [one.ticket, one]))
  for (const ticket of [...ghosts.keys()]) {
    const ghost = alive(ghosts, ticket, at_ms)
    if (ghost === null) continue
    if (ghost.before === null) shown.delete(ticket)
    else shown.set(ticket, ghost.before)
  }
  return [...shown.values()]
}
