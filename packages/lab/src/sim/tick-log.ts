// Tick batches as the terminals sent them: an acknowledged one is stored once, any other at most once, and what a
// terminal let go is told as lost, that and nothing else (P11). Each batch is one tick.
import type { MemoryLedger } from '@ngtb/server/parts'

interface Sent {
  readonly account_id: number
  readonly first_ms: number
  readonly run: string
  readonly seq: number
  acknowledged: boolean
  lost: boolean
}

export class TickLog {
  /** Every batch has a moment of its own, so that its rows are known again in the table. */
  readonly #sent = new Map<string, Sent>()
  readonly #moments = new Set<number>()
  /** By run: the numbers that were let go. */
  readonly #let_go = new Map<string, { account_id: number; seqs: Set<number> }>()
  /** Runs of a ledger that went back: what it counts from then on is not only theirs. */
  readonly #unsure = new Set<string>()

  /** @returns the moment for its tick: `about_ms`, or the next that no batch has yet */
  send(account_id: number, batch_id: string, run: string, seq: number, about_ms: number): number {
    let first_ms = about_ms
    while (this.#moments.has(first_ms)) first_ms += 1
    this.#moments.add(first_ms)
    this.#sent.set(batch_id, { account_id, first_ms, run, seq, acknowledged: false, lost: false })
    return first_ms
  }

  acknowledged(batch_id: string): void {
    const sent = this.#sent.get(batch_id)
    if (sent) sent.acknowledged = true
  }

  letGo(account_id: number, run: string, seq: number): void {
    const gone = this.#let_go.get(run) ?? { account_id, seqs: new Set<number>() }
    this.#let_go.set(run, gone)
    gone.seqs.add(seq)
  }

  /** The ledger was set back: what is not in it any more is lost, and known to be. */
  setBack({ tables }: MemoryLedger): void {
    for (const [batch_id, sent] of this.#sent) {
      this.#unsure.add(sent.run)
      if (!tables.accounts.get(sent.account_id)?.batch_ids.has(batch_id)) sent.lost = true
    }
  }

  finding(ledger: MemoryLedger): { rule: 'P11'; what: string } | null {
    const what = this.#notOnce(ledger) ?? this.#notLost(ledger) ?? this.#silent(ledger)
    return what === null ? null : { rule: 'P11', what }
  }

  #notOnce({ tables }: MemoryLedger): string | null {
    for (const [batch_id, { account_id, first_ms, acknowledged, lost }] of this.#sent) {
      const rows = tables.accounts.get(account_id)?.ticks.filter(({ time_ms }) => time_ms === first_ms) ?? []
      if (rows.length > 1 || (rows.length === 0 && acknowledged && !lost))
        return `batch ${batch_id} is stored ${rows.length} times (acknowledged: ${acknowledged})`
    }
    return null
  }

  #notLost({ tables }: MemoryLedger): string | null {
    for (const { tick_losses } of tables.accounts.values())
      for (const { run, first_seq, last_seq } of tick_losses)
        for (let seq = first_seq; seq <= last_seq; seq++)
          if (!this.#unsure.has(run) && !this.#let_go.get(run)?.seqs.has(seq))
            return `tick ${seq} of run ${run} is told as lost, and was not let go`
    return null
  }

  #silent({ tables }: MemoryLedger): string | null {
    const newest = new Map<string, number>()
    for (const { run, seq, acknowledged } of this.#sent.values())
      if (acknowledged) newest.set(run, Math.max(newest.get(run) ?? 0, seq))
    for (const [run, { account_id, seqs }] of this.#let_go) {
      if (this.#unsure.has(run)) continue
      const losses = tables.accounts.get(account_id)?.tick_losses.filter((loss) => loss.run === run) ?? []
      for (const seq of seqs)
        if (seq < (newest.get(run) ?? 0) && !losses.some((at) => at.first_seq <= seq && seq <= at.last_seq))
          return `tick ${seq} of run ${run} was let go, and nobody says so`
    }
    return null
  }
}
