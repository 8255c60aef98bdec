// CLOSE_ALL for an EA that does not know it (docs/spec/legacy-ea.md): a CLOSE_TRADE for each open position in its
// scope, before everything else. It is done when none of them is left, by the EA's own word about each.
//
//   C1. Made with the stop, in its own commit; one for a position that appears later, as long as the stop is not done.
//   C2. One at a time for a position. One that failed is followed by another after a while, and never gives up: an
//       emergency stop has no limit until it is done or cancelled (contract §4).

import { type Command, covers, scopeOf, type Trade } from '@ngtb/core'
import { CommandPriority, limits } from '@ngtb/protocol'
import type { CommandBooking } from './command-booking.ts'
import type { CommandMoves } from './command-moves.ts'
import type { Context } from './context.ts'
import type { Step } from './step.ts'

const AGAIN_MS = 10_000

export class LegacyStops {
  readonly #ctx: Context
  readonly #booking: CommandBooking
  readonly #moves: CommandMoves

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

  #pursue(step: Step, stop: Command): void {
    const parts = partsOf(step, stop)
    const left = [...step.state.open.values()].filter((trade) => isInScope(stop, trade))
    for (const trade of left) if (mayCloseNow(step, parts, trade)) this.#close(step, stop, trade)
    if (left.length > 0 || parts.some((part) => step.state.unsettled.has(part.command_id))) return
    const closed = parts.flatMap((part) => (part.status === 'completed' ? [{ ticket: part.ticket }] : []))
    const response = { closed, expanded: true }
    const done = { kind: 'completed', at: step.now, response, ticket: null, evidence: 'state' } as const
    this.#moves.apply(step, stop, done, 'ea')
  }

  #close(step: Step, stop: Command, { ticket }: Trade): void {
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

/** Who made it: the stop whose part it is. */
const partOf = ({ command_id }: Command): string => `command:${command_id}`

const partsOf = (step: Step, stop: Command): Command[] => {
  const origin = partOf(stop)
  return [...step.state.unsettled.values(), ...step.state.settled.values()].filter(
    (one) => one.origin === origin,
  )
}

const isInScope = (stop: Command, { symbol }: Trade): boolean =>
  covers(scopeOf(stop), { symbol, strategy_no: null })

/** C2. */
function mayCloseNow(step: Step, parts: readonly Command[], { ticket }: Trade): boolean {
  const mine = parts.filter((part) => part.payload.ticket === ticket)
  const running = mine.some((part) => step.state.unsettled.has(part.command_id) && part.status !== 'timeout')
  const last = Math.max(0, ...mine.map(({ created_at }) => created_at))
  return !running && (mine.length === 0 || step.now - last >= AGAIN_MS)
}
