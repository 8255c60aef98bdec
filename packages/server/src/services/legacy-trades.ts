// Trades as an EA of the older dialect tells them (docs/spec/legacy-ea.md), one message a position. What is open at all
// is said by its lists of tickets (legacy-lists.ts).
//
//   G1. The tickets are the truth about what is open, the messages about everything else. A message closes at once, and
//       never opens again what is closed, but where it shows that only a part of it was.
//   G2. The same again changes nothing, and writes nothing: two of these EAs on one login tell everything twice.

import {
  type Adjustment,
  type Command,
  judgeAllListed,
  type Position,
  readRows,
  type Trade,
} from '@ngtb/core'
import { type Maker, marketDirection, sameVolume } from '@ngtb/protocol'
import { cutTicket, hasLongTickets, mayHidePositions } from '../legacy/answers.ts'
import type { TradeEnd, TradeWord } from '../legacy/reading.ts'
import type { CommandMoves } from './command-moves.ts'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Attribution } from './deals.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import { closesDone } from './legacy-lists.ts'
import { meet } from './legacy-meeting.ts'
import type { LegacyStops } from './legacy-stops.ts'
import type { Step } from './step.ts'
import type { TradeBook } from './trade-book.ts'
import { ListWriter } from './trade-lists.ts'

const PARTS_MAX = 10_000
/** After a refusal a position may appear for so long. */
const SURPLUS_MS = 60_000
/** The EA calls a stop hit when the price is so near to it. */
const STOP_POINTS = 10
const POINT_DEFAULT = 0.00001

export class LegacyTrades {
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #book: TradeBook
  readonly #stops: LegacyStops
  readonly #moves: CommandMoves
  readonly #writer: ListWriter
  /**
   * Ends that were those of parts, by account and ticket: told again by the second EA of a login, they are no end
   * either.
   */
  readonly #parts = new Map<string, End>()

  constructor(
    ctx: Context,
    parts: { connections: Connections; book: TradeBook; stops: LegacyStops; moves: CommandMoves },
  ) {
    this.#ctx = ctx
    this.#connections = parts.connections
    this.#book = parts.book
    this.#stops = parts.stops
    this.#moves = parts.moves
    this.#writer = new ListWriter(ctx, parts.book)
  }

  /** `/api/trades/update`. */
  async told(desk: Desk, word: Exclude<TradeWord, { kind: 'unreadable' }>, actor: string): Promise<void> {
    await desk.run(async (step) => {
      this.#connections.seen(step, 'trade_event', actor)
      meet(step, actor, this.#ctx.log)
      const trade = await this.#book.find(step, word.ticket)
      if (word.kind === 'closed') this.#closed(step, trade, word.ticket, word.end)
      else this.#isOpen(step, trade, word.row)
      this.#stops.look(step)
    })
  }

  #isOpen(step: Step, trade: Trade | undefined, row: Row): void {
    const { specs } = step.state
    const rows = readRows([withVolume(row, trade, specs)])
    const [position] = rows.positions.values()
    if (!position) {
      const [bad] = rows.rejected
      this.#ctx.log.warn('a position that can not be read', { ...names(step), ...bad })
      return
    }
    const known = new Map(trade ? [[trade.ticket, trade]] : [])
    const [change] = judgeAllListed({ known, rows, spec: (symbol) => specs.get(symbol) }, () => false)
    if (change) this.#write(step, change, position)
  }

  #write(step: Step, change: Adjustment, position: Position): void {
    switch (change.kind) {
      case 'created': {
        const cause = this.#cutFor(step, position) ?? this.#book.causeOf(step, position)
        this.#book.create(step, position, 'opened', cause)
        if (cause === null) this.#surplus(step, position)
        return
      }
      case 'updated':
      case 'refreshed':
        this.#writer.write(step, change)
        return
      case 'reopened':
      case 'contradicted':
        // Late word of one that is over, or what is left of one of which a part was closed (G1).
        if (isPart(change.trade, position, step)) this.#partClosed(step, change.trade, position)
        return
      default:
        return
    }
  }

  /**
   * The first long ticket of an account: the answer of its OPEN named the low 32 bits, and a position was believed
   * under that name. There is none; this is it (A1). @returns the command that opened it
   */
  #cutFor(step: Step, { ticket, symbol, direction }: Position): Command | null {
    if (!hasLongTickets([ticket])) return null
    const cut = cutTicket(ticket)
    for (const one of step.state.unsettled.values())
      if (one.type === 'OPEN_TRADE' && one.response?.cut_ticket === cut && fits(one, symbol, direction))
        return one
    const wrong = step.state.open.get(cut)
    const command = wrong?.command_id ? step.state.command(wrong.command_id) : undefined
    if (wrong?.source !== 'command' || command?.ticket !== cut) return null
    if (wrong.symbol !== symbol || wrong.direction !== direction) return null
    step.saveTrade({ ...wrong, command_id: null, updated_at: step.now })
    step.audit('trade.linked', 'server', cut, { command_id: null })
    const close_reason = `never there: the EA cut ticket ${ticket} to 32 bits`
    this.#book.close(step, step.state.open.get(cut), cut, { close_reason }, 'closed')
    const named = step.saveCommand({ ...command, ticket })
    step.audit('command.noted', 'server', named.command_id, { status: named.status, ticket })
    return named
  }

  /** A3. An OPEN was called failed a moment ago, and here is what it wanted: nobody watches over it. */
  #surplus(step: Step, { ticket, symbol, direction, volume }: Position): void {
    const opened = [...step.state.settled.values()].findLast(
      (one) =>
        one.type === 'OPEN_TRADE' &&
        one.status === 'failed' &&
        mayHidePositions(one.response ?? {}) &&
        step.now - (one.completed_at ?? 0) < SURPLUS_MS &&
        one.payload.symbol === symbol &&
        marketDirection(String(one.payload.order_type)) === direction &&
        volume <= (one.payload.volume as number) + 1e-9,
    )
    if (!opened) return
    const facts = { command_id: opened.command_id, volume }
    step.audit('trade.surplus', 'server', ticket, facts)
    step.effects.push(() =>
      this.#ctx.log.error('an OPEN was called failed, and left a position', {
        ...names(step),
        ticket,
        ...facts,
      }),
    )
  }

  #partClosed(step: Step, trade: Trade, position: Position): void {
    this.#parts.set(`${trade.account_id} ${trade.ticket}`, endOf(trade))
    if (this.#parts.size > PARTS_MAX) this.#parts.delete(this.#parts.keys().next().value ?? '')
    this.#writer.write(step, { kind: 'reopened', trade, position })
    const { close_price, profit } = trade
    const part = { volume_before: trade.volume, volume: position.volume, close_price, profit }
    step.audit('trade.partially_closed', 'ea', trade.ticket, { source: 'opened', ...part })
  }

  #closed(step: Step, trade: Trade | undefined, ticket: string, end: TradeEnd): void {
    const { volume, symbol, direction, open_price, open_time_ms, ...told } = end
    if (trade?.status === 'closed' && trade.closed_by === 'event' && sameEnd(trade, end)) return
    const part = this.#parts.get(`${step.account.account_id} ${ticket}`)
    if (trade?.status === 'open' && part && sameEnd(part, end)) return
    // Of an unknown one the message tells the beginning, too; of a known one it tells less than is known.
    const beginning = trade ? {} : { volume, symbol, direction, open_price, open_time_ms }
    const by = this.#whoClosed(step, trade, ticket, end)
    this.#book.close(step, trade, ticket, { ...beginning, ...told }, 'closed', by)
    closesDone(step, ticket, this.#moves)
  }

  /** R12, beside the EA's own guess: a command of ours that is under way, else a level that was reached. */
  #whoClosed(step: Step, trade: Trade | undefined, ticket: string, end: TradeEnd): Attribution {
    const command = [...step.state.unsettled.values(), ...step.state.settled.values()].find(
      (one) =>
        one.type === 'CLOSE_TRADE' &&
        one.payload.ticket === ticket &&
        one.attempt > 0 &&
        one.status !== 'failed',
    )
    const made_by: Maker = command ? 'command' : levelReached(trade, end, step)
    return { made_by, command_id: command?.command_id ?? null, reason: null }
  }
}

type Row = Readonly<Record<string, unknown>>

/** It prints two decimals: 0.00 is what is left of less than half a hundredth of a lot, and says nothing else. */
function withVolume(row: Row, trade: Trade | undefined, specs: DeskState['specs']): Row {
  if (row.volume !== 0) return row
  const volume = trade?.volume ?? specs.get(String(row.symbol))?.volume_min
  return volume === undefined || volume === null ? row : { ...row, volume }
}

type End = Pick<TradeEnd, 'close_time_ms' | 'close_price' | 'profit'>
const sameEnd = (a: End, b: End): boolean =>
  a.close_time_ms === b.close_time_ms && a.close_price === b.close_price && a.profit === b.profit
const endOf = ({ close_time_ms, close_price, profit }: Trade): End => ({ close_time_ms, close_price, profit })

function isPart(trade: Trade, position: Position, step: Step): boolean {
  if (trade.volume === null || position.volume >= trade.volume) return false
  return !sameVolume(
    trade.volume,
    position.volume,
    step.state.specs.get(position.symbol)?.volume_step || 1e-8,
  )
}

const fits = ({ payload }: Command, symbol: string, direction: Position['direction']): boolean =>
  payload.symbol === symbol && marketDirection(String(payload.order_type)) === direction

function levelReached(trade: Trade | undefined, { close_price }: TradeEnd, step: Step): Maker {
  if (!trade || close_price === null) return 'unattributed'
  const point = step.state.specs.get(trade.symbol ?? '')?.point_value || POINT_DEFAULT
  const near = (level: number | null) =>
    level !== null && Math.abs(close_price - level) <= STOP_POINTS * point + 1e-12
  if (near(trade.tp)) return 'tp'
  return near(trade.sl) ? 'sl' : 'unattributed'
}
