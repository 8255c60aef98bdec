// The fake broker's account: quotes, positions of all magics, deals, money. What happens to it is told to listeners.
import type {
  Booking,
  Deal,
  DealRequest,
  Direction,
  Position,
  Quote,
  SymbolInfo,
  TerminalEvent,
} from './facts.ts'
import type { Funds } from './wording.ts'

export interface AccountOptions {
  readonly login: bigint
  readonly symbols: readonly SymbolInfo[]
  /** Booked as a BALANCE deal when the account begins. */
  readonly deposit?: number
  readonly leverage?: number
  /** Per lot and side, as a cost. */
  readonly commission_per_lot?: number
  /** The broker's wall clock minus UTC. */
  readonly broker_offset_s?: number
  /** UTC in ms. */
  readonly now?: () => number
}

export type Opening = Omit<DealRequest, 'action' | 'filling' | 'position'>

export class Account {
  readonly login: bigint
  readonly symbols: readonly SymbolInfo[]
  /** The history, also of bookings; it only grows. */
  readonly deals: Deal[] = []
  /** Of orders, which become positions. */
  next_ticket = 16_218_652n
  next_deal = 900_001n
  protected held: Position[] = []
  protected readonly quotes = new Map<string, Quote>()
  protected readonly now: () => number
  #balance = 0
  readonly #options: AccountOptions
  readonly #listeners = new Set<(event: TerminalEvent) => void>()

  constructor(options: AccountOptions) {
    this.#options = options
    this.now = options.now ?? Date.now
    this.login = options.login
    this.symbols = options.symbols
    const deposit = options.deposit ?? 10_000
    if (deposit !== 0) this.book('BALANCE', deposit, 'Initial deposit')
  }

  /** @returns how to stop listening */
  listen(listener: (event: TerminalEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  spec(symbol: string): SymbolInfo | undefined {
    return this.symbols.find((spec) => spec.symbol === symbol)
  }

  quoteOf(symbol: string): Quote | undefined {
    return this.quotes.get(symbol)
  }

  /** Those that the terminal can select. */
  positions(): Position[] {
    return this.held.filter(({ hidden }) => !hidden)
  }

  position(ticket: bigint): Position | undefined {
    return this.positions().find((position) => position.ticket === ticket)
  }

  /** Floating, without swap and commission. */
  profitOf({ symbol, direction, volume, open_price }: Position): number {
    const quote = this.quotes.get(symbol)
    const price = direction === 'BUY' ? quote?.bid : quote?.ask
    return this.#profit(symbol, direction, volume, open_price, price ?? open_price)
  }

  funds(): Funds {
    const floating = this.held.reduce((sum, held) => sum + this.profitOf(held) + held.swap, 0)
    const margin = this.held.reduce((sum, held) => {
      return sum + this.margin(held.symbol, held.volume, held.open_price)
    }, 0)
    const equity = this.#balance + floating
    return { balance: this.#balance, equity, margin, free_margin: equity - margin }
  }

  /** A deal that is no trade. */
  book(type: Booking, amount: number, comment: string): Deal {
    const nothing = { position: 0n, symbol: '', volume: 0, price: 0, swap: 0, commission: 0 }
    return this.#deal({ ...nothing, type, entry: 'IN', profit: amount, comment })
  }

  protected open(opening: Opening, volume: number, hidden: boolean): Position {
    const { symbol, direction, sl, tp, magic, comment } = opening
    const open_price = this.#price(symbol, direction)
    const ticket = this.next_ticket++
    const open_time = this.brokerSeconds(this.now())
    const place = { ticket, symbol, direction, volume, open_price, open_time }
    const position: Position = { ...place, sl, tp, swap: 0, magic, comment, hidden }
    this.held.push(position)
    const what = { symbol, type: direction, entry: 'IN', volume, price: open_price, comment } as const
    this.#deal({ ...what, position: ticket, profit: 0, swap: 0, commission: this.#commission(volume) })
    this.#ordered(ticket, direction)
    return position
  }

  /** @returns at what price */
  protected close(held: Position, wanted: number, entry: 'OUT' | 'OUT_BY', comment: string): number {
    const { ticket, symbol } = held
    const type = held.direction === 'BUY' ? 'SELL' : 'BUY'
    const price = this.#price(symbol, type)
    const volume = Math.min(wanted, held.volume)
    const profit = this.#profit(symbol, held.direction, volume, held.open_price, price)
    const swap = cents((held.swap * volume) / held.volume)
    held.swap = cents(held.swap - swap)
    held.volume = lots(held.volume - volume)
    if (held.volume === 0) this.held = this.held.filter((other) => other !== held)
    const what = { symbol, type, entry, volume, price, comment } as const
    this.#deal({ ...what, position: ticket, profit, swap, commission: this.#commission(volume) })
    this.#ordered(ticket, type)
    return price
  }

  protected modify(held: Position, sl: number, tp: number): void {
    Object.assign(held, { sl, tp })
    this.tell({ kind: 'TRADE' })
  }

  protected margin(symbol: string, volume: number, price: number): number {
    return cents((volume * (this.spec(symbol)?.contract_size ?? 0) * price) / (this.#options.leverage ?? 100))
  }

  protected brokerSeconds(at: number): number {
    return Math.floor(at / 1000) + (this.#options.broker_offset_s ?? 0)
  }

  protected tell(event: TerminalEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #ordered(position: bigint, order_type: Direction): void {
    this.tell({ kind: 'HISTORY_ADD', position, order_type })
    this.tell({ kind: 'TRADE' })
  }

  #deal(what: Omit<Deal, 'ticket' | 'time'>): Deal {
    const deal = { ...what, ticket: this.next_deal++, time: this.brokerSeconds(this.now()) }
    this.deals.push(deal)
    this.#balance = cents(this.#balance + deal.profit + deal.swap + deal.commission)
    this.tell({ kind: 'DEAL_ADD', deal })
    return deal
  }

  #price(symbol: string, direction: Direction): number {
    const quote = this.quotes.get(symbol)
    if (!quote) throw new Error(`the fake terminal has no quote of ${symbol}: call quote() first`)
    return direction === 'BUY' ? quote.ask : quote.bid
  }

  #profit(symbol: string, direction: Direction, volume: number, from: number, to: number): number {
    const gain = direction === 'BUY' ? to - from : from - to
    return cents(gain * volume * (this.spec(symbol)?.contract_size ?? 0))
  }

  #commission(volume: number): number {
    return cents(0 - (this.#options.commission_per_lot ?? 0) * volume)
  }
}

/** Without the negative zero that arithmetic leaves and a broker does not have. */
const cents = (value: number): number => Math.round(value * 100) / 100 + 0

export const lots = (value: number): number => Number(value.toFixed(8))
