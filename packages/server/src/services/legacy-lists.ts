// The tickets of all open positions, as an EA of the older dialect lists them many times a second
// (docs/spec/legacy-ea.md: T1–T3). Core judges; this writes what is suspect, over, or there again.

import { reconcileTickets, type Streak, type Trade } from '@ngtb/core'
import type { ListedTickets } from '../legacy/reading.ts'
import type { CommandMoves } from './command-moves.ts'
import { names } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import { meet, requirePlain } from './legacy-meeting.ts'
import type { LegacyStops } from './legacy-stops.ts'
import type { Step } from './step.ts'
import type { TradeBook } from './trade-book.ts'
import { noteEffect } from './trade-effects.ts'
import { ListWriter } from './trade-lists.ts'

/** How often unknown OPENs are looked for: lists that go on without one count, and twenty a second count no more. */
const LOOK_EVERY_MS = 5_000

interface Watch {
  streaks: ReadonlyMap<string, Streak>
  /** Listed, never heard of, and looked for in the ledger already. */
  readonly strangers: Set<string>
  /** A list is being judged: those that come meanwhile are passed over. */
  busy: boolean
  /** When unknown OPENs were looked for last. */
  looked_at: number
}

export class LegacyLists {
  readonly #ctx: Context
  readonly #book: TradeBook
  readonly #stops: LegacyStops
  readonly #moves: CommandMoves
  readonly #writer: ListWriter
  readonly #watched = new Map<number, Watch>()

  constructor(ctx: Context, parts: { book: TradeBook; stops: LegacyStops; moves: CommandMoves }) {
    this.#ctx = ctx
    this.#book = parts.book
    this.#stops = parts.stops
    this.#moves = parts.moves
    this.#writer = new ListWriter(ctx, parts.book)
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
    const now = this.#ctx.clock.now()
    requirePlain(state, now)
    this.#noteList(state, list)
    const looks = this.#hasUnknownOpen(state) && now - watch.looked_at >= LOOK_EVERY_MS
    const met = state.connection.dialect === 'legacy'
    if (met && !looks && !this.#stops.pending(state) && isAsKnown(state, list, watch)) return
    const { streaks } = await desk.run(async (step) => {
      const known = await this.#known(step, list.tickets, watch)
      meet(step, 'ea', this.#ctx.log)
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
      for (const { ticket } of verdict.closed) closesDone(step, ticket, this.#moves)
      const strangers = verdict.unknown
      if (looks) this.#lookForEffects(step, strangers.length === 0)
      if (isBelieved(list)) this.#stops.noteList(step.account.account_id, { at: step.now, strangers })
      this.#stops.look(step)
      this.#tell(step, verdict.closed, verdict.reopened)
      return verdict
    })
    watch.streaks = streaks
    if (looks) watch.looked_at = now
  }

  #hasUnknownOpen({ unsettled }: DeskState): boolean {
    for (const one of unsettled.values())
      if (one.type === 'OPEN_TRADE' && one.status === 'timeout' && one.note !== 'likely_not_executed')
        return true
    return false
  }

  /** OPENs whose outcome is unknown: a position, or lists that go on without. @param whole no stranger is listed */
  #lookForEffects(step: Step, whole: boolean): void {
    for (const command of [...step.state.unsettled.values()])
      if (command.type === 'OPEN_TRADE' && command.status === 'timeout')
        noteEffect(step, command, whole, this.#book.lookForEffect(step, command))
  }

  #watchOf(account_id: number): Watch {
    const known = this.#watched.get(account_id)
    if (known) return known
    const made: Watch = {
      streaks: new Map(),
      strangers: new Set(),
      busy: false,
      looked_at: 0,
    }
    this.#watched.set(account_id, made)
    return made
  }

  /** In memory until the next commit or flush: it comes twenty times a second. */
  #noteList(state: DeskState, { figures, tickets }: ListedTickets): void {
    const now = this.#ctx.clock.now()
    const strangers = tickets.filter((ticket) => !state.open.has(ticket))
    if (isBelieved({ figures, tickets }))
      this.#stops.noteList(state.account.account_id, { at: now, strangers })
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
    const still = new Set(listed)
    for (const ticket of watch.strangers)
      if (known.has(ticket) || !still.has(ticket)) watch.strangers.delete(ticket)
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

/** Its position is over: what was to close it is done, whatever became of its answer. */
export function closesDone(step: Step, ticket: string, moves: CommandMoves): void {
  for (const command of [...step.state.unsettled.values()])
    if (command.type === 'CLOSE_TRADE' && command.payload.ticket === ticket) {
      const response = { ticket, already_closed: true }
      const done = { kind: 'completed', at: step.now, response, ticket, evidence: 'state' } as const
      moves.apply(step, command, done, 'ea')
    }
}

/** T2. */
const isBelieved = ({ tickets, figures }: ListedTickets): boolean =>
  tickets.length > 0 || !(figures.margin !== undefined && figures.margin > 0)

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
