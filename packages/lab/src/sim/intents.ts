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
  /** By command: the terminals that sent an order for it. */
  readonly #senders = new Map<string, Set<string>>()

  add(intent: Intent): void {
    this.#all.set(`${intent.account_id} ${intent.command_id}`, intent)
  }

  get(account_id: number, command_id: string): Intent | undefined {
    return this.#all.get(`${account_id} ${command_id}`)
  }

  sentBy(terminal: string, command_id: string): void {
    this.#senders.set(command_id, (this.#senders.get(command_id) ?? new Set()).add(terminal))
  }

  /** Did a terminal that never sent the one send the other? It can't have known of an order on its way. */
  byAnother(command_id: string, other_id: string): boolean {
    const own = this.#senders.get(command_id) ?? new Set()
    return [...(this.#senders.get(other_id) ?? [])].some((terminal) => !own.has(terminal))
  }

  all(): IterableIterator<Intent> {
    return this.#all.values()
  }
}
