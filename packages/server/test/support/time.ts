// Time that a test moves: one clock, and the timers that hang on it.
import type { Clock, Timers } from '../../src/ports.ts'
import { until } from './wait.ts'

interface Pending {
  readonly at: number
  readonly call: () => void
}

export class ManualTime implements Clock, Timers {
  #now: number
  #pending: Pending[] = []

  constructor(start = Date.UTC(2026, 10, 22, 18)) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  after(ms: number, call: () => void): { cancel(): void } {
    const pending = { at: this.#now + ms, call }
    this.#pending.push(pending)
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((other) => other !== pending)
      },
    }
  }

  /** Moves on, ringing each timer at its moment; waits until whoever was rung has set his next one. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms
    for (;;) {
      const next = this.#pending.filter(({ at }) => at <= target).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      const before = this.#pending.length
      this.#now = Math.max(this.#now, next.at)
      this.#pending = this.#pending.filter((other) => other !== next)
      next.call()
      await until(() => this.#pending.length >= before)
    }
    this.#now = target
  }

  /** A step of the clock that no timer notices. */
  jump(ms: number): void {
    this.#now += ms
  }
}
