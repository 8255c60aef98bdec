// What a plain client tells of single trades: opened, closed, modified (contract §7).
import {
  brokerTimeMs,
  newTrade,
  type Position,
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
import type { Desk } from './desk.ts'
import type { TradeBook } from './trade-book.ts'
import { readTags } from './trade-tags.ts'

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
    const told = positionOf(body)
    const { ticket } = told
    await desk.run(async (step) => {
      this.#connections.seen(step, 'trade_event', actor)
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
    })
  }

  async closed(desk: Desk, body: TradeClosedBody, actor: string): Promise<void> {
    const ticket = ticketOf(body.ticket)
    await desk.run(async (step) => {
      this.#connections.seen(step, 'trade_event', actor)
      const trade = await this.#book.find(step, ticket)
      if (
        trade?.status === 'closed' &&
        trade.closed_by === 'event' &&
        trade.close_price !== null &&
        trade.profit !== null
      )
        return
      this.#book.close(
        step,
        trade,
        ticket,
        {
          close_price: body.close_price,
          close_reason: body.close_reason ?? trade?.close_reason ?? null,
          profit: body.profit ?? trade?.profit ?? null,
          swap: body.swap ?? trade?.swap ?? null,
          commission: body.commission ?? trade?.commission ?? null,
          close_time_ms: brokerTimeMs(body.timestamp),
        },
        'closed',
      )
    })
  }

  async modified(desk: Desk, body: TradeModifiedBody, actor: string): Promise<void> {
    const ticket = ticketOf(body.ticket)
    if (body.sl === undefined && body.tp === undefined)
      throw new Refusal('NGTB_BODY_INVALID', 'give sl or tp (0: none)')
    await desk.run(async (step) => {
      this.#connections.seen(step, 'trade_event', actor)
      const trade = await this.#book.find(step, ticket)
      if (trade?.status === 'closed')
        return step.audit('trade.contradicted', 'ea', ticket, { source: 'modified', was: 'closed' })
      const stops = {
        ...(body.sl === undefined ? {} : { sl: stop(body.sl) }),
        ...(body.tp === undefined ? {} : { tp: stop(body.tp) }),
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
      step.audit(trade ? 'trade.updated' : 'trade.opened', 'ea', ticket, { source: 'modified', ...stops })
    })
  }
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
