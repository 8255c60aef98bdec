// Trades as an EA of the older dialect tells them (docs/spec/legacy-ea.md): one message a position, and many times a
// second the tickets of all that are open. Core judges both; this writes.
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
  reconcileTickets,
  type Streak,
  type Trade,
} from '@ngtb/core'
import { type Maker, marketDirection, sameVolume } from '@ngtb/protocol'
import { cutTicket, hasLongTickets, mayHidePositions } from '../legacy/answers.ts'
import type { ListedTickets, TradeEnd, TradeWord } from '../legacy/reading.ts'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Attribution } from './deals.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import type { LegacyStops } from './legacy-stops.ts'
import type { Step } from './step.ts'
import type { TradeBook } from './trade-book.ts'
import { ListWriter } from './trade-lists.ts'

/** After a refusal a position may appear for so long. */
const SURPLUS_MS = 60_000
/** The EA calls a stop hit when the price is so near to it. */
const STOP_POINTS = 10
const POINT_DEFAULT = 0.00001

interface Watch {
  streaks: ReadonlyMap<string, Streak>
  /** Listed, never heard of, and looked for in the ledger already. */
  readonly strangers: Set<string>
  /** A list is being judged: those that come meanwhile are passed over. */
  busy: boolean
}

export class LegacyTrades {
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #book: TradeBook
  readonly #stops: LegacyStops
  readonly #writer: ListWriter
  readonly #watched = new Map<number, Watch>()

  constructor(ctx: Context, parts: { connections: Connections; book: TradeBook; stops: LegacyStops }) {
    this.#ctx = ctx
    this.#connections = parts.connections
    this.#book = parts.book
    this.#stops = parts.stops
    this.#writer = new ListWriter(ctx, parts.book)
  }

  /** `/api/trades/update`. */
  async told(desk: Desk, word: Exclude<TradeWord, { kind: 'unreadable' }>, actor: string): Promise<void> {
    await desk.run(async (step) => {
      this.#connections.seen(step, 'trade_event', actor)
      const trade = await this.#book.find(step, word.ticket)
      if (word.kind === 'closed') this.#closed(step, trade, word.ticket, word.end)
      else this.#isOpen(step, trade, word.row)
      this.#stops.look(step)
    })
  }

  #isOpen(step: Step, trade: Trade | undefined, row: object): void {
    const { specs } = step.state
    const rows = readRows([row])
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
    this.#writer.write(step, { kind: 'reopened', trade, position })
    const { close_price, profit } = trade
    const part = { volume_before: trade.volume, volume: position.volume, close_price, profit }
    step.audit('trade.partially_closed', 'ea', trade.ticket, { source: 'opened', ...part })
  }

  #closed(step: Step, trade: Trade | undefined, ticket: string, end: TradeEnd): void {
    const { volume, symbol, direction, open_price, open_time_ms, ...told } = end
    if (trade?.status === 'closed' && trade.closed_by === 'event' && sameEnd(trade, end)) return
    // Of an unknown one the message tells the beginning, too; of a known one it tells less than is known.
    const beginning = trade ? {} : { volume, symbol, direction, open_price, open_time_ms }
    const by = this.#whoClosed(step, trade, ticket, end)
    this.#book.close(step, trade, ticket, { ...beginning, ...told }, 'closed', by)
  }

  /** R12, beside the EA's own guess: a command of ours that is under way, else a level that was reached. */
  #whoClosed(step: Step, trade: Trade | undefined, ticket: string, end: TradeEnd): Attribution {
    const command = [...step.state.unsettled.values(), ...step.state.settled.values()].find(
      (one) => one.type === 'CLOSE_TRADE' && one.payload.ticket === ticket && one.attempt > 0,
    )
    const made_by: Maker = command ? 'command' : levelReached(trade, end, step)
    return { made_by, command_id: command?.command_id ?? null, reason: null }
  }

  /** As `listed`, from somebody who does not wait; the next list comes in a moment. */
  async hear(desk: Desk, list: ListedTickets): Promise<void> {
    const watch = this.#watchOf(desk.account_id)
    if (watch.busy) return
    watch.busy = true
    try {
      await this.listed(desk, list, this.#ctx.arrival())
    } catch (error) {
      this.#ctx.log.warn('a list of tickets was not judged', {
        account_id: desk.account_id,
        error: String(error),
      })
    } finally {
      watch.busy = false
    }
  }

  /** The tickets of all open positions. @param began_no order of arrival of the message that names them (P8) */
  async listed(desk: Desk, list: ListedTickets, began_no: number): Promise<void> {
    const state = await desk.ready()
    const watch = this.#watchOf(desk.account_id)
    this.#noteList(state, list)
    if (isAsKnown(state, list, watch)) return
    const { streaks } = await desk.run(async (step) => {
      const known = await this.#known(step, list.tickets, watch)
      const { margin = step.state.connection.margin } = list.figures
      const verdict = reconcileTickets({
        known,
        listed: new Set(list.tickets),
        began_no,
        margin,
        now: step.now,
        streaks: watch.streaks,
      })
      for (const trade of verdict.suspected) this.#writer.write(step, { kind: 'suspected', trade })
      for (const trade of verdict.closed) this.#writer.write(step, { kind: 'closed', trade })
      for (const trade of verdict.cleared) this.#cleared(step, trade)
      for (const trade of verdict.reopened) this.#reopened(step, trade)
      if (verdict.closed.length > 0) this.#stops.look(step)
      this.#tell(step, verdict.closed, verdict.reopened)
      return verdict
    })
    watch.streaks = streaks
  }

  #watchOf(account_id: number): Watch {
    const known = this.#watched.get(account_id)
    if (known) return known
    const made: Watch = { streaks: new Map(), strangers: new Set(), busy: false }
    this.#watched.set(account_id, made)
    return made
  }

  /** In memory until the next commit or flush: it comes twenty times a second. */
  #noteList(state: DeskState, { figures }: ListedTickets): void {
    const now = this.#ctx.clock.now()
    const { synced_since } = state.connection
    state.connection = {
      ...state.connection,
      ...figures,
      last_sync_at: now,
      synced_since: synced_since ?? now,
    }
    state.connection_dirty = true
  }

  async #known(step: Step, listed: readonly string[], watch: Watch): Promise<Map<string, Trade>> {
    const known = new Map(step.state.open)
    const unheard: string[] = []
    for (const ticket of listed) {
      const trade = step.state.trade(ticket)
      if (trade) known.set(ticket, trade)
      else if (!watch.strangers.has(ticket)) unheard.push(ticket)
    }
    for (const trade of await this.#ctx.store.tradesAmong(step.account.account_id, unheard)) {
      step.state.keepTrade(step.state.recalled(trade))
      known.set(trade.ticket, trade)
    }
    for (const ticket of unheard) if (!known.has(ticket)) watch.strangers.add(ticket)
    for (const ticket of watch.strangers) if (known.has(ticket)) watch.strangers.delete(ticket)
    return known
  }

  #cleared(step: Step, trade: Trade): void {
    step.saveTrade({ ...trade, absent_since: null, updated_at: step.now })
    const changed = { absent_since: { from: trade.absent_since, to: null } }
    step.audit('trade.updated', 'ea', trade.ticket, { source: 'sync', changed })
  }

  /** Its figures come with the next message of it. */
  #reopened(step: Step, trade: Trade): void {
    const open = { status: 'open', closed_by: null, close_reason: null, close_price: null } as const
    const heard_no = this.#ctx.arrival()
    step.saveTrade({ ...trade, ...open, close_time_ms: null, heard_no, updated_at: step.now })
    step.audit('trade.reopened', 'ea', trade.ticket, { source: 'sync' })
  }

  #tell(step: Step, closed: readonly Trade[], reopened: readonly Trade[]): void {
    if (closed.length + reopened.length === 0) return
    const tickets = (trades: readonly Trade[]) => trades.map(({ ticket }) => ticket)
    // Named by the answer of an OPEN, and told of by nothing else ever.
    const never_listed = tickets(
      closed.filter((trade) => trade.source === 'command' && trade.open_time_ms === null),
    )
    const facts = { ...names(step), closed: tickets(closed), reopened: tickets(reopened), never_listed }
    step.effects.push(() =>
      never_listed.length > 0
        ? this.#ctx.log.error('an OPEN was answered with a ticket that the EA does not list', facts)
        : this.#ctx.log.warn("the EA's tickets differ from ours", facts),
    )
  }
}

/** Nothing to judge: the usual case, and it must cost nothing. */
function isAsKnown(state: DeskState, { tickets }: ListedTickets, { streaks, strangers }: Watch): boolean {
  if (streaks.size > 0) return false
  let open = 0
  for (const ticket of tickets) {
    const trade = state.open.get(ticket)
    if (trade) {
      if (trade.absent_since !== null) return false
      open++
    } else if (!strangers.has(ticket)) return false
  }
  return open === state.open.size
}

const sameEnd = (trade: Trade, end: TradeEnd): boolean =>
  trade.close_time_ms === end.close_time_ms &&
  trade.close_price === end.close_price &&
  trade.profit === end.profit

function isPart(trade: Trade, position: Position, step: Step): boolean {
  if (trade.volume === null || position.volume >= trade.volume) return false
  return !sameVolume(
    trade.volume,
    position.volume,
    step.state.specs.get(position.symbol)?.volume_step || 1e-8,
  )
}

function levelReached(trade: Trade | undefined, { close_price }: TradeEnd, step: Step): Maker {
  if (!trade || close_price === null) return 'unattributed'
  const point = step.state.specs.get(trade.symbol ?? '')?.point_value || POINT_DEFAULT
  const near = (level: number | null) =>
    level !== null && Math.abs(close_price - level) <= STOP_POINTS * point + 1e-12
  if (near(trade.tp)) return 'tp'
  return near(trade.sl) ? 'sl' : 'unattributed'
}
