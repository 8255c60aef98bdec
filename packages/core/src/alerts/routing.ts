// Who hears of an alert, and when (docs/spec/alerts.md).
//
//   C1. Each channel has a least severity; an account may name its own channels.
//   C2. In quiet hours what is not critical waits for their end; nothing is left out.
//   C3. A try that failed is repeated: the wait doubles, with a part of chance, up to an hour; what a receiver asks
//       for (Retry-After) is kept. After three days it is given up, and that is told.
import {
  ALERT_SEVERITIES,
  type AlertSettings,
  type AlertSeverity,
  type ChannelName,
  type QuietHours,
} from '@ngtb/protocol'
import { ALERT_DEFAULTS } from './rules.ts'

export interface ChannelRule {
  readonly channel: ChannelName
  readonly min_severity: AlertSeverity
}

export interface Route {
  readonly channel: ChannelName
  /** Not before, ms UTC. */
  readonly at: number
}

/** What an account leaves out is the house's, what the house leaves out is the default. */
export const effectiveSettings = (
  house: AlertSettings,
  own: AlertSettings = {},
): Required<AlertSettings> => ({
  ...ALERT_DEFAULTS,
  ...house,
  ...own,
})

const weight = (severity: AlertSeverity) => ALERT_SEVERITIES.indexOf(severity)

/** C1, C2. */
export function routesOf(
  severity: AlertSeverity,
  { channels, quiet_hours }: Pick<Required<AlertSettings>, 'channels' | 'quiet_hours'>,
  rules: readonly ChannelRule[],
  now: number,
): Route[] {
  const at = severity === 'critical' || quiet_hours === null ? now : endOfQuiet(quiet_hours, now)
  return (
    rules
      .filter(({ channel }) => channels === null || channels.includes(channel))
      .filter(({ min_severity }) => weight(severity) >= weight(min_severity))
      // The log wakes nobody.
      .map(({ channel }) => ({ channel, at: channel === 'log' ? now : at }))
  )
}

const MINUTE_MS = 60_000
const DAY_MIN = 1_440

const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** Minutes since midnight on the wall of that zone. */
function wallMinutes(zone: string, ms: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).formatToParts(ms)
  const number = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return number('hour') * 60 + number('minute')
}

export const isZone = (zone: string): boolean => {
  try {
    return wallMinutes(zone, 0) >= 0
  } catch {
    return false
  }
}

const isWithin = (minute: number, from: number, to: number) =>
  from <= to ? minute >= from && minute < to : minute >= from || minute < to

/** The first moment from now on that is not quiet, to the minute; now, where it is not. */
export function endOfQuiet({ from, to, zone }: QuietHours, now: number): number {
  const [begin, end] = [minutesOf(from), minutesOf(to)]
  if (!isWithin(wallMinutes(zone, now), begin, end)) return now
  const left = (end - wallMinutes(zone, now) + DAY_MIN) % DAY_MIN
  const guess = Math.floor(now / MINUTE_MS) * MINUTE_MS + left * MINUTE_MS
  // A clock that is put forward or back in between moves the wall by its step, which is a multiple of 15 minutes.
  for (let back = 8; back > 0; back--) {
    const earlier = guess - back * 15 * MINUTE_MS
    if (earlier > now && !isWithin(wallMinutes(zone, earlier), begin, end)) return earlier
  }
  for (let on = 0; on <= 8; on++) {
    const later = guess + on * 15 * MINUTE_MS
    if (!isWithin(wallMinutes(zone, later), begin, end)) return later
  }
  return guess
}

const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 3_600_000
/** Longer than a weekend. */
export const GIVE_UP_MS = 3 * 86_400_000

/**
 * C3. When to try again, or null: give up.
 * @param chance 0 … 1, so that many do not come back together
 * @param asked what the receiver asked for, in ms
 */
export function nextTry(
  attempts: number,
  created_at: number,
  now: number,
  chance: number,
  asked: number | null,
): number | null {
  if (now - created_at >= GIVE_UP_MS) return null
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts - 1, 20))
  const wait = longest * (0.5 + chance / 2)
  return Math.round(now + Math.max(wait, Math.min(asked ?? 0, GIVE_UP_MS)))
}
