// How many are told in a row, before everything else has its turn, and how long a crowd then waits for its next round.

/** A write to a socket takes 20 to 70 µs: so many are half a millisecond. Fewer listeners are no crowd. */
export const SLICE = 10
/** Where each of them is told many events, so many in all. */
export const SLICE_EVENTS = 100
/** Of the time, 1 / (1 + this) goes into rounds at most. */
const PAUSES = 4
/** A process that stood still for a while is not silent for longer. */
const PAUSE_MS_MAX = 1_000
/**
 * @param times how many times as long as it took, at least
 * @returns ms until the next round may begin, after one that took `round_ms`
 */
export const pauseOf = (round_ms: number, times = PAUSES): number =>
  Math.min(PAUSE_MS_MAX, Math.max(1, times * round_ms))
