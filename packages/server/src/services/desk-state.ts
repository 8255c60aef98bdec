// What a desk keeps at hand of its account: the unsettled, the open, and the recent. A cache: the ledger is the truth.
import { type Command, isSettled, NEW_HEALTH, type Trade, watchFrom } from '@ngtb/core'
import type { SymbolSpec } from '@ngtb/protocol'
import type { Account, Attempt, Connection, InteractionMinute, LoadedAccount } from '../ports.ts'

const RECENT_MAX = 10_000

export class DeskState {
  account: Account
  connection: Connection
  /** The connection has news that no commit has taken along yet (signs of life). */
  connection_dirty = false
  readonly specs: Map<string, SymbolSpec>
  /** pending, executing and timeout: what deadlines, polls and evidence look at. */
  readonly unsettled = new Map<string, Command>()
  readonly settled = new Map<string, Command>()
  /** The last attempt of each unsettled command. */
  readonly attempts = new Map<string, Attempt>()
  readonly open = new Map<string, Trade>()
  readonly closed = new Map<string, Trade>()
  /** Closed by the EA's word, and listed as open all the same: already told. */
  readonly contradicted = new Set<string>()
  #minutes = new Map<string, InteractionMinute>()
  /** When each kind came last, so that a gap over the turn of a minute counts in the minute that ends it. */
  readonly #last_at = new Map<string, number>()

  /** @param watched_since when this server began to watch: its own downtime is not the EA's failure */
  constructor(loaded: LoadedAccount, watched_since: number) {
    this.account = loaded.account
    this.connection = loaded.connection ?? newConnection(loaded.account.account_id)
    this.connection = { ...this.connection, ...watchFrom(this.connection, watched_since) }
    this.specs = new Map(loaded.specs)
    for (const command of loaded.commands) this.unsettled.set(command.command_id, command)
    for (const attempt of loaded.attempts) this.attempts.set(attempt.command_id, attempt)
    for (const trade of loaded.trades) this.open.set(trade.ticket, trade)
  }

  command(command_id: string): Command | undefined {
    return this.unsettled.get(command_id) ?? this.settled.get(command_id)
  }

  trade(ticket: string): Trade | undefined {
    return this.open.get(ticket) ?? this.closed.get(ticket)
  }

  keepCommand(command: Command): void {
    const done = isSettled(command)
    keep(
      command.command_id,
      command,
      done ? this.settled : this.unsettled,
      done ? this.unsettled : this.settled,
    )
    if (done) this.attempts.delete(command.command_id)
    forgetOldest(this.settled)
  }

  keepTrade(trade: Trade): void {
    const open = trade.status === 'open'
    keep(trade.ticket, trade, open ? this.open : this.closed, open ? this.closed : this.open)
    forgetOldest(this.closed)
  }

  /** Settled commands older than this leave the process; rows, events and keys stay (COMMAND_TRACKER_MAX_AGE_HOURS). */
  forgetSettledBefore(moment: number): void {
    for (const [id, command] of this.settled)
      if ((command.completed_at ?? 0) < moment) this.settled.delete(id)
  }

  /** P13: what is too frequent for an audit event is counted per minute. */
  count(kind: string, at: number): void {
    const minute = Math.floor(at / 60_000) * 60_000
    const key = `${minute} ${kind}`
    const before = this.#minutes.get(key)
    const gap_ms = at - (this.#last_at.get(kind) ?? at)
    this.#last_at.set(kind, at)
    this.#minutes.set(key, {
      account_id: this.account.account_id,
      minute,
      kind,
      count: (before?.count ?? 0) + 1,
      first_at: before?.first_at ?? at,
      last_at: at,
      longest_gap_ms: Math.max(before?.longest_gap_ms ?? 0, gap_ms),
    })
  }

  get counting(): boolean {
    return this.#minutes.size > 0
  }

  takeMinutes(): InteractionMinute[] {
    const minutes = [...this.#minutes.values()]
    this.#minutes = new Map()
    return minutes
  }
}

function keep<T>(key: string, value: T, into: Map<string, T>, outOf: Map<string, T>): void {
  outOf.delete(key)
  into.delete(key) // re-inserted last: the oldest are forgotten first
  into.set(key, value)
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= RECENT_MAX) return
    map.delete(key)
  }
}

const newConnection = (account_id: number): Connection => ({
  ...NEW_HEALTH,
  account_id,
  session_id: null,
  platform: null,
  connected_at: null,
  last_sync_at: null,
  command_count: 0,
  balance: null,
  equity: null,
  margin: null,
  free_margin: null,
  open_positions: null,
  empty_lists: 0,
  drifted: false,
  broker_offset_min: 0,
  time_basis: 'unknown',
})
