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
  /** By command: who sent an order for it, and as which of all orders. */
  readonly #sent = new Map<string, { terminal: string; no: number }[]>()
  #orders = 0

  add(intent: Intent): void {
    this.#all.set(`${intent.account_id} ${intent.command_id}`, intent)
  }

  get(account_id: number, command_id: string): Intent | undefined {
    return this.#all.get(`${account_id} ${command_id}`)
  }

  sentBy(terminal: string, command_id: string): void {
    const sent = this.#sent.get(command_id) ?? []
    sent.push({ terminal, no: ++this.#orders })
    this.#sent.set(command_id, sent)
  }

  /** Was the other sent behind it, by a terminal that never sent this one and can't have known of it on its way? */
  outranBy(other_id: string, command_id: string): boolean {
    const own = this.#sent.get(command_id) ?? []
    const last = own.at(-1)?.no ?? 0
    const others = this.#sent.get(other_id) ?? []
    return others.some(({ terminal, no }) => no > last && own.every((one) => one.terminal !== terminal))
  }

  all(): IterableIterator<Intent> {
    return this.#all.values()
  }
}
