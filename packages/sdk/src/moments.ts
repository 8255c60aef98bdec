// Moments as callers give them: broker time, as a Date, milliseconds, or text.
import { refusedHere } from './errors.ts'

/** A moment in broker time. A number is milliseconds since 1970. */
export type Moment = Date | number | string

/** For a query: milliseconds, or the caller's own text. */
export function momentText(moment: Moment | undefined): string | undefined {
  if (moment === undefined || typeof moment === 'string') return moment
  return String(milliseconds(moment, 'NGTB_QUERY_INVALID'))
}

/** For a payload. */
export const momentMs = (moment: Moment): number | string =>
  typeof moment === 'string' ? moment : milliseconds(moment, 'NGTB_COMMAND_PAYLOAD')

function milliseconds(moment: Date | number, code: 'NGTB_QUERY_INVALID' | 'NGTB_COMMAND_PAYLOAD'): number {
  const ms = Number(moment)
  if (!Number.isFinite(ms)) throw refusedHere(code, `${String(moment)} is not a moment`)
  return Math.round(ms)
}
