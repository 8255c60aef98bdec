// One account at the trade server: its book, its faults by a plan, and a note of every order that came.
import {
  DEFAULT_SYMBOLS,
  type OrderFault,
  type OrderRequest,
  Random,
  SimulatedBroker,
  TradeServer,
} from '@ngtb/ea-sim'
import type { Direction, MarginMode } from '@ngtb/protocol'
import type { BrokerBooks, BrokerOrder } from '../audit/evidence.ts'
import type { BrokerCall } from './remote-port.ts'

/** How the trade server behaves. Drawn by the seed: the same orders meet the same faults. */
export interface BrokerPlan {
  readonly seed: number
  readonly margin_mode: MarginMode
  /** How often an order gets an ambiguous retcode (0 … 1), and then takes effect within so many ms, or never. */
  readonly ambiguous_ratio: number
  readonly ambiguous_ms_max: number
  /** How often it is refused for a while (10004, 10020, 10021, 10024). */
  readonly requote_ratio: number
  /** The answer to an order takes so long; its effect does not. */
  readonly reply_ms: readonly [number, number]
  /** What happens to the next orders of an action; each is used once. */
  readonly next?: readonly { readonly action: string; readonly fault: OrderFault }[]
}

export const CALM: BrokerPlan = {
  seed: 1,
  margin_mode: 'hedging',
  ambiguous_ratio: 0,
  ambiguous_ms_max: 0,
  requote_ratio: 0,
  reply_ms: [0, 0],
}

export type ManualTrade =
  | { readonly kind: 'open'; readonly symbol: string; readonly direction: Direction; readonly volume: number }
  | { readonly kind: 'close'; readonly ticket: string }
  | { readonly kind: 'cancel'; readonly ticket: string }
  | { readonly kind: 'place'; readonly symbol: string; readonly volume: number; readonly price: number }

/** What is there now, for whoever needs a ticket. */
export interface Standing {
  readonly positions: readonly {
    readonly ticket: string
    readonly symbol: string
    readonly direction: Direction
    readonly volume: number
    readonly open_price: number
  }[]
  readonly pending: readonly { readonly ticket: string; readonly price: number }[]
  /** So many effects of orders until now. */
  readonly effects: number
}

export const SYMBOLS: readonly string[] = ['EURUSD', 'USDJPY', 'AUDUSD']
const AMBIGUOUS = [10011, 10012, 10028, 10031]
const REQUOTES = [10004, 10020, 10021, 10024]
/** Quotes stay this close to where they began: stops and pending orders far away are never reached by chance. */
const SWING_POINTS = 20

export class BrokerAccount {
  plan: BrokerPlan
  readonly broker: SimulatedBroker
  readonly #server: TradeServer
  readonly #random: Random
  readonly #orders: BrokerOrder[] = []
  readonly #used = new Set<object>()

  constructor(login: string, plan: BrokerPlan) {
    this.plan = plan
    this.#random = new Random(plan.seed)
    this.broker = new SimulatedBroker({ margin_mode: plan.margin_mode, balance: 10_000_000 })
    this.#server = new TradeServer(this.broker, { login, decide: (request) => this.#decide(request) })
    this.quote()
  }

  take(call: BrokerCall): { reply: unknown; after_ms: number } {
    const at = nowMs()
    switch (call.call) {
      case 'order': {
        const { command_id, action } = call.request
        this.#orders.push({ command_id, action, at })
        const [least, most] = this.plan.reply_ms
        return { reply: this.#server.order(call.request, at), after_ms: this.#random.between(least, most) }
      }
      case 'look':
        return { reply: this.#server.look(call.query, at), after_ms: 0 }
      case 'terminal':
        return { reply: this.#server.terminal(at), after_ms: 0 }
      case 'positions':
        return { reply: this.#server.view.positions(at), after_ms: 0 }
      case 'account':
        return { reply: this.broker.account(), after_ms: 0 }
    }
  }

  advance(): void {
    this.#server.advance(nowMs())
  }

  quote(): void {
    const time_ms = Math.floor(nowMs())
    for (const { symbol, reference_price, point, spread_points } of DEFAULT_SYMBOLS) {
      if (!SYMBOLS.includes(symbol)) continue
      const bid = reference_price + this.#random.between(-SWING_POINTS, SWING_POINTS) * point
      this.broker.onTick({ symbol, bid, ask: bid + spread_points * point, time_ms })
    }
  }

  connected(connected: boolean): void {
    this.#server.setConnected(connected, nowMs())
  }

  manual(trade: ManualTrade): number {
    const by = { by: 'manual' } as const
    switch (trade.kind) {
      case 'open':
        return this.broker.open(trade, by).retcode
      case 'close':
        return this.broker.close(trade.ticket, by).retcode
      case 'cancel':
        return this.broker.orders.cancel(trade.ticket, by).retcode
      case 'place':
        return this.broker.orders.place({ ...trade, kind: 'LIMIT', direction: 'BUY' }, by).retcode
    }
  }

  standing(): Standing {
    const { orders, ledger } = this.broker
    return { positions: this.broker.positions(), pending: orders.all(), effects: ledger.executions.length }
  }

  books(): BrokerBooks {
    return {
      positions: this.broker.positions(),
      pending: this.broker.orders.all(),
      effects: this.broker.ledger.executions,
      orders: this.#orders,
    }
  }

  #decide(request: OrderRequest): OrderFault {
    const wanted = this.plan.next?.find((one) => one.action === request.action && !this.#used.has(one))
    if (wanted !== undefined) {
      this.#used.add(wanted)
      return wanted.fault
    }
    const { ambiguous_ratio, ambiguous_ms_max, requote_ratio } = this.plan
    if (this.#random.chance(requote_ratio)) return { kind: 'refuse', retcode: this.#one(REQUOTES) }
    if (!this.#random.chance(ambiguous_ratio)) return { kind: 'normal' }
    const effect_after_ms = this.#random.chance(0.5) ? this.#random.between(0, ambiguous_ms_max) : null
    return { kind: 'ambiguous', returned: false, retcode: this.#one(AMBIGUOUS), effect_after_ms }
  }

  #one(retcodes: readonly number[]): number {
    return retcodes[this.#random.between(0, retcodes.length - 1)] ?? 10012
  }
}

/** UTC in ms that never goes back: for looks, for late effects, and for comparing with deadlines. */
const nowMs = (): number => performance.timeOrigin + performance.now()
