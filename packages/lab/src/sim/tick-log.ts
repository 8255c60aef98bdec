// Tick batches as the terminals sent them: an acknowledged one is stored once, any other at most once (P11).
import type { MemoryLedger } from '@ngtb/server/parts'

interface Sent {
  readonly account_id: number
  readonly first_ms: number
  acknowledged: boolean
  lost: boolean
}

export class TickLog {
  /** Every batch has a moment of its own, so that its rows are known again in the table. */
  readonly #sent = new Map<string, Sent>()
  readonly #moments = new Set<number>()

  /** @returns the moment for its tick: `about_ms`, or the next that no batch has yet */
  send(account_id: number, batch_id: string, about_ms: number): number {
    let first_ms = about_ms
    while (this.#moments.has(first_ms)) first_ms += 1
    this.#moments.add(first_ms)
    this.#sent.set(batch_id, { account_id, first_ms, acknowledged: false, lost: false })
    return first_ms
  }

  acknowledged(batch_id: string): void {
    const sent = this.#sent.get(batch_id)
    if (sent) sent.acknowledged = true
  }

  /** The ledger was set back: what is not in it any more is lost, and known to be. */
  setBack({ tables }: MemoryLedger): void {
    for (const [batch_id, sent] of this.#sent)
      if (!tables.accounts.get(sent.account_id)?.batch_ids.has(batch_id)) sent.lost = true
  }

  finding({ tables }: MemoryLedger): { rule: 'P11'; what: string } | null {
    for (const [batch_id, { account_id, first_ms, acknowledged, lost }] of this.#sent) {
      const rows = tables.accounts.get(account_id)?.ticks.filter(({ time_ms }) => time_ms === first_ms) ?? []
      if (rows.length > 1 || (rows.length === 0 && acknowledged && !lost))
        return {
          rule: 'P11',
          what: `batch ${batch_id} is stored ${rows.length} times (acknowledged: ${acknowledged})`,
        }
    }
    return null
  }
}
