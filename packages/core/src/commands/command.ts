// The values of a command: what a row of the ledger says, as core sees it. Times are ms UTC of the server's clock.
import { CommandPriority, type CommandStatus, type CommandType } from '@ngtb/protocol'

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
  /** The journal that it was handed to last; null: a plain client, or nobody yet. */
  readonly journal_id: string | null
  /** The epoch of that delivery. */
  readonly epoch: number | null
  /** The strategy's number: part of an order's tag, and of a CLOSE_ALL's scope; null: every one. */
  readonly strategy_no: number | null
  /** What settled it: the EA's own word (`journal`, `tag`, …), `answer`, `position`, `person`, `superseded`. */
  readonly evidence: string | null
  /** The newer command that took its place. */
  readonly superseded_by: string | null
  /** When an EA is asked (again) what became of it; null: not waiting for that. */
  readonly next_probe_at: number | null
}

export const isSettled = (command: Pick<Command, 'status'>): boolean =>
  command.status === 'completed' ||
  command.status === 'failed' ||
  command.status === 'cancelled' ||
  command.status === 'expired'

/** Handed to an EA that keeps a journal: that EA's word can be asked for again (contract §4). */
export const isNative = (command: Command): boolean => command.journal_id !== null

/** What stays the same from the creation on; the rest of a command's life starts empty. */
export type NewCommand = Pick<
  Command,
  | 'account_id'
  | 'command_id'
  | 'command_no'
  | 'type'
  | 'payload'
  | 'priority'
  | 'fingerprint'
  | 'origin'
  | 'created_at'
  | 'expires_at'
  | 'timeout_ms'
  | 'max_retries'
  | 'strategy_no'
>

/** Every field has its place from the start: an object that grows field by field is slow to make and to copy. */
const EMPTY: Command = {
  account_id: 0,
  command_id: '',
  command_no: 0,
  type: 'PROBE',
  payload: {},
  priority: CommandPriority.NORMAL,
  status: 'pending',
  fingerprint: '',
  origin: '',
  created_at: 0,
  expires_at: null,
  timeout_ms: 0,
  attempt: 0,
  retry_count: 0,
  max_retries: 0,
  available_at: 0,
  lease_expires_at: null,
  sent_at: null,
  completed_at: null,
  response: null,
  error: null,
  retcode: null,
  safe_to_retry: null,
  note: null,
  ticket: null,
  lists_without: 0,
  journal_id: null,
  epoch: null,
  strategy_no: null,
  evidence: null,
  superseded_by: null,
  next_probe_at: null,
}

export const newCommand = (facts: NewCommand): Command => ({
  ...EMPTY,
  ...facts,
  available_at: facts.created_at,
})
