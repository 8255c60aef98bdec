// CLOSE_ALL for an EA that does not know it (docs/spec/legacy-ea.md): a CLOSE_TRADE for each open position in its
// scope, before everything else. It is done when none of them is left, by the EA's own word about each.
//
//   C1. Made with the stop, in its own commit. What was opened after it is not its business: only what was there, or
//       was on its way (an OPEN with a lower number, a position whose details had not come yet).
//   C2. One at a time for a position. One that failed is followed by another after a while, and never gives up: an
//       emergency stop has no limit until it is done or cancelled (contract §4).
//   C3. Done when nothing of it is left by the EA's word: no position, no OPEN before it whose outcome may still come,
//       and a list of tickets from after the stop without a stranger in it.

import { type Command, covers, scopeOf, type Trade } from '@ngtb/core'
import { CommandPriority, limits } from '@ngtb/protocol'
import type { CommandBooking } from './command-booking.ts'
import type { CommandMoves } from './command-moves.ts'
import type { Context } from './context.ts'
import type { DeskState } from './desk-state.ts'
import type { Step } from './step.ts'

const AGAIN_MS = 10_000
/** Of stops that were cancelled nobody tells this: the oldest are forgotten. */
const STOPS_MAX = 1_000

export class LegacyStops {
  readonly #ctx: Context
  readonly #booking: CommandBooking
  readonly #moves: CommandMoves
  readonly #lists = new Map<number, { readonly at: number; readonly strangers: readonly string[] }>()
  /** By stop: tickets without details in the first list after it. They were there, whenever their details come (C1). */
  readonly #there = new Map<string, ReadonlySet<string>>()

  constructor(ctx: Context, booking: CommandBooking, moves: CommandMoves) {
    this.#ctx = ctx
    this.#booking = booking
    this.#moves = moves
  }

  /** What is to be done for the stops of this account that are not done yet. */
  look(step: Step): void {
    if (step.state.connection.dialect !== 'legacy') return
    for (const stop of [...step.state.unsettled.values()])
      if (stop.type === 'CLOSE_ALL') this.#pursue(step, stop)
  }

  /** The tickets of all open positions as the EA listed them last. */
  noteList(account_id: number, list: { readonly at: number; readonly strangers: readonly string[] }): void {
    this.#lists.set(account_id, list)
  }

  listedAt(account_id: number): number | null {
    return this.#lists.get(account_id)?.at ?? null
  }

  /** Is there a stop that is not done? */
  pending({ unsettled }: DeskState): boolean {
    for (const command of unsettled.values()) if (command.type === 'CLOSE_ALL') return true
    return false
  }

  #pursue(step: Step, stop: Command): void {
    const parts = partsOf(step, stop)
    const list = this.#lists.get(step.account.account_id)
    const fresh = list !== undefined && list.at > stop.created_at ? list : null
    const there = this.#wasThere(stop, fresh)
    const left = [...step.state.open.values()].filter((trade) => isMeant(step, stop, trade, there))
    for (const { ticket } of left) if (mayCloseNow(step, parts, ticket)) this.#close(step, stop, ticket)
    const strangers = fresh?.strangers ?? []
    // Without a symbol in its scope it needs no details of a position: the ticket is enough.
    if (scopeOf(stop).symbol === null)
      for (const ticket of strangers) if (mayCloseNow(step, parts, ticket)) this.#close(step, stop, ticket)
    const running = parts.some(
      (part) => step.state.unsettled.has(part.command_id) && part.status !== 'timeout',
    )
    const over = left.length === 0 && !running && !this.#mayStillOpen(step, stop)
    if (!over || fresh === null || strangers.length > 0) return
    this.#there.delete(nameOf(stop))
    const closed = parts.flatMap((part) => (part.status === 'completed' ? [{ ticket: part.ticket }] : []))
    const response = { closed, expanded: true }
    const done = { kind: 'completed', at: step.now, response, ticket: null, evidence: 'state' } as const
    this.#moves.apply(step, stop, done, 'ea')
  }

  #wasThere(stop: Command, fresh: { strangers: readonly string[] } | null): ReadonlySet<string> {
    const known = this.#there.get(nameOf(stop))
    if (known) return known
    const there = new Set(fresh?.strangers ?? [])
    if (fresh === null) return there
    this.#there.set(nameOf(stop), there)
    if (this.#there.size > STOPS_MAX) this.#there.delete(this.#there.keys().next().value ?? '')
    return there
  }

  /** C3. */
  #mayStillOpen(step: Step, stop: Command): boolean {
    return [...step.state.unsettled.values()].some(
      (one) =>
        one.type === 'OPEN_TRADE' &&
        one.attempt > 0 &&
        one.command_no < stop.command_no &&
        one.note !== 'likely_not_executed' &&
        covers(scopeOf(stop), scopeOf(one)),
    )
  }

  #close(step: Step, stop: Command, ticket: string): void {
    if (step.state.unsettled.size >= limits.commands_unsettled_per_account_max) return
    const reason = typeof stop.payload.reason === 'string' ? { reason: stop.payload.reason } : {}
    this.#booking.bookPart(step, {
      type: 'CLOSE_TRADE',
      payload: { ticket, ...reason },
      priority: CommandPriority.CRITICAL,
      command_id: this.#ctx.ids.commandId(
        step.account.account_id,
        `${stop.command_id} closes ${ticket}, ${step.account.command_no + 1}`,
      ),
      origin: partOf(stop),
    })
  }
}

/** Two accounts may have commands of one id. */
const nameOf = ({ account_id, command_id }: Command): string => `${account_id} ${command_id}`

/** Who made it: the stop whose part it is. */
const partOf = ({ command_id }: Command): string => `command:${command_id}`

const partsOf = (step: Step, stop: Command): Command[] => {
  const origin = partOf(stop)
  return [...step.state.unsettled.values(), ...step.state.settled.values()].filter(
    (one) => one.origin === origin,
  )
}

/** A position without a command may have been there before its details were: so long after the stop it is taken so. */
const DETAILS_MS = 15_000

/** C1. */
function isMeant(step: Step, stop: Command, trade: Trade, there: ReadonlySet<string>): boolean {
  if (!covers(scopeOf(stop), { symbol: trade.symbol, strategy_no: null })) return false
  const opener = trade.command_id === null ? undefined : step.state.command(trade.command_id)
  if (opener) return opener.command_no < stop.command_no
  if (there.has(trade.ticket)) return true
  return trade.created_at <= stop.created_at + (trade.command_id === null ? DETAILS_MS : 0)
}

/** C2. */
function mayCloseNow(step: Step, parts: readonly Command[], ticket: string): boolean {
  const mine = parts.filter((part) => part.payload.ticket === ticket)
  const running = mine.some((part) => step.state.unsettled.has(part.command_id) && part.status !== 'timeout')
  const last = Math.max(0, ...mine.map(({ created_at }) => created_at))
  return !running && (mine.length === 0 || step.now - last >= AGAIN_MS)
}
