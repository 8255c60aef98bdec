// Before the first connect: a journal that can be trusted or says that it can't, and the newest tag of the terminal.

import type { Effect, EffectResult } from './api.ts'
import type { Damage } from './codec.ts'
import type { Office } from './office.ts'
import type { Stamp } from './stamp.ts'

type Stage = 'journal' | 'terminal' | 'done'

export class Startup {
  /** The newest command_no in the tags of the terminal. */
  highest_tag = 0
  readonly #office: Office
  readonly #damage: Damage
  #stage: Stage = 'journal'
  /** A look that failed is tried again, but not at once. */
  #retry_at_mono_ms = 0

  constructor(office: Office, damage: Damage) {
    this.#office = office
    this.#damage = damage
  }

  get is_done(): boolean {
    return this.#stage === 'done'
  }

  /** On the monotonic clock; Infinity: only the terminal's word brings it on. */
  wakeAt(): number {
    const waits = this.#stage === 'terminal' && this.#office.terminal === null
    return waits ? Number.POSITIVE_INFINITY : this.#retry_at_mono_ms
  }

  next(now: Stamp): Effect | null {
    if (this.#stage === 'journal') {
      if (!this.#isOurs()) return { kind: 'replace_journal' }
      this.#stage = 'terminal'
      this.#mark()
    }
    return now.mono_ms < this.wakeAt() ? null : { kind: 'look', query: { what: 'highest_tag' } }
  }

  done(effect: Effect, result: EffectResult, now: Stamp): void {
    const { settings } = this.#office
    if (effect.kind === 'replace_journal' && result.kind === 'replaced') {
      const { journal_id } = result
      const { boot_id, binding } = settings
      this.#office.record({ kind: 'opened', journal_id, boot_id, highest_command_no: 0, ...binding })
      this.#stage = 'terminal'
    }
    if (effect.kind === 'look' && result.kind === 'look') {
      this.highest_tag = result.result.highest_command_no
      this.#stage = 'done'
    }
    if (result.kind === 'lost') this.#retry_at_mono_ms = now.mono_ms + settings.look_every_ms
  }

  /** Bound to (login, trade server, terminal folder); what can't be read belongs to nobody. */
  #isOurs(): boolean {
    const { journal_id, binding } = this.#office.journal
    const wanted = this.#office.settings.binding
    return (
      journal_id !== null &&
      binding?.login === wanted.login &&
      binding.trade_server === wanted.trade_server &&
      binding.folder === wanted.folder
    )
  }

  /** Step 3's "torn, or restarted": recorded, because the next start could not see it any more. */
  #mark(): void {
    const { journal, settings } = this.#office
    const { boot_id } = settings
    const restarted = journal.boot_id !== boot_id
    if (this.#damage !== 'none') this.#office.record({ kind: 'unproven', reason: this.#damage, boot_id })
    else if (restarted) this.#office.record({ kind: 'unproven', reason: 'restart', boot_id })
  }
}
