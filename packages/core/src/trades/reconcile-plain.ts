// A plain client's full list (contract §7): its requests come one after another, so what is missing in a
// complete list is over at once, if it was known before the request began to arrive.
//
//   R10. Silence closes nothing: only a complete list can prove absence.
import { judgeAllListed, type ListFacts, missingIn, type SyncVerdict } from './reconcile.ts'
import type { Trade } from './trade.ts'

export interface SyncFacts extends ListFacts {
  /** Drawn from the counter of `heard_no` when the request began to arrive, so ≥ 1: later ones are not judged (P8). */
  readonly began_no: number
  /** From the last heartbeat; null when it did not say. */
  readonly margin: number | null
  readonly open_positions: number | null
  /** Empty lists in a row before this one, while trades were open. */
  readonly empty_lists_before: number
}

export interface PlainVerdict extends SyncVerdict {
  readonly empty_lists: number
}

export function reconcilePlain(facts: SyncFacts): PlainVerdict {
  const { rows } = facts
  const isNewer = (trade: Trade) => trade.heard_no >= facts.began_no
  const adjustments = judgeAllListed(facts, isNewer)
  const missing = missingIn(facts, isNewer)
  const empty = rows.positions.size === 0 && rows.rejected.length === 0
  const empty_lists = empty && missing.length > 0 ? facts.empty_lists_before + 1 : 0
  if (!rows.complete || (empty && !believesEmpty(facts)))
    return { adjustments, suspect: missing.map((trade) => trade.ticket), empty_lists }
  for (const trade of missing) adjustments.push({ kind: 'closed', trade })
  return { adjustments, suspect: [], empty_lists: 0 }
}

/** An empty list: at once when the last heartbeat agrees, else the second time, never while margin is in use. */
function believesEmpty(facts: SyncFacts): boolean {
  if (facts.margin !== null && facts.margin > 0) return false
  return facts.margin === 0 || facts.open_positions === 0 || facts.empty_lists_before >= 1
}
