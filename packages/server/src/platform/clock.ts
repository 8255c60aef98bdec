// The server's clock (contract §8): UTC at start + monotonic since.
// A later step of the wall clock changes nothing here.
import type { Clock } from '../ports.ts'

export interface SystemClock extends Clock {
  /** Where this clock stands on the machine's monotonic one, which is the same in every thread. */
  readonly origin: ClockOrigin
  /** ms by which the wall clock has been stepped since the start; beyond a second someone should know. */
  drift(): number
}

export interface ClockOrigin {
  /** ms UTC at `monotonic_ms`. */
  readonly utc_ms: number
  readonly monotonic_ms: number
}

/** The same moment in every thread of the process, unlike performance.now(). */
const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000

/**
 * @param not_before the newest moment in the ledger: a wall clock that starts earlier is wrong,
 *   and we go on from there
 */
export function systemClock(not_before = 0): SystemClock & { readonly started_early: boolean } {
  const wall = Date.now()
  const origin = { utc_ms: Math.max(wall, not_before), monotonic_ms: monotonicMs() }
  return {
    ...clockOf(origin),
    origin,
    drift: () => Date.now() - (wall + monotonicMs() - origin.monotonic_ms),
    started_early: wall < not_before,
  }
}

/** A clock that goes with the one that began there. */
export const clockOf = ({ utc_ms, monotonic_ms }: ClockOrigin): Clock => ({
  now: () => Math.floor(utc_ms + monotonicMs() - monotonic_ms),
})
