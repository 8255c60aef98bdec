// What the existing EA tells of trades: by event, by the periodic list, and the deals that are no trades.
import type { CloseReasons } from './close-reasons.ts'
import { BOOKINGS, type Deal, NO_SYMBOL, type Position, type TerminalEvent } from './facts.ts'
import { type Figures, figuresOf } from './figures.ts'
import type { Terminal } from './terminal.ts'
import type { Voice } from './voice.ts'
import { dec, int, profitUpdateBody, type TradeUpdate, tradeUpdateBody, transactionBody } from './wording.ts'

export class Reports {
  readonly #voice: Voice
  readonly #terminal: Terminal
  readonly #reasons: CloseReasons
  readonly #profit_ms: number
  #figures: { readonly at: number; readonly figures: Figures } | null = null
  /** How many deals of the history were looked at: none when the EA begins, so that it tells all of them again. */
  #told = 0

  constructor(voice: Voice, terminal: Terminal, reasons: CloseReasons, profit_ms: number) {
    this.#voice = voice
    this.#terminal = terminal
    this.#reasons = reasons
    this.#profit_ms = profit_ms
  }

  /** Kept for a while, by the time of quotes. */
  figures(): Figures {
    const { deals, quoted_at } = this.#terminal
    if (this.#figures && quoted_at - this.#figures.at < this.#profit_ms) return this.#figures.figures
    const figures = figuresOf(deals, this.#terminal.funds().balance, this.#terminal.timeCurrent())
    this.#figures = { at: quoted_at, figures }
    return figures
  }

  /** OnTradeTransaction and OnTrade, when their turn comes: by then a position may be gone. */
  async on(event: TerminalEvent): Promise<void> {
    if (!this.#voice.open) return
    switch (event.kind) {
      case 'DEAL_ADD':
        if (event.deal.position === 0n) return
        if (event.deal.entry === 'IN') return this.#opened(event.deal)
        // INOUT and OUT_BY are no events to it.
        return event.deal.entry === 'OUT' ? this.#closed(event.deal) : undefined
      case 'HISTORY_ADD':
        return this.#again(event.position)
      case 'TRADE':
        return this.#profit()
      default:
        return
    }
  }

  /** One POST per position, and none without positions. */
  async sync(): Promise<void> {
    for (const position of this.#terminal.positions()) await this.#update(this.#open(position))
  }

  /** The deals since the last time; none is repeated, whatever became of it. */
  async transactions(): Promise<void> {
    const deals = this.#terminal.deals.slice(this.#told)
    this.#told = this.#terminal.deals.length
    for (const { ticket, type, profit, time, comment } of deals) {
      if (!BOOKINGS.some((booking) => booking === type)) continue
      const { balance } = this.#terminal.funds()
      const told = { ticket, transaction_type: type, amount: profit, timestamp: time, comment, balance }
      const body = transactionBody(this.#voice.caller, told)
      await this.#voice.line.post({ port: 'command', path: '/api/transaction', body })
    }
  }

  async #opened(deal: Deal): Promise<void> {
    const held = this.#terminal.position(deal.position)
    if (!held) return
    this.#reasons.track(held)
    await this.#update(this.#open(held))
    const { ticket, direction, symbol, volume } = held
    const info = `Ticket: ${int(ticket)}, ${direction} ${symbol} ${dec(volume, 2)}`
    await this.#voice.log('INFO', 'Trade opened', info)
  }

  async #again(ticket: bigint): Promise<void> {
    const held = this.#terminal.position(ticket)
    if (!held) return
    await this.#update(this.#open(held))
    const info = `Ticket: ${int(ticket)}, SL: ${dec(held.sl, 5)}, TP: ${dec(held.tp, 5)}`
    await this.#voice.log('INFO', 'Trade modified', info)
  }

  /** Told from the deals alone: the whole volume of the entry, also when a part was closed, and never SL and TP. */
  async #closed(exit: Deal): Promise<void> {
    const { deals } = this.#terminal
    const ticket = exit.position
    const entry = deals.findLast((deal) => deal.position === ticket && deal.entry === 'IN')
    const last = deals.findLast((deal) => deal.position === ticket && deal.entry === 'OUT') ?? exit
    if (!entry || (entry.type !== 'BUY' && entry.type !== 'SELL')) return
    const { symbol } = entry
    const { point } = this.#terminal.spec(symbol) ?? NO_SYMBOL
    const close_reason = this.#reasons.decide(ticket, last.price, point)
    if (!this.#terminal.position(ticket)) this.#reasons.forget(ticket)
    await this.#update({
      ticket,
      symbol,
      direction: entry.type,
      volume: entry.volume,
      open_price: entry.price,
      open_time: entry.time,
      close_price: last.price,
      close_time: last.time,
      sl: 0,
      tp: 0,
      profit: last.profit,
      commission: last.commission,
      swap: last.swap,
      status: 'closed',
      close_reason,
    })
    const profit = dec(last.profit, 2)
    const info = `Ticket: ${int(ticket)}, ${symbol}, Profit: ${profit}, Reason: ${close_reason}`
    await this.#voice.log('INFO', 'Trade closed', info)
  }

  #open(held: Position): TradeUpdate {
    const { ticket, symbol, direction, volume, open_price, open_time, sl, tp, swap } = held
    const deals = this.#terminal.deals.filter(({ position }) => position === ticket)
    const place = { ticket, symbol, direction, volume, open_price, open_time, close_price: 0, close_time: 0 }
    const profit = this.#terminal.profitOf(held)
    const commission = deals.reduce((sum, deal) => sum + deal.commission, 0)
    return { ...place, sl, tp, profit, commission, swap, status: 'open', close_reason: '' }
  }

  async #update(trade: TradeUpdate): Promise<void> {
    const body = tradeUpdateBody(this.#voice.caller, trade)
    await this.#voice.line.post({ port: 'trades', path: '/api/trades/update', body })
  }

  async #profit(): Promise<void> {
    this.#figures = null
    const body = profitUpdateBody(this.#voice.caller, { ...this.#terminal.funds(), ...this.figures() })
    await this.#voice.line.post({ port: 'command', path: '/api/profit_update', body })
  }
}
