// Cursors: where the next page starts, opaque to callers.
import { limits, Refusal } from '@ngtb/protocol'
import type { Page, PageRequest } from '../ports.ts'

export function pageRequest(query: unknown): PageRequest {
  const { cursor, limit } = query as { cursor?: string; limit?: number }
  return { limit: limit ?? limits.page_size_default, after: cursor === undefined ? null : readCursor(cursor) }
}

export const pageReply = <T, V>(page: Page<T>, view: (item: T) => V) => ({
  items: page.items.map(view),
  next_cursor: page.next === null ? null : Buffer.from(JSON.stringify(page.next)).toString('base64url'),
})

function readCursor(cursor: string): (string | number)[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    // Only digits reach the SQL's bigint parameters; key ids are letters and digits.
    const fit = (part: unknown) =>
      (typeof part === 'number' && Number.isSafeInteger(part)) ||
      (typeof part === 'string' && /^[a-z0-9]{1,40}$/.test(part))
    if (Array.isArray(parts) && parts.length > 0 && parts.length <= 2 && parts.every(fit)) return parts
  } catch {
    // Falls through: whatever it was, it was not one of ours.
  }
  throw new Refusal('NGTB_CURSOR_INVALID')
}

/** A moment in a query: ISO 8601, or ms since 1970. */
export function moment(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const ms = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text) // sim-ok: parses text
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15)
    throw new Refusal(
      'NGTB_QUERY_INVALID',
      `${text} is not a moment: use ISO 8601 or milliseconds since 1970`,
    )
  return ms
}
