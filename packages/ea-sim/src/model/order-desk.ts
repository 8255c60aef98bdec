// The desk of pending orders: refuses, keeps, changes, drops them, and hands triggered ones to the exchange.

import type {
  BrokerEvent,
  Cause,
  HistoryOrder,
  OrderEvent,
  OrderState,
  PendingOrder,
  PendingResult,
} from './broker-types.ts'
import { type Refusal, Retcode, refuse, refuseDirection, refuseVolume } from './checks.ts'
import type { Conditions } from './conditions.ts'
import { fromUnits, toUnits } from './decimal.ts'
import type { Held } from './held.ts'
import type { History } from './history.ts'
import type { Ledger } from './ledger.ts'
import {
  type HeldOrder,
  type OrderLevels,
  orderGone,
  orderView,
  PendingBook,
  type PendingRequest,
  refuseLevels,
  sameLevels,
  wantedLevels,
} from './pending.ts'
import type { Quote, Quotes } from './quotes.ts'
import type { SymbolSpec } from './symbols.ts'

/** An order that is being filled, market or pending. */
export type Order = Pick<
  Held,
  'ticket' | 'spec' | 'direction' | 'units' | 'sl' | 'tp' | 'magic' | 'comment' | 'command_id'
>

export interface OrderDeskContext {
  ledger: Ledger
  history: History
  quotes: Quotes
  conditions: Conditions
  symbols: ReadonlyMap<string, SymbolSpec>
  orders_max: number
  now: () => number
  nextTicket: () => string
  fill: (order: Order, quote: Quote) => BrokerEvent | Refusal
}

export class OrderDesk {
  /** Called with every event of a pending order. */
  listener: ((event: OrderEvent) => void) | null = null
  readonly #context: OrderDeskContext
  readonly #book = new PendingBook()

  constructor(context: OrderDeskContext) {
    this.#context = context
  }

  /** Active orders, oldest first. */
  all(): PendingOrder[] {
    return this.#book.all().map(orderView)
  }

  get(ticket: string): PendingOrder | null {
    const held = this.#book.get(ticket)
    return held === undefined ? null : orderView(held)
  }

  place(request: PendingRequest, cause: Cause): PendingResult {
    const { symbols, conditions, quotes, orders_max, now } = this.#context
    const spec = symbols.get(request.symbol)
    if (spec === undefined)
      return refused(refuse(Retcode.INVALID, `${request.symbol} is not a symbol of this broker`))
    const general = conditions.refuse(spec.symbol, cause) ?? refuseDirection(spec, request.direction)
    if (general !== null) return refused(general)
    const quote = quotes.get(spec.symbol)
    if (quote === undefined) return refused(refuse(Retcode.PRICE_OFF, `${spec.symbol} has no quote yet`))
    const wanted = wantedLevels(spec, request)
    if ('retcode' in wanted) return refused(wanted)
    const { direction, kind, magic = '0', comment = '' } = request
    const against =
      refuseVolume(spec, request.volume) ?? refuseLevels(spec, quote, { direction, kind, ...wanted }, now())
    if (against !== null) return refused(against)
    if (this.#book.size >= orders_max)
      return refused(refuse(Retcode.LIMIT_ORDERS, `${this.#book.size} orders are waiting already`))
    const held: HeldOrder = {
      ticket: this.#context.nextTicket(),
      spec,
      direction,
      kind,
      units: toUnits(request.volume),
      ...wanted,
      time_ms: now(),
      reason: cause.by === 'manual' ? 'ORDER_REASON_CLIENT' : 'ORDER_REASON_EXPERT',
      magic,
      comment: comment.slice(0, 31),
      command_id: cause.command_id ?? null,
    }
    this.#book.add(held)
    this.#context.history.note(magic)
    return this.#done(held, { kind: 'placed', order: orderView(held) }, cause, magic)
  }

  /** Sets price, levels and expiration to absolute values. */
  modify(ticket: string, levels: OrderLevels, cause: Cause): PendingResult {
    const held = this.#book.get(ticket)
    if (held === undefined) return refused(notWaiting(ticket))
    const { conditions, quotes, now } = this.#context
    const general = conditions.refuse(held.spec.symbol, cause)
    if (general !== null) return refused(general, held)
    const quote = quotes.get(held.spec.symbol)
    if (quote === undefined)
      return refused(refuse(Retcode.PRICE_OFF, `${held.spec.symbol} has no quote yet`), held)
    const wanted = wantedLevels(held.spec, levels, held)
    if ('retcode' in wanted) return refused(wanted, held)
    if (sameLevels(held, wanted)) return refused(refuse(Retcode.NO_CHANGES, 'it is so already'), held)
    const { direction, kind } = held
    const against = refuseLevels(held.spec, quote, { direction, kind, ...wanted }, now())
    if (against !== null) return refused(against, held)
    Object.assign(held, wanted)
    const event = { kind: 'order_modified', order: orderView(held), time_ms: now() } as const
    return this.#done(held, event, cause, cause.magic ?? held.magic)
  }

  cancel(ticket: string, cause: Cause): PendingResult {
    const held = this.#book.get(ticket)
    if (held === undefined) return refused(notWaiting(ticket))
    const general = this.#context.conditions.refuse(held.spec.symbol, cause)
    if (general !== null) return refused(general, held)
    const order = this.#drop(held, 'ORDER_STATE_CANCELED')
    return this.#done(held, { kind: 'order_gone', order }, cause, cause.magic ?? held.magic)
  }

  /** Fills what the quote triggers and drops what ran out. */
  onTick(symbol: string, quote: Quote): BrokerEvent[] {
    for (const held of this.#book.expired(this.#context.now()))
      this.#tell({ kind: 'order_gone', order: this.#drop(held, 'ORDER_STATE_EXPIRED') })
    const events: BrokerEvent[] = []
    for (const held of this.#book.triggered(symbol, quote)) {
      this.#book.remove(held)
      const filled = this.#context.fill(held, quote)
      if ('retcode' in filled)
        this.#tell({ kind: 'order_gone', order: this.#finish(held, 'ORDER_STATE_REJECTED', null) })
      else {
        const order = this.#context.history.order(held.ticket)
        if (order !== null) this.#tell({ kind: 'order_gone', order })
        events.push(filled)
      }
    }
    return events
  }

  /** An entry order was filled, market or pending: it is history now. */
  filled(order: Order | HeldOrder, position: string, time_ms: number): void {
    const { ticket, spec, units, magic, comment, command_id } = order
    const was = 'kind' in order ? orderView(order) : null
    const volume = fromUnits(units)
    const sizes = { volume, filled_volume: volume, position, time_ms }
    const marks = { magic, comment, command_id }
    const state = 'ORDER_STATE_FILLED'
    this.#context.history.addOrder({ ticket, was, symbol: spec.symbol, state, ...sizes, ...marks })
  }

  #drop(held: HeldOrder, state: OrderState): HistoryOrder {
    this.#book.remove(held)
    return this.#finish(held, state, null)
  }

  #finish(held: HeldOrder, state: OrderState, position: string | null): HistoryOrder {
    const order = orderGone(held, state, this.#context.now(), position)
    this.#context.history.addOrder(order)
    return order
  }

  #done(held: HeldOrder, event: OrderEvent, cause: Cause, magic: string): PendingResult {
    const { ledger, now } = this.#context
    ledger.execution(cause.command_id, { kind: event.kind, ticket: held.ticket, magic, time_ms: now() })
    this.#tell(event)
    return { retcode: Retcode.DONE, comment: 'Request executed', order: orderView(held), events: [event] }
  }

  #tell(event: OrderEvent): void {
    this.listener?.(event)
  }
}

const notWaiting = (ticket: string) => refuse(Retcode.INVALID, `order ${ticket} is not waiting`)
const refused = (refusal: Refusal, held?: HeldOrder): PendingResult => ({
  ...refusal,
  order: held === undefined ? null : orderView(held),
  events: [],
})
