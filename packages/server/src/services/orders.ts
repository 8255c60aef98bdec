// Pending orders as a native EA tells them: what waits, and how each ended, with who did it (R12).
import {
  brokerTimeMs,
  type Command,
  covers,
  enderOf,
  judgeOrder,
  type Order,
  type OrderChange,
  orderFieldsChanged,
  orderImage,
  placerOf,
  scopeOf,
  stop,
  type ToldOrder,
} from '@ngtb/core'
import { type OrderEvent, type OrderNotFoundEvent, Refusal, samePrice, toInt64 } from '@ngtb/protocol'
import type { CommandMoves } from './command-moves.ts'
import type { Context } from './context.ts'
import type { Step } from './step.ts'
import { strategyMagic, taggedBy } from './trade-tags.ts'

export class Orders {
  readonly #ctx: Context
  readonly #moves: CommandMoves

  constructor(ctx: Context, moves: CommandMoves) {
    this.#ctx = ctx
    this.#moves = moves
  }

  /** Brings the orders that these events name back to hand: one look for all of them. */
  async recallAll(step: Step, events: readonly unknown[]): Promise<void> {
    const named = events.flatMap((event) => toInt64((event as { order?: unknown } | null)?.order) ?? [])
    const away = [...new Set(named)].filter((ticket) => !step.state.order(ticket))
    if (away.length === 0) return
    await step.caughtUp()
    const stored = await this.#ctx.store.ordersAmong(step.account.account_id, away)
    for (const order of stored) step.state.keepOrder(order)
  }

  /** @throws {Refusal} NGTB_TICKET_INVALID, before anything is written */
  async take(step: Step, event: OrderEvent, from_owner: boolean): Promise<void> {
    const told = toldIn(event)
    const known = step.state.order(told.ticket) ?? null
    const change = judgeOrder(known, told, from_owner)
    if (change === null) return
    const order = known
      ? { ...known, ...told, magic: known.magic, comment: known.comment, ...WAITS }
      : await this.#heardOf(step, told)
    if (change === 'over') this.#end(step, order)
    else this.#save(step, change, order, known && this.#changeOf(step, known, told))
  }

  /** The terminal has it nowhere: over, until somebody knows better (O1). */
  notFound(step: Step, event: OrderNotFoundEvent, from_owner: boolean): void {
    const known = step.state.order(ticketIn(event.order, 'order'))
    if (!known || known.over_by !== null || !from_owner) return
    this.#save(step, 'over', { ...known, over_by: 'absence', ended_by: 'unattributed' })
  }

  async #heardOf(step: Step, told: ToldOrder): Promise<Order> {
    const command = await taggedBy(step, this.#moves, told.magic)
    const made_by = placerOf(told.reason, command !== null)
    return {
      account_id: step.account.account_id,
      ...told,
      magic: command ? strategyMagic(step, command) : told.magic,
      ...WAITS,
      made_by,
      command_id: made_by === 'command' ? (command?.command_id ?? null) : null,
      broker_offset_min: step.state.connection.broker_offset_min,
      created_at: step.now,
      updated_at: step.now,
    }
  }

  #end(step: Step, order: Order): void {
    const command = order.state === 'ORDER_STATE_CANCELED' ? cancellerOf(step, order) : null
    const ended_command_id = command?.command_id ?? null
    const ended_by = enderOf(order.state, ended_command_id)
    this.#save(step, 'over', { ...order, over_by: 'event', ended_by, ended_command_id })
  }

  #save(step: Step, change: OrderChange, order: Order, by: object | null = null): void {
    const saved = step.saveOrder({ ...order, updated_at: step.now })
    step.audit(`order.${change}`, 'ea', saved.ticket, { ...orderImage(saved), ...(by && { change: by }) })
  }

  /** Which fields, and whose doing: a MODIFY_PENDING that wanted them, or nobody's that we know. */
  #changeOf(step: Step, known: Order, told: ToldOrder) {
    const fields = orderFieldsChanged(known, told)
    const from = Object.fromEntries(fields.map((field) => [field, known[field]]))
    const command = handedOut(step, 'MODIFY_PENDING').find((one) => wanted(one, told))
    return command
      ? { from, made_by: 'command', command_id: command.command_id }
      : { from, made_by: 'unattributed', command_id: null }
  }
}

const WAITS = { over_by: null, ended_by: null, ended_command_id: null } as const

/** Commands of this type that an EA was given, newest first. */
const handedOut = ({ state }: Step, type: Command['type']): Command[] =>
  [...state.settled.values(), ...state.unsettled.values()]
    .filter((command) => command.type === type && command.attempt > 0 && command.status !== 'failed')
    .sort((a, b) => b.command_no - a.command_no)

/** Are these values what it asked for? */
function wanted({ payload }: Command, told: ToldOrder): boolean {
  const { ticket, expiration, ...levels } = payload as Record<string, unknown>
  if (ticket !== told.ticket) return false
  const same = Object.entries(levels).every(([field, level]) =>
    samePrice((level as number | null) || null, told[field as 'price'], 8),
  )
  return same && (expiration === undefined || brokerTimeMs(expiration as string) === told.expiration_ms)
}

function cancellerOf(step: Step, { ticket, symbol, command_id, created_at }: Order): Command | null {
  const cancels = handedOut(step, 'CANCEL_PENDING').filter(({ payload }) => payload.ticket === ticket)
  const placed_by = command_id === null ? undefined : step.state.command(command_id)
  const strategy_no = placed_by?.strategy_no ?? null
  // An emergency stop that ran before the order was there did not cancel it.
  const stops = handedOut(step, 'CLOSE_ALL').filter(
    (command) =>
      covers(scopeOf(command), { symbol, strategy_no }) && (command.completed_at ?? step.now) >= created_at,
  )
  return cancels[0] ?? stops[0] ?? null
}

function ticketIn(value: unknown, name: string): string {
  const ticket = toInt64(value)
  if (ticket !== null) return ticket
  throw new Refusal('NGTB_TICKET_INVALID', `${name} ${String(value).slice(0, 60)} is no ticket`)
}

/** @throws {Refusal} NGTB_TICKET_INVALID */
function toldIn(event: OrderEvent): ToldOrder {
  const { position, magic } = event
  return {
    ticket: ticketIn(event.order, 'order'),
    type: event.type,
    state: event.state,
    reason: event.reason ?? null,
    symbol: event.symbol,
    volume: event.volume,
    volume_left: event.volume_left ?? null,
    price: stop(event.price) ?? null,
    stop_limit_price: stop(event.stop_limit_price) ?? null,
    sl: stop(event.sl) ?? null,
    tp: stop(event.tp) ?? null,
    expiration_ms: brokerTimeMs(event.expiration),
    magic: magic === undefined || magic === null ? null : String(magic),
    comment: event.comment ?? null,
    position: position ? ticketIn(position, 'position') : null,
    time_ms: brokerTimeMs(event.time),
    done_time_ms: brokerTimeMs(event.done_time),
  }
}
