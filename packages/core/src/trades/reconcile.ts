// A plain client's full list against what we know (contract §7). Pure: lists in, adjustments out.
//
//   R6.  Present but unknown: created; a later `opened` merges.
//   R7.  Present and known: updated. Closed by absence: reopened, with an alert. Closed by the EA's word: stays closed.
//   R8.  Compared after rounding to the symbol's digits and step.
//   R10. Silence closes nothing: only a complete list can prove absence.
//   P8.  A list never judges or changes a trade that was heard of after the list began to arrive.

import { type SymbolSpec, samePrice, sameVolume } from '@ngtb/protocol'
import type { ReadRows } from './positions.ts'
import type { Position, Trade } from './trade.ts'

export type Adjustment =
  | { kind: 'created'; position: Position }
  | { kind: 'updated'; trade: Trade; position: Position; fields: string[] }
  | { kind: 'refreshed'; trade: Trade; position: Position } // profit and swap only: no event, just newer figures
  | { kind: 'closed'; trade: Trade }
  | { kind: 'reopened'; trade: Trade; position: Position }
  | { kind: 'contradicted'; trade: Trade } // listed, although the EA said that it closed: drifted

export interface SyncFacts {
  /** Open trades, and closed ones among the listed tickets. */
  readonly known: ReadonlyMap<string, Trade>
  readonly rows: ReadRows
  /** Drawn from the counter of `heard_no` when the request began to arrive, so ≥ 1: later ones are not judged (P8). */
  readonly began_no: number
  /** From the last heartbeat; null when it did not say. */
  readonly margin: number | null
  readonly open_positions: number | null
  /** Empty lists in a row before this one, while trades were open. */
  readonly empty_lists_before: number
  readonly spec: (symbol: string) => SymbolSpec | undefined
}

export interface SyncVerdict {
  readonly adjustments: readonly Adjustment[]
  /** Open trades that an empty list did not convince us to close. */
  readonly suspect: readonly string[]
  readonly empty_lists: number
}

export function reconcilePlain(facts: SyncFacts): SyncVerdict {
  const { known, rows } = facts
  const listed = [...rows.positions.values()].map((position) => judgeListed(position, facts))
  const adjustments = listed.filter((adjustment) => adjustment !== null)
  const missing = [...known.values()].filter(
    (trade) =>
      trade.status === 'open' &&
      trade.heard_no < facts.began_no &&
      !rows.positions.has(trade.ticket) &&
      !rows.unreadable.has(trade.ticket),
  )
  const empty = rows.positions.size === 0 && rows.rejected.length === 0
  const empty_lists = empty && missing.length > 0 ? facts.empty_lists_before + 1 : 0
  if (!rows.complete || (empty && !believesEmpty(facts)))
    return { adjustments, suspect: missing.map((trade) => trade.ticket), empty_lists }
  const closed = missing.map((trade): Adjustment => ({ kind: 'closed', trade }))
  return { adjustments: [...adjustments, ...closed], suspect: [], empty_lists: 0 }
}

/** An empty list: at once when the last heartbeat agrees, else the second time, never while margin is in use. */
function believesEmpty(facts: SyncFacts): boolean {
  if (facts.margin !== null && facts.margin > 0) return false
  return facts.margin === 0 || facts.open_positions === 0 || facts.empty_lists_before >= 1
}

function judgeListed(position: Position, facts: SyncFacts): Adjustment | null {
  const trade = facts.known.get(position.ticket)
  if (!trade) return { kind: 'created', position }
  // What we heard while this list was on its way is newer than the list.
  if (trade.heard_no >= facts.began_no) return null
  if (trade.status === 'closed')
    return trade.closed_by === 'absence'
      ? { kind: 'reopened', trade, position }
      : { kind: 'contradicted', trade }
  const fields = changedFields(trade, position, facts.spec(position.symbol))
  if (fields.length > 0) return { kind: 'updated', trade, position, fields }
  return figuresDiffer(trade, position) ? { kind: 'refreshed', trade, position } : null
}

function changedFields(trade: Trade, position: Position, spec: SymbolSpec | undefined): string[] {
  const digits = spec?.digits ?? 8
  const step = spec?.volume_step || 1e-8
  const fields: string[] = []
  if (position.sl !== undefined && !samePrice(trade.sl, position.sl, digits)) fields.push('sl')
  if (position.tp !== undefined && !samePrice(trade.tp, position.tp, digits)) fields.push('tp')
  if (trade.volume === null || !sameVolume(trade.volume, position.volume, step)) fields.push('volume')
  if (trade.symbol !== position.symbol) fields.push('symbol')
  if (trade.direction !== position.direction) fields.push('direction')
  if (trade.open_price === null || !samePrice(trade.open_price, position.open_price, digits))
    fields.push('open_price')
  return fields
}

const figuresDiffer = (trade: Trade, position: Position) =>
  (['profit', 'swap', 'commission', 'open_time_ms', 'comment', 'magic'] as const).some(
    (field) => position[field] !== null && position[field] !== trade[field],
  )

/** The trade with the list's figures; what the list does not say stays. Confirmed stops, rounded to the symbol's
 *  digits (R8), end a wish (P7). */
export function withPosition(trade: Trade, position: Position, now: number, digits = 8): Trade {
  const { sl = trade.sl, tp = trade.tp } = position
  return {
    ...trade,
    symbol: position.symbol,
    direction: position.direction,
    volume: position.volume,
    open_price: position.open_price,
    open_time_ms: position.open_time_ms ?? trade.open_time_ms,
    sl,
    tp,
    wanted_sl: trade.wanted_sl !== null && samePrice(trade.wanted_sl, sl, digits) ? null : trade.wanted_sl,
    wanted_tp: trade.wanted_tp !== null && samePrice(trade.wanted_tp, tp, digits) ? null : trade.wanted_tp,
    profit: position.profit ?? trade.profit,
    swap: position.swap ?? trade.swap,
    commission: position.commission ?? trade.commission,
    comment: position.comment ?? trade.comment,
    magic: position.magic ?? trade.magic,
    updated_at: now,
  }
}
