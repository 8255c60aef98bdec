// What a strategy may ask for: the shapes of its intents, and how they become payloads.
//
//   I1. Tickets and logins are text; a number that JavaScript has rounded is refused, not sent.

import { toInt64 } from '@ngtb/protocol'
import type { SubmitOptions } from './commands.ts'
import { refusedHere } from './errors.ts'

/** A ticket or login: text always; a number only while JavaScript holds it exactly. */
export type Int64Like = string | number | bigint

/** A market order and how to send it. */
export interface OpenTrade extends SubmitOptions {
  symbol: string
  order_type: 'BUY' | 'SELL' | 'ORDER_TYPE_BUY' | 'ORDER_TYPE_SELL'
  /** Lots. */
  volume: number
  sl?: number | null | undefined
  tp?: number | null | undefined
  /** At most 31 characters. */
  comment?: string | undefined
  magic?: number | undefined
  /** Points of slippage. */
  deviation?: number | undefined
}

/** Absolute stops; what is left out stays, 0 or null removes. */
export interface ModifyTrade extends SubmitOptions {
  ticket: Int64Like
  sl?: number | null | undefined
  tp?: number | null | undefined
}

/** "Make sure it is closed": gone already is a success. */
export interface CloseTrade extends SubmitOptions {
  ticket: Int64Like
  reason?: string | undefined
}

/** Every position in scope, manual ones too unless `magic` is given. */
export interface CloseAll extends SubmitOptions {
  symbol?: string | undefined
  magic?: number | undefined
  reason?: string | undefined
}

/** The payload's own fields, and how to send it. */
export function split(call: SubmitOptions): [Record<string, unknown>, SubmitOptions] {
  const { priority, ttl_ms, command_id, require_connected, deadline_ms, signal, ...payload } = call
  return [payload, { priority, ttl_ms, command_id, require_connected, deadline_ms, signal }]
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
