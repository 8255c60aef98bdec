// One door, two dialects: which of them an EA speaks is known of its account, or shown by what only one of them sends.
import { eaDesk, type Handler } from './call.ts'
import { isLegacyHeartbeat } from './legacy.ts'

export const byDialect =
  (legacy: Handler, published: Handler): Handler =>
  async (call) => {
    const speaks = isLegacyHeartbeat(call.body) || (await call.services.legacy.speaks(eaDesk(call)))
    if (speaks && !isNative(call.body)) return legacy(call)
    // Read with patience, for it might have been one of those; and it is none.
    if (call.request.no_json) throw call.request.no_json
    return published(call)
  }

/** A native EA whose account was taken over meanwhile is fenced (P9), and its results are facts. */
const isNative = (body: unknown): boolean => typeof body === 'object' && body !== null && 'journal_id' in body
