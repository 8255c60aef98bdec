// Timers, for workers. They keep no process alive: the doors do.
import type { Timers } from '../ports.ts'

export const systemTimers: Timers = {
  after(ms, call) {
    const timer = setTimeout(call, ms)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}
