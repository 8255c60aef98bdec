// What the native EA asks of the terminal, and what it is told. Plain values, so that the broker may live in another
// process. `OrderSend` and the reading functions of MQL5 in one page.

import type { Direction, MarginMode, PendingKind, TerminalWord, TradeBlock } from '@ngtb/protocol'
import type { Deal, HistoryOrder, PendingOrder, Position } from '../broker-types.ts'
import type { Candle } from '../candles.ts'

/** One call of OrderSend. `command_id` is for who counts at the broker; a trade server never sees it. */
export type OrderRequest = {
  command_id: string
  /** The order's magic as decimal text: the tag (contract §4). */
  magic: string
  comment?: string
} & OrderAction

/** Volumes in lots, times in ms of broker time; absent levels = keep, 0 or null = none. */
export type OrderAction =
  | ({ action: 'open'; symbol: string; direction: Direction; volume: number; deviation?: number } & Levels)
  | ({
      action: 'pending'
      symbol: string
      direction: Direction
      kind: PendingKind
      volume: number
      price: number
      stop_limit_price?: number
      expiration_ms?: number | null
    } & Levels)
  | ({ action: 'modify'; ticket: string } & Levels)
  | ({
      action: 'modify_pending'
      ticket: string
      price?: number
      stop_limit_price?: number
      expiration_ms?: number | null
    } & Levels)
  | { action: 'cancel'; ticket: string }
  /** `volume` null: all of it. */
  | { action: 'close'; ticket: string; volume: number | null }
  | { action: 'close_by'; ticket: string; opposite_ticket: string }

interface Levels {
  sl?: number | null
  tp?: number | null
}

/** What OrderSend left behind. `returned` is its boolean, which proves nothing by itself (contract §5.6). */
export interface OrderResult {
  returned: boolean
  retcode: number
  comment: string
  order: string | null
  deal: string | null
  position: string | null
  price: number | null
  /** Lots that were filled or placed. */
  volume: number | null
  /** Of a closing deal. */
  profit?: number
  swap?: number
  commission?: number
}

/** `synchronised`: the terminal has loaded positions, orders and history since it connected. */
export interface TerminalState {
  connected: boolean
  synchronised: boolean
  login: string
  margin_mode: MarginMode
  /** What keeps the EA from trading; left out: this terminal does not say. */
  trade_blocked_by?: readonly TradeBlock[]
}

/** What an EA says of it (contract §9); null: it has not said anything yet. */
export function terminalWord(terminal: TerminalState | null): TerminalWord {
  if (terminal === null) return {}
  const { connected, trade_blocked_by: blocks } = terminal
  return { terminal_connected: connected, ...(blocks && { trade_blocked_by: [...blocks] }) }
}

/** A reading. `command`: by tag, and the state of the named tickets. `scope`: what a CLOSE_ALL has to close. */
export type LookQuery =
  | { what: 'command'; magic: string | null; ticket: string | null; opposite_ticket: string | null }
  | { what: 'scope'; symbol: string | null; strategy_no: number | null }
  /** The newest command_no in the tags of positions, orders and history; 0: none. */
  | { what: 'highest_tag' }
  /** The account's deals behind this ticket (null: all), and so many before it. */
  | { what: 'deals'; after: string | null; overlap: number }
  /** Pending orders: all that wait, those that ended since (ms of broker time), and the named ones. */
  | { what: 'orders'; ended_since_ms: number; tickets: readonly string[] }
  | { what: 'history'; symbol: string; timeframe: string; from: unknown; to: unknown; max: number }

export interface LookResult {
  /** At the moment of the look: a look at a terminal without a connection proves nothing. */
  terminal: TerminalState
  /** `command`: those that carry the tag. `scope`: those in the scope. `orders`: as asked. */
  positions: Position[]
  orders: PendingOrder[]
  history_orders: HistoryOrder[]
  deals: Deal[]
  /** `command`: the open position or active order of `ticket`; null when there is none. */
  position: Position | null
  order: PendingOrder | null
  opposite: Position | null
  /** `command`: the deals and the finished order of `ticket`. */
  ticket_deals: Deal[]
  ticket_order: HistoryOrder | null
  /** Of the position's or order's symbol: how prices and volumes are compared (R8). */
  digits: number
  volume_step: number
  highest_command_no: number
  /** `history`: what there is, oldest first, and whether the last of it is not finished. */
  candles: Candle[]
  forming: boolean
}

/** The broker as a driver holds it. Both may fail: the outcome of an order is then unknown. */
export interface BrokerPort {
  order(request: OrderRequest): OrderResult | Promise<OrderResult>
  look(query: LookQuery): LookResult | Promise<LookResult>
  terminal(): TerminalState | Promise<TerminalState>
}
