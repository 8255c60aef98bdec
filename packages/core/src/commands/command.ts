// The values of a command: what a row of the ledger says, as core sees it. Times are ms UTC of the server's clock.
import type { CommandPriority, CommandStatus, CommandType } from '@ngtb/protocol'

export interface Command {
  readonly account_id: number
  readonly command_id: string
  readonly command_no: number
  readonly type: CommandType
  readonly payload: Readonly<Record<string, unknown>>
  readonly priority: CommandPriority
  readonly status: CommandStatus
  /** Hash of type, payload, priority and ttl: the same key with another body is refused (P2). */
  readonly fingerprint: string
  /** Who asked: `key:ID`, `in-process`, `cli`. */
  readonly origin: string
  readonly created_at: number
  /** Not handed out after this; null: until done or cancelled. */
  readonly expires_at: number | null
  /** How long an answer may take after a delivery. */
  readonly timeout_ms: number
  /** Deliveries so far; 0 = undelivered, whatever the status says. */
  readonly attempt: number
  readonly retry_count: number
  readonly max_retries: number
  /** Not handed out before this (backoff). */
  readonly available_at: number
  readonly lease_expires_at: number | null
  readonly sent_at: number | null
  readonly completed_at: number | null
  readonly response: Readonly<Record<string, unknown>> | null
  readonly error: string | null
  readonly retcode: number | null
  readonly safe_to_retry: boolean | null
  /** `likely_not_executed`, `outcome_unknown`, … : what a person should know beside the status. */
  readonly note: string | null
  /** The position that it opened or acted on, once known. */
  readonly ticket: string | null
  /** Full position lists since the outcome became unknown, without a matching position. */
  readonly lists_without: number
}

export const isSettled = (command: Command): boolean =>
  command.status === 'completed' ||
  command.status === 'failed' ||
  command.status === 'cancelled' ||
  command.status === 'expired'
