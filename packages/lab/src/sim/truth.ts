// What is true: the broker's books, which are never rolled back, read for the auditor.
import type { Execution, SimulatedBroker } from '@ngtb/ea-sim'

export class Truth {
  readonly broker: SimulatedBroker
  /** By command, in the order in which they happened. */
  readonly #by_command = new Map<string, Execution[]>()
  readonly #tickets = new Set<string>()
  #read = 0

  constructor(broker: SimulatedBroker) {
    this.broker = broker
  }

  /** Takes what happened since the last call into the books. */
  news(): Execution[] {
    const { executions } = this.broker.ledger
    if (executions.length === this.#read) return []
    const news = executions.slice(this.#read)
    this.#read = executions.length
    for (const one of news) {
      const known = this.#by_command.get(one.command_id)
      if (known) known.push(one)
      else this.#by_command.set(one.command_id, [one])
    }
    return news
  }

  effectsOf(command_id: string): readonly Execution[] {
    this.news()
    return this.#by_command.get(command_id) ?? []
  }

  effects(command_id: string): number {
    return this.effectsOf(command_id).length
  }

  /** The position or order that an opening made. */
  ticketOf(command_id: string): string | null {
    return this.effectsOf(command_id)[0]?.ticket ?? null
  }

  /** Was there ever such a position? */
  existed(ticket: string): boolean {
    if (this.#tickets.has(ticket)) return true
    const there = this.broker.position(ticket) !== null || this.broker.ledger.closedPosition(ticket) !== null
    if (there) this.#tickets.add(ticket)
    return there
  }
}
