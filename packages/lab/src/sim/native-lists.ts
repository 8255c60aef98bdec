// A native EA's full lists and what its heartbeats say of its positions: the terminal is read at one moment,
// with what the EA knows of the ledger at that moment.
import { agreementOf, dealEvent, endOf, type NativeEa, type Position, type TradeServer } from '@ngtb/ea-sim'
import type { Ask, Told } from './doors.ts'
import { syncAsk } from './facts.ts'
import type { Machine } from './machine.ts'
import type { TerminalParts } from './plain-terminal.ts'

export interface ListsParts extends TerminalParts {
  readonly ea: NativeEa
  readonly machine: Machine
  readonly trade_server: TradeServer
}

export class NativeLists {
  readonly #parts: ListsParts
  /** As it was told last. */
  #old: readonly Position[] = []
  #healed = false
  /** This terminal has loaded no history yet. */
  #short_history: boolean

  constructor(parts: ListsParts) {
    this.#parts = parts
    this.#short_history = parts.random.chance(parts.day.short_history)
  }

  /** From now on lists are what there is. */
  calm(): void {
    this.#healed = true
    this.#short_history = false
  }

  /** Null: not now; the terminal has no connection, or what it shows is of the past. */
  ask(): Ask | null {
    const { ea, account, market, machine, trade_server, time } = this.#parts
    const { connected } = trade_server.terminal(time.now)
    const session = ea.status === 'online' ? ea.sessionFields(machine.stamp()) : null
    if (session === null || !connected || !ea.isPresent(market.positions, machine.stamp())) return null
    const positions = this.#listed(market.positions)
    const fields = ea.snapshots.fields(positions, ea.snapshots.rev, connected)
    return syncAsk(account, positions, { ...session, ...fields })
  }

  /** What the terminal says that there is: a part of it, while it is loading, or what there was. */
  #listed(positions: readonly Position[]): readonly Position[] {
    const { random, day, history } = this.#parts
    const old = this.#old
    this.#old = positions
    if (!random.chance(this.#healed ? 0 : day.bad_list)) return positions
    history.count('list of a terminal that is loading')
    return random.pick([[], positions.filter(() => random.chance(0.5)), old])
  }

  told({ http, body, retry_after_ms }: Told): void {
    const { ea, machine } = this.#parts
    ea.synced({ http, body, retry_after_ms }, machine.stamp())
  }

  /** Deals and pending orders that the terminal has and the server may not. */
  readHistory(): void {
    const { ea, trade_server, time, machine } = this.#parts
    const seen = trade_server.look(ea.history.orders.query, time.now)
    ea.seesOrders(this.#short_history ? { ...seen, history_orders: [] } : seen, machine.stamp())
    const { deals } = trade_server.look(ea.history.deals.query, time.now)
    if (!this.#short_history)
      for (const deal of ea.history.deals.fresh(deals)) ea.events.push(dealEvent(deal))
  }

  /** R4: what the server misses is looked for in the terminal's history; an end that is found is a fact. */
  search(): void {
    const { ea, trade_server, time } = this.#parts
    for (const ticket of ea.snapshots.suspects) {
      const query = { what: 'command', magic: null, ticket, opposite_ticket: null } as const
      const seen = trade_server.look(query, time.now)
      const deals = ea.snapshots.searched(ticket, this.#short_history ? { ...seen, ticket_deals: [] } : seen)
      if (deals) ea.events.push(endOf(ticket, deals))
    }
    this.readHistory()
  }

  /** R13, as long as nothing is on its way. */
  agreement(): object {
    const { ea, market, machine } = this.#parts
    const { positions } = market
    const quiet = ea.is_quiet && ea.isPresent(positions, machine.stamp())
    return quiet ? agreementOf(positions, ea.snapshots.rev) : {}
  }
}
