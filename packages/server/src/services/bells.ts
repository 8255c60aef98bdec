// Bells of this process: who waits for something to do on an account is told to look again. Never the data itself.
import type { Timers } from '../ports.ts'

type Ring = () => void

export class Bells {
  readonly #timers: Timers
  readonly #waiting = new Map<number, Set<Ring>>()
  #stopped = false

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Something was committed on this account, here or by another server. */
  ring(account_id: number): void {
    for (const ring of [...(this.#waiting.get(account_id) ?? [])]) ring()
  }

  /** Calls `ring` at every bell of this account until the returned function is called. */
  listen(account_id: number, ring: Ring): () => void {
    const rings = this.#waiting.get(account_id) ?? new Set()
    this.#waiting.set(account_id, rings.add(ring))
    return () => {
      rings.delete(ring)
      if (rings.size === 0) this.#waiting.delete(account_id)
    }
  }

  /** Nobody waits any longer. */
  stop(): void {
    this.#stopped = true
    for (const account_id of [...this.#waiting.keys()]) this.ring(account_id)
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** Resolves at the next bell, or after `ms`. @param gone aborts when nobody waits any more */
  wait(account_id: number, ms: number, gone?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop()
        timer.cancel()
        gone?.removeEventListener('abort', done)
        resolve()
      }
      const stop = this.listen(account_id, done)
      const timer = this.#timers.after(ms, done)
      gone?.addEventListener('abort', done)
      if (gone?.aborted || this.#stopped) done()
    })
  }
}
