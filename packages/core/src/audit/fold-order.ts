// A pending order as its events tell it (P13): each carries the whole of it.
import type { Order } from '../trades/order.ts'
import type { ToldFacts } from './fold-command.ts'
import { type Image, pick } from './image.ts'

/** Not folded: updated_at, which every write changes. */
export const ORDER_FIELDS = [
  'type',
  'state',
  'reason',
  'symbol',
  'volume',
  'volume_left',
  'price',
  'stop_limit_price',
  'sl',
  'tp',
  'expiration_ms',
  'magic',
  'comment',
  'position',
  'time_ms',
  'done_time_ms',
  'over_by',
  'made_by',
  'command_id',
  'ended_by',
  'ended_command_id',
  'broker_offset_min',
  'created_at',
] as const satisfies readonly (keyof Order)[]

export const isOfOrder = ({ kind, subject }: ToldFacts): boolean =>
  subject !== null && kind.startsWith('order.')

/** The image after the event. @param before null: nothing is known yet */
export const foldOrder = (before: Image | null, event: ToldFacts): Image =>
  isOfOrder(event) ? { ...before, ...pick(event.data, ORDER_FIELDS) } : (before ?? {})

/** The row as it is compared with its fold. */
export const orderImage = (order: Order): Image =>
  pick(order as unknown as Record<string, unknown>, ORDER_FIELDS)
