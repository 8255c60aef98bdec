// How this process and its machine do: the event loop's delay, memory, the machine's name.
import { hostname } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Gauges } from '../ports.ts'

/** ms between two looks of the loop at itself: what is measured is never less. */
const RESOLUTION_MS = 20

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

export function systemGauges(): Gauges {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const ms = (nanoseconds: number) =>
    Number.isFinite(nanoseconds) ? Math.max(0, Math.round(nanoseconds / 1e4) / 100 - RESOLUTION_MS) : 0
  return {
    host: hostname(),
    runtime: process.version,
    read: () => ({
      event_loop_p50_ms: ms(delay.percentile(50)),
      event_loop_p99_ms: ms(delay.percentile(99)),
      event_loop_max_ms: ms(delay.max),
      memory_bytes: process.memoryUsage.rss(),
      cpu_seconds: cpuSeconds(),
    }),
    reset: () => delay.reset(),
  }
}
