// Equity as drawdown and daily loss need it: the peak since it is watched, and the beginning of the broker's day.
//
//   D1. Money that comes in or goes out is no profit and no loss: both marks move with it.
//   D2. The day is the broker's; without a known offset UTC's. The market is open by the broker's week, Monday to
//       Friday, with an hour at its ends, and the half hour around midnight left out.

export interface EquityMark {
  readonly account_id: number
  readonly peak_equity: number
  /** Days since 1970 by the broker's clock. */
  readonly day: number
  readonly day_equity: number
  /** The newest balance operation that both marks know, a deal's ticket; null: none. */
  readonly balance_deal: string | null
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

export const brokerDay = (now: number, offset_min: number): number =>
  Math.floor((now + offset_min * 60_000) / DAY_MS)

/** The mark after a look; the same object where nothing changed. */
export function markEquity(
  mark: EquityMark | null,
  account_id: number,
  equity: number,
  day: number,
  newest_balance_deal: string | null,
): EquityMark {
  if (mark === null)
    return { account_id, peak_equity: equity, day, day_equity: equity, balance_deal: newest_balance_deal }
  const peak_equity = Math.max(mark.peak_equity, equity)
  if (peak_equity === mark.peak_equity && day <= mark.day) return mark
  return day > mark.day ? { ...mark, peak_equity, day, day_equity: equity } : { ...mark, peak_equity }
}

/** D1. @param deals balance operations newer than the mark knows, any order */
export function moveMark(
  mark: EquityMark,
  deals: readonly { readonly deal: string; readonly profit: number }[],
): EquityMark {
  if (deals.length === 0) return mark
  const sum = deals.reduce((total, { profit }) => total + profit, 0)
  const newest = deals.reduce(
    (a, { deal }) => (BigInt(deal) > BigInt(a) ? deal : a),
    mark.balance_deal ?? '0',
  )
  return {
    ...mark,
    peak_equity: mark.peak_equity + sum,
    day_equity: mark.day_equity + sum,
    balance_deal: newest,
  }
}

/** D2. Null: the broker's time is not known. */
export function isMarketOpen(now: number, offset_min: number, basis: string): boolean | null {
  if (basis !== 'broker' && basis !== 'utc') return null
  const wall = now + offset_min * 60_000
  // 1970-01-01 was a Thursday: 0 is Monday.
  const weekday = (Math.floor(wall / DAY_MS) + 3) % 7
  const of_day = ((wall % DAY_MS) + DAY_MS) % DAY_MS
  if (weekday > 4) return false
  if (weekday === 0 && of_day < HOUR_MS) return false
  if (weekday === 4 && of_day >= 23 * HOUR_MS) return false
  return of_day >= HOUR_MS / 4 && of_day < DAY_MS - HOUR_MS / 4
}
