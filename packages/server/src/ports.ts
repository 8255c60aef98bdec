// Everything that can surprise us, on one page: clock, ids, log, storage. The rest of the server is handed these.
import type { AuditEvent, AuditFacts, Command, Deal, Order, Trade } from '@ngtb/core'
import type { SymbolSpec, TickRunState } from '@ngtb/protocol'
import type { AlertChanges, AlertStore } from './alert-ports.ts'
import type {
  AuditFilter,
  BarBatch,
  CommandFilter,
  DealFilter,
  Opening,
  SampleStore,
  StoredBar,
  TradeFilter,
} from './ledger-questions.ts'
import type {
  Account,
  ApiKeyRow,
  Attempt,
  Connection,
  DeadLetter,
  EaLog,
  GenerationRow,
  InteractionMinute,
  JournalRow,
  OffsetVersion,
  OrphanResult,
  StrategyRow,
  StreamRow,
} from './ledger-rows.ts'
import type { PeopleChanges, PeopleSnapshot, PeopleStore } from './people-ports.ts'

export type * from './alert-ports.ts'
export type * from './ledger-questions.ts'
export type * from './ledger-rows.ts'
export type * from './machine-ports.ts'

export interface Clock {
  /** ms UTC, never backwards: UTC at start + monotonic since (contract §8). */
  now(): number
}

export interface Ids {
  uuid(): string
  /** 32 random bytes, base64url. */
  secret(): string
  /** 12 random letters and digits: the public half of a key. */
  keyId(): string
  sha256(text: string): string
  /** UUIDv5 of (account, key): the same key is the same command id, also after a restore (P2). */
  commandId(account_id: number, key: string): string
}

export interface Timers {
  after(ms: number, call: () => void): { cancel(): void }
}

/** The five doors by their published names. */
export type PortName = 'command' | 'ticks' | 'trades' | 'logs' | 'webui'
export type PortNumbers = Record<PortName, number>

/** An address of this machine, and the network card that has it. */
export type NetworkCard = Readonly<{ via: string; address: string; family: string; internal: boolean }>

export interface Log {
  info(message: string, details?: Record<string, unknown>): void
  warn(message: string, details?: Record<string, unknown>): void
  error(message: string, details?: Record<string, unknown>): void
}

/** All that one step of one account writes, committed together or not at all. Rows are whole images. */
export interface ChangeSet extends PeopleChanges, AlertChanges {
  /** The account's row after the step; refused when the stored version is not `expected_version`. */
  readonly account: Account
  readonly expected_version: number
  /** Ids of commands that must be new in the ledger: one that is not refuses the step, as another version does. */
  readonly new_commands: readonly string[]
  /** The same of tickets. */
  readonly new_trades: readonly string[]
  readonly accounts: readonly Account[]
  readonly connections: readonly Connection[]
  readonly offsets: readonly OffsetVersion[]
  readonly keys: readonly ApiKeyRow[]
  readonly specs: readonly { account_id: number; symbol: string; spec: SymbolSpec }[]
  readonly commands: readonly Command[]
  readonly attempts: readonly Attempt[]
  readonly trades: readonly Trade[]
  readonly audit: readonly AuditEvent[]
  readonly logs: readonly EaLog[]
  readonly journals: readonly JournalRow[]
  readonly generations: readonly GenerationRow[]
  readonly orphans: readonly OrphanResult[]
  readonly strategies: readonly StrategyRow[]
  readonly streams: readonly StreamRow[]
  readonly dead_letters: readonly DeadLetter[]
  readonly deals: readonly Deal[]
  readonly orders: readonly Order[]
  readonly minutes: readonly InteractionMinute[]
}

/** Thrown by `commit` when another server wrote the account first, or a new name was none: load, repeat the step. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict'
}

/** What tells an old picture of an account from the newest. */
export type AccountHead = Pick<Account, 'account_id' | 'version' | 'audit_no' | 'rev'>

export interface LoadedAccount {
  readonly account: Account
  readonly connection: Connection | null
  readonly specs: ReadonlyMap<string, SymbolSpec>
  /** pending, executing and timeout. */
  readonly commands: readonly Command[]
  /** The last attempt of each of them. */
  readonly attempts: readonly Attempt[]
  /** Open ones. */
  readonly trades: readonly Trade[]
  /** Those that wait. */
  readonly orders: readonly Order[]
  readonly journals: readonly JournalRow[]
  readonly generations: readonly GenerationRow[]
  readonly orphans: readonly OrphanResult[]
  readonly strategies: readonly StrategyRow[]
  readonly streams: readonly StreamRow[]
}

export interface Page<T> {
  readonly items: T[]
  /** Where the next page starts; null at the end. */
  readonly next: (string | number)[] | null
}

export interface PageRequest {
  readonly limit: number
  readonly after: (string | number)[] | null
}

export type StoredAudit = AuditEvent & { seq: number }
export type StoredLog = EaLog & { seq: number }

export interface TickRow {
  readonly symbol: string
  readonly time_ms: number
  readonly seq: number
  readonly bid: number
  readonly ask: number
  readonly volume: number
}

export interface ArrivedTick extends TickRow {
  readonly account_id: number
}

/** Ticks behind one number of arrival, up to another, at most `limit`. */
export interface TicksBehind {
  /** Null: of every account. */
  readonly accounts: readonly number[] | null
  readonly symbols: readonly string[] | null
  readonly after: number
  readonly upto: number
  readonly limit: number
}

export interface TickBatch {
  readonly account_id: number
  readonly batch_id: string | null
  /** The number of its first tick in its sender's run; null: the sender does not number them. */
  readonly numbers: TickNumbers | null
  readonly ticks: readonly Omit<TickRow, 'seq'>[]
  readonly received_at: number
}

export interface TickNumbers {
  /** The sender's own name for itself, from its start to its end. */
  readonly run: string
  readonly first_seq: number
  /** The line that it came over, by the number of its opening; null: over none. */
  readonly opened: number | null
}

/** What became of a batch. */
export interface TickOutcome {
  readonly fresh: boolean
  /** Numbers before its first that never came, and will not. */
  readonly lost: TickGap | null
  /** It was refused: its numbers were given before, and this is the next free one. */
  readonly expected_seq: number | null
  /** It was refused: its run was opened on another line since. */
  readonly fenced: boolean
}

export interface TickGap {
  readonly run: string
  readonly first_seq: number
  readonly last_seq: number
}

export interface TickLoss extends TickGap {
  readonly account_id: number
  readonly received_at: number
}

export interface TickCount {
  readonly ticks: number
  readonly lost: number
}

export interface Untold {
  readonly commands: string[]
  readonly trades: string[]
  readonly orders: string[]
}

/** The ledger at one moment, for whoever checks all of it: page by page, never the whole of it in memory. */
export interface Snapshot extends PeopleSnapshot {
  accounts(): Promise<Account[]>
  load(account_id: number): Promise<LoadedAccount | null>
  /** Keys that this account's chain tells of; account 0: those of no account. */
  keysIn(account_id: number): Promise<ApiKeyRow[]>
  auditChain(account_id: number, after_no: number, limit: number): Promise<StoredAudit[]>
  /** Events about commands, trades and orders, those of one subject together, in order of seq. */
  auditBySubject(
    account_id: number,
    after: Pick<StoredAudit, 'subject' | 'seq'> | null,
    limit: number,
  ): Promise<StoredAudit[]>
  auditAbout(account_id: number, subject: string, after_no: number, limit: number): Promise<StoredAudit[]>
  commandsAmong(account_id: number, command_ids: readonly string[]): Promise<Command[]>
  tradesAmong(account_id: number, tickets: readonly string[]): Promise<Trade[]>
  ordersAmong(account_id: number, tickets: readonly string[]): Promise<Order[]>
  /** Rows that no event tells of, at most `limit` of each. */
  untold(account_id: number, limit: number): Promise<Untold>
}

/** The ledger. Every write resolves after the commit is on disk (P1). */
export interface Store extends PeopleStore, SampleStore, AlertStore {
  /** Group-committed; rejects with VersionConflict, or a Refusal when the database is away. */
  commit(change: ChangeSet): Promise<void>
  accounts(): Promise<Account[]>
  load(account_id: number): Promise<LoadedAccount | null>
  accountByNumber(account_number: string): Promise<Account | null>
  /** The accounts' heads, in the order of their ids: one cheap look at what other servers wrote. */
  versions(account_ids: readonly number[]): Promise<AccountHead[]>
  /** Newest moment that the ledger has seen: a clock that starts earlier is wrong (contract §8). */
  newestMoment(): Promise<number>

  command(account_id: number, command_id: string): Promise<Command | null>
  commandOwners(command_id: string): Promise<number[]>
  commandByNo(account_id: number, command_no: number): Promise<Command | null>
  commands(account_id: number, page: PageRequest, where: CommandFilter): Promise<Page<Command>>
  attempts(account_id: number, command_id: string): Promise<Attempt[]>
  /** Opening commands created after that moment, at most the newest `limit`; newest first. */
  openingsSince(account_id: number, since: number, limit: number): Promise<Opening[]>
  /** MODIFY_PENDING and CANCEL_PENDING of this order's ticket, and the newest CLOSE_ALLs; newest first. */
  commandsOfOrder(account_id: number, ticket: string): Promise<Command[]>
  trade(account_id: number, ticket: string): Promise<Trade | null>
  tradesAmong(account_id: number, tickets: readonly string[]): Promise<Trade[]>
  trades(account_id: number, page: PageRequest, where: TradeFilter): Promise<Page<Trade>>
  /** Of these deal tickets those that are stored. */
  dealsAmong(account_id: number, deals: readonly string[]): Promise<Deal[]>
  dealsOfPosition(account_id: number, position: string): Promise<Deal[]>
  /** Newest first, by deal ticket. */
  deals(account_id: number, page: PageRequest, where: DealFilter): Promise<Page<Deal>>
  ordersAmong(account_id: number, tickets: readonly string[]): Promise<Order[]>
  /** Pending orders, newest first, by ticket. */
  orders(
    account_id: number,
    page: PageRequest,
    where: { status: 'waiting' | 'over' | 'all'; symbol?: string },
  ): Promise<Page<Order>>
  /** Broker time in ms at which the newest of them ended before that moment; null: none has. */
  newestOrderEnd(account_id: number, before_ms: number): Promise<number | null>
  /** Newest first. */
  deadLetters(account_id: number, limit: number): Promise<DeadLetter[]>
  auditOf(account_id: number | null, page: PageRequest, where: AuditFilter): Promise<Page<StoredAudit>>
  auditChain(account_id: number, after_no: number, limit: number): Promise<StoredAudit[]>
  logs(
    account_id: number,
    page: PageRequest,
    where: { level?: string; search?: string },
  ): Promise<Page<StoredLog>>
  /** Audit events and logs behind `after`, in order of seq: what the live feed tells. */
  eventsAfter(after: number, limit: number): Promise<({ audit: StoredAudit } | { log: StoredLog })[]>
  newestSeq(): Promise<number>
  /** Looks at the ledger as it is at one moment, while others go on writing. */
  snapshot<T>(look: (at: Snapshot) => Promise<T>): Promise<T>

  /** Stores the batches in one commit; answers what became of each (P11). Two calls may run at once. */
  ingest(batches: readonly TickBatch[]): Promise<readonly TickOutcome[]>
  ticks(
    account_id: number,
    symbol: string,
    from: number,
    to: number,
    page: PageRequest,
  ): Promise<Page<TickRow>>
  /** Broker time in ms of the newest tick of a symbol; null: there is none. */
  newestTick(account_id: number, symbol: string): Promise<number | null>
  tickCounts(): Promise<Map<number, TickCount>>
  /** Everything up to that number of arrival is stored, or never will be. @param now ms UTC */
  settledTicks(now: number): number
  /** In the order of their arrival. */
  ticksBehind(query: TicksBehind): Promise<ArrivedTick[]>
  /** The run is this line's from now on: frames of an older one are refused. @param now ms UTC */
  openTickRun(account_id: number, run: string, now: number): Promise<TickRunState>
  /** Stores bars (core/ticks/bars.ts); answers how many were new, or another. */
  saveBars(batch: BarBatch): Promise<number>
  /** Oldest first, from `from` on and before `to`, ms of broker time. */
  bars(
    of: Pick<BarBatch, 'account_id' | 'symbol' | 'timeframe'>,
    from: number,
    to: number,
    page: PageRequest,
  ): Promise<Page<StoredBar>>
  /** Newest first. */
  tickLosses(account_id: number, limit: number): Promise<TickLoss[]>
  /** Days of broker time that have a place for ticks, from 1970-01-01. */
  tickDays(): Promise<number[]>
  makeTickDay(day: number): Promise<void>
  /** Rejects while somebody works with its ticks: try again later. */
  dropTickDay(day: number): Promise<void>
  /** Batches that arrived before that moment are not known again; at most `limit`, and how many it were. */
  forgetTickBatches(before: number, limit: number): Promise<number>

  key(key_id: string): Promise<ApiKeyRow | null>
  keys(page: PageRequest): Promise<Page<ApiKeyRow>>
  keysOf(account_id: number): Promise<ApiKeyRow[]>
  keysReplacedBy(key_id: string): Promise<ApiKeyRow[]>
  touchKey(key_id: string, at: number): Promise<void>
  armEnrolment(account_number: string, armed_until: number, armed_by: string): Promise<void>
  /** True once for an armed login: taking it disarms it. */
  takeEnrolment(account_number: string, now: number): Promise<boolean>
  enrolmentArmed(account_number: string, now: number): Promise<boolean>

  /** One round trip; rejects when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * The bell between the servers of one ledger: "look again", never the data (docs/adr/0011). A ring may be lost, doubled
 * or late; what it left unsaid is found by the periodic look of workers/neighbours.ts.
 */
export interface Bell {
  /** A commit made `version` of this account. Returns at once and never throws. */
  ring(account_id: number, version: number): void
  /** Calls `listener` at each ring of another server. */
  onRing(listener: (account_id: number, version: number) => void): void
  /** Other servers on this ledger, as far as is known. */
  readonly others: number
  /** Listens; resolves without waiting for whoever does not answer. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** One wire that carries the bell between processes: texts to all others, in any order, without a promise. */
export interface BellWire {
  readonly name: string
  /** Servers at its other ends, as far as is known; the last that was known while it is down. */
  readonly others: number
  /** Answers how many others heard all of it; rejects while it is down. */
  tell(texts: readonly string[]): Promise<number>
  start(heard: (text: string) => void): Promise<void>
  stop(): Promise<void>
}

/** A list outside of the ledger of what waits for an EA, for people's eyes: the server never reads it. */
export interface QueueMirror {
  /** What waits on this account may have changed. Returns at once and never throws. */
  changed(account_id: number): void
  /** @param source where the lists come from: the accounts, and the ids that wait on one, in delivery order */
  start(source: QueueSource): void
  stop(): Promise<void>
}

export interface QueueSource {
  accounts(): readonly number[]
  /** Null: not known right now. */
  waiting(account_id: number): readonly string[] | null
}

/** The server's crash points by their numbers in the contract's §6. */
export type CrashPointName = 'K2' | 'K3' | 'K4' | 'K7' | 'K8' | 'K17' | 'K18'
/** Passed with the commands concerned; a test may end the process here. Outside of tests it does nothing. */
export type CrashPoint = (name: CrashPointName, commands: readonly { readonly type: string }[]) => void

export type { AuditEvent, AuditFacts }
