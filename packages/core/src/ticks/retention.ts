// Which days of ticks should have a place, and which are old enough to leave. Days of broker time, from 1970-01-01.
const DAY_MS = 86_400_000
/** A broker's clock is ahead of or behind UTC by so much at most (contract §8). */
const OFFSET_MS_MAX = 14 * 3_600_000

export interface TickDays {
  readonly make: readonly number[]
  readonly drop: readonly number[]
}

/**
 * @param there days that have a place now
 * @param keep_days a day leaves once all of it is older than this, at every broker's; 0: none leaves
 */
export function tickDaysAt(now: number, there: readonly number[], keep_days: number): TickDays {
  const today = Math.floor(now / DAY_MS)
  const make = [today - 1, today, today + 1, today + 2].filter((day) => !there.includes(day))
  const oldest_ms = now - keep_days * DAY_MS - OFFSET_MS_MAX
  const drop = keep_days === 0 ? [] : there.filter((day) => (day + 1) * DAY_MS <= oldest_ms)
  return { make, drop }
}
