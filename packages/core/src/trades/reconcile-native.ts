// A native EA's snapshot (contract §7): it says what it is based on, and what is missing in it is over only with proof.
//
//   R2. Refused: not newer than the last one, incomplete, of a terminal without its trade server, or not what its own
//       count and digest say.
//   R3. Only what the EA knew that we knew (`based_on_rev`) can be judged.
//   R4. Absent once is suspect. Closed: by a closing deal (trade events), or absent again more than 5 s later
//       and not in the terminal's history either. R5 follows: an empty list is no shorter way.
import { positionsDigest } from '@ngtb/protocol'
import { judgeAllListed, type ListFacts, missingIn, type SyncVerdict } from './reconcile.ts'
import type { Trade } from './trade.ts'

/** What a snapshot says of itself. */
export interface Snapshot {
  readonly snapshot_no: number
  readonly based_on_rev: number
  readonly terminal_connected: boolean
  readonly complete: boolean
  readonly positions_total: number
  readonly digest: string
  /** Tickets that the EA looked for in the terminal's history: neither a position nor a closing deal is there. */
  readonly not_found: ReadonlySet<string>
}

export interface SnapshotFacts extends ListFacts {
  readonly snapshot: Snapshot
  /** The account's, so far. */
  readonly rev: number
  readonly last_snapshot_no: number
  readonly now: number
}

/** R4: two looks that are closer together may both have met the same lag. */
export const ABSENT_FOR_MS = 5_000

/**
 * R2. Why it can't be taken; null: it can. `old`: a newer one is there already, or it knows a revision that we don't.
 */
export function refuseSnapshot({
  snapshot,
  rows,
  rev,
  last_snapshot_no,
}: SnapshotFacts): { old: boolean; why: string } | null {
  const { snapshot_no, based_on_rev, positions_total } = snapshot
  if (snapshot_no <= last_snapshot_no)
    return { old: true, why: `snapshot_no ${snapshot_no} is not newer than ${last_snapshot_no}` }
  if (based_on_rev > rev)
    return { old: true, why: `based_on_rev ${based_on_rev} is ahead of this ledger's ${rev}` }
  if (!snapshot.terminal_connected)
    return { old: false, why: 'the terminal has no connection: its list proves nothing' }
  if (!snapshot.complete) return { old: false, why: 'complete is not true: a part of a list proves nothing' }
  const sent = rows.positions.size + rows.rejected.length
  if (positions_total !== sent)
    return { old: false, why: `positions_total says ${positions_total}, the list has ${sent}` }
  if (rows.rejected.length === 0 && snapshot.digest !== positionsDigest(rows.positions.values()))
    return { old: false, why: 'digest is not that of the list' }
  return null
}

export function reconcileNative(facts: SnapshotFacts): SyncVerdict {
  const { snapshot, now, rows } = facts
  const isNewer = (trade: Trade) => trade.rev > snapshot.based_on_rev
  const adjustments = judgeAllListed(facts, isNewer)
  const suspect: string[] = []
  // A row without a readable ticket could be any of them.
  for (const trade of rows.complete ? missingIn(facts, isNewer) : []) {
    if (isOver(trade, snapshot, now)) {
      adjustments.push({ kind: 'closed', trade })
      continue
    }
    suspect.push(trade.ticket)
    if (trade.absent_since === null) adjustments.push({ kind: 'suspected', trade })
  }
  return { adjustments, suspect }
}

/** R4, without a deal. */
const isOver = ({ ticket, absent_since }: Trade, { not_found }: Snapshot, now: number): boolean =>
  absent_since !== null && now - absent_since > ABSENT_FOR_MS && not_found.has(ticket)
