// The database behind the memory stores: durable as a disk is, and set back on demand, as a restore does.
import type { ChangeSet, TickBatch, TickOutcome } from '../../ports.ts'
import { Tables } from './tables.ts'

export class MemoryLedger {
  tables = Tables.empty()
  /** How often it was set back. */
  restored = 0
  /** Told of each change set, with the tables as they are before it: for whoever audits. */
  onWriting: (change: ChangeSet, tables: Tables) => void = () => {}

  /** @throws as Tables.write does */
  write(change: ChangeSet): void {
    this.tables.write(change, () => this.onWriting(change, this.tables))
  }

  /** Answers what became of each batch; one that can't be stored takes its group with it. */
  writeTicks(batches: readonly TickBatch[]): TickOutcome[] {
    for (const { account_id } of batches)
      if (!this.tables.accounts.has(account_id))
        throw new Error(`tick_batch: there is no account ${account_id}`)
    return batches.map((batch) => this.tables.writeTicks(batch))
  }

  /** All that is committed, as of now. */
  image(): Tables {
    return this.tables.copy()
  }

  /** A restore of an earlier image, or a standby that lagged: what came after it is gone (K19). */
  restore(image: Tables): void {
    this.tables = image.copy()
    this.restored += 1
  }
}
