// What the server asks of the machine that it runs on, beside the clock.

/** How the process does. */
export interface Gauges {
  /** The machine's name. */
  readonly host: string
  /** What runs it, with its version. */
  readonly runtime: string
  /** Of the time since the last reset. */
  read(): {
    readonly event_loop_p50_ms: number
    readonly event_loop_p99_ms: number
    readonly event_loop_max_ms: number
    readonly memory_bytes: number
    readonly cpu_seconds: number
  }
  reset(): void
}
