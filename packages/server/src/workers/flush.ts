// Signs of life and counters that no commit has taken along yet: written every second, and at the end. A tenth of the
// accounts at a time: hundreds at once would hold up whoever asks meanwhile.
import type { Clock, Log, Timers } from '../ports.ts'
import type { Desk } from '../services/desk.ts'
import type { Desks } from '../services/desks.ts'

const EVERY_MS = 1_000
const SLICES = 10

export class Flush {
  readonly #desks: Desks
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #log: Log
  readonly #keep_settled_ms: number
  #timer: { cancel(): void } | null = null
  #stopped = false
  #slice = 0

  constructor(parts: { desks: Desks; clock: Clock; timers: Timers; log: Log; keep_settled_ms: number }) {
    this.#desks = parts.desks
    this.#clock = parts.clock
    this.#timers = parts.timers
    this.#log = parts.log
    this.#keep_settled_ms = parts.keep_settled_ms
  }

  start(): void {
    if (this.#stopped) return
    this.#timer = this.#timers.after(EVERY_MS / SLICES, () => void this.#next().finally(() => this.start()))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#flush(this.#desks.opened())
  }

  async #next(): Promise<void> {
    this.#slice = (this.#slice + 1) % SLICES
    if (this.#slice === 0) await this.#reopen()
    await this.#flush(this.#desks.opened().filter((_, at) => at % SLICES === this.#slice))
  }

  async #flush(desks: readonly Desk[]): Promise<void> {
    const forget_before = this.#clock.now() - this.#keep_settled_ms
    const waiting = desks.filter(({ state }) => {
      state?.forgetSettledBefore(forget_before)
      return state?.connection_dirty || state?.counting
    })
    // Together: they share one commit.
    await Promise.all(waiting.map((desk) => desk.run((step) => step.saveConnection({})))).catch((error) =>
      this.#log.warn('signs of life wait for the database', { error: String(error) }),
    )
  }

  /** A commit of unknown outcome took the desk's picture along: what it did is seen, and told, within a second. */
  async #reopen(): Promise<void> {
    const lost = this.#desks.opened().filter((desk) => !desk.state)
    await Promise.all(lost.map((desk) => desk.ready())).catch(() => {})
  }
}
