// A fake MetaTrader 5 terminal: an account, moved by the EA's orders, by quotes, and by a test's hand.
import { Account, type AccountOptions, lots, type Opening } from './account.ts'
import { Bars } from './bars.ts'
import { refusal } from './checks.ts'
import type { DealRequest, Fault, OrderRequest, OrderSent, Position } from './facts.ts'

export interface TerminalOptions extends AccountOptions {
  /** ACCOUNT_COMPANY, with whatever letters and quotation marks. */
  readonly company?: string
  /** TimeGMTOffset() of the PC: negative east of Greenwich. */
  readonly tz_offset_s?: number
}

/** What a person opens. */
export type ByHand = Pick<Opening, 'symbol' | 'direction' | 'volume'> & Partial<Opening>

const DONE = 10009
const SEND_FAILED = 4756
/** Retcodes after which OrderSend returns true, and what the broker did. */
const SENT: Readonly<Record<number, 'all' | 'half'>> = {
  10008: 'all',
  [DONE]: 'all',
  10010: 'half',
  10012: 'all',
}

export class Terminal extends Account {
  readonly company: string
  readonly tz_offset_s: number
  readonly bars = new Bars()
  /** Every request that reached the broker. */
  readonly orders: OrderRequest[] = []
  /** UTC in ms of the newest quote: TimeCurrent() stands still without quotes. */
  quoted_at: number
  readonly #faults: Fault[] = []

  constructor(options: TerminalOptions) {
    super(options)
    this.company = options.company ?? 'Pepperstone Group Ltd'
    this.tz_offset_s = options.tz_offset_s ?? -3600
    this.quoted_at = this.now()
  }

  /** TimeCurrent(): broker wall clock of the newest quote, in seconds. */
  timeCurrent(): number {
    return this.brokerSeconds(this.quoted_at)
  }

  orderSend(request: OrderRequest): OrderSent {
    this.orders.push(request)
    const fault = this.#faults.shift() ?? { retcode: this.#refusal(request) ?? DONE }
    const { retcode, sent = retcode in SENT, last_error = SEND_FAILED } = fault
    const effect = fault.effect ?? SENT[retcode] ?? 'nothing'
    const nothing = { order: 0n, price: 0, volume: 0 }
    const filled = effect === 'nothing' ? nothing : this.#fill(request, effect, fault.hidden === true)
    return { sent, last_error: sent ? 0 : last_error, retcode, ...(retcode === DONE ? filled : nothing) }
  }

  /** The next `times` orders end so; each attempt of the EA's loop over filling modes is one. */
  failNext(fault: Fault, times = 1): void {
    for (let count = 0; count < times; count++) this.#faults.push(fault)
  }

  /** A new price, which may reach SL or TP of positions: they are closed at what the market gives. */
  quote(symbol: string, bid: number, ask: number): void {
    this.quotes.set(symbol, { bid, ask })
    this.quoted_at = this.now()
    this.tell({ kind: 'QUOTE', symbol })
    for (const held of this.held.filter((position) => position.symbol === symbol)) {
      const price = held.direction === 'BUY' ? bid : ask
      const up = held.direction === 'BUY' ? 1 : -1
      if (held.sl !== 0 && (price - held.sl) * up <= 0)
        this.close(held, held.volume, 'OUT', `[sl ${held.sl}]`)
      else if (held.tp !== 0 && (price - held.tp) * up >= 0)
        this.close(held, held.volume, 'OUT', `[tp ${held.tp}]`)
    }
  }

  openByHand(by: ByHand): Position {
    return this.open({ sl: 0, tp: 0, magic: 0, comment: '', ...by }, by.volume, false)
  }

  /** Whole or in part; an entry of OUT_BY is a close against an opposite position. */
  closeByHand(ticket: bigint, volume?: number, entry: 'OUT' | 'OUT_BY' = 'OUT'): void {
    const held = this.#held(ticket)
    this.close(held, volume ?? held.volume, entry, '')
  }

  modifyByHand(ticket: bigint, sl: number, tp: number): void {
    this.modify(this.#held(ticket), sl, tp)
  }

  #fill(request: OrderRequest, effect: 'all' | 'half', hidden: boolean) {
    if (request.action === 'SLTP') {
      const held = this.#held(request.position)
      this.modify(held, request.sl, request.tp)
      return { order: 0n, price: 0, volume: held.volume }
    }
    const volume = effect === 'all' ? request.volume : this.#half(request)
    if (request.position === undefined) {
      const { ticket, open_price } = this.open(request, volume, hidden)
      return { order: ticket, price: open_price, volume }
    }
    const order = this.next_ticket++
    const price = this.close(this.#held(request.position), volume, 'OUT', request.comment)
    return { order, price, volume }
  }

  #refusal(request: OrderRequest): number | null {
    const position = this.held.find(({ ticket }) => ticket === request.position)
    const symbol = request.action === 'DEAL' ? request.symbol : (position?.symbol ?? '')
    const quote = this.quoteOf(symbol)
    const margin_needed = request.action === 'DEAL' ? this.margin(symbol, request.volume, quote?.ask ?? 0) : 0
    const { free_margin } = this.funds()
    return refusal(request, { spec: this.spec(symbol), quote, position, free_margin, margin_needed })
  }

  #held(ticket: bigint): Position {
    const held = this.held.find((position) => position.ticket === ticket)
    if (!held) throw new Error(`the fake terminal has no position ${ticket}`)
    return held
  }

  #half({ symbol, volume }: DealRequest): number {
    const { volume_min = 0, volume_step = 0.01 } = this.spec(symbol) ?? {}
    return Math.max(volume_min, lots(Math.floor(volume / 2 / volume_step + 1e-9) * volume_step))
  }
}
