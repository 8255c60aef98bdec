// How long a session lives (docs/spec/people.md).
//
//   L1. It ends 30 minutes after its last request, and 12 hours after its login whatever happens.
//   L2. A fresh word of the person counts for five minutes.
//   L3. The token before the newest one is good for as long as requests that were under way may take.

export const SESSION_IDLE_MS = 30 * 60_000
export const SESSION_MS = 12 * 3_600_000
export const CONFIRMED_MS = 5 * 60_000
export const PREVIOUS_TOKEN_MS = 30_000
/** A one-time link. */
export const INVITATION_MS = 24 * 3_600_000

export interface SessionTimes {
  readonly last_seen_at: number
  readonly expires_at: number
  readonly ended_at: number | null
}

export const idleEnd = ({ last_seen_at, expires_at }: Omit<SessionTimes, 'ended_at'>): number =>
  Math.min(last_seen_at + SESSION_IDLE_MS, expires_at)

export const isAlive = (session: SessionTimes, now: number): boolean =>
  session.ended_at === null && now < idleEnd(session)

export const isConfirmed = (confirmed_until: number | null, now: number): boolean =>
  confirmed_until !== null && now < confirmed_until
