// A command as the process sees it (published): live until settled, then as it was last seen.
import { type Command, canRetry, isSettled } from '@ngtb/core'
import type { CommandPriority, CommandStatus } from '@ngtb/protocol'
import type { Clock } from '../ports.ts'
import type { AccountName } from '../services/desks.ts'

export interface CommandExecutionRequest extends AccountName {
  command_type: string
  payload: Record<string, unknown>
  /** By name or number. */
  priority?: CommandPriority | string | undefined
  ttl_ms?: number | undefined
  command_id?: string | undefined
  require_connected?: boolean | undefined
}

export class CommandExecution {
  #last: Command
  readonly #clock: Clock
  readonly #look: () => Command | undefined

  constructor(command: Command, clock: Clock, look: () => Command | undefined) {
    this.#clock = clock
    this.#last = command
    this.#look = look
  }

  get #now(): Command {
    this.#last = this.#look() ?? this.#last
    return this.#last
  }

  get command_id(): string {
    return this.#last.command_id
  }
  get account_id(): number {
    return this.#last.account_id
  }
  get command_type(): string {
    return this.#last.type
  }
  get priority(): CommandPriority {
    return this.#last.priority
  }
  get status(): CommandStatus {
    return this.#now.status
  }
  get created_at(): Date {
    return new Date(this.#last.created_at) // sim-ok: wraps a given moment
  }
  get sent_at(): Date | null {
    return dateOrNull(this.#now.sent_at)
  }
  get completed_at(): Date | null {
    return dateOrNull(this.#now.completed_at)
  }
  get retry_count(): number {
    return this.#now.retry_count
  }
  get max_retries(): number {
    return this.#now.max_retries
  }
  /** Seconds that an answer may take. */
  get timeout(): number {
    return this.#now.timeout_ms / 1000
  }
  get response_data(): Readonly<Record<string, unknown>> | null {
    return this.#now.response
  }
  get error_message(): string | null {
    return this.#now.error
  }
  /** The position that it opened or acted on. */
  get ticket(): string | null {
    return this.#now.ticket
  }
  get command_no(): number {
    return this.#last.command_no
  }
  /** Deliveries so far; 0 = undelivered, whatever the status says. */
  get attempt(): number {
    return this.#now.attempt
  }
  /** What settled it: the EA's own word (`journal`, `tag`, …), `answer`, `position`, `person`, `superseded`. */
  get evidence(): string | null {
    return this.#now.evidence
  }
  /** The newer MODIFY that took its place. */
  get superseded_by(): string | null {
    return this.#now.superseded_by
  }
  /** False also in `timeout`: its outcome is unknown. */
  get settled(): boolean {
    return isSettled(this.#now)
  }

  /** Attempts left, type idempotent, time to live left (contract §4). @param now ms UTC */
  canRetry(now = this.#clock.now()): boolean {
    return canRetry(this.#now, now)
  }
}

const dateOrNull = (ms: number | null) => (ms === null ? null : new Date(ms)) // sim-ok: wraps a given moment
