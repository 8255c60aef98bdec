// What the ledger keeps, as values: one shape for each kind of row that is not a command, a trade, a deal or an event.
import type {
  AccountLimits,
  AccountMeasured,
  Health,
  Journal,
  Ownership,
  SystemMeasured,
  TerminalFacts,
} from '@ngtb/core'
import type { AccountInfo, AnswerStatus, Generation, Scope } from '@ngtb/protocol'

export type * from './people-ports.ts'

/** One account's row with the heads of what is counted in it. */
export interface Account {
  readonly account_id: number
  /** The MT5 login; null for account 0, the system itself. */
  readonly account_number: string | null
  readonly broker: string
  readonly subscribed_symbols: readonly string[] | null
  readonly created_at: number
  readonly version: number
  readonly command_no: number
  readonly audit_no: number
  readonly audit_hash: string
  readonly commands_completed: number
  readonly commands_failed: number
  readonly commands_timeout: number
  readonly commands_expired: number
  readonly commands_cancelled: number
  /** Rises by one at every accepted connect of a native EA. */
  readonly epoch: number
  /** Rises when the ledger went back behind what an EA knows. */
  readonly incarnation: number
  /** Revision of the trade table; in every reply to a native EA. */
  readonly rev: number
  /** What may be opened at most; null: not limited. */
  readonly limits: AccountLimits | null
}

export interface Connection extends Health, Ownership, TerminalFacts {
  readonly account_id: number
  readonly session_id: string | null
  readonly platform: string | null
  readonly connected_at: number | null
  readonly last_sync_at: number | null
  /** Since when full lists have come without a pause. */
  readonly synced_since: number | null
  readonly command_count: number
  readonly balance: number | null
  readonly equity: number | null
  readonly margin: number | null
  readonly free_margin: number | null
  readonly open_positions: number | null
  readonly empty_lists: number
  readonly drifted: boolean
  /** When that changed last. */
  readonly drifted_since: number | null
  /** Of the last native list that was accepted under the epoch (R2). */
  readonly snapshot_no: number
  readonly broker_offset_min: number
  readonly time_basis: string
  /** Null: the published one. */
  readonly dialect: 'legacy' | null
  /** What an EA of the older dialect was given in this run: it may only grow, at its end. */
  readonly run_symbols: readonly string[] | null
  /** As the terminal told it at its last hello; null: never. */
  readonly account_info: AccountInfo | null
}

export interface Attempt {
  readonly account_id: number
  readonly command_id: string
  readonly attempt: number
  readonly delivered_at: number
  readonly channel: string
  readonly lease_expires_at: number
  readonly answered_at: number | null
  readonly outcome: string | null
  readonly journal_id: string | null
  readonly epoch: number | null
}

export interface JournalRow extends Journal {
  readonly account_id: number
  readonly first_seen_at: number
  readonly last_seen_at: number
}

export interface GenerationRow extends Generation {
  readonly account_id: number
  /** The scope as one word: its name in the ledger. */
  readonly scope: string
}

/** A native EA's result for a command that the ledger does not know (K19). */
export interface OrphanResult {
  readonly account_id: number
  readonly command_id: string
  readonly command_no: number | null
  readonly status: Exclude<AnswerStatus, 'progress'>
  readonly response: Readonly<Record<string, unknown>>
  readonly evidence: string | null
  readonly journal_id: string | null
  readonly received_at: number
}

/** A number given to a strategy whose magic is not its own number. */
export interface StrategyRow {
  readonly account_id: number
  readonly strategy_no: number
  readonly strategy_magic: number
}

/** How far one stream of a journal is stored (P10). */
export interface StreamRow {
  readonly account_id: number
  readonly journal_id: string
  readonly stream: string
  readonly last_seq: number
}

/** An event that could not be taken, with its number. */
export interface DeadLetter {
  readonly account_id: number
  readonly journal_id: string
  readonly stream: string
  readonly seq: number
  readonly event: unknown
  readonly error: string
  readonly received_at: number
}

export interface ApiKeyRow {
  readonly key_id: string
  readonly account_id: number | null
  readonly secret_hash: string
  readonly label: string
  readonly scopes: readonly Scope[]
  readonly created_at: number
  readonly expires_at: number | null
  readonly last_used_at: number | null
  readonly revoked_at: number | null
  readonly replaced_by: string | null
}

export interface EaLog {
  readonly account_id: number
  readonly level: string
  readonly message: string
  readonly details: unknown
  readonly received_at: number
}

export interface InteractionMinute {
  readonly account_id: number
  readonly minute: number
  readonly kind: string
  readonly count: number
  readonly first_at: number
  readonly last_at: number
  readonly longest_gap_ms: number
}

export interface OffsetVersion {
  readonly account_id: number
  readonly valid_from: number
  readonly minutes: number
  readonly basis: string
}

/** What was measured of an account at a moment. A sample may be lost: it is no ledger. */
export interface AccountSample extends AccountMeasured {
  readonly account_id: number
  readonly at: number
}

/** The same of one server. */
export interface SystemSample extends SystemMeasured {
  /** Its name, the same after a restart. */
  readonly server: string
  readonly at: number
}
