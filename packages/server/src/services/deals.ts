// Deals: the account's history, each booked once, with who made it (R9, R12).
import { brokerTimeMs, type Command, type Deal, isFlat, makerOf, totalsOf } from '@ngtb/core'
import { type DealEvent, type DealReason, type Maker, Refusal, toInt64 } from '@ngtb/protocol'
import type { CommandMoves } from './command-moves.ts'
import type { Context } from './context.ts'
import type { Step } from './step.ts'
import type { TradeBook } from './trade-book.ts'
import { strategyMagic, taggedBy } from './trade-tags.ts'

/** Who or what did it; the command, where it was one of ours. */
export interface Attribution {
  readonly made_by: Maker
  readonly command_id: string | null
  readonly reason: DealReason | null
}

export class Deals {
  readonly #ctx: Context
  readonly #book: TradeBook
  readonly #moves: CommandMoves

  constructor(ctx: Context, book: TradeBook, moves: CommandMoves) {
    this.#ctx = ctx
    this.#book = book
    this.#moves = moves
  }

  /** Of the deals that these events tell those that the ledger has: one look for all of them. */
  async known(step: Step, events: readonly unknown[]): Promise<Set<string>> {
    const told = events.flatMap((event) => toInt64((event as { deal?: unknown } | null)?.deal) ?? [])
    if (told.length === 0) return new Set()
    await step.caughtUp()
    const stored = await this.#ctx.store.dealsAmong(step.account.account_id, told)
    return new Set(stored.map(({ deal }) => deal))
  }

  /** @throws {Refusal} before anything is written */
  async bookIn(step: Step, event: DealEvent): Promise<Deal> {
    const facts = factsOf(event)
    const magic = event.magic === undefined || event.magic === null ? null : String(event.magic)
    const command = await taggedBy(step, this.#moves, magic, facts.symbol)
    const made_by = makerOf(facts.type, facts.reason, command !== null)
    const deal: Deal = {
      account_id: step.account.account_id,
      ...facts,
      magic: command ? strategyMagic(step, command) : magic,
      broker_offset_min: step.state.connection.broker_offset_min,
      made_by,
      // A stop that was hit is the market's doing; its tag names what opened the position.
      command_id: made_by === 'command' ? (command?.command_id ?? null) : null,
      received_at: step.now,
    }
    step.saveDeal(deal)
    const { account_id: _account, received_at: _at, broker_offset_min: _offset, ...told } = deal
    step.audit('deal.booked', 'ea', deal.position ?? deal.deal, told)
    return deal
  }

  /** Who ended a position, by the reason and tag of its last deal. */
  async attribute(step: Step, reason: DealReason | null, magic: unknown): Promise<Attribution> {
    const command: Command | null = await taggedBy(step, this.#moves, toInt64(magic), null)
    const made_by = makerOf('DEAL_TYPE_BUY', reason, command !== null)
    return { made_by, command_id: made_by === 'command' ? (command?.command_id ?? null) : null, reason }
  }

  /** R4: a position whose deals cancel out is over, and these say how. For those that a list missed. */
  async settle(step: Step, booked: readonly Deal[]): Promise<void> {
    for (const position of new Set(booked.flatMap((deal) => deal.position ?? []))) {
      const trade = await this.#book.find(step, position)
      const waits = trade?.status === 'open' ? trade.absent_since !== null : trade?.closed_by === 'absence'
      if (!trade || !waits) continue
      const stored = await this.#ctx.store.dealsOfPosition(step.account.account_id, position)
      const here = booked.filter((deal) => deal.position === position)
      const deals = [...stored, ...here]
      const last = deals.findLast(({ entry }) => entry !== 'DEAL_ENTRY_IN')
      if (!last || !isFlat(deals)) continue
      const end = {
        ...totalsOf(deals),
        close_price: last.price,
        close_time_ms: last.time_ms,
        close_reason: last.made_by,
      }
      const by = { made_by: last.made_by, command_id: last.command_id, reason: last.reason }
      this.#book.close(step, trade, position, end, 'deal', by)
    }
    for (const deal of booked) await this.#settleClose(step, deal)
  }

  /** The deal that ended a position carries the tag of a CLOSE: that is done, whatever it was called before. */
  async #settleClose(step: Step, { command_id, position, entry, price }: Deal): Promise<void> {
    if (command_id === null || position === null || entry === 'DEAL_ENTRY_IN') return
    const command = await this.#moves.find(step, command_id)
    if (command?.type !== 'CLOSE_TRADE' || command.status === 'completed') return
    const trade = await this.#book.find(step, position)
    if (trade?.status !== 'closed' || command.payload.ticket !== position) return
    const response = { ticket: position, ...(price !== null && { close_price: price }) }
    const event = { kind: 'completed', at: step.now, response, ticket: position, evidence: 'tag' } as const
    this.#moves.apply(step, command, event, 'ea')
  }
}

/** @throws {Refusal} NGTB_TICKET_INVALID */
function factsOf(event: DealEvent) {
  const id = (name: 'deal' | 'order' | 'position') => {
    const value = event[name]
    if (value === undefined || value === null || value === 0 || value === '0') return null
    const ticket = toInt64(value)
    if (ticket === null)
      throw new Refusal('NGTB_TICKET_INVALID', `${name} ${String(value).slice(0, 60)} is no ticket`)
    return ticket
  }
  const deal = id('deal')
  if (deal === null) throw new Refusal('NGTB_TICKET_INVALID', 'deal is missing: its ticket is its identity')
  return {
    deal,
    type: event.type,
    entry: event.entry ?? null,
    reason: event.reason ?? null,
    order_ticket: id('order'),
    position: id('position'),
    symbol: event.symbol ?? null,
    volume: event.volume ?? null,
    price: event.price ?? null,
    profit: event.profit ?? null,
    swap: event.swap ?? null,
    commission: event.commission ?? null,
    fee: event.fee ?? null,
    comment: event.comment ?? null,
    time_ms: brokerTimeMs(event.time),
  }
}
