// What a fill does to positions, deals and money. Nothing is refused here: who comes in was admitted.
//
//   X1. Every change of a position books exactly one deal, except a close-by, which books one on each side.
//   X2. Volumes are whole 1e-8 lots: what a deal takes from one position is what it says, to the unit.
//   X3. Netting: at most one position a symbol. An opposite fill reduces it, closes it or turns it over.

import type { PositionBook } from './book.ts'
import type { BrokerEvent, Cause, ClosedPosition, CloseReason, Deal, Position } from './broker-types.ts'
import { fromPoints, fromUnits, perLotCents, shareOf, weightedPoints } from './decimal.ts'
import { DEAL_REASONS, floatingCents, type Held, oppositeOf, viewOf } from './held.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import type { Quotes } from './quotes.ts'

export interface ExchangeContext {
  book: PositionBook
  ledger: Ledger
  history: History
  quotes: Quotes
  currency: string
  commission_per_lot: number
  now: () => number
}

/** The order behind a deal. */
export interface Mark {
  order: string | null
  magic: string
  comment: string
  command_id: string | null
}

export interface Filled {
  event: BrokerEvent
  deal: Deal
}

type DealInput = Mark & {
  entry: Deal['entry']
  direction: Deal['direction']
  units: number
  points: number
  reason: Deal['reason']
}

export class Exchange {
  readonly #context: ExchangeContext

  constructor(context: ExchangeContext) {
    this.#context = context
  }

  /** A new position; its cost was taken by the caller into `held`. */
  enter(held: Held, by: Cause['by'], order: string): Filled {
    this.#context.book.add(held)
    const { units, open_points: points, direction, magic, comment, command_id } = held
    const mark = { order, magic, comment, command_id }
    const input = { ...mark, entry: 'DEAL_ENTRY_IN', direction, units, points } as const
    const deal = this.#book(held, { ...input, reason: DEAL_REASONS[by] }, 0, held.commission_cents)
    return { event: { kind: 'opened', position: this.view(held) }, deal }
  }

  /** Netting, same side: the position grows at the weighted price. */
  increase(held: Held, fill: Held, by: Cause['by'], mark: Mark): Filled {
    const { units, open_points: points } = fill
    held.open_points = weightedPoints(held.open_points, held.units, points, units)
    held.units += units
    held.margin_cents += fill.margin_cents
    held.commission_cents += fill.commission_cents
    this.#takeLevels(held, fill)
    const input = { ...mark, entry: 'DEAL_ENTRY_IN', direction: held.direction, units, points } as const
    const deal = this.#book(held, { ...input, reason: DEAL_REASONS[by] }, 0, fill.commission_cents)
    return { event: this.#changed(held), deal }
  }

  /** Takes `units` off it at `points`; at nothing left it is closed. */
  reduce(held: Held, units: number, points: number, reason: CloseReason, mark: Mark): Filled {
    const profit_cents = this.#profit(held, points, units)
    const charge_cents = this.#charge(units)
    const input = { ...mark, entry: 'DEAL_ENTRY_OUT', units, points } as const
    const deal = this.#book(
      held,
      { ...input, direction: oppositeOf(held.direction), reason: DEAL_REASONS[reason] },
      profit_cents,
      charge_cents,
    )
    return { event: this.#takeOff(held, units, points, reason, profit_cents, charge_cents), deal }
  }

  /** Netting, other side and larger: the old side is closed, the rest is a position of the new side. */
  reverse(held: Held, fill: Held, total_units: number, by: Cause['by'], mark: Mark): Filled {
    const profit_cents = this.#profit(held, fill.open_points, held.units)
    const charge_cents = this.#charge(total_units)
    const { open_points: points, direction } = fill
    const input = { ...mark, entry: 'DEAL_ENTRY_INOUT', direction, units: total_units, points } as const
    const deal = this.#book(held, { ...input, reason: DEAL_REASONS[by] }, profit_cents, charge_cents)
    held.realised_cents += profit_cents
    held.commission_cents += charge_cents
    const { units, open_points, open_time_ms, sl, tp, margin_cents, magic, comment, command_id } = fill
    Object.assign(held, { direction, units, open_points, open_time_ms, sl, tp, margin_cents })
    Object.assign(held, { magic, comment, command_id })
    return { event: this.#changed(held), deal }
  }

  /** Closes two opposite positions against each other; the first is closed at the other's price. */
  closeBy(held: Held, opposite: Held, by: CloseReason, mark: Mark): [Filled, Filled] {
    const units = Math.min(held.units, opposite.units)
    const points = opposite.open_points
    const profit_cents = this.#profit(held, points, units)
    const leave = (one: Held, cents: number): Filled => {
      const direction = oppositeOf(one.direction)
      const input = { ...mark, entry: 'DEAL_ENTRY_OUT_BY', direction, units, points } as const
      const deal = this.#book(one, { ...input, reason: DEAL_REASONS[by] }, cents, 0)
      return { event: this.#takeOff(one, units, points, by, cents, 0), deal }
    }
    // The difference of the two prices is booked once.
    return [leave(held, profit_cents), leave(opposite, 0)]
  }

  view(held: Held): Position {
    const { quotes, currency } = this.#context
    return viewOf(held, floatingCents(held, quotes, currency), held.commission_cents)
  }

  #takeOff(
    held: Held,
    units: number,
    points: number,
    reason: CloseReason,
    profit_cents: number,
    charge_cents: number,
  ): BrokerEvent {
    held.realised_cents += profit_cents
    held.commission_cents += charge_cents
    if (units === held.units) return this.#closed(held, points, reason)
    held.margin_cents = shareOf(held.margin_cents, held.units - units, held.units)
    held.units -= units
    return this.#changed(held)
  }

  #closed(held: Held, points: number, reason: CloseReason): BrokerEvent & { kind: 'closed' } {
    const { book, ledger, now } = this.#context
    const position: ClosedPosition = {
      ...viewOf(held, held.realised_cents, held.commission_cents),
      close_price: fromPoints(points, held.spec.digits),
      close_time_ms: now(),
      close_reason: reason,
      deal_reason: DEAL_REASONS[reason],
    }
    book.remove(held)
    ledger.remember(position)
    return { kind: 'closed', position }
  }

  #changed(held: Held): BrokerEvent {
    return { kind: 'changed', position: this.view(held), time_ms: this.#context.now() }
  }

  /** MT5: levels of an increasing order become the position's; none given, none changed. */
  #takeLevels(held: Held, fill: Held): void {
    if (fill.sl !== 0) held.sl = fill.sl
    if (fill.tp !== 0) held.tp = fill.tp
  }

  #profit(held: Held, points: number, units: number): number {
    return floatingCents(held, this.#context.quotes, this.#context.currency, points, units)
  }

  #charge(units: number): number {
    // `0 −`: a commission of nothing must be 0, not JavaScript's −0.
    return 0 - perLotCents(this.#context.commission_per_lot, units)
  }

  #book(held: Held, input: DealInput, profit_cents: number, commission_cents: number): Deal {
    const { units, points, ...rest } = input
    const { spec, ticket } = held
    const figures = { volume: fromUnits(units), price: fromPoints(points, spec.digits), swap: 0 }
    const deal = {
      ...rest,
      ...figures,
      position: ticket,
      symbol: spec.symbol,
      time_ms: this.#context.now(),
    }
    const booked = this.#context.ledger.book(deal, profit_cents, commission_cents)
    this.#context.history.addDeal(booked)
    return booked
  }
}
