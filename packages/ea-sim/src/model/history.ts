// What is over: finished orders, found by ticket and by magic. Deals lie in the ledger and are indexed here too.
//
//   H1. Nothing is ever taken out: a tag is found as long as the broker lives.

import { readTag } from '@ngtb/protocol'
import type { Deal, HistoryOrder } from './broker-types.ts'

export class History {
  readonly #orders = new Map<string, HistoryOrder>()
  readonly #orders_by_magic = new Map<string, HistoryOrder[]>()
  readonly #deals_by_magic = new Map<string, Deal[]>()
  readonly #deals_by_position = new Map<string, Deal[]>()
  #highest_command_no = 0

  /** The newest command_no that any order's tag has carried; 0: none. */
  get highest_command_no(): number {
    return this.#highest_command_no
  }

  get orders(): readonly HistoryOrder[] {
    return [...this.#orders.values()]
  }

  /** An order with this magic was accepted, whatever becomes of it. */
  note(magic: string): void {
    this.#highest_command_no = Math.max(this.#highest_command_no, readTag(magic)?.command_no ?? 0)
  }

  addOrder(order: HistoryOrder): void {
    this.note(order.magic)
    this.#orders.set(order.ticket, order)
    push(this.#orders_by_magic, order.magic, order)
  }

  addDeal(deal: Deal): void {
    this.note(deal.magic)
    push(this.#deals_by_magic, deal.magic, deal)
    push(this.#deals_by_position, deal.position, deal)
  }

  /** Pending orders that ended at or after this moment of broker time. */
  endedSince(from_ms: number): readonly HistoryOrder[] {
    return this.orders.filter(({ was, time_ms }) => was !== null && time_ms >= from_ms)
  }

  order(ticket: string): HistoryOrder | null {
    return this.#orders.get(ticket) ?? null
  }

  ordersByMagic(magic: string): readonly HistoryOrder[] {
    return this.#orders_by_magic.get(magic) ?? []
  }

  dealsByMagic(magic: string): readonly Deal[] {
    return this.#deals_by_magic.get(magic) ?? []
  }

  dealsOfPosition(ticket: string): readonly Deal[] {
    return this.#deals_by_position.get(ticket) ?? []
  }
}

function push<T>(index: Map<string, T[]>, key: string, value: T): void {
  const there = index.get(key)
  if (there === undefined) index.set(key, [value])
  else there.push(value)
}
