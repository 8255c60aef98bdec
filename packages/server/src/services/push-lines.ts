// The EAs that are pushed to from this process: at most one line an account, that of the newest session (P4).
import type { EaSession } from './ea-session.ts'
import type { Handout } from './handout.ts'

/** A socket that takes commands. It owns no command: a push that gets lost is a lease that runs out. */
export interface PushLine {
  readonly session: EaSession
  /** Its newest word: `mono_ms` of the EA, and when the server heard it (P5). */
  readonly anchor: { readonly mono_ms: number; readonly heard_at: number }
  /** False while its buffer is too full for more. */
  room(): boolean
  push(handout: Handout): void
  /** Another session took over. */
  fenced(): void
}

export class PushLines {
  readonly #lines = new Map<number, PushLine>()

  /** EAs that are pushed to. */
  get size(): number {
    return this.#lines.size
  }

  get(account_id: number): PushLine | null {
    return this.#lines.get(account_id) ?? null
  }

  /** The newest session's line takes the place of the one before. */
  open(account_id: number, line: PushLine): void {
    const before = this.#lines.get(account_id)
    this.#lines.set(account_id, line)
    if (before && before !== line) before.fenced()
  }

  close(account_id: number, line: PushLine): void {
    if (this.#lines.get(account_id) === line) this.#lines.delete(account_id)
  }
}
