// What the ledger is asked, and answers, beside its rows.
import type { AccountMeasured, Bar, SystemMeasured } from '@ngtb/core'
import type { Timeframe } from '@ngtb/protocol'
import type { AccountSample, SystemSample } from './ledger-rows.ts'

/** What went over the wire for a command. */
export interface WireText {
  readonly account_id: number
  readonly command_id: string
  /** Null: the message does not say. */
  readonly attempt: number | null
  readonly direction: 'sent' | 'received'
  readonly at: number
  readonly text: string
  /** It was longer. */
  readonly cut: boolean
}

/** A time in steps: from … to, ms UTC. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly step_ms: number
}

export type Point<T> = T & { readonly at: number }

/** What grows without end, and may leave: it is neither trade nor command, and no part of the audit trail. */
export type Forgettable = 'ea_log' | 'person_session' | 'invitation' | 'interaction_minute'

/** Measurements over time: beside the ledger, in small statements of their own, and never in the way of a command. */
export interface SampleStore {
  saveSamples(accounts: readonly AccountSample[], system: SystemSample): Promise<void>
  /** One point a step that has samples, oldest first, at the beginning of its step (core/time/samples.ts T2). */
  accountHistory(account_id: number, span: Span): Promise<Point<AccountMeasured>[]>
  systemHistory(span: Span): Promise<Point<SystemMeasured>[]>
  /** Forgets samples and raw texts from before that moment. */
  forgetSamples(before: number): Promise<void>
  /** What was over before that moment leaves; at most `limit` rows, and how many it were. */
  forgetOld(what: Forgettable, before: number, limit: number): Promise<number>
  saveWire(texts: readonly WireText[]): Promise<void>
  /** Of one command, oldest first. */
  wireOf(account_id: number, command_id: string): Promise<WireText[]>
  /** Bytes on disk; null: nobody knows. */
  size(): Promise<number | null>
  /** How its reading connections stand; left out: it has none. */
  pool?(): { readonly total: number; readonly idle: number; readonly waiting: number }
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

export interface BarBatch {
  readonly account_id: number
  readonly symbol: string
  readonly timeframe: Timeframe
  /** One of each beginning. */
  readonly bars: readonly Bar[]
  readonly received_at: number
}

export interface StoredBar extends Bar {
  readonly received_at: number
}
