// What the management API answers about positions, deals and pending orders.
import Type, { type Static } from 'typebox'
import { MAKERS } from '../vocabulary.ts'
import { both, nullable, oneOf, UtcTime } from './fields.ts'

export const TradeView = Type.Object({
  ...both,
  ticket: Type.String(),
  symbol: nullable(Type.String()),
  direction: nullable(Type.String()),
  volume: nullable(Type.Number({ description: 'lots' })),
  open_price: nullable(Type.Number()),
  open_time_broker: nullable(Type.String({ description: 'broker wall clock, ISO 8601 without a zone' })),
  open_time: nullable(UtcTime),
  sl: nullable(Type.Number()),
  tp: nullable(Type.Number()),
  wanted_sl: nullable(Type.Number({ description: 'asked for by a command, not confirmed yet' })),
  wanted_tp: nullable(Type.Number()),
  profit: nullable(Type.Number()),
  swap: nullable(Type.Number()),
  commission: nullable(Type.Number()),
  comment: nullable(Type.String()),
  magic: nullable(Type.String()),
  status: Type.String({ description: 'open or closed' }),
  source: Type.String({ description: 'command, opened, sync or closed: what told us of it first' }),
  command_id: nullable(Type.String()),
  close_price: nullable(Type.Number()),
  close_time_broker: nullable(Type.String()),
  close_time: nullable(UtcTime),
  close_reason: nullable(Type.String()),
  closed_by: nullable(
    Type.String({ description: 'event: the EA said so; absence: it was missing in its lists' }),
  ),
  suspect_since: nullable(
    Type.String({
      format: 'date-time',
      description: 'missing in a native EA’s list since, without proof (R4)',
    }),
  ),
  created_at: UtcTime,
  updated_at: UtcTime,
})
export type TradeView = Static<typeof TradeView>

export const DealView = Type.Object({
  ...both,
  deal: Type.String({ description: 'MT5’s deal ticket' }),
  type: Type.String({ description: 'DEAL_TYPE_*' }),
  entry: nullable(Type.String({ description: 'DEAL_ENTRY_*' })),
  reason: nullable(Type.String({ description: 'DEAL_REASON_*' })),
  order: nullable(Type.String()),
  position: nullable(Type.String({ description: 'null: a balance operation' })),
  symbol: nullable(Type.String()),
  volume: nullable(Type.Number({ description: 'lots' })),
  price: nullable(Type.Number()),
  profit: nullable(Type.Number()),
  swap: nullable(Type.Number()),
  commission: nullable(Type.Number()),
  fee: nullable(Type.Number()),
  magic: nullable(Type.String()),
  comment: nullable(Type.String()),
  time_broker: nullable(Type.String({ description: 'broker wall clock, ISO 8601 without a zone' })),
  time: nullable(UtcTime),
  made_by: oneOf(MAKERS),
  command_id: nullable(Type.String()),
  received_at: UtcTime,
})
export type DealView = Static<typeof DealView>

export const OrderView = Type.Object({
  ...both,
  ticket: Type.String({ description: 'MT5’s order ticket' }),
  type: Type.String({ description: 'ORDER_TYPE_*' }),
  state: Type.String({ description: 'ORDER_STATE_*, as the terminal showed it last' }),
  status: oneOf(['waiting', 'over']),
  symbol: Type.String(),
  volume: Type.Number({ description: 'lots' }),
  volume_left: nullable(Type.Number()),
  price: nullable(Type.Number()),
  stop_limit_price: nullable(Type.Number()),
  sl: nullable(Type.Number()),
  tp: nullable(Type.Number()),
  expiration_broker: nullable(Type.String({ description: 'broker wall clock, ISO 8601 without a zone' })),
  expiration: nullable(UtcTime),
  placed_broker: nullable(Type.String()),
  placed: nullable(UtcTime),
  ended_broker: nullable(Type.String()),
  ended: nullable(UtcTime),
  magic: nullable(Type.String()),
  comment: nullable(Type.String()),
  position: nullable(Type.String({ description: 'that it opened or touched' })),
  reason: nullable(Type.String({ description: 'ORDER_REASON_*' })),
  made_by: oneOf(MAKERS),
  command_id: nullable(Type.String({ description: 'the command that placed it' })),
  over_by: nullable(
    Type.String({ description: 'event: the EA said so; absence: the terminal has it nowhere' }),
  ),
  ended_by: nullable(oneOf(MAKERS)),
  ended_command_id: nullable(Type.String()),
  created_at: UtcTime,
  updated_at: UtcTime,
})
export type OrderView = Static<typeof OrderView>

/** One thing that happened to a trade or an order, and who did it (R12). */
export const StoryLine = Type.Object({
  seq: Type.Integer(),
  at: UtcTime,
  event: Type.String(),
  text: Type.String({ description: 'a sentence for a person' }),
  made_by: Type.String({
    description:
      'command, other_ea, manual, sl, tp, stop_out, broker, unattributed; server: nobody at the terminal',
  }),
  command_id: nullable(Type.String()),
  asked_by: nullable(Type.String({ description: 'who created the command: its key' })),
})
export type StoryLine = Static<typeof StoryLine>

export const TradeHistoryView = Type.Object({
  trade: TradeView,
  deals: Type.Array(DealView),
  story: Type.Array(StoryLine, { description: 'oldest first' }),
})
export type TradeHistoryView = Static<typeof TradeHistoryView>

export const OrderDetailView = Type.Object({
  ...OrderView.properties,
  story: Type.Array(StoryLine, { description: 'oldest first' }),
})
export type OrderDetailView = Static<typeof OrderDetailView>
