// What the ledger is asked, and answers, beside its rows.
import type { AccountMeasured, SystemMeasured } from '@ngtb/core'
import type { AccountSample, SystemSample } from './ledger-rows.ts'

/** A time in steps: from … to, ms UTC. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly step_ms: number
}

export type Point<T> = T & { readonly at: number }

/** Measurements over time: beside the ledger, in small statements of their own, and never in the way of a command. */
export interface SampleStore {
  saveSamples(accounts: readonly AccountSample[], system: SystemSample): Promise<void>
  /** One point a step that has samples, oldest first, at the beginning of its step (core/time/samples.ts T2). */
  accountHistory(account_id: number, span: Span): Promise<Point<AccountMeasured>[]>
  systemHistory(span: Span): Promise<Point<SystemMeasured>[]>
  /** Forgets samples from before that moment. */
  forgetSamples(before: number): Promise<void>
  /** Bytes on disk; null: nobody knows. */
  size(): Promise<number | null>
}

/** Of an opening command, what the limit of openings a minute counts. */
export interface Opening {
  readonly command_no: number
  readonly created_at: number
}

export interface CommandFilter {
  readonly statuses?: readonly string[]
  readonly types?: readonly string[]
  readonly symbol?: string
  /** Created at or after it, ms UTC. */
  readonly since?: number
}

export interface TradeFilter {
  readonly status: 'open' | 'closed' | 'all'
  readonly symbol?: string
  /** Closed from then on, and before: ms of broker time. Only closed ones are found. */
  readonly from?: number
  readonly to?: number
}

export interface AuditFilter {
  /** One kind, or all that begin so: `command.*`. */
  readonly kind?: string
  readonly subject?: string
  readonly actor?: string
  readonly since?: number
}

export interface DealFilter {
  readonly symbol?: string
  readonly made_by?: string
  /** Of a position, or of the balance alone. */
  readonly kind?: 'trade' | 'balance'
}
