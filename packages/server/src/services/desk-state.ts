// What a desk keeps at hand of its account: the unsettled, the open, and the recent. A cache: the ledger is the truth.
import {
  type Command,
  isOpening,
  isSettled,
  NEW_HEALTH,
  NEW_OWNERSHIP,
  NOTHING_SAID,
  type Order,
  type Suspect,
  type Trade,
  watchFrom,
} from '@ngtb/core'
import type { SymbolSpec } from '@ngtb/protocol'
import type {
  Account,
  Attempt,
  Connection,
  GenerationRow,
  InteractionMinute,
  JournalRow,
  LoadedAccount,
  OrphanResult,
  StreamRow,
} from '../ports.ts'

const RECENT_MAX = 10_000
const MARKS_MAX = 1_000

export class DeskState {
  account: Account
  connection: Connection
  /** The connection has news that no commit has taken along yet (signs of life). */
  connection_dirty = false
  /**
   * This ledger is the one that its EA knows: nothing is handed to a native EA before. A new process can't
   * tell by itself
   * (a restore, a standby that lagged); the EA's mark can.
   */
  proven: boolean
  /**
   * What this process committed is not in the ledger any more: only the connect that says so ends it. An EA that agrees
   * may have heard of nothing that was lost.
   */
  went_back = false
  /** As it was committed last, or loaded. */
  committed: Account
  /** Hashes of the newest events, by number. */
  readonly marks = new Map<number, string>()
  /** An EA key was handed out and its arming is not taken back yet: it must not serve another. */
  enrolling = false
  readonly specs: Map<string, SymbolSpec>
  /** pending, executing and timeout: what deadlines, polls and evidence look at. */
  readonly unsettled = new Map<string, Command>()
  readonly settled = new Map<string, Command>()
  /** The last attempt of each unsettled command. */
  readonly attempts = new Map<string, Attempt>()
  /** Opening commands of the last minute by their numbers; null: nobody has counted them yet (business-limits.ts). */
  openings: Map<number, number> | null = null
  readonly open = new Map<string, Trade>()
  readonly closed = new Map<string, Trade>()
  /** Pending orders that wait. */
  readonly waiting = new Map<string, Order>()
  readonly over = new Map<string, Order>()
  readonly journals = new Map<string, JournalRow>()
  /** The newest CLOSE_ALL by scope (P12). */
  readonly generations = new Map<string, GenerationRow>()
  readonly orphans = new Map<string, OrphanResult>()
  /** strategy_no by the strategy's magic, where a number was given. */
  readonly strategies = new Map<number, number>()
  /** By `journal_id stream`: how far it is stored (P10). */
  readonly streams = new Map<string, StreamRow>()
  /** Closed by the EA's word, and listed as open all the same: already told. */
  readonly contradicted = new Set<string>()
  readonly #by_no = new Map<number, string>()
  #minutes = new Map<string, InteractionMinute>()
  /** When each kind came last, so that a gap over the turn of a minute counts in the minute that ends it. */
  readonly #last_at = new Map<string, number>()

  /** What this process committed or loaded of trades, and when it heard of it: no ledger keeps that order (P8). */
  readonly #heard = new Map<string, Trade>()

  /**
   * @param watched_since when this server began to watch: its own downtime is not the EA's failure
   * @param before the picture that this one replaces
   * @param arrival numbers a trade that another server wrote meanwhile: heard of now
   */
  constructor(
    loaded: LoadedAccount,
    watched_since: number,
    before: DeskState | null = null,
    arrival: () => number = () => 0,
  ) {
    this.account = loaded.account
    this.committed = loaded.account
    this.proven = before ? before.proven : loaded.connection?.protocol !== 2
    this.connection = loaded.connection ?? newConnection(loaded.account.account_id)
    this.connection = { ...this.connection, ...watchFrom(this.connection, watched_since) }
    this.specs = new Map(loaded.specs)
    for (const command of loaded.commands) this.keepCommand(command)
    for (const attempt of loaded.attempts) this.attempts.set(attempt.command_id, attempt)
    for (const order of loaded.orders) this.keepOrder(order)
    for (const journal of loaded.journals) this.journals.set(journal.journal_id, journal)
    for (const generation of loaded.generations) this.generations.set(generation.scope, generation)
    for (const orphan of loaded.orphans) this.orphans.set(orphan.command_id, orphan)
    for (const row of loaded.strategies) this.strategies.set(row.strategy_magic, row.strategy_no)
    for (const row of loaded.streams) this.streams.set(`${row.journal_id} ${row.stream}`, row)
    if (before) this.#inherit(before)
    for (const trade of loaded.trades) {
      const heard_no = before && !this.#heardBefore(trade) ? arrival() : this.recalled(trade).heard_no
      this.open.set(trade.ticket, { ...trade, heard_no })
    }
    this.remember([...this.open.values()])
  }

  /** These trades are in the ledger as they are. */
  remember(trades: readonly Trade[]): void {
    for (const trade of trades) this.#heard.set(trade.ticket, trade)
    forgetOldest(this.#heard, RECENT_MAX + this.open.size)
  }

  #inherit(before: DeskState): void {
    this.went_back = before.went_back
    for (const [ticket, trade] of before.#heard) this.#heard.set(ticket, trade)
    this.#minutes = before.#minutes
    for (const ticket of before.contradicted) this.contradicted.add(ticket)
    for (const [kind, at] of before.#last_at) this.#last_at.set(kind, at)
    if (!before.connection_dirty) return
    const { last_seen_at, silent_since, owner_journal_id, owner_seen_at } = before.connection
    // The owner's lease, too, as long as it is the same owner's.
    const same_owner =
      owner_journal_id === this.connection.owner_journal_id && before.account.epoch === this.account.epoch
    this.connection = {
      ...this.connection,
      ...(same_owner ? { owner_seen_at: later(this.connection.owner_seen_at, owner_seen_at) } : {}),
      last_seen_at: later(this.connection.last_seen_at, last_seen_at),
      silent_since: later(this.connection.silent_since, silent_since),
    }
    this.connection_dirty = true
  }

  #heardBefore(trade: Trade): Trade | undefined {
    const heard = this.#heard.get(trade.ticket)
    return heard?.updated_at === trade.updated_at ? heard : undefined
  }

  /** A trade read from the ledger, in the order in which this process heard of it. */
  recalled(trade: Trade): Trade {
    return { ...trade, heard_no: this.#heardBefore(trade)?.heard_no ?? trade.heard_no }
  }

  /** The hash of an event of this account's chain. */
  mark(audit_no: number, hash: string): void {
    this.marks.set(audit_no, hash)
    forgetOldest(this.marks, MARKS_MAX)
  }

  command(command_id: string): Command | undefined {
    return this.unsettled.get(command_id) ?? this.settled.get(command_id)
  }

  trade(ticket: string): Trade | undefined {
    return this.open.get(ticket) ?? this.closed.get(ticket)
  }

  /** Open trades that the last list did not have (R4). */
  suspects(): Suspect[] {
    return [...this.open.values()].flatMap(({ ticket, absent_since }) =>
      absent_since === null ? [] : [{ ticket, absent_since }],
    )
  }

  keepCommand(command: Command): void {
    const done = isSettled(command)
    keep(
      command.command_id,
      command,
      done ? this.settled : this.unsettled,
      done ? this.unsettled : this.settled,
    )
    this.#by_no.set(command.command_no, command.command_id)
    this.countOpening(command)
    if (done) this.attempts.delete(command.command_id)
    forgetOldest(this.settled)
    forgetOldest(this.#by_no, RECENT_MAX + this.unsettled.size)
  }

  countOpening({ type, command_no, created_at }: Command): void {
    if (this.openings && isOpening(type)) this.openings.set(command_no, created_at)
  }

  /** By the number that an order's tag carries. */
  commandByNo(command_no: number): Command | undefined {
    const command_id = this.#by_no.get(command_no)
    return command_id === undefined ? undefined : this.command(command_id)
  }

  keepTrade(trade: Trade): void {
    const open = trade.status === 'open'
    keep(trade.ticket, trade, open ? this.open : this.closed, open ? this.closed : this.open)
    forgetOldest(this.closed)
  }

  order(ticket: string): Order | undefined {
    return this.waiting.get(ticket) ?? this.over.get(ticket)
  }

  keepOrder(order: Order): void {
    const waits = order.over_by === null
    keep(order.ticket, order, waits ? this.waiting : this.over, waits ? this.over : this.waiting)
    forgetOldest(this.over)
  }

  /** Settled commands older than this leave the process; rows, events and keys stay (COMMAND_TRACKER_MAX_AGE_HOURS). */
  forgetSettledBefore(moment: number): void {
    for (const [id, command] of this.settled)
      if ((command.completed_at ?? 0) < moment) this.settled.delete(id)
  }

  /** P13: what is too frequent for an audit event is counted per minute. */
  count(kind: string, at: number, times = 1): void {
    const minute = Math.floor(at / 60_000) * 60_000
    const key = `${minute} ${kind}`
    const before = this.#minutes.get(key)
    const gap_ms = at - (this.#last_at.get(kind) ?? at)
    this.#last_at.set(kind, at)
    this.#minutes.set(key, {
      account_id: this.account.account_id,
      minute,
      kind,
      count: (before?.count ?? 0) + times,
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

function forgetOldest(map: Map<unknown, unknown>, keep_max = RECENT_MAX): void {
  if (map.size <= keep_max) return
  for (const key of map.keys()) {
    if (map.size <= keep_max) return
    map.delete(key)
  }
}

const later = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b))

const newConnection = (account_id: number): Connection => ({
  ...NEW_HEALTH,
  ...NEW_OWNERSHIP,
  ...NOTHING_SAID,
  account_id,
  session_id: null,
  platform: null,
  connected_at: null,
  last_sync_at: null,
  synced_since: null,
  command_count: 0,
  balance: null,
  equity: null,
  margin: null,
  free_margin: null,
  open_positions: null,
  empty_lists: 0,
  drifted: false,
  drifted_since: null,
  snapshot_no: 0,
  broker_offset_min: 0,
  time_basis: 'unknown',
  account_info: null,
  dialect: null,
  run_symbols: null,
})
