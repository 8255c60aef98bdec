// A pending order: as the terminal shows it, and then how it ended. Nothing here is the server's opinion (P7).
//
//   O1. An order that is over stays over: a live word about it is older, or of a terminal that shows the past. Only one
//       that nobody found may be there again.
//   O2. What an order is now counts from the owner alone; that it is over is a fact, whoever tells it (P9).
import {
  type Maker,
  type OrderReason,
  type OrderState,
  type PendingOrderType,
  samePrice,
} from '@ngtb/protocol'

export interface Order {
  readonly account_id: number
  /** MT5's order ticket: its identity. */
  readonly ticket: string
  readonly type: PendingOrderType
  readonly state: OrderState
  readonly reason: OrderReason | null
  readonly symbol: string
  readonly volume: number
  readonly volume_left: number | null
  readonly price: number | null
  readonly stop_limit_price: number | null
  readonly sl: number | null
  readonly tp: number | null
  /** Broker wall clock in ms, like the other two. */
  readonly expiration_ms: number | null
  /** As the strategy gave it, where the order was a command's. */
  readonly magic: string | null
  readonly comment: string | null
  /** The position that it opened or touched. */
  readonly position: string | null
  readonly time_ms: number | null
  readonly done_time_ms: number | null
  /** Why we believe that it is over: the EA said so, or found it nowhere; null: it waits. */
  readonly over_by: 'event' | 'absence' | null
  /** Who placed it, and who ended it (R12). */
  readonly made_by: Maker
  readonly command_id: string | null
  readonly ended_by: Maker | null
  readonly ended_command_id: string | null
  readonly broker_offset_min: number
  readonly created_at: number
  readonly updated_at: number
}

/** What an EA tells of one. */
export type ToldOrder = Omit<
  Order,
  | 'account_id'
  | 'over_by'
  | 'made_by'
  | 'command_id'
  | 'ended_by'
  | 'ended_command_id'
  | 'broker_offset_min'
  | 'created_at'
  | 'updated_at'
>

const FINAL: ReadonlySet<OrderState> = new Set([
  'ORDER_STATE_CANCELED',
  'ORDER_STATE_FILLED',
  'ORDER_STATE_REJECTED',
  'ORDER_STATE_EXPIRED',
])

export type OrderChange = 'placed' | 'changed' | 'over'

/** What a word makes of what is known; null: nothing. */
export function judgeOrder(known: Order | null, told: ToldOrder, from_owner: boolean): OrderChange | null {
  if (known?.over_by === 'event') return null
  if (FINAL.has(told.state) || told.done_time_ms !== null) return 'over'
  if (!from_owner) return null
  if (known === null) return 'placed'
  return known.over_by === 'absence' || orderFieldsChanged(known, told).length > 0 ? 'changed' : null
}

const PRICES = ['price', 'stop_limit_price', 'sl', 'tp'] as const
const FACTS = ['type', 'state', 'volume', 'volume_left', 'expiration_ms'] as const

/** What may change while it waits; prices as they are at eight digits (R8). */
export const orderFieldsChanged = (known: Order, told: ToldOrder): (keyof ToldOrder)[] => [
  ...PRICES.filter((field) => !samePrice(known[field], told[field], 8)),
  ...FACTS.filter((field) => known[field] !== told[field]),
]

const PLACED_BY: Readonly<Record<OrderReason, Maker>> = {
  ORDER_REASON_CLIENT: 'manual',
  ORDER_REASON_MOBILE: 'manual',
  ORDER_REASON_WEB: 'manual',
  ORDER_REASON_EXPERT: 'other_ea',
  ORDER_REASON_SL: 'sl',
  ORDER_REASON_TP: 'tp',
  ORDER_REASON_SO: 'stop_out',
}

/** @param tagged does its magic name a command of ours? */
export function placerOf(reason: OrderReason | null, tagged: boolean): Maker {
  if (reason !== null && reason !== 'ORDER_REASON_EXPERT') return PLACED_BY[reason]
  if (tagged) return 'command'
  return reason === null ? 'unattributed' : PLACED_BY[reason]
}

/** @param cancelled_by a command that had been handed out to cancel it */
export function enderOf(state: OrderState, cancelled_by: string | null): Maker {
  if (state !== 'ORDER_STATE_CANCELED') return 'broker'
  return cancelled_by === null ? 'unattributed' : 'command'
}
