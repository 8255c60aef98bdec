// What grows without end, once an hour. Of ticks days are made ahead, so that midnight waits for none; old ones leave
// whole (TICK_RETENTION_DAYS), and batches of long ago are forgotten. Log lines, ended sessions, spent links and counts
// leave by their own settings, some thousand rows at a time. Servers on one ledger may all do it: what is done is done.
import { tickDaysAt } from '@ngtb/core'
import type { Clock, Forgettable, Log, Store, Timers } from '../ports.ts'

const EVERY_MS = 3_600_000
/** The start belongs to those who wait for it. */
const FIRST_MS = 5_000
const DAY_MS = 86_400_000
/** Nobody sends a batch again after so long: an EA keeps what is not acknowledged in its memory. */
const KNOWN_MS = 30 * DAY_MS
const AT_ONCE = 5_000

interface RetentionParts {
  readonly store: Pick<Store, 'tickDays' | 'makeTickDay' | 'dropTickDay' | 'forgetTickBatches' | 'forgetOld'>
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  /** 0: all. */
  readonly keep_days: number
  /** Days; 0 or left out: all are kept. */
  readonly keep?: Readonly<Partial<Record<Forgettable, number>>>
}

export class Retention {
  readonly #parts: RetentionParts
  #timer: { cancel(): void } | null = null
  #working: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(parts: RetentionParts) {
    this.#parts = parts
  }

  start(): void {
    this.#after(FIRST_MS)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#working
  }

  /** One round of it; what fails is said, and tried again with the next. */
  async round(): Promise<void> {
    const { store, clock, keep_days, log } = this.#parts
    const now = clock.now()
    try {
      const { make, drop } = tickDaysAt(now, await store.tickDays(), keep_days)
      for (const day of make) await store.makeTickDay(day)
      for (const day of drop) {
        await store.dropTickDay(day)
        log.info('a day of ticks was dropped (TICK_RETENTION_DAYS)', { day: dayName(day), keep_days })
      }
      let forgotten = AT_ONCE
      while (forgotten === AT_ONCE && !this.#stopped)
        forgotten = await store.forgetTickBatches(now - KNOWN_MS, AT_ONCE)
      await this.#forgetOld(now)
    } catch (error) {
      log.warn('the upkeep of the ledger waits for its next round', { error: String(error) })
    }
  }

  async #forgetOld(now: number): Promise<void> {
    const { store, keep = {}, log } = this.#parts
    for (const [what, days] of Object.entries(keep) as [Forgettable, number][]) {
      if (days === 0) continue
      let left = 0
      let at_once = AT_ONCE
      while (at_once === AT_ONCE && !this.#stopped) {
        at_once = await store.forgetOld(what, now - days * DAY_MS, AT_ONCE)
        left += at_once
      }
      if (left > 0) log.info('old rows left the ledger', { what, rows: left, keep_days: days })
    }
  }

  #after(ms: number): void {
    if (this.#stopped) return
    this.#timer = this.#parts.timers.after(ms, () => {
      this.#working = this.round().then(() => this.#after(EVERY_MS))
    })
  }
}

const dayName = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10) // sim-ok: formats
