// What a native EA's full lists and heartbeats say of themselves (contract §7, R2-R4, R13), and what it looks
// for because the server asked.
//
//   L1. `based_on_rev` is read before the terminal is: what the server learnt later can't be judged by this list.
//   L2. A position that a list left out, and that the server knows as open, is looked for in the terminal's history:
//       neither there is proof, too.
import { positionsDigest } from '@ngtb/protocol'
import type { Deal, Position } from '../broker-types.ts'
import type { LookResult } from './broker-port.ts'
import { whole } from './commands-in.ts'
import { isFlat } from './recipes/recipe.ts'

/** The fields of a list beside `trades`. */
export interface SnapshotFields {
  snapshot_no: number
  based_on_rev: number
  terminal_connected: boolean
  complete: true
  positions_total: number
  digest: string
  not_found?: readonly string[]
}

export type Agreement = Pick<SnapshotFields, 'based_on_rev' | 'positions_total' | 'digest'>

export class Snapshots {
  #rev = 0
  #no = 0
  #suspects: readonly string[] = []
  readonly #not_found = new Set<string>()

  /** The newest revision that was heard under this epoch (L1). */
  get rev(): number {
    return this.#rev
  }

  /** Tickets that the server misses in the last list. */
  get suspects(): readonly string[] {
    return this.#suspects
  }

  /** A connect was accepted: both ends count anew, and a ledger that went back has an older revision. */
  begins(rev: number): void {
    this.#rev = rev
    this.#no = 0
    this.#suspects = []
    this.#not_found.clear()
  }

  /** Any reply or push of this epoch. */
  hears(body: Record<string, unknown>): void {
    this.#rev = Math.max(this.#rev, whole(body.rev) ?? 0)
  }

  /** @param rev as it was before the terminal was read */
  fields(positions: readonly Position[], rev: number, terminal_connected: boolean): SnapshotFields {
    this.#no++
    const not_found = [...this.#not_found]
    return {
      snapshot_no: this.#no,
      terminal_connected,
      complete: true,
      ...agreementOf(positions, rev),
      ...(not_found.length > 0 && { not_found }),
    }
  }

  /** The answer to a list that was taken. */
  taken(body: Record<string, unknown>): void {
    this.hears(body)
    const { suspect_trades } = body
    this.#suspects = Array.isArray(suspect_trades) ? suspect_trades.map(String) : []
    this.#not_found.clear()
  }

  /**
   * L2. What a look says of a suspect.
   * @returns the deals that ended it: to be told; null: none
   */
  searched(ticket: string, { position, ticket_deals }: LookResult): readonly Deal[] | null {
    if (position === null && ticket_deals.length === 0) this.#not_found.add(ticket)
    return position === null && isFlat(ticket_deals) ? ticket_deals : null
  }
}

export const agreementOf = (positions: readonly Position[], based_on_rev: number): Agreement => ({
  based_on_rev,
  positions_total: positions.length,
  digest: positionsDigest(positions),
})

/** The end of a position as its deals tell it. */
export function endOf(ticket: string, deals: readonly Deal[]) {
  const exits = deals.filter(({ entry }) => entry !== 'DEAL_ENTRY_IN')
  const last = exits.at(-1)
  const volume = exits.reduce((sum, deal) => sum + deal.volume, 0)
  const turnover = exits.reduce((sum, deal) => sum + deal.volume * deal.price, 0)
  const cents = (of: (deal: Deal) => number) =>
    deals.reduce((sum, deal) => sum + Math.round(of(deal) * 100), 0) / 100
  const same = exits.every(({ price }) => price === last?.price)
  return {
    kind: 'closed',
    ticket,
    close_price: same ? last?.price : Number((turnover / volume).toFixed(8)),
    close_reason: REASONS[last?.reason ?? ''] ?? 'unknown',
    profit: cents((deal) => deal.profit),
    swap: cents((deal) => deal.swap),
    commission: cents((deal) => deal.commission),
    reason: last?.reason,
    magic: last?.magic,
    timestamp: last?.time_ms,
  }
}

/** The short words that events use. */
const REASONS: Readonly<Record<string, string>> = {
  DEAL_REASON_EXPERT: 'expert',
  DEAL_REASON_CLIENT: 'manual',
  DEAL_REASON_SL: 'sl_hit',
  DEAL_REASON_TP: 'tp_hit',
}
