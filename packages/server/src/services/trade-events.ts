// What an EA tells of single trades: opened, changed, modified, closed (contract §7).
import {
  brokerTimeMs,
  newTrade,
  type Position,
  readRows,
  stop,
  type Trade,
  toDirection,
  withPosition,
} from '@ngtb/core'
import {
  type Direction,
  marketDirection,
  Refusal,
  type TradeClosedBody,
  type TradeModifiedBody,
  type TradeOpenedBody,
  toInt64,
} from '@ngtb/protocol'
import type { CommandMoves } from './command-moves.ts'
import type { Connections } from './connections.ts'
import type { Context } from './context.ts'
import type { Attribution } from './deals.ts'
import type { Desk } from './desk.ts'
import type { Step } from './step.ts'
import type { TradeBook } from './trade-book.ts'
import { readTags } from './trade-tags.ts'
import { grantedTo } from './trade-wishes.ts'

export class TradeEvents {
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #book: TradeBook
  readonly #moves: CommandMoves

  constructor(ctx: Context, connections: Connections, book: TradeBook, moves: CommandMoves) {
    this.#ctx = ctx
    this.#moves = moves
    this.#connections = connections
    this.#book = book
  }

  async opened(desk: Desk, body: TradeOpenedBody, actor: string): Promise<void> {
    positionOf(body) // what can't be read is refused before anything is asked
    await this.#told(desk, actor, (step) => this.openedIn(step, body))
  }

  async closed(desk: Desk, body: TradeClosedBody, actor: string): Promise<void> {
    ticketOf(body.ticket)
    await this.#told(desk, actor, (step) => this.closedIn(step, body))
  }

  async modified(desk: Desk, body: TradeModifiedBody, actor: string): Promise<void> {
    levelsOf(body)
    await this.#told(desk, actor, (step) => this.modifiedIn(step, body))
  }

  #told(desk: Desk, actor: string, take: (step: Step) => Promise<void>): Promise<void> {
    return desk.run((step) => {
      this.#connections.seen(step, 'trade_event', actor)
      return take(step)
    })
  }

  /** @throws {Refusal} before anything is written */
  async openedIn(step: Step, body: TradeOpenedBody): Promise<void> {
    const told = positionOf(body)
    const { ticket } = told
    const trade = await this.#book.find(step, ticket)
    const tags = await readTags(step, this.#moves, [told], () => trade)
    const position = tags.positions.get(ticket) ?? told
    const cause = tags.causes.get(ticket)
    if (!trade) {
      this.#book.create(step, position, 'opened', cause ? null : this.#book.causeOf(step, position))
      if (cause) this.#book.linkByTag(step, cause, ticket)
      return
    }
    const fresh = withoutOld(trade, position)
    const merged = step.saveTrade({
      ...withPosition(trade, fresh, step.now, step.state.specs.get(position.symbol)?.digits),
      heard_no: this.#ctx.arrival(),
    })
    // A late `opened` tells more about a trade; it never opens it again.
    step.audit(merged.status === 'open' ? 'trade.updated' : 'trade.completed', 'ea', trade.ticket, {
      source: 'opened',
      ...fresh,
    })
    if (cause) this.#book.linkByTag(step, cause, ticket)
  }

  /** @param by who ended it (R12), where the EA says so */
  async closedIn(step: Step, body: TradeClosedBody, by: Attribution | null = null): Promise<void> {
    const ticket = ticketOf(body.ticket)
    const trade = await this.#book.find(step, ticket)
    const told_before = trade?.status === 'closed' && trade.closed_by === 'event'
    if (told_before && trade.close_price !== null && trade.profit !== null) return
    const end = {
      close_price: body.close_price,
      close_reason: body.close_reason ?? trade?.close_reason ?? null,
      profit: body.profit ?? trade?.profit ?? null,
      swap: body.swap ?? trade?.swap ?? null,
      commission: body.commission ?? trade?.commission ?? null,
      close_time_ms: brokerTimeMs(body.timestamp),
    }
    this.#book.close(step, trade, ticket, end, 'closed', by)
  }

  /** @throws {Refusal} before anything is written */
  async modifiedIn(step: Step, body: TradeModifiedBody): Promise<void> {
    const { ticket, stops } = levelsOf(body)
    const trade = await this.#book.find(step, ticket)
    if (trade?.status === 'closed') {
      step.audit('trade.contradicted', 'ea', ticket, { source: 'modified', was: 'closed' })
      return
    }
    const { account_id } = step.account
    const before =
      trade ??
      newTrade(
        {
          account_id,
          ticket,
          status: 'open',
          source: 'modified',
          broker_offset_min: step.state.connection.broker_offset_min,
          heard_no: this.#ctx.arrival(),
        },
        step.now,
      )
    step.saveTrade({
      ...before,
      ...stops,
      wanted_sl: null,
      wanted_tp: null,
      updated_at: step.now,
      heard_no: this.#ctx.arrival(),
    })
    step.audit(trade ? 'trade.updated' : 'trade.opened', 'ea', ticket, {
      source: 'modified',
      ...stops,
      ...(trade && grantedTo(step, ticket, stops)),
    })
  }

  /** Another volume, side or level of one that is open. @throws {Refusal} before anything is written */
  async changedIn(step: Step, row: unknown): Promise<void> {
    const { positions, rejected } = readRows([row])
    const [told] = positions.values()
    if (!told) throw new Refusal('NGTB_BODY_INVALID', rejected[0]?.reason)
    const trade = await this.#book.find(step, told.ticket)
    // One that is closed stays so: what changed it was before its end. An unknown one is what a list would bring.
    if (trade?.status === 'closed') return
    const position = { ...told, magic: trade?.magic ?? told.magic }
    if (!trade) {
      this.#book.create(step, position, 'opened', this.#book.causeOf(step, position))
      return
    }
    const digits = step.state.specs.get(position.symbol)?.digits
    step.saveTrade({ ...withPosition(trade, position, step.now, digits), heard_no: this.#ctx.arrival() })
    const { symbol, direction, volume, open_price, sl, tp } = position
    const shape = {
      symbol,
      direction,
      volume,
      open_price,
      ...(sl !== undefined && { sl }),
      ...(tp !== undefined && { tp }),
    }
    step.audit('trade.updated', 'ea', trade.ticket, { source: 'changed', ...shape })
  }
}

function levelsOf(body: TradeModifiedBody): {
  ticket: string
  stops: { sl?: number | null; tp?: number | null }
} {
  const ticket = ticketOf(body.ticket)
  if (body.sl === undefined && body.tp === undefined)
    throw new Refusal('NGTB_BODY_INVALID', 'give sl or tp (0: none)')
  const stops = {
    ...(body.sl === undefined ? {} : { sl: stop(body.sl) }),
    ...(body.tp === undefined ? {} : { tp: stop(body.tp) }),
  }
  return { ticket, stops }
}

/**
 * It was like this when it was opened. Where lists or answers have told of it since, they are newer: a part of it may
 * have been closed, and its stops set (P8).
 */
function withoutOld(trade: Trade, position: Position): Position {
  if (trade.volume === null) return position
  const { sl: _sl, tp: _tp, ...rest } = position
  return {
    ...rest,
    volume: trade.volume,
    profit: trade.profit ?? position.profit,
    swap: trade.swap ?? position.swap,
    commission: trade.commission ?? position.commission,
  }
}

/** @throws {Refusal} NGTB_TICKET_INVALID */
export function ticketOf(value: unknown): string {
  const ticket = toInt64(value)
  if (ticket === null)
    throw new Refusal(
      'NGTB_TICKET_INVALID',
      `ticket ${String(value).slice(0, 60)} is not a number from 1 to 2^63−1`,
    )
  return ticket
}

function positionOf(body: TradeOpenedBody): Position {
  const direction: Direction | null = toDirection(body.direction) ?? marketDirection(String(body.direction))
  if (direction === null)
    throw new Refusal('NGTB_BODY_INVALID', `direction ${String(body.direction)} is neither BUY nor SELL`)
  return {
    ticket: ticketOf(body.ticket),
    symbol: body.symbol,
    direction,
    volume: body.volume,
    open_price: body.open_price,
    open_time_ms: brokerTimeMs(body.timestamp),
    // Left out says nothing; 0 says that there is none (P7).
    ...(body.sl === undefined ? {} : { sl: stop(body.sl) }),
    ...(body.tp === undefined ? {} : { tp: stop(body.tp) }),
    profit: null,
    swap: null,
    commission: null,
    comment: body.comment ?? null,
    magic: body.magic === undefined || body.magic === null ? null : String(body.magic),
  }
}
