// The ledger for the commands that work on the database itself, server up or down.
import { type Ledger, openLedger } from '@ngtb/server'

/** Who did it, in the audit trail. */
export const ACTOR = 'cli'

/** Opens the ledger, works, and closes it: an embedded database that was started for this is stopped again. */
export async function withLedger<T>(work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger()
  try {
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}
