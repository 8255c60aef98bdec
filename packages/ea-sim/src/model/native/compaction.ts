// A journal rewritten without what no longer matters. What must not be forgotten stays, whatever its age.

import type { JournalState } from './journal-state.ts'
import type { FinalRecord, JournalRecord } from './records.ts'
import type { Stamp } from './stamp.ts'

/** A final answers redeliveries at least this long. */
const KEPT_MS = 30 * 24 * 3_600_000
/** And the newest so many whatever the wall clock says: it may have jumped. */
const KEPT_MIN = 10_000

/** Worth it when most lines say nothing any more. */
export const worthCompacting = ({ lines, entries }: JournalState): boolean =>
  lines > 20_000 && lines > 3 * entries.size

/** The records of the new file: the same answers, generations, counters and intents in doubt. */
export function compactedRecords(state: JournalState, now: Stamp): JournalRecord[] {
  const { journal_id, binding, boot_id, highest_command_no } = state
  if (journal_id === null || binding === null) return []
  const at = now
  const boot = boot_id ?? ''
  const records: JournalRecord[] = [
    { kind: 'opened', journal_id, boot_id: boot, highest_command_no, ...binding, at },
  ]
  const { last_epoch: epoch, unproven_to, look_to, twin_to, incarnation } = state
  const mark = state.mark === null ? {} : { mark: state.mark }
  records.push({ kind: 'epoch', epoch, boot_id: boot, unproven_to, look_to, twin_to, ...mark, at })
  const reason = state.has_twin ? 'restart' : 'damaged'
  if (state.unproven) records.push({ kind: 'unproven', reason, boot_id: boot, at })
  if (incarnation > 0) records.push({ kind: 'incarnation', incarnation, at })
  records.push(...state.generations.values())
  records.push(...keptEntries(state, now))
  return records
}

function keptEntries(state: JournalState, now: Stamp): JournalRecord[] {
  const finals = state.finals()
  const newest = new Set(finals.slice(-KEPT_MIN))
  const kept = (final: FinalRecord, acked: boolean) =>
    !acked || newest.has(final) || now.wall_ms - final.at.wall_ms < KEPT_MS
  const records: JournalRecord[] = []
  const acked_ids: string[] = []
  for (const { intent, tries, final, subs, acked } of state.entries.values()) {
    if (final !== null && !kept(final, acked)) continue
    // The intent of a finished MODIFY still says which one was the newest.
    if (intent !== null) records.push(intent)
    if (intent !== null && tries > 1)
      records.push({ kind: 'try', command_id: intent.command.id, try_no: tries, at: intent.at })
    if (final === null || (final.kind === 'rejected' && final.again)) records.push(...subs.values())
    if (final !== null) records.push(final)
    if (final !== null && acked) acked_ids.push(final.command_id)
  }
  if (acked_ids.length > 0) records.push({ kind: 'acked', command_ids: acked_ids, at: now })
  return records
}
