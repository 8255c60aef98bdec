// What the strategies want, and what they were told: the auditor's half of the books.
import type { CommandType } from '@ngtb/protocol'

export interface Intent {
  readonly account_id: number
  readonly command_id: string
  readonly type: CommandType
  readonly payload: Readonly<Record<string, unknown>>
  /** A 2xx was heard: the ledger answers for it (P1). */
  acknowledged: boolean
  /** The code of a refusal that is no failure of the moment. */
  refused: string | null
  /** The ledger was set back behind it: what it says of this intent may be old until the EA has replayed. */
  shaken: boolean
  /** Its row went with the ledger that was set back. */
  lost: boolean
}

export class Intents {
  /** The ledger was set back at least once: what the server made by itself may be lost, too. */
  went_back = false
  readonly #all = new Map<string, Intent>()

  add(intent: Intent): void {
    this.#all.set(`${intent.account_id} ${intent.command_id}`, intent)
  }

  get(account_id: number, command_id: string): Intent | undefined {
    return this.#all.get(`${account_id} ${command_id}`)
  }

  all(): IterableIterator<Intent> {
    return this.#all.values()
  }
}
