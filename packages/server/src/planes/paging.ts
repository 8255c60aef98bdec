// Cursors: where the next page starts, opaque to callers.
import { limits, Refusal, toInt64 } from '@ngtb/protocol'
import type { Page, PageRequest } from '../ports.ts'

/** What the parts of a list's cursors are: anything else would reach the SQL as something that it can't compare. */
const PARTS = {
  number: (part: unknown) => Number.isSafeInteger(part),
  ticket: (part: unknown) => toInt64(part) !== null,
  /** A name may be any text: marked, so that not every text is a cursor. */
  name: (part: unknown) => typeof part === 'string' && /^=.{1,200}$/s.test(part) && !part.includes('\0'),
  key: (part: unknown) => typeof part === 'string' && /^(?:[a-z0-9]{12}|x-[0-9a-f]{14})$/.test(part),
}

/** @throws {Refusal} NGTB_CURSOR_INVALID for a cursor of another list, or of nobody */
export function pageRequest(query: unknown, parts: keyof typeof PARTS = 'number'): PageRequest {
  const { cursor, limit } = query as { cursor?: string; limit?: number }
  const after = cursor === undefined ? null : readCursor(cursor, PARTS[parts])
  return { limit: limit ?? limits.page_size_default, after }
}

export const pageReply = <T, V>(page: Page<T>, view: (item: T) => V) => ({
  items: page.items.map(view),
  next_cursor: page.next === null ? null : Buffer.from(JSON.stringify(page.next)).toString('base64url'),
})

function readCursor(cursor: string, fit: (part: unknown) => boolean): (string | number)[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(parts) && parts.length > 0 && parts.length <= 2 && parts.every(fit)) return parts
  } catch {
    // Falls through: whatever it was, it was not one of ours.
  }
  throw new Refusal('NGTB_CURSOR_INVALID')
}

const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i

/** A moment in a query: ISO 8601 (without a zone as it stands: a series is by broker time), or ms since 1970. */
export function moment(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const iso = ISO.exec(text)
  const zoned = iso === null || iso[1] !== undefined || text.length === 10 ? text : `${text}Z`
  const ms = /^-?\d+$/.test(text) ? Number(text) : iso === null ? Number.NaN : Date.parse(zoned) // sim-ok: parses text
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15)
    throw new Refusal(
      'NGTB_QUERY_INVALID',
      `${text} is not a moment: use ISO 8601 or milliseconds since 1970`,
    )
  return ms
}
