// What the existing EA reckons from the deal history: profits and deposits of the broker's day, week, month and year.

import type { Deal } from './facts.ts'
import type { Profits } from './wording.ts'

export interface Figures extends Profits {
  readonly deposits_today: number
  readonly deposits_week: number
  readonly deposits_month: number
  readonly deposits_year: number
}

const DAY_S = 86_400

/** @param now broker wall clock in seconds */
export function figuresOf(deals: readonly Deal[], balance: number, now: number): Figures {
  const { day, week, month, year } = beginnings(now)
  const profitSince = (since: number) => sum(deals, (deal) => (deal.time >= since ? exitProfit(deal) : 0))
  const depositsSince = (since: number) => sum(deals, (deal) => (deal.time >= since ? deposit(deal) : 0))
  return {
    profit_today: profitSince(day),
    profit_week: profitSince(week),
    profit_month: profitSince(month),
    // Not a year's: the EA takes what the balance is beyond everything ever deposited.
    profit_year: balance - sum(deals, deposit),
    deposits_today: depositsSince(day),
    deposits_week: depositsSince(week),
    deposits_month: depositsSince(month),
    deposits_year: depositsSince(year),
  }
}

function beginnings(now: number): { day: number; week: number; month: number; year: number } {
  const date = new Date(now * 1000)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  const day = now - (now % DAY_S)
  return {
    day,
    week: day - ((date.getUTCDay() + 6) % 7) * DAY_S,
    month: Date.UTC(year, month, 1) / 1000,
    year: Date.UTC(year, 0, 1) / 1000,
  }
}

/** The commission of an entry is in no profit, and OUT_BY is forgotten. */
const exitProfit = ({ position, entry, profit, swap, commission }: Deal): number =>
  position !== 0n && (entry === 'OUT' || entry === 'INOUT') ? profit + swap + commission : 0

const deposit = ({ type, profit }: Deal): number => (type === 'BALANCE' ? profit : 0)

const sum = (deals: readonly Deal[], of: (deal: Deal) => number): number =>
  deals.reduce((total, deal) => total + of(deal), 0)
