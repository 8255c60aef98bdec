// The broker of one account: the book that is never rolled back, prices that move, a trader's own hand, and trade
// servers that refuse, dally, or leave the outcome open.
import {
  type BrokerEvent,
  DEFAULT_SYMBOLS,
  type OrderFault,
  type OrderRequest,
  type Position,
  SimulatedBroker,
  TradeServer,
} from '@ngtb/ea-sim'
import type { Happening } from './coverage.ts'
import type { AccountDay, BrokerDay } from './day.ts'
import type { History } from './history.ts'
import { BEGIN } from './house.ts'
import type { Random } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'

export const SYMBOLS = ['EURUSD', 'GBPUSD'] as const
const SPECS = DEFAULT_SYMBOLS.filter(({ symbol }) => SYMBOLS.some((name) => name === symbol))

/** The longest that an order takes from the terminal to the trade server. */
const TRANSIT_MS = 500

export interface MarketParts {
  readonly time: VirtualTime
  readonly history: History
  readonly random: Random
  readonly account: AccountDay
  readonly day: BrokerDay
}

export class Market {
  readonly broker: SimulatedBroker
  readonly account: AccountDay
  /** Hears of every change at the book, after the effect. */
  readonly listeners: ((event: BrokerEvent) => void)[] = []
  /** Of every change of a pending order. */
  readonly order_listeners: (() => void)[] = []
  readonly #parts: MarketParts
  readonly #prices = new Map<string, number>()
  #day: BrokerDay

  constructor(parts: MarketParts) {
    this.#parts = parts
    this.#day = parts.day
    this.account = parts.account
    const { margin_mode, account_id } = parts.account
    // Tickets of different accounts differ, so that one that lands in the wrong book is seen (P15).
    this.broker = new SimulatedBroker({
      margin_mode,
      symbols: SPECS,
      balance: 1_000_000,
      ticket_start: 1_000 * account_id + 100,
    })
    this.broker.listener = (event) => {
      for (const listen of this.listeners) listen(event)
    }
    this.broker.orders.listener = () => {
      for (const listen of this.order_listeners) listen()
    }
    for (const { symbol, reference_price } of SPECS) this.#prices.set(symbol, reference_price)
    this.#quote()
    parts.time.every(parts.random.between(1_500, 4_000), () => this.#quote())
    this.#manual()
    const hand = parts.random.aside('orders by hand')
    if (hand.chance(0.35)) this.#manualOrders(hand)
  }

  /** A terminal's own way to the trade server. */
  tradeServer(name: string): TradeServer {
    const { history, account } = this.#parts
    return new TradeServer(this.broker, {
      login: account.login,
      decide: (request) => {
        const fault = this.#decide(request)
        if (fault.kind !== 'normal')
          history.note(name, `${request.action} ${request.command_id}: ${said(fault)}`, kindOf(fault))
        return fault
      },
      visibleAfter: () => Math.min(this.#parts.random.exponential(this.#day.visible_ms), this.#late_ms / 3),
      synchronise_ms: 300,
    })
  }

  /** The trade server took it, and its word to the terminal is lost. */
  resultIsLost(): boolean {
    const lost = this.#parts.random.chance(this.#day.lost_result)
    if (lost) this.#parts.history.count('result of an order lost')
    return lost
  }

  get positions(): Position[] {
    return this.broker.positions()
  }

  calm(): void {
    const { visible_ms } = this.#day
    this.#day = { ...NO_FAULTS, visible_ms: Math.min(visible_ms, 100), volatile: false }
  }

  /** Transit, effect and visibility together stay within the settle time: that is what settle means. */
  get #late_ms(): number {
    return (this.account.settle_ms - TRANSIT_MS) * 0.75
  }

  #decide({ action }: OrderRequest): OrderFault {
    const { random } = this.#parts
    const { ambiguous, refused, transient, partial, placed } = this.#day
    if (random.chance(ambiguous)) {
      const returned = random.chance(0.7)
      return {
        kind: 'ambiguous',
        returned,
        retcode: returned ? random.pick([10012, 10031, 10011, 10028]) : 0,
        effect_after_ms: random.chance(0.4) ? null : random.between(0, this.#late_ms),
      }
    }
    if (random.chance(refused)) return { kind: 'refuse', retcode: random.pick([10006, 10013, 10018, 10019]) }
    if (random.chance(transient)) return { kind: 'refuse', retcode: random.pick(REQUOTES) }
    if (action === 'open' && random.chance(partial)) return { kind: 'partial', ratio: random.unit() }
    if (random.chance(placed))
      return { kind: 'placed', deal_after_ms: random.chance(0.7) ? random.between(0, this.#late_ms) : null }
    return { kind: 'normal' }
  }

  #quote(): void {
    const { random, time } = this.#parts
    const step = this.#day.volatile ? 60 : 4
    for (const { symbol, point, spread_points } of SPECS) {
      const price = (this.#prices.get(symbol) ?? 1) + random.between(-step, step) * point
      this.#prices.set(symbol, price)
      const bid = Number(price.toFixed(5))
      const ask = Number((price + spread_points * point).toFixed(5))
      this.broker.onTick({ symbol, bid, ask, time_ms: BEGIN + time.now })
    }
  }

  /** A person at the terminal opens and closes what no command asked for. */
  #manual(): void {
    const { time, random, history } = this.#parts
    const { manual_every_ms } = this.#day
    if (manual_every_ms === 0) return
    time.after(random.exponential(manual_every_ms), () => {
      if (this.#day.manual_every_ms === 0) return
      const mine = this.positions.filter(({ comment }) => comment === 'by hand')
      const all = random.chance(0.3) ? this.positions : mine
      if (all.length > 0 && random.chance(0.5)) {
        const { ticket } = random.pick(all)
        this.broker.close(ticket, { by: 'manual' })
        history.note('hand', `closes ${ticket}`, 'trade by hand')
      } else {
        const symbol = random.pick(SYMBOLS)
        const direction = random.pick(['BUY', 'SELL'] as const)
        // A size that no strategy asks for: to a plain client's server a likeness would be a proof.
        const { position } = this.broker.open(
          { symbol, direction, volume: 7.77, comment: 'by hand' },
          { by: 'manual' },
        )
        history.note('hand', `opens ${position?.ticket}`, 'trade by hand')
      }
      this.#manual()
    })
  }

  /** Pending orders by hand, near the market and away from it. */
  #manualOrders(random: Random): void {
    const { time, history } = this.#parts
    const { manual_every_ms } = this.#day
    if (manual_every_ms === 0) return
    time.after(random.exponential(manual_every_ms), () => {
      if (this.#day.manual_every_ms === 0) return
      const waiting = this.broker.orders.all()
      if (waiting.length > 0 && random.chance(0.5)) {
        const { ticket } = random.pick(waiting)
        this.broker.orders.cancel(ticket, { by: 'manual' })
        history.note('hand', `cancels ${ticket}`, 'order by hand')
      } else {
        const spec = random.pick(SPECS)
        const price = (this.#prices.get(spec.symbol) ?? 1) - random.between(2, 60) * spec.point
        const order = { symbol: spec.symbol, direction: 'BUY', kind: 'LIMIT', volume: 6.66, price } as const
        const { order: placed } = this.broker.orders.place(order, { by: 'manual' })
        history.note('hand', `places ${placed?.ticket ?? 'nothing'}`, 'order by hand')
      }
      this.#manualOrders(random)
    })
  }
}

const NO_FAULTS = {
  ambiguous: 0,
  refused: 0,
  transient: 0,
  partial: 0,
  placed: 0,
  lost_result: 0,
  link_down_every_ms: 0,
  manual_every_ms: 0,
} as const

const KINDS = {
  ambiguous: 'order without a clear outcome',
  partial: 'order filled in part',
  placed: 'order placed first',
} as const

const REQUOTES: readonly number[] = [10004, 10020, 10021, 10024]

function kindOf(fault: OrderFault): Happening | undefined {
  if (fault.kind === 'refuse') return REQUOTES.includes(fault.retcode) ? 'order requoted' : 'order refused'
  return fault.kind === 'normal' ? undefined : KINDS[fault.kind]
}

const said = (fault: OrderFault): string => JSON.stringify(fault)
