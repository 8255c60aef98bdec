// How long to wait before the next try, and what a status number of the server means for it.

/** Delays in ms; the wait doubles from `base_ms` up to `max_ms`. */
export interface BackoffPolicy {
  base_ms: number
  max_ms: number
}

/**
 * Exponential with equal jitter: half of the wait is fixed, half is chance, so that a hundred EAs that lost
 * the same server do not come back in the same millisecond. Its own ten lines because chance must be given
 * (`random` in [0, 1)): cockatiel draws from Math.random and a seed could not repeat it.
 */
export function backoffMs(attempt: number, policy: BackoffPolicy, random: () => number): number {
  const ceiling = Math.min(policy.max_ms, policy.base_ms * 2 ** Math.min(attempt, 30))
  return ceiling / 2 + (ceiling / 2) * random()
}

/** taken: stop sending · later: send it again · locked_out: connect again first · refused: never will. */
export type Verdict = 'taken' | 'later' | 'locked_out' | 'refused'

// Repeating these would block everything behind them for ever: the body itself is what the server rejects.
const HOPELESS = new Set([400, 404, 405, 410, 411, 413, 414, 415, 422])

/** What an HTTP status says about the message that was sent. */
export function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return 'taken'
  if (status === 401 || status === 403) return 'locked_out'
  return HOPELESS.has(status) ? 'refused' : 'later'
}
