// Which command changed or cancelled a pending order (R12): no terminal says it, so it is put down to one that wanted
// just this and that an EA had been given in time. At hand first, then the ledger: what this process has forgotten, or
// another server heard, counts the same.
import {
  brokerTimeMs,
  brokerToUtc,
  type Command,
  covers,
  type Order,
  scopeOf,
  type ToldOrder,
} from '@ngtb/core'
import { samePrice } from '@ngtb/protocol'
import type { CommandMoves } from './command-moves.ts'
import type { Context } from './context.ts'
import type { Step } from './step.ts'

/** An answer and the event of what it did come by two ways, and clocks of broker and server differ. */
const APART_MS = 60_000
const SECOND_MS = 1_000

const TYPES: ReadonlySet<Command['type']> = new Set(['MODIFY_PENDING', 'CANCEL_PENDING', 'CLOSE_ALL'])

export class OrderCauses {
  readonly #ctx: Context
  readonly #moves: CommandMoves
  /** Of a step, which may tell of many orders. */
  readonly #at_hand = new WeakMap<Step, readonly Command[]>()

  constructor(ctx: Context, moves: CommandMoves) {
    this.#ctx = ctx
    this.#moves = moves
  }

  /** @param fields that changed, between `known` and `told` */
  changed(
    step: Step,
    known: Order,
    told: ToldOrder,
    fields: readonly (keyof ToldOrder)[],
  ): Promise<Command | null> {
    const digits = step.state.specs.get(told.symbol)?.digits ?? 8
    return this.#newest(step, told.ticket, (command) => {
      const in_time = (command.completed_at ?? step.now) + APART_MS >= known.updated_at
      return command.type === 'MODIFY_PENDING' && in_time && wanted(command, told, fields, digits)
    })
  }

  async cancelled(step: Step, order: Order): Promise<Command | null> {
    const placed_by = order.command_id === null ? null : await this.#moves.find(step, order.command_id)
    const strategy_no = placed_by?.strategy_no ?? null
    const { placed_at, ended_at } = lifeOf(step, order)
    return this.#newest(step, order.ticket, (command) => {
      if ((command.sent_at ?? command.created_at) > ended_at) return false
      if (command.type === 'CANCEL_PENDING') return command.payload.ticket === order.ticket
      // An emergency stop that ran before the order was there did not cancel it.
      return (
        command.type === 'CLOSE_ALL' &&
        covers(scopeOf(command), { symbol: order.symbol, strategy_no }) &&
        (command.completed_at ?? step.now) >= placed_at
      )
    })
  }

  async #newest(step: Step, ticket: string, fits: (command: Command) => boolean): Promise<Command | null> {
    const here = this.#here(step).find((command) => isOf(command, ticket) && fits(command))
    if (here) return here
    await step.caughtUp()
    const stored = await this.#ctx.store.commandsOfOrder(step.account.account_id, ticket)
    return stored.find((command) => wasGiven(command) && fits(command)) ?? null
  }

  #here(step: Step): readonly Command[] {
    const known = this.#at_hand.get(step)
    if (known) return known
    const { unsettled, settled } = step.state
    const here = [...unsettled.values(), ...settled.values()].filter(
      (command) => TYPES.has(command.type) && wasGiven(command),
    )
    here.sort((a, b) => b.command_no - a.command_no)
    this.#at_hand.set(step, here)
    return here
  }
}

const isOf = ({ type, payload }: Command, ticket: string): boolean =>
  type === 'CLOSE_ALL' || payload.ticket === ticket

/** An EA had it, and may have carried it out. */
const wasGiven = ({ attempt, status }: Command): boolean => attempt > 0 && status !== 'failed'

/** Is all that changed what it asked for? */
function wanted(
  { payload }: Command,
  told: ToldOrder,
  fields: readonly (keyof ToldOrder)[],
  digits: number,
): boolean {
  if (payload.ticket !== told.ticket || fields.length === 0) return false
  return fields.every((field) => {
    if (field === 'expiration_ms')
      return (
        payload.expiration !== undefined && brokerTimeMs(payload.expiration as string) === told.expiration_ms
      )
    const level = payload[field]
    return (
      level !== undefined && samePrice((level as number | null) || null, told[field] as number | null, digits)
    )
  })
}

/** By the server's clock: to the second where the broker's is known, else as it was heard of. */
function lifeOf(step: Step, { created_at, time_ms, done_time_ms, broker_offset_min }: Order) {
  const known = ['utc', 'broker'].includes(step.state.connection.time_basis)
  const utc = (ms: number | null) => (ms === null || !known ? null : brokerToUtc(ms, broker_offset_min))
  const [placed, ended] = [utc(time_ms), utc(done_time_ms)]
  return {
    placed_at: placed === null ? created_at - APART_MS : placed - SECOND_MS,
    ended_at: ended === null ? step.now : ended + SECOND_MS,
  }
}
