// Time and waiting: the only place in this package that touches the machine's clock and timers.

import { setTimeout as timeout } from 'node:timers/promises'
import type { Stamp } from './model/native/stamp.ts'

export interface Clock {
  /** Both clocks at once: for what must not depend on one of them. */
  stamp(): Stamp
  /** UTC in ms, with fractions; moves only forward. */
  now(): number
  /** Waits `ms` or until `signal` aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Calls `then` after `ms`; the answer cancels it. */
  after(ms: number, then: () => void): () => void
}

export const systemClock: Clock = {
  // Since the machine's start, so that records of another process are comparable.
  stamp: () => ({ mono_ms: Number(process.hrtime.bigint()) / 1e6, wall_ms: Date.now() }),
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) => timeout(ms, undefined, { signal }).catch(() => undefined),
  after(ms, then) {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
}

/**
 * A wait that can be cut short. A bell rung while nobody waits is remembered, so that the ring between
 * "nothing to do" and "wait" is not lost.
 */
export class Bell {
  #rung = false
  #waiter: AbortController | null = null

  ring(): void {
    this.#rung = true
    this.#waiter?.abort()
  }

  /** Resolves after `ms` (Infinity: never by itself), at the next ring, or when `signal` aborts. */
  async wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const waiter = new AbortController()
      const stop = () => waiter.abort()
      this.#waiter = waiter
      signal.addEventListener('abort', stop, { once: true })
      if (ms === Number.POSITIVE_INFINITY) await aborted(waiter.signal)
      else await clock.sleep(ms, waiter.signal)
      signal.removeEventListener('abort', stop)
      this.#waiter = null
    }
    this.#rung = false
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
