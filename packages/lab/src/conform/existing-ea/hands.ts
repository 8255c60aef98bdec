// What carrying out a command may use of the EA: the terminal, its memory, and its mouth. Every word is awaited.
import type { CloseReasons } from './close-reasons.ts'
import type { Bar, Timeframe } from './facts.ts'
import type { Terminal } from './terminal.ts'
import type { Level } from './wording.ts'

export interface Hands {
  readonly terminal: Terminal
  readonly reasons: CloseReasons
  readonly pace: Pace
  /** Of the orders that it opens; it filters nothing by it. */
  readonly magic: number
  log(level: Level, message: string, info: string): Promise<void>
  /** One POST, whatever becomes of it. */
  answer(command_id: string, outcome: Outcome): Promise<void>
  /** One POST of history; whether it was answered 200. */
  upload(symbol: string, timeframe: Timeframe, bars: readonly Bar[]): Promise<boolean>
  sleep(ms: number): Promise<void>
}

export interface Outcome {
  readonly status: 'completed' | 'failed'
  /** An object, as `responses.ts` spells it. */
  readonly response: string
}

export const completed = (response: string): Outcome => ({ status: 'completed', response })
export const failed = (response: string): Outcome => ({ status: 'failed', response })

export interface Pace {
  /** 0: no timer of its own, a test calls `timer()`. */
  readonly timer_ms: number
  readonly heartbeat_ms: number
  /** In calls of the timer. */
  readonly sync_calls: number
  readonly transactions_calls: number
  readonly timeout_ms: number
  readonly coverage_timeout_ms: number
  /** How long an OPEN sleeps before it reads its position again. */
  readonly open_sleep_ms: number
  /** After each symbol and timeframe of the first history. */
  readonly upload_sleep_ms: number
  /** Age at which the profits are reckoned again. */
  readonly profit_ms: number
  /** Bars in one POST of REQUEST_HISTORICAL_DATA. */
  readonly chunk_bars: number
}

export const PACE: Pace = {
  timer_ms: 50,
  heartbeat_ms: 2_000,
  sync_calls: 200,
  transactions_calls: 600,
  timeout_ms: 3_000,
  coverage_timeout_ms: 5_000,
  open_sleep_ms: 300,
  upload_sleep_ms: 100,
  profit_ms: 5_000,
  chunk_bars: 10_000,
}
