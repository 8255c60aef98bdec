// What goes into the simulated broker and what comes out of it: plain values, safe for JSON.
//
// Tickets are decimal text (1 … 2^63−1), never a JavaScript number (R1). Prices are at the symbol's digits.

import type { Direction, MarginMode, PendingKind } from '@ngtb/protocol'
import type { SymbolSpec } from './symbols.ts'

/**
 * Who asked: the EA (with the command it works for) or the trader's own hand. `magic` and `comment` are those of an
 * order that closes; without them its deal carries the position's.
 */
export interface Cause {
  by: 'expert' | 'manual'
  command_id?: string
  magic?: string
  comment?: string
}

/** MT5's ENUM_DEAL_REASON, as far as this broker knows it. */
export type DealReason = 'DEAL_REASON_EXPERT' | 'DEAL_REASON_CLIENT' | 'DEAL_REASON_SL' | 'DEAL_REASON_TP'

/** The short word on the wire. */
export type CloseReason = 'expert' | 'manual' | 'sl_hit' | 'tp_hit'

/** A market order. `deviation` in points; absent SL or TP, 0 and null all mean none. */
export interface OpenRequest {
  symbol: string
  direction: Direction
  volume: number
  sl?: number | null
  tp?: number | null
  comment?: string
  /** Decimal text. */
  magic?: string
  deviation?: number
}

/** New levels; absent = keep, 0 or null = remove. */
export interface StopLevels {
  sl?: number | null
  tp?: number | null
}

/** An open position. Times in ms of broker time, money in the account's currency, `profit` floating. */
export interface Position {
  ticket: string
  symbol: string
  direction: Direction
  volume: number
  open_price: number
  open_time_ms: number
  /** 0 = none. */
  sl: number
  /** 0 = none. */
  tp: number
  profit: number
  swap: number
  commission: number
  magic: string
  comment: string
  command_id: string | null
}

/** A position at its end; `profit` is realised and `commission` charged over all its deals. */
export interface ClosedPosition extends Position {
  close_price: number
  close_time_ms: number
  close_reason: CloseReason
  deal_reason: DealReason
}

/** One line of the account's history. */
export interface Deal {
  deal: string
  position: string
  symbol: string
  /** The order that it filled; null for what the broker did by itself. */
  order: string | null
  entry: 'DEAL_ENTRY_IN' | 'DEAL_ENTRY_OUT' | 'DEAL_ENTRY_INOUT' | 'DEAL_ENTRY_OUT_BY'
  direction: Direction
  volume: number
  price: number
  profit: number
  swap: number
  commission: number
  reason: DealReason
  time_ms: number
  /** Of the order that made the deal, not of the position. */
  magic: string
  comment: string
  command_id: string | null
}

/** Something changed. The caller gets it as a value; the driver reports it to the server. */
export type BrokerEvent =
  | { kind: 'opened'; position: Position }
  | { kind: 'modified'; position: Position; time_ms: number }
  | { kind: 'closed'; position: ClosedPosition }
  /** Another volume (or, netting, another side) after a partial close, an increase or a reversal. */
  | { kind: 'changed'; position: Position; time_ms: number }

/** Something happened to a pending order. */
export type OrderEvent =
  | { kind: 'placed'; order: PendingOrder }
  | { kind: 'order_modified'; order: PendingOrder; time_ms: number }
  | { kind: 'order_gone'; order: HistoryOrder }

/** The trade server's answer. `comment` says in words what `retcode` says in a number. */
export interface TradeResult {
  retcode: number
  comment: string
  events: BrokerEvent[]
  position: Position | null
  /** The deal and the order that were booked; absent when nothing was. */
  deal?: Deal
}

export interface CloseResult extends Omit<TradeResult, 'position'> {
  closed: ClosedPosition | null
  /** What is left of it after a partial close. */
  position?: Position | null
}

export interface PendingResult {
  retcode: number
  comment: string
  order: PendingOrder | null
  events: OrderEvent[]
}

/** What the terminal shows in its Trade tab. */
export interface AccountFigures {
  balance: number
  equity: number
  margin: number
  free_margin: number
  open_positions: number
}

/** One broker-side effect of a command: for an auditor who counts. */
export interface Execution {
  command_id: string
  kind: BrokerEvent['kind'] | OrderEvent['kind']
  ticket: string
  /** Of the order that did it. */
  magic: string
  time_ms: number
}

export interface BrokerOptions {
  /** hedging: positions side by side; netting: one a symbol. */
  margin_mode?: MarginMode
  symbols?: readonly SymbolSpec[]
  /** Starting balance in the account's currency. */
  balance?: number
  currency?: string
  leverage?: number
  /** Charged per lot on each side, so twice for a whole trade. */
  commission_per_lot?: number
  /** The first position's ticket; counts up. Text or bigint where it exceeds 2^53−1. */
  ticket_start?: bigint | string | number
  /** Most positions at a time; beyond: TRADE_RETCODE_LIMIT_POSITIONS. */
  positions_max?: number
  /** Most pending orders at a time; beyond: TRADE_RETCODE_LIMIT_ORDERS. */
  orders_max?: number
  /** Points by which a fill is worse (positive) or better (negative) than the quote; none by default. */
  slippage_points?: (symbol: string) => number
}

/** A pending order. `kind` and `direction` as in MT5's ENUM_ORDER_TYPE; 0 = no level, null = no expiration. */
export interface PendingOrder {
  ticket: string
  symbol: string
  direction: Direction
  kind: PendingKind
  volume: number
  price: number
  stop_limit_price: number
  sl: number
  tp: number
  expiration_ms: number | null
  time_ms: number
  reason: 'ORDER_REASON_EXPERT' | 'ORDER_REASON_CLIENT'
  magic: string
  comment: string
  command_id: string | null
}

/** MT5's ENUM_ORDER_STATE, of orders that are over. */
export type OrderState =
  | 'ORDER_STATE_FILLED'
  | 'ORDER_STATE_PARTIAL'
  | 'ORDER_STATE_CANCELED'
  | 'ORDER_STATE_EXPIRED'
  | 'ORDER_STATE_REJECTED'

/** An order at its end, market orders too. `position` is what it opened or touched. */
export interface HistoryOrder {
  ticket: string
  /** What it was while it waited; null: a market order. */
  was: PendingOrder | null
  symbol: string
  state: OrderState
  volume: number
  filled_volume: number
  position: string | null
  time_ms: number
  magic: string
  comment: string
  command_id: string | null
}
