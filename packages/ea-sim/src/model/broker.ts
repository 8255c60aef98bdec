// The broker behind the terminal: filled at the last tick, hedging or netting. The source of truth.
//
//   B1. Nothing changes except by a tick or a request, and every change is returned as an event value.
//   B2. A refusal changes nothing and says one of MT5's retcodes.
//   B3. A position never has less than the symbol's minimum volume.
//   B4. SL and TP are filled at the price of the tick that reached them: a buy at the bid, a sell at the ask.
//   B5. Balance, profit and margin are exact to the cent (decimal.ts, ledger.ts), volumes to 1e-8 lots.
//   B6. `magic` and `comment` of an order stay with the order, its deals and the position that it opens.

import type { AccountInfo } from '@ngtb/protocol'
import { PositionBook, type Terms } from './book.ts'
import type {
  AccountFigures,
  BrokerEvent,
  BrokerOptions,
  Cause,
  ClosedPosition,
  CloseResult,
  OpenRequest,
  Position,
  StopLevels,
  TradeResult,
} from './broker-types.ts'
import { CandleStore } from './candles.ts'
import {
  levelPoints,
  type Refusal,
  Retcode,
  refuse,
  refuseDirection,
  refuseFrozen,
  refusePart,
  refuseStops,
  refuseVolume,
} from './checks.ts'
import { Conditions } from './conditions.ts'
import { toUnits } from './decimal.ts'
import { Exchange, type Filled, type Mark } from './exchange.ts'
import { type Held, oppositeOf } from './held.ts'
import { History } from './history.ts'
import { Ledger } from './ledger.ts'
import { type Order, OrderDesk } from './order-desk.ts'
import { type Quote, Quotes } from './quotes.ts'
import { DEFAULT_SYMBOLS, type SymbolSpec } from './symbols.ts'

type ClosedNow = BrokerEvent & { kind: 'closed' }

export class SimulatedBroker {
  readonly symbols: ReadonlyMap<string, SymbolSpec>
  readonly quotes: Quotes
  readonly ledger: Ledger
  readonly history = new History()
  readonly candles = new CandleStore()
  /** Market hours, the terminal's switches, refusals on demand. */
  readonly conditions = new Conditions()
  readonly currency: string
  readonly margin_mode: 'hedging' | 'netting'
  /** Pending orders: place, modify, cancel, and what waits. */
  readonly orders: OrderDesk
  /** Called with every event as well, so that trades by hand reach whoever reports them. */
  listener: ((event: BrokerEvent) => void) | null = null
  readonly #book = new PositionBook()
  readonly #exchange: Exchange
  readonly #terms: Terms
  readonly #slippage_points: (symbol: string) => number
  #next_ticket: bigint
  #next_exit = 1n
  #time_ms = 0

  constructor(options: BrokerOptions = {}) {
    const { positions_max = 10_000, leverage = 100, commission_per_lot = 0 } = options
    this.#terms = { positions_max, leverage, commission_per_lot }
    this.#slippage_points = options.slippage_points ?? (() => 0)
    this.symbols = new Map((options.symbols ?? DEFAULT_SYMBOLS).map((spec) => [spec.symbol, spec]))
    this.quotes = new Quotes(this.symbols)
    this.ledger = new Ledger(options.balance ?? 10_000)
    this.currency = options.currency ?? 'USD'
    this.margin_mode = options.margin_mode ?? 'hedging'
    this.#next_ticket = BigInt(options.ticket_start ?? 16_218_652)
    const now = () => this.#time_ms
    const { ledger, history, quotes, currency, conditions, symbols } = this
    const shared = { ledger, history, quotes, now }
    this.#exchange = new Exchange({ ...shared, book: this.#book, currency, commission_per_lot })
    this.orders = new OrderDesk({
      ...shared,
      conditions,
      symbols,
      orders_max: options.orders_max ?? 10_000,
      nextTicket: () => String(this.#next_ticket++),
      fill: (order, quote) => this.#fillPending(order, quote),
    })
  }

  /** Broker time in ms: the time of the newest tick (MQL5's TimeCurrent), 0 before the first. */
  get time_ms(): number {
    return this.#time_ms
  }

  /**
   * Takes one quote; fills and closes what it reaches, and drops orders that ran out. A symbol that this broker doesn't
   * list is ignored.
   */
  onTick(tick: { symbol: string; bid: number; ask: number; time_ms: number }): BrokerEvent[] {
    const spec = this.symbols.get(tick.symbol)
    if (spec === undefined) return []
    const quote = this.quotes.set(spec, tick.bid, tick.ask, tick.time_ms)
    this.#time_ms = Math.max(this.#time_ms, tick.time_ms)
    this.candles.add(tick.symbol, tick.bid, tick.time_ms)
    const events: BrokerEvent[] = []
    for (const held of this.#book.ofSymbol(tick.symbol)) {
      const price = closingPrice(held, quote)
      const sign = held.direction === 'BUY' ? 1 : -1
      const hit = (level: number, side: number) => level !== 0 && side * sign * (price - level) >= 0
      if (hit(held.sl, -1)) events.push(this.#closeAll(held, price, 'sl_hit').event)
      else if (hit(held.tp, 1)) events.push(this.#closeAll(held, price, 'tp_hit').event)
    }
    return [...events, ...this.orders.onTick(spec.symbol, quote)]
  }

  /** Market order at the current ask (buy) or bid (sell). */
  open(request: OpenRequest, cause: Cause): TradeResult {
    const admitted = this.#admitOpen(request, cause)
    if ('retcode' in admitted) return { ...admitted, events: [], position: null }
    const { spec, quote, sl, tp } = admitted
    const units = toUnits(request.volume)
    const price = this.#fillPrice(spec, quote, request)
    if (price === null) return unopened(Retcode.REQUOTE, 'the price moved further than the deviation allows')
    const mark = { magic: request.magic ?? '0', comment: (request.comment ?? '').slice(0, 31) }
    const ticket = String(this.#next_ticket)
    const order = { ...mark, ticket, spec, direction: request.direction, units, sl, tp }
    const filled = this.#fill({ ...order, command_id: cause.command_id ?? null }, price, cause.by)
    if ('retcode' in filled) return { ...filled, events: [], position: null }
    this.#next_ticket++
    this.#emit(filled.event, cause.command_id, mark.magic)
    const { event, deal } = filled
    return { retcode: Retcode.DONE, comment: DONE_TEXT, events: [event], position: event.position, deal }
  }

  /** Sets SL and TP of a position to absolute values. */
  modify(ticket: string, levels: StopLevels, cause: Cause): TradeResult {
    const refused = (refusal: Refusal, held?: Held) => ({
      ...refusal,
      events: [],
      position: held ? this.#exchange.view(held) : null,
    })
    const held = this.#book.get(ticket)
    if (held === undefined) return refused(notOpen(ticket))
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
    const position = this.#exchange.view(held)
    const event: BrokerEvent = { kind: 'modified', position, time_ms: this.#time_ms }
    this.#emit(event, cause.command_id, cause.magic ?? held.magic)
    return { retcode: Retcode.DONE, comment: DONE_TEXT, events: [event], position }
  }

  /** Closes a position, or `volume` lots of it, at the current bid (buy) or ask (sell). */
  close(ticket: string, cause: Cause, volume: number | null = null): CloseResult {
    const held = this.#book.get(ticket)
    if (held === undefined) return this.#closeGone(ticket, cause, volume)
    const ready = this.#readyToClose(held, cause)
    if ('retcode' in ready) return unclosed(ready)
    const against = volume === null ? null : refusePart(held.spec, held.units, volume)
    if (against !== null) return unclosed(against)
    const units = volume === null ? held.units : toUnits(volume)
    const mark = this.#exitMark(held, cause)
    const filled = this.#exchange.reduce(held, units, closingPrice(held, ready), cause.by, mark)
    this.#ended(mark, filled, cause)
    return closedBy(filled)
  }

  /** Closes two opposite positions of a symbol against each other (hedging). */
  closeBy(ticket: string, opposite_ticket: string, cause: Cause): CloseResult {
    const held = this.#book.get(ticket)
    const opposite = this.#book.get(opposite_ticket)
    if (held === undefined) return unclosed(notOpen(ticket))
    if (opposite === undefined) return unclosed(notOpen(opposite_ticket))
    const ready = this.#readyToClose(held, cause)
    if ('retcode' in ready) return unclosed(ready)
    if (
      this.margin_mode === 'netting' ||
      opposite.spec !== held.spec ||
      opposite.direction === held.direction
    )
      return unclosed(refuse(Retcode.INVALID, 'close by needs two opposite positions of one symbol'))
    const left = Math.abs(held.units - opposite.units)
    if (left !== 0 && left < toUnits(held.spec.volume_min))
      return unclosed(refuse(Retcode.INVALID_CLOSE_VOLUME, 'what is left would be below the minimum volume'))
    const mark = this.#exitMark(held, cause)
    const [filled, other] = this.#exchange.closeBy(held, opposite, cause.by, mark)
    this.#ended(mark, filled, cause)
    // One command, one effect: the other side is its other half.
    this.#emit(other.event, undefined, mark.magic)
    return { ...closedBy(filled), events: [filled.event, other.event] }
  }

  position(ticket: string): Position | null {
    const held = this.#book.get(ticket)
    return held === undefined ? null : this.#exchange.view(held)
  }

  /** All open positions, oldest first, with their floating profit. */
  positions(): Position[] {
    return this.#book.all().map((held) => this.#exchange.view(held))
  }

  /** What AccountInfo* says beside the figures. */
  get info(): AccountInfo {
    return {
      trade_mode: 'ACCOUNT_TRADE_MODE_DEMO',
      margin_mode: `ACCOUNT_MARGIN_MODE_RETAIL_${this.margin_mode === 'hedging' ? 'HEDGING' : 'NETTING'}`,
      currency: this.currency,
      currency_digits: 2,
      leverage: this.#terms.leverage,
    }
  }

  /** The symbol with what a point of one lot is worth at the price of now. */
  withTickValue(spec: SymbolSpec): SymbolSpec {
    const rate = this.quotes.rate(spec.quote_currency, this.currency)
    if (rate === null) return spec
    const worth = (spec.contract_size * spec.point * Number(rate.num)) / Number(rate.den)
    return { ...spec, tick_value: Number(worth.toFixed(8)) }
  }

  /** Balance, equity and margins in the account's currency, to the cent. */
  account(): AccountFigures {
    return this.#book.figures(this.ledger.balance_cents, this.quotes, this.currency)
  }

  #admitOpen(request: OpenRequest, cause: Cause) {
    const spec = this.symbols.get(request.symbol)
    if (spec === undefined) return refuse(Retcode.INVALID, `${request.symbol} is not a symbol of this broker`)
    const general = this.conditions.refuse(spec.symbol, cause) ?? refuseDirection(spec, request.direction)
    if (general !== null) return general
    const quote = this.quotes.get(request.symbol)
    if (quote === undefined) return noPrice(request.symbol)
    const sl = levelPoints(request.sl, spec.digits)
    const tp = levelPoints(request.tp, spec.digits)
    if (sl === null || tp === null) return refuse(Retcode.INVALID_STOPS, 'sl and tp must be prices')
    const bad = refuseVolume(spec, request.volume) ?? refuseStops(spec, quote, request.direction, { sl, tp })
    return bad ?? { spec, quote, sl, tp }
  }

  #fillPrice(spec: SymbolSpec, quote: Quote, request: OpenRequest): number | null {
    const slip = Math.round(this.#slippage_points(spec.symbol))
    if (request.deviation !== undefined && Math.abs(slip) > request.deviation) return null
    return request.direction === 'BUY' ? quote.ask + slip : quote.bid - slip
  }

  /** A fill of an entry order, hedging or netting; booked, but not told. */
  #fill(order: Order, points: number, by: Cause['by']): Filled | Refusal {
    const { ticket, spec, direction, magic, comment, command_id } = order
    const there = this.margin_mode === 'netting' ? this.#book.ofSymbol(spec.symbol)[0] : undefined
    const against = there !== undefined && there.direction !== direction ? there.units : 0
    const mark = { order: ticket, magic, comment, command_id }
    if (there !== undefined && against >= order.units) {
      this.#filledOrder(order, there.ticket)
      return this.#exchange.reduce(there, order.units, points, by, mark)
    }
    const units = order.units - against
    const cost = this.#book.admit({ spec, units, points, ...this.#terms }, this)
    if ('retcode' in cost) return cost
    const { sl, tp } = order
    const open = { units, open_points: points, open_time_ms: this.#time_ms, sl, tp, realised_cents: 0 }
    const held: Held = { ticket, spec, direction, ...open, ...cost, magic, comment, command_id }
    this.#filledOrder(order, there?.ticket ?? ticket)
    if (there === undefined) return this.#exchange.enter(held, by, ticket)
    if (against === 0) return this.#exchange.increase(there, held, by, mark)
    return this.#exchange.reverse(there, held, order.units, by, mark)
  }

  /** A pending order that triggered. Its placing was the command's effect; the fill is the market's. */
  #fillPending(order: Order, quote: Quote): BrokerEvent | Refusal {
    const price = order.direction === 'BUY' ? quote.ask : quote.bid
    const filled = this.#fill(order, price, 'expert')
    if ('retcode' in filled) return filled
    this.#emit(filled.event, undefined, order.magic)
    return filled.event
  }

  #readyToClose(held: Held, cause: Cause): Quote | Refusal {
    const general = this.conditions.refuse(held.spec.symbol, cause)
    if (general !== null) return general
    const quote = this.quotes.get(held.spec.symbol)
    if (quote === undefined) return noPrice(held.spec.symbol)
    return refuseFrozen(held.spec, quote, held.direction, held) ?? quote
  }

  /**
   * A position that is gone. On a netting account the trade server looks at symbol, side and volume only: the closing
   * order is a market order, and a second one opens the other side. Who repeats a close there reads first.
   */
  #closeGone(ticket: string, cause: Cause, volume: number | null): CloseResult {
    const gone = this.margin_mode === 'netting' ? this.ledger.closedPosition(ticket) : null
    if (gone === null || volume === null) return unclosed(notOpen(ticket))
    const { symbol, direction } = gone
    const marks = { magic: cause.magic ?? gone.magic, comment: cause.comment ?? gone.comment }
    const { position, ...result } = this.open(
      { symbol, direction: oppositeOf(direction), volume, ...marks },
      cause,
    )
    return { ...result, closed: null, position }
  }

  #closeAll(held: Held, points: number, reason: 'sl_hit' | 'tp_hit'): Filled {
    const { magic, comment } = held
    const mark = { order: null, magic, comment, command_id: null }
    const filled = this.#exchange.reduce(held, held.units, points, reason, mark)
    this.#emit(filled.event, undefined, magic)
    return filled
  }

  #exitMark(held: Held, cause: Cause): Mark & { order: string } {
    const { magic = held.magic, comment = held.comment, command_id = null } = cause
    return { order: `${this.#next_exit++}`, magic, comment, command_id }
  }

  #ended(mark: Mark & { order: string }, { event, deal }: Filled, cause: Cause): void {
    const { order: ticket, magic, comment, command_id } = mark
    const text = { magic, comment, command_id }
    const { symbol, volume, position, time_ms } = deal
    const sizes = { volume, filled_volume: volume, position, time_ms }
    this.history.addOrder({ ticket, was: null, symbol, state: 'ORDER_STATE_FILLED', ...sizes, ...text })
    this.#emit(event, cause.command_id, magic)
  }

  #filledOrder(order: Order, position: string): void {
    this.orders.filled(order, position, this.#time_ms)
  }

  #emit(event: BrokerEvent, command_id: string | undefined, magic: string): void {
    const { ticket } = event.position
    this.ledger.execution(command_id, { kind: event.kind, ticket, magic, time_ms: this.#time_ms })
    this.listener?.(event)
  }
}

const DONE_TEXT = 'Request executed'
const noPrice = (symbol: string): Refusal => refuse(Retcode.PRICE_OFF, `${symbol} has no quote yet`)
const notOpen = (ticket: string): Refusal => refuse(Retcode.POSITION_CLOSED, `position ${ticket} is not open`)
const closingPrice = (held: Held, quote: Quote): number => (held.direction === 'BUY' ? quote.bid : quote.ask)
const unopened = (retcode: number, comment: string): TradeResult => ({
  ...refuse(retcode, comment),
  events: [],
  position: null,
})
const unclosed = (refusal: Refusal): CloseResult => ({ ...refusal, events: [], closed: null })

function closedBy({ event, deal }: Filled): CloseResult {
  const closed: ClosedPosition | null = isClosed(event) ? event.position : null
  const position = closed === null ? event.position : null
  return { retcode: Retcode.DONE, comment: DONE_TEXT, events: [event], closed, position, deal }
}

const isClosed = (event: BrokerEvent): event is ClosedNow => event.kind === 'closed'
