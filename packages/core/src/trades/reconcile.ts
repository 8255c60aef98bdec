// An EA's full list against what we know (contract §7). Pure: lists in, adjustments out. What is missing in it
// is judged by reconcile-plain.ts and reconcile-native.ts.
//
//   R6.  Present but unknown: created; a later `opened` merges.
//   R7.  Present and known: updated. Closed by absence: reopened, with an alert. Closed by the EA's word: stays closed.
//   R8.  Compared after rounding to the symbol's digits and step.
//   P8.  A list never judges or changes a trade that is newer than the list.

import { type SymbolSpec, samePrice, sameVolume } from '@ngtb/protocol'
import type { ReadRows } from './positions.ts'
import type { Position, Trade } from './trade.ts'

export type Adjustment =
  | { kind: 'created'; position: Position }
  | { kind: 'updated'; trade: Trade; position: Position; fields: string[] }
  | { kind: 'refreshed'; trade: Trade; position: Position } // profit and swap only: no event, just newer figures
  | { kind: 'suspected'; trade: Trade } // native: missing for the first time (R4)
  | { kind: 'closed'; trade: Trade }
  | { kind: 'reopened'; trade: Trade; position: Position }
  | { kind: 'contradicted'; trade: Trade } // listed, although the EA said that it closed: drifted

/** What a list is held against. */
export interface ListFacts {
  /** Open trades, and closed ones among the listed tickets. */
  readonly known: ReadonlyMap<string, Trade>
  readonly rows: ReadRows
  readonly spec: (symbol: string) => SymbolSpec | undefined
}

export interface SyncVerdict {
  readonly adjustments: readonly Adjustment[]
  /** Open trades that are missing in the list, without proof that they are over. */
  readonly suspect: readonly string[]
}

/** P8: was the trade heard of after the list was made? */
export type IsNewer = (trade: Trade) => boolean

/** What the list says of the positions that it names. */
export const judgeAllListed = (facts: ListFacts, isNewer: IsNewer): Adjustment[] =>
  [...facts.rows.positions.values()].flatMap((position) => judgeListed(position, facts, isNewer) ?? [])

/** Open trades that a list could judge, and does not name. What can't be read is there (R10). */
export const missingIn = ({ known, rows }: ListFacts, isNewer: IsNewer): Trade[] =>
  [...known.values()].filter(
    (trade) =>
      trade.status === 'open' &&
      !isNewer(trade) &&
      !rows.positions.has(trade.ticket) &&
      !rows.unreadable.has(trade.ticket),
  )

function judgeListed(position: Position, facts: ListFacts, isNewer: IsNewer): Adjustment | null {
  const trade = facts.known.get(position.ticket)
  if (!trade) return { kind: 'created', position }
  if (isNewer(trade)) return null
  if (trade.status === 'closed')
    return trade.closed_by === 'absence'
      ? { kind: 'reopened', trade, position }
      : { kind: 'contradicted', trade }
  const fields = changedFields(trade, position, facts.spec(position.symbol))
  if (trade.absent_since !== null) fields.push('absent_since') // there again: no suspicion any more
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
    absent_since: null,
    updated_at: now,
  }
}
