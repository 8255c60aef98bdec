// The trade server and the terminal's link to it: time, and faults that are decided from outside.
//
//   S1. What happens to a request is decided once, by `decide`, never by chance in here.
//   S2. An effect that comes later comes by advance(), at its own time, in order.
//   S3. Every effect at the book is counted under the request's command_id (ledger.executions).

import type { TradeBlock } from '@ngtb/protocol'
import type { SimulatedBroker } from './broker.ts'
import type { Cause } from './broker-types.ts'
import { Retcode } from './checks.ts'
import { toUnits } from './decimal.ts'
import type {
  BrokerPort,
  LookQuery,
  LookResult,
  OrderRequest,
  OrderResult,
  TerminalState,
} from './native/broker-port.ts'
import { perform } from './order-requests.ts'
import { readTerminal } from './terminal-look.ts'
import { TerminalView, type Touched } from './terminal-view.ts'

/** What becomes of one request (NATIVE.md has the table). */
export type OrderFault =
  | { kind: 'normal' }
  | { kind: 'refuse'; retcode: number }
  /** `effect_after_ms` null: it never takes effect. */
  | { kind: 'ambiguous'; returned: boolean; retcode: number; effect_after_ms: number | null }
  /** Filled to this part of the volume (0 … 1), rounded down to the step, at least the minimum. */
  | { kind: 'partial'; ratio: number }
  /** Accepted, and dealt later; null: rejected in the end. */
  | { kind: 'placed'; deal_after_ms: number | null }

export interface TradeServerOptions {
  login?: string
  decide?: (request: OrderRequest, at_ms: number) => OrderFault
  /** ms until the terminal shows the effect of this request; 0 = at once. */
  visibleAfter?: (request: OrderRequest, at_ms: number) => number
  /** ms that the terminal needs after a connection to have everything loaded. */
  synchronise_ms?: number
  /** Effects by hand or by the book itself need no time; this is for late ones. */
  onLateEffect?: (request: OrderRequest, result: OrderResult, at_ms: number) => void
}

const BLOCKED: Readonly<Record<TradeBlock, number>> = {
  TERMINAL_TRADE_ALLOWED: Retcode.CLIENT_DISABLES_AT,
  MQL_TRADE_ALLOWED: Retcode.CLIENT_DISABLES_AT,
  ACCOUNT_TRADE_ALLOWED: Retcode.TRADE_DISABLED,
  ACCOUNT_TRADE_EXPERT: Retcode.SERVER_DISABLES_AT,
}

interface Late {
  at_ms: number
  request: OrderRequest
}

export class TradeServer {
  readonly broker: SimulatedBroker
  readonly view: TerminalView
  /** The login that the terminal is logged in with; another one is an account switch. */
  login: string
  /** Switches that are off: in the terminal, in the EA's properties, at the trade server. */
  trade_blocked_by: readonly TradeBlock[] = []
  readonly #options: TradeServerOptions
  #late: Late[] = []
  #connected = true
  #synchronised_at_ms = Number.NEGATIVE_INFINITY
  #now_ms = 0

  constructor(broker: SimulatedBroker, options: TradeServerOptions = {}) {
    this.broker = broker
    this.view = new TerminalView(broker)
    this.login = options.login ?? '1'
    this.#options = options
  }

  /** Time goes on: late effects that are due take place, in order. */
  advance(at_ms: number): void {
    for (let next = this.#late[0]; next !== undefined && next.at_ms <= at_ms; next = this.#late[0]) {
      this.#late.shift()
      this.#now_ms = Math.max(this.#now_ms, next.at_ms)
      const result = this.#effect(next.request)
      this.#options.onLateEffect?.(next.request, result, next.at_ms)
    }
    this.#now_ms = Math.max(this.#now_ms, at_ms)
  }

  /** When advance() has something to do; null: nothing waits. */
  nextDue(): number | null {
    return this.#late[0]?.at_ms ?? null
  }

  order(request: OrderRequest, at_ms: number): OrderResult {
    this.advance(at_ms)
    // The terminal knows that it has no link: nothing leaves the machine.
    if (!this.#connected) return told(false, Retcode.CONNECTION, 'no connection with the trade server')
    const [block] = this.trade_blocked_by
    if (block !== undefined) return told(false, BLOCKED[block], `${block} is off`)
    const fault = this.#options.decide?.(request, this.#now_ms) ?? { kind: 'normal' }
    switch (fault.kind) {
      case 'normal':
        return this.#effect(request)
      case 'refuse':
        return told(false, fault.retcode, 'refused on demand')
      case 'ambiguous':
        this.#later(request, fault.effect_after_ms)
        return told(fault.returned, fault.retcode, 'the outcome is unknown')
      case 'partial':
        return this.#partly(request, fault.ratio)
      case 'placed':
        // A pending order that is placed is there; a market order waits for its deal.
        if (request.action === 'pending') return { ...this.#effect(request), retcode: Retcode.PLACED }
        this.#later(request, fault.deal_after_ms)
        return told(true, Retcode.PLACED, 'Order placed')
    }
  }

  look(query: LookQuery, at_ms: number): LookResult {
    this.advance(at_ms)
    return readTerminal(this.broker, this.view, query, this.terminal(at_ms), this.#now_ms)
  }

  terminal(at_ms: number): TerminalState {
    this.advance(at_ms)
    const { margin_mode } = this.broker
    const synchronised = this.#connected && this.#now_ms >= this.#synchronised_at_ms
    const { login, trade_blocked_by } = this
    return { connected: this.#connected, synchronised, login, margin_mode, trade_blocked_by }
  }

  /** The terminal's link. Orders on their way go on: the trade server has them. */
  setConnected(connected: boolean, at_ms: number): void {
    this.advance(at_ms)
    if (connected && !this.#connected)
      this.#synchronised_at_ms = this.#now_ms + (this.#options.synchronise_ms ?? 0)
    this.#connected = connected
  }

  #later(request: OrderRequest, after_ms: number | null): void {
    if (after_ms === null) return
    if (after_ms <= 0) {
      this.#effect(request)
      return
    }
    this.#late.push({ at_ms: this.#now_ms + after_ms, request })
    // A stable sort: equal times keep the order in which they were asked for.
    this.#late.sort((a, b) => a.at_ms - b.at_ms)
  }

  #partly(request: OrderRequest, ratio: number): OrderResult {
    const part = partOf(this.broker, request, ratio)
    if (part === null) return this.#effect(request)
    const result = this.#effect(part)
    return result.retcode === Retcode.DONE ? { ...result, retcode: Retcode.DONE_PARTIAL } : result
  }

  #effect(request: OrderRequest): OrderResult {
    const { broker, view } = this
    const { command_id, magic, comment } = request
    const cause: Cause = { by: 'expert', command_id, magic, ...(comment !== undefined && { comment }) }
    const lag_ms = this.#options.visibleAfter?.(request, this.#now_ms) ?? 0
    const visible_at_ms = Math.max(this.#now_ms + lag_ms, view.hidden_until_ms)
    if (visible_at_ms <= this.#now_ms) return perform(broker, request, cause)
    const asked = touchedBy(broker, request)
    const before = view.remember(asked)
    const result = perform(broker, request, cause)
    view.hide(before, withResult(asked, request, result), visible_at_ms)
    return result
  }
}

/** A port for one process; another process wraps the same three calls. */
export const portOf = (server: TradeServer, at_ms: () => number): BrokerPort => ({
  order: (request) => server.order(request, at_ms()),
  look: (query) => server.look(query, at_ms()),
  terminal: () => server.terminal(at_ms()),
})

const told = (returned: boolean, retcode: number, comment: string): OrderResult => ({
  returned,
  retcode,
  comment,
  order: null,
  deal: null,
  position: null,
  price: null,
  volume: null,
})

function touchedBy(broker: SimulatedBroker, request: OrderRequest): Touched {
  switch (request.action) {
    case 'open': {
      // Netting: the one position of the symbol is what changes.
      const there = broker.margin_mode === 'netting' ? broker.positions() : []
      const same = there.filter(({ symbol }) => symbol === request.symbol)
      return { positions: same.map(({ ticket }) => ticket), orders: [] }
    }
    case 'modify':
    case 'close':
      return { positions: [request.ticket], orders: [] }
    case 'close_by':
      return { positions: [request.ticket, request.opposite_ticket], orders: [] }
    case 'modify_pending':
    case 'cancel':
      return { positions: [], orders: [request.ticket] }
    case 'pending':
      return { positions: [], orders: [] }
  }
}

function withResult(touched: Touched, request: OrderRequest, result: OrderResult): Touched {
  const { position, order } = result
  const positions = position === null ? touched.positions : [...new Set([...touched.positions, position])]
  const orders = request.action === 'pending' && order !== null ? [order] : touched.orders
  return { positions, orders }
}

/** The same request for a part of its volume; null where it has none to divide. */
function partOf(broker: SimulatedBroker, request: OrderRequest, ratio: number): OrderRequest | null {
  if (request.action !== 'open' && request.action !== 'close') return null
  const held = request.action === 'close' ? broker.position(request.ticket) : null
  const symbol = request.action === 'open' ? request.symbol : held?.symbol
  const volume = request.volume ?? held?.volume
  const spec = symbol === undefined ? undefined : broker.symbols.get(symbol)
  if (spec === undefined || volume === undefined) return null
  const step = toUnits(spec.volume_step)
  const units = Math.max(toUnits(spec.volume_min), Math.floor((toUnits(volume) * ratio) / step) * step)
  if (units >= toUnits(volume)) return null
  return { ...request, volume: units / 1e8 }
}
