// Two clocks, read at one moment. The native EA is handed stamps and reads no clock itself.

/** `mono_ms` never goes back but stands still while the machine sleeps; `wall_ms` is UTC and may jump. */
export interface Stamp {
  readonly mono_ms: number
  readonly wall_ms: number
}

/** Time passed by P5: the larger of both, so that neither a sleeping machine nor a clock set back buys time. */
export const elapsedMs = (from: Stamp, now: Stamp): number =>
  Math.max(0, now.mono_ms - from.mono_ms, now.wall_ms - from.wall_ms)

/** A moment and how much time it grants; `ttl_ms` null = no limit. */
export interface Deadline {
  readonly from: Stamp
  readonly ttl_ms: number | null
  /** When the word of it came in: later than `from`, and never before the server counted. */
  readonly heard: Stamp
}

export const isPast = (deadline: Deadline, now: Stamp): boolean =>
  deadline.ttl_ms !== null && elapsedMs(deadline.from, now) >= deadline.ttl_ms
