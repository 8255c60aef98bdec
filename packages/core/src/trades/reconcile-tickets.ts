// A list that names the tickets of all open positions, and little else, many times a second (docs/spec/legacy-ea.md).
// Pure: what is known and what was listed in, what becomes of it out. Details of a position come by other messages.
//
//   T1. Missing once proves nothing: over only after three lists in a row without it, two seconds apart at least,
//       all of them newer than the last word that it is open (R4).
//   T2. No list, no conclusion (R10). An empty one while margin is in use says nothing (R5).
//   T3. Listed though thought closed by absence: open again (R7). Closed by the EA's word and listed still: once more
//       it may be an old list, three times it is open.

import type { Trade } from './trade.ts'

export const MISSING_LISTS = 3
export const MISSING_MS = 2_000

/** Lists in a row that say the same of one ticket, against what is known. */
export interface Streak {
  readonly lists: number
  /** ms UTC of the first of them. */
  readonly since: number
}

export interface TicketFacts {
  /** Open trades, and closed ones among the listed tickets. */
  readonly known: ReadonlyMap<string, Trade>
  readonly listed: ReadonlySet<string>
  /** Order of arrival of this list (P8). */
  readonly began_no: number
  readonly margin: number | null
  readonly now: number
  /** By ticket: missing though open, or listed though closed. */
  readonly streaks: ReadonlyMap<string, Streak>
}

export interface TicketVerdict {
  readonly suspected: readonly Trade[]
  readonly closed: readonly Trade[]
  readonly reopened: readonly Trade[]
  /** There again before it was called closed. */
  readonly cleared: readonly Trade[]
  /** Listed, and never heard of: details are on their way. */
  readonly unknown: readonly string[]
  readonly streaks: ReadonlyMap<string, Streak>
}

const NOTHING: TicketVerdict = {
  suspected: [],
  closed: [],
  reopened: [],
  cleared: [],
  unknown: [],
  streaks: new Map(),
}

export function reconcileTickets(facts: TicketFacts): TicketVerdict {
  const { known, listed, margin } = facts
  const open = [...known.values()].filter(({ status }) => status === 'open')
  if (listed.size === 0 && open.length > 0 && margin !== null && margin > 0)
    return { ...NOTHING, streaks: facts.streaks }
  const streaks = new Map<string, Streak>()
  const longEnough = (trade: Trade): boolean => {
    const before = facts.streaks.get(trade.ticket)
    const streak = before ? { lists: before.lists + 1, since: before.since } : { lists: 1, since: facts.now }
    streaks.set(trade.ticket, streak)
    return streak.lists >= MISSING_LISTS && facts.now - streak.since >= MISSING_MS
  }
  // P8: what was heard of while the list was on its way is not judged by it, and what counted before starts anew.
  const isNewer = (trade: Trade) => trade.heard_no >= facts.began_no
  const missing = open.filter((trade) => !listed.has(trade.ticket) && !isNewer(trade))
  const closed = missing.filter(longEnough)
  const thought_closed = [...listed].flatMap((ticket) => {
    const trade = known.get(ticket)
    return trade?.status === 'closed' && !isNewer(trade) ? [trade] : []
  })
  const reopened = thought_closed.filter((trade) => trade.closed_by === 'absence' || longEnough(trade))
  for (const { ticket } of [...closed, ...reopened]) streaks.delete(ticket)
  return {
    suspected: missing.filter((trade) => trade.absent_since === null && !closed.includes(trade)),
    closed,
    reopened,
    cleared: open.filter((trade) => listed.has(trade.ticket) && trade.absent_since !== null),
    unknown: [...listed].filter((ticket) => !known.has(ticket)),
    streaks,
  }
}
