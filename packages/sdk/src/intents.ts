// What a strategy may ask for: the shape of each intent, and how it becomes a payload.
//
//   I1. Tickets and logins are text; a number that JavaScript has rounded is refused, not sent.
//   I2. Every command type has a shape here: a new one does not compile until it has.

import { type CommandType, type Timeframe, toInt64 } from '@ngtb/protocol'
import type { SubmitOptions } from './commands.ts'
import { refusedHere } from './errors.ts'
import { type Moment, momentMs } from './moments.ts'

/** A ticket or login: text always; a number only while JavaScript holds it exactly. */
export type Int64Like = string | number | bigint

/** What an order carries beside its price. */
interface OrderMarks extends SubmitOptions {
  symbol: string
  /** Lots. */
  volume: number
  sl?: number | null | undefined
  tp?: number | null | undefined
  /** At most 31 characters. */
  comment?: string | undefined
  /** Your strategy's number. */
  magic?: number | undefined
  /** Points of slippage. */
  deviation?: number | undefined
}

/** A market order and how to send it. */
export interface OpenTrade extends OrderMarks {
  order_type: 'BUY' | 'SELL' | 'ORDER_TYPE_BUY' | 'ORDER_TYPE_SELL'
}

type Pending = `${'BUY' | 'SELL'}_${'LIMIT' | 'STOP' | 'STOP_LIMIT'}`

/** A pending order and how to send it. */
export interface PlacePending extends OrderMarks {
  order_type: Pending | `ORDER_TYPE_${Pending}`
  price: number
  /** Of a STOP_LIMIT: where the limit order is set once `price` was touched. */
  stop_limit_price?: number | undefined
  /** Broker time: from then on the trade server itself drops the order. */
  expiration?: Moment | null | undefined
}

/** Absolute stops; what is left out stays, 0 or null removes. */
export interface ModifyTrade extends SubmitOptions {
  ticket: Int64Like
  sl?: number | null | undefined
  tp?: number | null | undefined
}

/** Absolute values of a pending order; what is left out stays. The newest MODIFY wins. */
export interface ModifyPending extends ModifyTrade {
  price?: number | undefined
  stop_limit_price?: number | undefined
  expiration?: Moment | null | undefined
}

/** "Make sure it is closed": gone already is a success. */
export interface CloseTrade extends SubmitOptions {
  ticket: Int64Like
  reason?: string | undefined
}

/** "Make sure it is gone": the answer says `filled` when the order became a deal first. */
export interface CancelPending extends CloseTrade {}

/** Every position in scope, manual ones too unless `magic` is given, and its pending orders. */
export interface CloseAll extends SubmitOptions {
  symbol?: string | undefined
  magic?: number | undefined
  reason?: string | undefined
}

/**
 * Closes a part, as compare-and-set: only while the position still has `expected_volume`. With `volume` alone the
 * server takes what it knows the position to have now.
 */
export type ClosePartial = CloseTrade &
  (
    | { volume: number; expected_volume?: number | undefined; remaining_volume?: undefined }
    | { expected_volume: number; remaining_volume: number; volume?: undefined }
  )

/**
 * A position against an opposite one of the same symbol (hedging accounts). Volumes: of `ticket`, as
 * compare-and-set.
 */
export interface CloseBy extends CloseTrade {
  opposite_ticket: Int64Like
  expected_volume?: number | undefined
  /** Lots of `ticket` afterwards; 0: gone. */
  remaining_volume?: number | undefined
}

/** The whole list: symbols that are not in it are no longer streamed. */
export interface SubscribeSymbols extends SubmitOptions {
  symbols: readonly string[]
}

/** Candles of the broker's own history. */
export interface RequestHistory extends SubmitOptions {
  symbol: string
  timeframe: Timeframe
  /** Broker time, as `to`. */
  from: Moment
  to?: Moment | undefined
}

/** A full list of positions now. */
export interface RequestSync extends SubmitOptions {}

/** What became of another command: the EA looks into its journal, then at the broker. */
export interface Probe extends SubmitOptions {
  /** The command that is asked about; `command_id` is the question's own name. */
  probed_command_id: string
}

/** Each command type's shape (I2). */
export interface IntentOf {
  OPEN_TRADE: OpenTrade
  MODIFY_TRADE: ModifyTrade
  CLOSE_TRADE: CloseTrade
  CLOSE_ALL: CloseAll
  PLACE_PENDING: PlacePending
  MODIFY_PENDING: ModifyPending
  CANCEL_PENDING: CancelPending
  CLOSE_PARTIAL: ClosePartial
  CLOSE_BY: CloseBy
  SUBSCRIBE_SYMBOLS: SubscribeSymbols
  REQUEST_HISTORY: RequestHistory
  REQUEST_SYNC: RequestSync
  PROBE: Probe
}

/** Any intent as data: its type, its fields, and how to send it. */
export type Intent = { [T in CommandType]: { type: T } & IntentOf[T] }[CommandType]

type Alone = 'deadline_ms' | 'signal'
/** One of many in `client.batch()`: how long to ask is the whole batch's. */
export type BatchIntent = {
  [T in CommandType]: { type: T } & (IntentOf[T] extends infer I
    ? I extends unknown
      ? Omit<I, Alone>
      : never
    : never)
}[CommandType]

/** What goes over the wire, and how. */
export interface Wanted {
  type: CommandType | (string & {})
  payload: Readonly<Record<string, unknown>>
  options: SubmitOptions
}

/** An intent as the wire says it. */
export function wantedOf(intent: Intent | BatchIntent): Wanted {
  const { type, priority, ttl_ms, command_id, require_connected, deadline_ms, signal, ...fields } =
    intent as Intent & Record<string, unknown>
  const options = { priority, ttl_ms, command_id, require_connected, deadline_ms, signal }
  return { type, payload: payloadOf(fields), options }
}

/** The fields that are said otherwise on the wire. */
function payloadOf({ probed_command_id, ...fields }: Record<string, unknown>): Record<string, unknown> {
  const payload = probed_command_id === undefined ? fields : { ...fields, command_id: probed_command_id }
  for (const name of ['expiration', 'from', 'to'])
    if (payload[name] !== undefined && payload[name] !== null)
      payload[name] = momentMs(payload[name] as Moment)
  return payload
}

/** Tickets as text, wherever they stand (I1). */
export function exactTickets(payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const exact = { ...payload }
  for (const name of ['ticket', 'opposite_ticket']) if (name in exact) exact[name] = ticketText(exact[name])
  return exact
}

/** A login as text. */
export function loginText(login: Int64Like): string {
  const text = toInt64(login)
  if (text === null) throw refusedHere('NGTB_LOGIN_INVALID', `account ${login} is not an MT5 login`)
  return text
}

/** A ticket as text; refused when it has been rounded already. */
export function ticketText(ticket: unknown): string {
  const text = toInt64(ticket)
  if (text !== null) return text
  const rounded = typeof ticket === 'number' && Number.isInteger(ticket) && ticket > Number.MAX_SAFE_INTEGER
  const why = rounded ? 'is too large for a JavaScript number: pass it as text' : 'is not 1 to 2^63−1'
  throw refusedHere('NGTB_TICKET_INVALID', `ticket ${String(ticket)} ${why}`)
}
