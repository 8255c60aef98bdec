// Time that passes when the test says so: the server's clock and its timers in one hand.
import type { Clock, Timers } from '../../src/ports.ts'
import type { TestServer } from './server.ts'

export interface ManualTime {
  readonly clock: Clock
  readonly timers: Timers
  /** Lets time pass: every timer that comes due rings at its moment, and is heard out before the next. */
  pass(t: TestServer, ms: number): Promise<void>
}

export function manualTime(start = Date.UTC(2026, 0, 5, 12)): ManualTime {
  let now = start
  const waiting = new Set<{ at: number; call: () => void }>()
  const first = () => [...waiting].reduce((a, b) => (b.at < a.at ? b : a))
  return {
    clock: { now: () => now },
    timers: {
      after(ms, call) {
        const timer = { at: now + ms, call }
        waiting.add(timer)
        return { cancel: () => void waiting.delete(timer) }
      },
    },
    async pass(t, ms) {
      const until = now + ms
      while (waiting.size > 0 && first().at <= until) {
        const timer = first()
        waiting.delete(timer)
        now = Math.max(now, timer.at)
        timer.call()
        await heardOut(t)
      }
      now = until
    },
  }
}

/** Whatever a timer began has been decided and committed, and the next timer is set. */
async function heardOut({ server }: TestServer): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (const desk of server.services.desks.opened()) await desk.run(() => null)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
