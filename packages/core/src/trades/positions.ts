// Rows of a position list, judged one by one (R10): a bad row is named and does not spoil the others.
import { type Direction, describeFirst, EaTrade, toInt64 } from '@ngtb/protocol'
import { Compile } from 'typebox/compile'
import { brokerTimeMs } from '../time/broker-time.ts'
import type { Position } from './trade.ts'

const check = Compile(EaTrade)

export interface ReadRows {
  readonly positions: ReadonlyMap<string, Position>
  readonly rejected: readonly { index: number; ticket: string | null; reason: string }[]
  /** Tickets of rejected rows: present, though unreadable — never absent. */
  readonly unreadable: ReadonlySet<string>
  /** A row without a readable ticket could be any position: then nothing may be judged absent. */
  readonly complete: boolean
}

export function readRows(rows: readonly unknown[]): ReadRows {
  const positions = new Map<string, Position>()
  const rejected: { index: number; ticket: string | null; reason: string }[] = []
  const unreadable = new Set<string>()
  const twice = new Set<string>()
  const reject = (index: number, ticket: string | null, reason: string) => {
    rejected.push({ index, ticket, reason })
    if (ticket !== null) unreadable.add(ticket)
  }
  for (const [index, row] of rows.entries()) {
    const position = readRow(row)
    if (typeof position === 'string') {
      reject(index, toInt64((row as { ticket?: unknown } | null)?.ticket), position)
    } else if (agrees(position, positions.get(position.ticket))) {
      positions.set(position.ticket, position)
    } else {
      twice.add(position.ticket)
      reject(index, position.ticket, `ticket ${position.ticket} is listed twice with different figures`)
    }
  }
  // Of two rows that contradict each other neither is believed, whichever came first; the position is there.
  for (const ticket of twice) positions.delete(ticket)
  return { positions, rejected, unreadable, complete: rejected.every((row) => row.ticket !== null) }
}

const agrees = (row: Position, earlier: Position | undefined): boolean =>
  earlier === undefined || JSON.stringify(row) === JSON.stringify(earlier)

function readRow(row: unknown): Position | string {
  if (!check.Check(row)) return describeFirst(check.Errors(row))
  const ticket = toInt64(row.ticket)
  if (ticket === null) return `ticket ${String(row.ticket)} is not a number from 1 to 2^63−1`
  const direction = toDirection(row.direction)
  if (direction === null) return `direction ${String(row.direction)} is neither BUY nor SELL`
  return {
    ticket,
    direction,
    symbol: row.symbol,
    volume: row.volume,
    open_price: row.open_price,
    open_time_ms: brokerTimeMs(row.open_time),
    ...(row.sl === undefined ? {} : { sl: stop(row.sl) }),
    ...(row.tp === undefined ? {} : { tp: stop(row.tp) }),
    profit: row.profit ?? null,
    swap: row.swap ?? null,
    commission: row.commission ?? null,
    comment: row.comment ?? null,
    magic: row.magic === undefined || row.magic === null ? null : String(row.magic),
  }
}

/** MetaTrader says "no stop" as 0. */
export const stop = (value: number | null | undefined): number | null => (value ? value : null)

/** BUY/SELL, POSITION_TYPE_*, ORDER_TYPE_*, 0 and 1 (MT5's ENUM_POSITION_TYPE). */
export function toDirection(value: unknown): Direction | null {
  if (value === 0 || value === 1) return value === 0 ? 'BUY' : 'SELL'
  const match = typeof value === 'string' ? /^(?:POSITION_TYPE_|ORDER_TYPE_)?(BUY|SELL)$/i.exec(value) : null
  return match ? (match[1]?.toUpperCase() as Direction) : null
}
