// What a ledger that was restored from a backup may still believe of its commands. Pure.
//
//   Z1. What was under way when the backup was made may have been handed out and done since, whatever the backup says:
//       its outcome is unknown. Only the EA, its terminal or a person can tell.
//   Z2. Nothing of it is started by the restored server: its time to live ends with the restore. An EA with a journal
//       is still asked what became of it, and answers from the journal.
//   Z3. A question that waited has failed: it did nothing, and whoever wants the answer asks anew.
import type { Command } from './command.ts'
import type { CommandEvent, NativeDelivery } from './lifecycle.ts'

export const RESTORED =
  'the ledger was restored from a backup: whether this was carried out since, nobody here knows'

/** @param owner the journal that may have it; null: a plain client, which keeps none */
export function restoredEvents(command: Command, owner: NativeDelivery | null, now: number): CommandEvent[] {
  if (command.type === 'PROBE') return [{ kind: 'refused', at: now, refusal: LOST, evidence: 'expired' }]
  const unknown: CommandEvent = { kind: 'outcome_unknown', at: now, why: RESTORED }
  if (command.attempt > 0) return [unknown]
  return [{ kind: 'delivered', at: now, ...(owner ? { native: owner } : {}) }, unknown]
}

/** Z2. */
export const restoredExpiry = ({ expires_at }: Command, now: number): number =>
  Math.min(expires_at ?? now, now)

const LOST = {
  response: {},
  error: 'the ledger was restored from a backup while this question waited for its answer',
  retcode: null,
  safe_to_retry: true,
} as const
