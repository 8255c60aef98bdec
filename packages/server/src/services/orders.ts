// Pending orders as a native EA tells them: what waits, and how each ended, with who did it (R12).
import {
  brokerTimeMs,
  enderOf,
  judgeOrder,
  type Order,
  type OrderChange,
  orderFieldsChanged,
  orderImage,
  placerOf,
  stop,
  type ToldOrder,
} from '@ngtb/core'
import { type OrderEvent, type OrderNotFoundEvent, Refusal, toInt64 } from '@ngtb/protocol'
import type { CommandMoves } from './command-moves.ts'
import type { Context } from './context.ts'
import { OrderCauses } from './order-causes.ts'
import type { Step } from './step.ts'
import { strategyMagic, taggedBy } from './trade-tags.ts'

export class Orders {
  readonly #ctx: Context
  readonly #moves: CommandMoves
  readonly #causes: OrderCauses

  constructor(ctx: Context, moves: CommandMoves) {
    this.#ctx = ctx
    this.#moves = moves
    this.#causes = new OrderCauses(ctx, moves)
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
    const known = step.state.order(ticketIn(event.order, 'order')) ?? null
    const told = toldIn(event, known)
    const change = judgeOrder(known, told, from_owner)
    if (change === null) return
    const { broker_offset_min } = step.state.connection
    const order = known
      ? { ...known, ...told, magic: known.magic, ...WAITS, broker_offset_min }
      : await this.#heardOf(step, told)
    if (change === 'over') await this.#end(step, order)
    else this.#save(step, change, order, known && (await this.#changeOf(step, known, told)))
  }

  /** The terminal has it nowhere: over, until somebody knows better (O1). */
  notFound(step: Step, event: OrderNotFoundEvent, from_owner: boolean): void {
    const known = step.state.order(ticketIn(event.order, 'order'))
    if (!known || known.over_by !== null || !from_owner) return
    this.#save(step, 'over', { ...known, over_by: 'absence', ended_by: 'unattributed' })
  }

  async #heardOf(step: Step, told: ToldOrder): Promise<Order> {
    const command = await taggedBy(step, this.#moves, told.magic, told.symbol)
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

  async #end(step: Step, order: Order): Promise<void> {
    const command = order.state === 'ORDER_STATE_CANCELED' ? await this.#causes.cancelled(step, order) : null
    const ended_command_id = command?.command_id ?? null
    const ended_by = enderOf(order.state, ended_command_id)
    this.#save(step, 'over', { ...order, over_by: 'event', ended_by, ended_command_id })
  }

  #save(step: Step, change: OrderChange, order: Order, by: object | null = null): void {
    const saved = step.saveOrder({ ...order, updated_at: step.now })
    step.audit(`order.${change}`, 'ea', saved.ticket, { ...orderImage(saved), ...(by && { change: by }) })
  }

  /** Which fields, and whose doing: a MODIFY_PENDING that wanted them, the market's, or nobody's that we know. */
  async #changeOf(step: Step, known: Order, told: ToldOrder) {
    const fields = orderFieldsChanged(known, told)
    const from = Object.fromEntries(fields.map((field) => [field, known[field]]))
    const command = await this.#causes.changed(step, known, told, fields)
    if (command) return { from, made_by: 'command', command_id: command.command_id }
    return { from, made_by: fields.some((field) => BY_THE_MARKET.has(field)) ? 'broker' : 'unattributed' }
  }
}

/** Filled in part, or a stop-limit that was reached. */
const BY_THE_MARKET: ReadonlySet<keyof ToldOrder> = new Set(['state', 'type', 'volume_left'])
const WAITS = { over_by: null, ended_by: null, ended_command_id: null } as const

function ticketIn(value: unknown, name: string): string {
  const ticket = toInt64(value)
  if (ticket !== null) return ticket
  throw new Refusal('NGTB_TICKET_INVALID', `${name} ${String(value).slice(0, 60)} is no ticket`)
}

/**
 * What an event leaves out stays as it is known (P7).
 * @throws {Refusal} NGTB_TICKET_INVALID
 */
function toldIn(event: OrderEvent, known: Order | null): ToldOrder {
  const level = (field: 'price' | 'stop_limit_price' | 'sl' | 'tp') =>
    event[field] === undefined ? (known?.[field] ?? null) : (stop(event[field]) ?? null)
  const time = (told: OrderEvent['time'], before: number | null | undefined) =>
    told === undefined ? (before ?? null) : brokerTimeMs(told)
  const { position, magic, comment = known?.comment, reason = known?.reason } = event
  const left = event.volume_left === undefined ? known?.volume_left : event.volume_left
  return {
    ticket: ticketIn(event.order, 'order'),
    type: event.type,
    state: event.state,
    reason: reason ?? null,
    symbol: event.symbol,
    volume: event.volume,
    volume_left: left ?? null,
    price: level('price'),
    stop_limit_price: level('stop_limit_price'),
    sl: level('sl'),
    tp: level('tp'),
    expiration_ms: time(event.expiration, known?.expiration_ms),
    magic: magic === undefined || magic === null ? null : String(magic),
    comment: comment ?? null,
    // 0 while it waits, in MetaTrader's own words.
    position:
      position === undefined
        ? (known?.position ?? null)
        : isNone(position)
          ? null
          : ticketIn(position, 'position'),
    time_ms: time(event.time, known?.time_ms),
    done_time_ms: time(event.done_time, known?.done_time_ms),
  }
}

const isNone = (ticket: OrderEvent['position']) => ticket === null || ticket === 0 || ticket === '0'
