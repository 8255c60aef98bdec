// When a command was here, on this process' own clock: received, its first order sent, the last of its orders done.
// Told with its answer. Only memory: another process' clock has another zero, so after a restart nothing is told.

import type { Stamp } from './stamp.ts'

export interface Times {
  received_at_ms: number
  order_sent_at_ms?: number
  executed_at_ms?: number
}

const TIMES_MAX = 500

export class TimesAtEa {
  readonly #times = new Map<string, Times>()

  /** Handed out, or handed out again: what was before was of another attempt. */
  received(command_id: string, { mono_ms }: Stamp): void {
    this.#times.delete(command_id)
    this.#times.set(command_id, { received_at_ms: mono_ms })
    const [oldest] = this.#times.keys()
    if (this.#times.size > TIMES_MAX && oldest !== undefined) this.#times.delete(oldest)
  }

  sent(command_id: string, { mono_ms }: Stamp): void {
    const times = this.#times.get(command_id)
    if (times) times.order_sent_at_ms ??= mono_ms
  }

  executed(command_id: string, { mono_ms }: Stamp): void {
    const times = this.#times.get(command_id)
    if (times?.order_sent_at_ms !== undefined) times.executed_at_ms = mono_ms
  }

  of(command_id: string): Times | null {
    const times = this.#times.get(command_id)
    return times === undefined ? null : { ...times }
  }

  forget(command_id: string): void {
    this.#times.delete(command_id)
  }
}
