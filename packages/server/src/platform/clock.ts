// The server's clock (contract §8): UTC at start + monotonic since.
// A later step of the wall clock changes nothing here.
import type { Clock } from '../ports.ts'

export interface SystemClock extends Clock {
  /** ms by which the wall clock has been stepped since the start; beyond a second someone should know. */
  drift(): number
}

/**
 * @param not_before the newest moment in the ledger: a wall clock that starts earlier is wrong,
 *   and we go on from there
 */
export function systemClock(not_before = 0): SystemClock & { readonly started_early: boolean } {
  const wall = Date.now()
  const origin = Math.max(wall, not_before)
  const began = performance.now()
  const now = () => Math.floor(origin + performance.now() - began)
  return {
    now,
    drift: () => Date.now() - (wall + performance.now() - began),
    started_early: wall < not_before,
  }
}
