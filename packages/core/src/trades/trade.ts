// The values of a trade: a position as the EA told it. Nothing here is the server's opinion (P7).
import type { Direction } from '@ngtb/protocol'

/** Why we believe that a trade is closed: the EA said so, or it was missing in a complete list. */
export type ClosedBy = 'event' | 'absence'

export interface Trade {
  readonly account_id: number
  readonly ticket: string
  /** Null only for a trade of which we have heard nothing but its end. */
  readonly symbol: string | null
  readonly direction: Direction | null
  readonly volume: number | null
  readonly open_price: number | null
  /** Broker wall clock in ms, as sent; null when the EA did not say. */
  readonly open_time_ms: number | null
  readonly sl: number | null
  readonly tp: number | null
  /** Asked for by a command, not confirmed by the EA yet (P7). */
  readonly wanted_sl: number | null
  readonly wanted_tp: number | null
  readonly profit: number | null
  readonly swap: number | null
  readonly commission: number | null
  readonly comment: string | null
  readonly magic: string | null
  readonly status: 'open' | 'closed'
  readonly source: 'command' | 'opened' | 'sync' | 'closed' | 'modified'
  readonly command_id: string | null
  readonly close_price: number | null
  readonly close_time_ms: number | null
  readonly close_reason: string | null
  readonly closed_by: ClosedBy | null
  /** Minutes that broker time is ahead of UTC, as estimated when this was written. */
  readonly broker_offset_min: number
  readonly created_at: number
  readonly updated_at: number
  /** Missing in an accepted list since then, and not proved over (R4); null: not suspect. */
  readonly absent_since: number | null
  /** The account's revision at which this was written last: what a native list is held against (R3). */
  readonly rev: number
  /** Order of arrival in this process; 0 for what was known at start. Decides what a sync may judge (P8). */
  readonly heard_no: number
}

/** One row of an EA's list, already checked. */
export interface Position {
  readonly ticket: string
  readonly symbol: string
  readonly direction: Direction
  readonly volume: number
  readonly open_price: number
  readonly open_time_ms: number | null
  /** Null: the EA said that there is none. Left out: it said nothing, so nothing changes (P7). */
  readonly sl?: number | null
  readonly tp?: number | null
  readonly profit: number | null
  readonly swap: number | null
  readonly commission: number | null
  readonly comment: string | null
  readonly magic: string | null
}

/** Every field has its place from the start: an object that grows field by field is slow to make and to copy. */
const UNKNOWN: Trade = {
  account_id: 0,
  ticket: '',
  symbol: null,
  direction: null,
  volume: null,
  open_price: null,
  open_time_ms: null,
  sl: null,
  tp: null,
  wanted_sl: null,
  wanted_tp: null,
  profit: null,
  swap: null,
  commission: null,
  comment: null,
  magic: null,
  status: 'open',
  source: 'sync',
  command_id: null,
  close_price: null,
  close_time_ms: null,
  close_reason: null,
  closed_by: null,
  broker_offset_min: 0,
  created_at: 0,
  updated_at: 0,
  absent_since: null,
  rev: 0,
  heard_no: 0,
}

/** A trade first heard of now; what was not said is null. */
export function newTrade(
  known: Pick<Trade, 'account_id' | 'ticket' | 'status' | 'source' | 'broker_offset_min' | 'heard_no'> &
    Partial<Trade>,
  now: number,
): Trade {
  return { ...UNKNOWN, ...known, created_at: now, updated_at: now }
}
