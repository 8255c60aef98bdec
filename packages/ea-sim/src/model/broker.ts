// The broker behind the terminal: a hedging account, filled at the last tick. The source of truth.
//
//   B1. Nothing changes except by a tick or a request, and every change is returned as an event value.
//   B2. A refusal changes nothing and says one of MT5's retcodes.
//   B3. A position never has less than the symbol's minimum volume.
//   B4. SL and TP are filled at the price of the tick that reached them: a buy at the bid, a sell at the ask.
//   B5. Balance, profit and margin are exact to the cent (decimal.ts, ledger.ts).

import { PositionBook, type Terms } from './book.ts'
import type {
  AccountFigures,
  BrokerEvent,
  BrokerOptions,
  Cause,
  ClosedPosition,
  CloseReason,
  CloseResult,
  OpenRequest,
  Position,
  StopLevels,
  TradeResult,
} from './broker-types.ts'
import {
  levelPoints,
  type Refusal,
  Retcode,
  refuse,
  refuseDirection,
  refuseFrozen,
  refuseStops,
  refuseVolume,
} from './checks.ts'
import { Conditions } from './conditions.ts'
import { fromPoints, toUnits } from './decimal.ts'
import { DEAL_REASONS, dealOf, floatingCents, type Held, oppositeOf, viewOf } from './held.ts'
import { Ledger } from './ledger.ts'
import { type Quote, Quotes } from './quotes.ts'
import { DEFAULT_SYMBOLS, type SymbolSpec } from './symbols.ts'

export class SimulatedBroker {
  readonly symbols: ReadonlyMap<string, SymbolSpec>
  readonly quotes: Quotes
  readonly ledger: Ledger
  /** Market hours, the terminal's switches, refusals on demand. */
  readonly conditions = new Conditions()
  readonly currency: string
  /** Called with every event as well, so that trades by hand reach whoever reports them. */
  listener: ((event: BrokerEvent) => void) | null = null
  readonly #book = new PositionBook()
  readonly #terms: Terms
  readonly #slippage_points: (symbol: string) => number
  #next_ticket: bigint
  #time_ms = 0

  constructor(options: BrokerOptions = {}) {
    const { positions_max = 10_000, leverage = 100, commission_per_lot = 0 } = options
    this.#terms = { positions_max, leverage, commission_per_lot }
    this.#slippage_points = options.slippage_points ?? (() => 0)
    this.symbols = new Map((options.symbols ?? DEFAULT_SYMBOLS).map((spec) => [spec.symbol, spec]))
    this.quotes = new Quotes(this.symbols)
    this.ledger = new Ledger(options.balance ?? 10_000)
    this.currency = options.currency ?? 'USD'
    this.#next_ticket = BigInt(options.ticket_start ?? 16_218_652)
  }

  /** Broker time in ms: the time of the newest tick (MQL5's TimeCurrent), 0 before the first. */
  get time_ms(): number {
    return this.#time_ms
  }

  /** Takes one quote; closes what it reaches. A symbol that this broker doesn't list is ignored. */
  onTick(tick: { symbol: string; bid: number; ask: number; time_ms: number }): BrokerEvent[] {
    const spec = this.symbols.get(tick.symbol)
    if (spec === undefined) return []
    const quote = this.quotes.set(spec, tick.bid, tick.ask, tick.time_ms)
    this.#time_ms = Math.max(this.#time_ms, tick.time_ms)
    const events: BrokerEvent[] = []
    for (const held of this.#book.ofSymbol(tick.symbol)) {
      const price = held.direction === 'BUY' ? quote.bid : quote.ask
      const sign = held.direction === 'BUY' ? 1 : -1
      const hit = (level: number, side: number) => level !== 0 && side * sign * (price - level) >= 0
      if (hit(held.sl, -1)) events.push(this.#close(held, price, 'sl_hit'))
      else if (hit(held.tp, 1)) events.push(this.#close(held, price, 'tp_hit'))
    }
    return events
  }

  /** Market order at the current ask (buy) or bid (sell). */
  open(request: OpenRequest, cause: Cause): TradeResult {
    const refused = (refusal: Refusal) => ({ ...refusal, events: [], position: null })
    const spec = this.symbols.get(request.symbol)
    if (spec === undefined)
      return refused(refuse(Retcode.INVALID, `${request.symbol} is not a symbol of this broker`))
    const general = this.conditions.refuse(spec.symbol, cause) ?? refuseDirection(spec, request.direction)
    if (general !== null) return refused(general)
    const quote = this.quotes.get(request.symbol)
    if (quote === undefined) return refused(noPrice(request.symbol))
    const sl = levelPoints(request.sl, spec.digits)
    const tp = levelPoints(request.tp, spec.digits)
    if (sl === null || tp === null) return refused(refuse(Retcode.INVALID_STOPS, 'sl and tp must be prices'))
    const bad_volume = refuseVolume(spec, request.volume)
    const against = bad_volume ?? refuseStops(spec, quote, request.direction, { sl, tp })
    if (against !== null) return refused(against)
    const units = toUnits(request.volume)
    const price = this.#fillPrice(spec, quote, request)
    if (price === null)
      return refused(refuse(Retcode.REQUOTE, 'the price moved further than the deviation allows'))
    const cost = this.#book.admit({ spec, units, points: price, ...this.#terms }, this)
    if ('retcode' in cost) return refused(cost)
    const held: Held = {
      ticket: String(this.#next_ticket++),
      spec,
      direction: request.direction,
      units,
      open_points: price,
      open_time_ms: this.#time_ms,
      sl,
      tp,
      ...cost,
      magic: request.magic ?? '0',
      comment: (request.comment ?? '').slice(0, 31),
      command_id: cause.command_id ?? null,
    }
    this.#enter(held, cause)
    const position = this.#view(held)
    const event = this.#emit({ kind: 'opened', position }, cause.command_id)
    return { retcode: Retcode.DONE, comment: 'Request executed', events: [event], position }
  }

  /** Sets SL and TP of a position to absolute values. */
  modify(ticket: string, levels: StopLevels, cause: Cause): TradeResult {
    const refused = (refusal: Refusal, held?: Held) => ({
      ...refusal,
      events: [],
      position: held ? this.#view(held) : null,
    })
    const held = this.#book.get(ticket)
    if (held === undefined) return refused(refuse(Retcode.POSITION_CLOSED, `position ${ticket} is not open`))
    const general = this.conditions.refuse(held.spec.symbol, cause)
    if (general !== null) return refused(general, held)
    const quote = this.quotes.get(held.spec.symbol)
    if (quote === undefined) return refused(noPrice(held.spec.symbol), held)
    const sl = levels.sl === undefined ? held.sl : levelPoints(levels.sl, held.spec.digits)
    const tp = levels.tp === undefined ? held.tp : levelPoints(levels.tp, held.spec.digits)
    if (sl === null || tp === null)
      return refused(refuse(Retcode.INVALID_STOPS, 'sl and tp must be prices'), held)
    if (sl === held.sl && tp === held.tp)
      return refused(refuse(Retcode.NO_CHANGES, 'SL and TP are there already'), held)
    // Only what changes is measured: an untouched SL may meanwhile be closer than the stops level.
    const changed = { sl: sl === held.sl ? 0 : sl, tp: tp === held.tp ? 0 : tp }
    const against =
      refuseFrozen(held.spec, quote, held.direction, held) ??
      refuseStops(held.spec, quote, held.direction, changed)
    if (against !== null) return refused(against, held)
    held.sl = sl
    held.tp = tp
    const position = this.#view(held)
    const event = this.#emit({ kind: 'modified', position, time_ms: this.#time_ms }, cause.command_id)
    return { retcode: Retcode.DONE, comment: 'Request executed', events: [event], position }
  }

  /** Closes a whole position at the current bid (buy) or ask (sell). */
  close(ticket: string, cause: Cause): CloseResult {
    const refused = (refusal: Refusal) => ({ ...refusal, events: [], closed: null })
    const held = this.#book.get(ticket)
    if (held === undefined) return refused(refuse(Retcode.POSITION_CLOSED, `position ${ticket} is not open`))
    const general = this.conditions.refuse(held.spec.symbol, cause)
    if (general !== null) return refused(general)
    const quote = this.quotes.get(held.spec.symbol)
    if (quote === undefined) return refused(noPrice(held.spec.symbol))
    const frozen = refuseFrozen(held.spec, quote, held.direction, held)
    if (frozen !== null) return refused(frozen)
    const price = held.direction === 'BUY' ? quote.bid : quote.ask
    const event = this.#close(held, price, cause.by, cause.command_id)
    return { retcode: Retcode.DONE, comment: 'Request executed', events: [event], closed: event.position }
  }

  position(ticket: string): Position | null {
    const held = this.#book.get(ticket)
    return held === undefined ? null : this.#view(held)
  }

  /** All open positions, oldest first, with their floating profit. */
  positions(): Position[] {
    return this.#book.all().map((held) => this.#view(held))
  }

  /** Balance, equity and margins in the account's currency, to the cent. */
  account(): AccountFigures {
    return this.#book.figures(this.ledger.balance_cents, this.quotes, this.currency)
  }

  #fillPrice(spec: SymbolSpec, quote: Quote, request: OpenRequest): number | null {
    const slip = Math.round(this.#slippage_points(spec.symbol))
    if (request.deviation !== undefined && Math.abs(slip) > request.deviation) return null
    return request.direction === 'BUY' ? quote.ask + slip : quote.bid - slip
  }

  #enter(held: Held, cause: Cause): void {
    this.#book.add(held)
    this.ledger.book(
      {
        ...dealOf(held, held.open_points, this.#time_ms),
        entry: 'DEAL_ENTRY_IN',
        direction: held.direction,
        order: held.ticket,
        reason: DEAL_REASONS[cause.by],
        magic: held.magic,
        comment: held.comment,
        command_id: cause.command_id ?? null,
      },
      0,
      held.commission_cents,
    )
  }

  #close(held: Held, price: number, reason: CloseReason, command_id?: string) {
    const { spec } = held
    const profit_cents = floatingCents(held, this.quotes, this.currency, price)
    const open_side_cents = held.commission_cents
    const deal_reason = DEAL_REASONS[reason]
    this.#book.remove(held)
    this.ledger.book(
      {
        ...dealOf(held, price, this.#time_ms),
        entry: 'DEAL_ENTRY_OUT',
        direction: oppositeOf(held.direction),
        order: null,
        reason: deal_reason,
        magic: held.magic,
        comment: held.comment,
        command_id: command_id ?? null,
      },
      profit_cents,
      open_side_cents,
    )
    const position: ClosedPosition = {
      ...viewOf(held, profit_cents, 2 * open_side_cents),
      close_price: fromPoints(price, spec.digits),
      close_time_ms: this.#time_ms,
      close_reason: reason,
      deal_reason,
    }
    this.ledger.remember(position)
    return this.#emit({ kind: 'closed', position }, command_id)
  }

  #view(held: Held): Position {
    return viewOf(held, floatingCents(held, this.quotes, this.currency), held.commission_cents)
  }

  #emit<Event extends BrokerEvent>(event: Event, command_id?: string): Event {
    this.ledger.execution(command_id, event.kind, event.position.ticket, this.#time_ms)
    this.listener?.(event)
    return event
  }
}

const noPrice = (symbol: string): Refusal => refuse(Retcode.PRICE_OFF, `${symbol} has no quote yet`)
