// Where an EA's own clock stands beside the server's, from messages that go both ways anyway.
//
//   E1. What the EA sent can't have come before it was sent: `arrived - sent` is never below the offset.
//   E2. What the EA received can't have been there before it left: `left - received` is never above it.
//   E3. The narrowest pair of the last minutes counts: the quickest way there and the quickest way back. In the
//       middle of the two is the offset, half of what is between them is all that is not known of it.
//   E4. Crystals drift: what is older than two windows is forgotten. Bounds that exclude each other say nothing.

/** `server = ea + offset`; the offset lies between the two, ms. */
export interface OffsetBounds {
  readonly low: number
  readonly high: number
}

/** What one session's messages have told; a new process of the EA has another zero, so it begins anew. */
export interface EaClock {
  readonly began_at: number
  readonly now: OffsetBounds
  readonly before: OffsetBounds
}

const NOTHING: OffsetBounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
const WINDOW_MS = 60_000

export const newEaClock = (at: number): EaClock => ({ began_at: at, now: NOTHING, before: NOTHING })

/** E1. @param sent on the EA's clock @param arrived on the server's */
export const heardFromEa = (clock: EaClock, sent: number, arrived: number): EaClock =>
  narrowed(clock, { low: NOTHING.low, high: arrived - sent }, arrived)

/** E2. @param left on the server's clock @param received on the EA's @param at now, on the server's */
export const reachedEa = (clock: EaClock, left: number, received: number, at: number): EaClock =>
  narrowed(clock, { low: left - received, high: NOTHING.high }, at)

function narrowed(clock: EaClock, seen: OffsetBounds, at: number): EaClock {
  const age = at - clock.began_at
  if (age < WINDOW_MS) return { ...clock, now: both(clock.now, seen) }
  return { began_at: at, now: seen, before: age < 2 * WINDOW_MS ? clock.now : NOTHING }
}

/** What is known by now; null: nothing that two messages agree on. */
export function offsetBounds({ now, before }: EaClock): OffsetBounds | null {
  const all = both(now, before)
  if (all.low <= all.high) return all
  return now.low <= now.high ? now : null
}

const both = (a: OffsetBounds, b: OffsetBounds): OffsetBounds => ({
  low: Math.max(a.low, b.low),
  high: Math.min(a.high, b.high),
})

/** What the EA says of one command, on its own monotonic clock, ms. */
export interface TimesAtEa {
  readonly received_at_ms: number
  /** Left out: it sent no order. */
  readonly order_sent_at_ms?: number | undefined
  readonly executed_at_ms?: number | undefined
}

/** The same on the server's clock, whole ms; each not before the one in front of it. */
export interface TimesOfCommand {
  readonly ea_received_at: number
  readonly order_sent_at: number | null
  readonly executed_at: number | null
  /** All of them may be off by so much, together. */
  readonly uncertainty_ms: number
}

/** What is said of the same stretch by both clocks may differ by their ticks, and by a drift of this part of it. */
const TICKS_MS = 20
const DRIFT = 0.001

/**
 * Puts the EA's times between the two ends that the server knows itself. Whatever the offset is: nothing is before it
 * left or after it came, and nothing overtakes.
 * @param left when the command left, @param answered when its answer was there; on the server's clock
 * @param said_at when the answer left, on the EA's clock
 * @param known what other messages say of the offset
 * @returns null: the EA's times contradict each other or the server's
 */
export function timesOfCommand(
  left: number,
  answered: number,
  said_at: number,
  times: TimesAtEa,
  known: OffsetBounds | null,
): TimesOfCommand | null {
  const { received_at_ms, order_sent_at_ms, executed_at_ms } = times
  const told = [received_at_ms, order_sent_at_ms, executed_at_ms, said_at].filter((at) => at !== undefined)
  if (answered < left) return null
  if (told.some((at, index) => index > 0 && at < (told[index - 1] as number))) return null
  const own = { low: left - received_at_ms, high: answered - said_at }
  if (own.low - own.high > TICKS_MS + DRIFT * (answered - left)) return null
  const shared = known === null ? own : both(own, known)
  const bounds = shared.low <= shared.high ? shared : own
  const offset = (bounds.low + bounds.high) / 2
  const placed = (at: number) => Math.min(answered, Math.max(left, Math.round(at + offset)))
  const orNull = (at: number | undefined) => (at === undefined ? null : placed(at))
  return {
    ea_received_at: placed(received_at_ms),
    order_sent_at: orNull(order_sent_at_ms),
    executed_at: orNull(executed_at_ms),
    uncertainty_ms: Math.ceil(Math.abs(bounds.high - bounds.low) / 2),
  }
}
