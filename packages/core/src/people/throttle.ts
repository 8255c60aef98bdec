// How fast somebody may guess (docs/spec/people.md).
//
//   T1. The fifth failure brings a wait of half a minute; each further one doubles it, up to a quarter of an hour.
//   T2. Nobody is locked out for good: the wait ends, and a quarter of an hour after the last failure all is forgotten.
//   T3. An attempt counts as a failure from its beginning: many at once are no way around.

export interface Tries {
  readonly failures: number
  readonly last_at: number
  /** No attempt before that. */
  readonly free_at: number
}

const FREE = 5
const WINDOW_MS = 15 * 60_000
const FIRST_WAIT_MS = 30_000
const WAIT_MS_MAX = 15 * 60_000

export const NO_TRIES: Tries = { failures: 0, last_at: 0, free_at: 0 }

/** ms to wait before the next attempt; 0: none. */
export const waitOf = ({ free_at }: Tries, now: number): number => Math.max(0, free_at - now)

/** T2. */
export const isForgotten = ({ last_at, free_at }: Tries, now: number): boolean =>
  now >= Math.max(free_at, last_at + WINDOW_MS)

/** One more attempt that counts as failed (T3). */
export function tried(before: Tries, now: number): Tries {
  const failures = (isForgotten(before, now) ? 0 : before.failures) + 1
  const wait = failures < FREE ? 0 : Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** (failures - FREE))
  return { failures, last_at: now, free_at: now + wait }
}

/**
 * It was no failure: as before it, but for what others failed since.
 * @param mine as the attempt left it
 */
export const givenBack = (now: Tries, mine: Tries, before: Tries): Tries =>
  now === mine ? before : { ...now, failures: now.failures - 1 }
