// The account's books: balance, deals, closed positions, and how often each command took effect.
//
//   L1. Balance = starting balance + the profit, swap and commission of all deals, to the cent.
//   L2. Nothing is ever taken out: the books are what an auditor compares the server with.

import type { ClosedPosition, Deal, Execution } from './broker-types.ts'
import { fromCents, toCents } from './decimal.ts'

export class Ledger {
  readonly deals: Deal[] = []
  readonly executions: Execution[] = []
  readonly #closed = new Map<string, ClosedPosition>()
  readonly #execution_counts = new Map<string, number>()
  #balance_cents: number
  #next_deal = 1n

  constructor(balance: number) {
    this.#balance_cents = toCents(balance)
  }

  get balance_cents(): number {
    return this.#balance_cents
  }

  /** Books one deal; the cents move the balance. */
  book(
    deal: Omit<Deal, 'deal' | 'profit' | 'commission'>,
    profit_cents: number,
    commission_cents: number,
  ): Deal {
    const money = { profit: fromCents(profit_cents), commission: fromCents(commission_cents) }
    const booked = { deal: String(this.#next_deal++), ...deal, ...money }
    this.deals.push(booked)
    this.#balance_cents += profit_cents + commission_cents + toCents(deal.swap)
    return booked
  }

  remember(position: ClosedPosition): void {
    this.#closed.set(position.ticket, position)
  }

  closedPosition(ticket: string): ClosedPosition | null {
    return this.#closed.get(ticket) ?? null
  }

  closedPositions(): ClosedPosition[] {
    return [...this.#closed.values()]
  }

  /** Notes that a command changed something; a change by hand or by the market is not counted. */
  execution(command_id: string | undefined, effect: Omit<Execution, 'command_id'>): void {
    if (command_id === undefined) return
    this.executions.push({ command_id, ...effect })
    this.#execution_counts.set(command_id, this.executionCount(command_id) + 1)
  }

  executionCount(command_id: string): number {
    return this.#execution_counts.get(command_id) ?? 0
  }
}
