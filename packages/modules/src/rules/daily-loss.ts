// A daily loss, decided: which day it is for the broker, from what it is counted, whether it is too much, and whether
// an account is flat. Pure.
//
//   D1. The day is the broker's: it begins at midnight of its clock.
//   D2. The loss is counted from the equity at the day's start; deposits and withdrawals are not gains or losses.
//   D3. Once breached, the day stays breached.
//   D4. Flat is what the terminal says after the closing, never what we asked for.

export const LOSS_ACTIONS = ['reduce-only', 'halt', 'flatten'] as const
export type LossAction = (typeof LOSS_ACTIONS)[number]

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** The broker's day that a UTC moment falls in: its name, and when it began in UTC. */
export function brokerDay(utc_ms: number, offset_minutes: number): { day: string; began_utc_ms: number } {
  const broker_ms = utc_ms + offset_minutes * MINUTE_MS
  const began = Math.floor(broker_ms / DAY_MS) * DAY_MS
  return { day: isoDay(began), began_utc_ms: began - offset_minutes * MINUTE_MS }
}

const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export interface StartFacts {
  /** Measured equity since the day began, oldest first. */
  readonly measured: readonly (number | null)[]
  readonly balance: number | null
  readonly equity: number | null
  /** What trades that closed today brought, with swap and commission. */
  readonly realised_today: number
  /** Deposits less withdrawals of today. */
  readonly paid_in_today: number
}

/** The day's start: what was measured first, else the balance before today's closed trades; null: nothing is known. */
export function startEquity(facts: StartFacts): number | null {
  const first = facts.measured.find((one) => one !== null)
  if (first !== undefined) return first
  if (facts.balance === null) return facts.equity
  return round(facts.balance - facts.realised_today - facts.paid_in_today)
}

export interface LossRule {
  /** In the account's currency; 0: no such limit. */
  readonly max_loss: number
  /** Of the day's start; 0: no such limit. */
  readonly max_loss_percent: number
}

/** The loss that is allowed today. */
export function allowedLoss(start: number, { max_loss, max_loss_percent }: LossRule): number {
  const bounds = [
    ...(max_loss > 0 ? [max_loss] : []),
    ...(max_loss_percent > 0 ? [(start * max_loss_percent) / 100] : []),
  ]
  return bounds.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...bounds)
}

export interface Day {
  readonly day: string
  readonly start: number
  readonly breached: boolean
}

/** The day with what is known now (D3), and the loss so far. */
export function look(day: Day, equity: number, paid_in_today: number, rule: LossRule) {
  const loss = round(day.start + paid_in_today - equity)
  return { loss, day: { ...day, breached: day.breached || loss >= allowedLoss(day.start, rule) } }
}

const round = (value: number) => Math.round(value * 100) / 100

export interface FlatFacts {
  readonly open_trades: number
  readonly waiting_orders: number
  /** When the terminal's full list was taken in last. */
  readonly last_sync_ms: number | null
  /** When the newest closing was done; null: none was. */
  readonly closed_ms: number | null
}

/** Why the account is not proven flat, as the end of "it is not flat: …"; null: the terminal says it is (D4). */
export function notFlat({ open_trades, waiting_orders, last_sync_ms, closed_ms }: FlatFacts): string | null {
  if (open_trades > 0) return `${open_trades} positions are open`
  if (waiting_orders > 0) return `${waiting_orders} pending orders wait`
  if (closed_ms === null) return 'the closing is not done yet'
  if (last_sync_ms === null || last_sync_ms <= closed_ms)
    return 'the terminal has not sent its list since the closing'
  return null
}
