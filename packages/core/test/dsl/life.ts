// A command's life, told: life().delivered().leaseExpires() … .is('timeout'). Time stands still until told to move.
import type { CommandPriority, CommandStatus, CommandType } from '@ngtb/protocol'
import { COMMANDS } from '@ngtb/protocol'
import { expect } from 'vitest'
import {
  applyCommandEvent,
  type Command,
  type CommandEvent,
  deadlineEvent,
  eventOfAnswer,
  grantedPriority,
  isDue,
  newCommand,
  nextDeadline,
  type Receiver,
  responseTimeoutMs,
  type Transition,
} from '../../src/index.ts'

export const T0 = 1_700_000_000_000
export const POLICY = { backoff_base_s: 2, settle_ms: 30_000, poll_interval_ms: 1_000 }
export const PLAIN: Receiver = { journal_id: null, margin_mode: 'hedging' }
export const JOURNAL = '11111111-1111-4111-8111-111111111111'
export const OTHER_JOURNAL = '22222222-2222-4222-8222-222222222222'
export const NATIVE: Receiver = { journal_id: JOURNAL, margin_mode: 'hedging' }
export const LEASE_MS = 3_000
export const TIMEOUTS = { critical_ms: 5_000, high_ms: 10_000, default_ms: 30_000 }

const PAYLOADS: Record<CommandType, Record<string, unknown>> = {
  OPEN_TRADE: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 },
  MODIFY_TRADE: { ticket: '16218652', sl: 1.08, tp: 1.1 },
  CLOSE_TRADE: { ticket: '16218652' },
  CLOSE_ALL: {},
  PLACE_PENDING: { symbol: 'EURUSD', order_type: 'ORDER_TYPE_BUY_LIMIT', volume: 0.1, price: 1.05 },
  MODIFY_PENDING: { ticket: '16218700', price: 1.06 },
  CANCEL_PENDING: { ticket: '16218700' },
  CLOSE_PARTIAL: { ticket: '16218652', expected_volume: 0.1, remaining_volume: 0.06 },
  CLOSE_BY: { ticket: '16218652', opposite_ticket: '16218653', expected_volume: 0.1, remaining_volume: 0 },
  SUBSCRIBE_SYMBOLS: { symbols: ['EURUSD'] },
  REQUEST_HISTORY: { symbol: 'EURUSD', timeframe: 'H1', from: 1_700_000_000 },
  REQUEST_SYNC: {},
  PROBE: { command_id: 'c0' },
}

/** A fresh command of one type, as admission would make it at T0. */
export function command(type: CommandType = 'MODIFY_TRADE', overrides: Partial<Command> = {}): Command {
  const { ttl_ms } = COMMANDS[type]
  const lifetime = ttl_ms === 'default_timeout' ? TIMEOUTS.default_ms : ttl_ms
  const priority: CommandPriority = overrides.priority ?? grantedPriority(type, null)
  const facts = newCommand({
    account_id: 1,
    command_id: 'c1',
    command_no: 1,
    type,
    payload: PAYLOADS[type],
    priority,
    fingerprint: 'f',
    origin: 'test',
    created_at: T0,
    expires_at: lifetime === null ? null : T0 + lifetime,
    timeout_ms: responseTimeoutMs(priority, TIMEOUTS),
    max_retries: 3,
    strategy_no: null,
  })
  return { ...facts, ...overrides }
}

/** Starts a story. The TTL is a day unless given: most stories are not about it. */
export function life(type: CommandType = 'MODIFY_TRADE', overrides: Partial<Command> = {}): Life {
  const expires_at = type === 'CLOSE_ALL' ? null : T0 + 86_400_000
  return new Life(command(type, { expires_at, ...overrides }))
}

export class Life {
  now = T0
  command: Command
  last: Transition | null = null

  constructor(start: Command) {
    this.command = start
  }

  happens(event: CommandEvent): this {
    this.last = applyCommandEvent(this.command, event)
    this.command = this.last.command
    return this
  }

  waits(ms: number): this {
    this.now += ms
    return this
  }

  delivered(): this {
    return this.happens({ kind: 'delivered', at: this.now })
  }

  /** To a native EA. */
  deliveredTo(journal_id = JOURNAL, epoch = 1): this {
    return this.happens({
      kind: 'delivered',
      at: this.now,
      native: { journal_id, epoch, lease_ms: LEASE_MS },
    })
  }

  /** Polls as an EA does: waits for the backoff, must be due, is delivered. */
  polled(): this {
    this.now = Math.max(this.now, this.command.available_at)
    expect(isDue(this.command, this.now, PLAIN, POLICY), 'due at this poll').toBe(true)
    return this.delivered()
  }

  /** Nothing comes until the next deadline; then the sweeper looks. */
  silence(): this {
    const deadline = nextDeadline(this.command, POLICY)
    expect(deadline, 'a deadline is running').not.toBeNull()
    this.now = Math.max(this.now, deadline ?? 0)
    const event = deadlineEvent(this.command, this.now, POLICY)
    expect(event, 'the deadline has something to say').not.toBeNull()
    return event ? this.happens(event) : this
  }

  /** The EA stays silent over the whole lease. */
  leaseExpires(): this {
    expect(this.command.status).toBe('executing')
    return this.silence()
  }

  answers(status: 'completed' | 'failed', response: Record<string, unknown> = {}): this {
    return this.happens(eventOfAnswer(this.command, { status, response }, this.now, POLICY))
  }

  completed(response: Record<string, unknown> = {}): this {
    return this.answers('completed', response)
  }

  fails(response: Record<string, unknown> = {}): this {
    return this.answers('failed', response)
  }

  cancelled(): this {
    return this.happens({ kind: 'cancelled', at: this.now })
  }

  positionSeen(ticket: string): this {
    return this.happens({ kind: 'position_seen', at: this.now, ticket })
  }

  is(status: CommandStatus, facts: Partial<Command> = {}): this {
    expect(this.command.status).toBe(status)
    expect(this.command).toMatchObject(facts)
    return this
  }

  isRefused(): this {
    expect(this.last?.verdict).toBe('refused')
    return this
  }

  isDuplicate(): this {
    expect(this.last?.verdict).toBe('duplicate')
    return this
  }

  overrode(status: CommandStatus | null): this {
    expect(this.last?.overrode).toBe(status)
    return this
  }

  isDueFor(journal_id: string | null, expected = true, margin_mode: 'hedging' | 'netting' = 'hedging'): this {
    expect(isDue(this.command, this.now, { journal_id, margin_mode }, POLICY)).toBe(expected)
    return this
  }

  isDue(expected = true): this {
    expect(isDue(this.command, this.now, PLAIN, POLICY)).toBe(expected)
    return this
  }
}
