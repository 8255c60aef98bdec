// The ledger's rows in memory: what a commit leaves behind. They outlive every store that was opened on them.
//
//   M1. A change set is written whole or not at all: everything that could refuse it is asked before the first row.
//   M2. An account's rows are written only if its version is the expected one (L1 of storage/postgres).
//   M3. Rows are whole images and never changed in place, so that an earlier image of all tables is a shallow copy.
import { type Deal, GENESIS_HASH, type Order } from '@ngtb/core'
import { NEW_TICK_RUN, placeTicks, type TickRunState } from '@ngtb/protocol'
import {
  type Account,
  type AccountSample,
  type ApiKeyRow,
  type Attempt,
  type ChangeSet,
  type Connection,
  type DeadLetter,
  type GenerationRow,
  type InteractionMinute,
  type JournalRow,
  type OffsetVersion,
  type OrphanResult,
  type StoredAudit,
  type StoredBar,
  type StoredLog,
  type StrategyRow,
  type StreamRow,
  type SystemSample,
  type TickBatch,
  type TickLoss,
  type TickOutcome,
  type TickRow,
  VersionConflict,
  type WireText,
} from '../../ports.ts'
import { AlertTables } from './alerts.ts'
import { PeopleTables } from './people.ts'

type Command = ChangeSet['commands'][number]
type Trade = ChangeSet['trades'][number]
type Spec = ChangeSet['specs'][number]['spec']

/** One account's rows. */
export class AccountTables {
  account: Account
  connection: Connection | null = null
  readonly specs = new Map<string, Spec>()
  readonly commands = new Map<string, Command>()
  readonly ids_by_no = new Map<number, string>()
  /** By command_id, in the order of their numbers. */
  readonly attempts = new Map<string, Attempt[]>()
  readonly trades = new Map<string, Trade>()
  readonly journals = new Map<string, JournalRow>()
  readonly generations = new Map<string, GenerationRow>()
  readonly orphans = new Map<string, OrphanResult>()
  readonly strategies = new Map<number, StrategyRow>()
  readonly streams = new Map<string, StreamRow>()
  readonly dead_letters = new Map<string, DeadLetter>()
  readonly deals = new Map<string, Deal>()
  readonly orders = new Map<string, Order>()
  readonly offsets = new Map<number, OffsetVersion>()
  readonly minutes = new Map<string, InteractionMinute>()
  /** The chain: event n stands at n − 1. */
  readonly audit: StoredAudit[] = []
  readonly logs: StoredLog[] = []
  readonly batch_ids = new Map<string, { received_at: number }>()
  readonly tick_runs = new Map<string, TickRunState>()
  readonly tick_losses: TickLoss[] = []
  readonly ticks: TickRow[] = []
  /** By `symbol timeframe`, then by their beginning. */
  readonly bars = new Map<string, ReadonlyMap<number, StoredBar>>()
  ticks_last_at: number | null = null

  constructor(account: Account) {
    this.account = account
  }

  copy(): AccountTables {
    const copy = new AccountTables(this.account)
    copy.connection = this.connection
    copy.ticks_last_at = this.ticks_last_at
    for (const name of MAPS)
      for (const [key, row] of this[name]) (copy[name] as Map<unknown, unknown>).set(key, row)
    for (const [id, attempts] of this.attempts) copy.attempts.set(id, [...attempts])
    copy.tick_losses.push(...this.tick_losses)
    copy.audit.push(...this.audit)
    copy.logs.push(...this.logs)
    copy.ticks.push(...this.ticks)
    return copy
  }
}

const MAPS = [
  'specs',
  'commands',
  'ids_by_no',
  'trades',
  'journals',
  'generations',
  'orphans',
  'strategies',
  'streams',
  'dead_letters',
  'deals',
  'orders',
  'offsets',
  'batch_ids',
  'tick_runs',
  'bars',
  'minutes',
] as const

export interface Enrolment {
  readonly armed_until: number
  readonly armed_by: string
}

export class Tables {
  readonly accounts = new Map<number, AccountTables>()
  readonly keys = new Map<string, ApiKeyRow>()
  readonly enrolments = new Map<string, Enrolment>()
  people = new PeopleTables()
  alerting = new AlertTables()
  /** Measurements: by `account_id at`, and by `server at`. */
  readonly account_samples = new Map<string, AccountSample>()
  readonly system_samples = new Map<string, SystemSample>()
  wire: readonly WireText[] = []
  /** Of audit events and logs together: what a live feed tells again. */
  seq = 0
  tick_seq = 0

  static empty(): Tables {
    const tables = new Tables()
    tables.accounts.set(0, new AccountTables(SYSTEM))
    return tables
  }

  copy(): Tables {
    const copy = new Tables()
    for (const [id, account] of this.accounts) copy.accounts.set(id, account.copy())
    for (const [id, key] of this.keys) copy.keys.set(id, key)
    for (const [login, enrolment] of this.enrolments) copy.enrolments.set(login, enrolment)
    copy.people = this.people.copy()
    copy.alerting = this.alerting.copy()
    for (const [key, row] of this.account_samples) copy.account_samples.set(key, row)
    for (const [key, row] of this.system_samples) copy.system_samples.set(key, row)
    copy.wire = this.wire
    copy.seq = this.seq
    copy.tick_seq = this.tick_seq
    return copy
  }

  /**
   * Writes a change set (M1).
   * @param accepted called once nothing can refuse it any more, before the first row is written
   * @throws {VersionConflict} another step was written in between (M2)
   * @throws {Error} for rows that contradict what is there, as a unique index would
   */
  write(change: ChangeSet, accepted: () => void): void {
    const at = this.accounts.get(change.account.account_id)
    if (at?.account.version !== change.expected_version)
      throw new VersionConflict('another server wrote first')
    for (const command_id of change.new_commands)
      if (at.commands.has(command_id)) throw new VersionConflict(`command ${command_id} is not new`)
    for (const ticket of change.new_trades)
      if (at.trades.has(ticket)) throw new VersionConflict(`trade ${ticket} is not new`)
    requireUnique(at, change)
    this.people.requireFit(change)
    this.alerting.requireFit(change)
    for (const account of change.accounts)
      if (this.#known(account)) throw new Error(`duplicate account ${account.account_id}`)
    accepted()
    for (const account of change.accounts) this.accounts.set(account.account_id, new AccountTables(account))
    at.account = change.account
    writeRows(at, change)
    this.people.write(change)
    this.alerting.write(change)
    for (const key of change.keys) this.keys.set(key.key_id, key)
    for (const event of change.audit) at.audit.push({ ...event, data: plain(event.data), seq: ++this.seq })
    for (const log of change.logs) at.logs.push({ ...log, seq: ++this.seq })
  }

  /** P11: a batch id that is known stores nothing, and neither do numbers that were given before. */
  writeTicks({ account_id, batch_id, numbers, ticks, received_at }: TickBatch): TickOutcome {
    const at = this.accounts.get(account_id)
    if (!at) throw new Error(`tick_batch: there is no account ${account_id}`)
    const known = batch_id !== null && at.batch_ids.has(batch_id)
    const run = at.tick_runs.get(numbers?.run ?? '') ?? NEW_TICK_RUN
    const placed = numbers && placeTicks(run, { ...numbers, count: ticks.length, known })
    const nothing: TickOutcome = { fresh: false, lost: null, expected_seq: null, fenced: false }
    if (placed ? placed.kind === 'known' : known) return nothing
    if (placed?.kind === 'taken') return { ...nothing, expected_seq: placed.expected }
    if (placed?.kind === 'fenced') return { ...nothing, fenced: true }
    const lost =
      placed?.kind === 'gap' ? { run: numbers?.run ?? '', first_seq: placed.from, last_seq: placed.to } : null
    if (lost) at.tick_losses.push({ ...lost, account_id, received_at })
    if (numbers) at.tick_runs.set(numbers.run, { ...run, next_seq: numbers.first_seq + ticks.length })
    if (batch_id !== null) at.batch_ids.set(batch_id, { received_at })
    for (const tick of ticks) at.ticks.push({ ...tick, seq: ++this.tick_seq })
    at.ticks_last_at = Math.max(at.ticks_last_at ?? received_at, received_at)
    return { ...nothing, fresh: true, lost }
  }

  #known({ account_id, account_number }: Account): boolean {
    if (this.accounts.has(account_id)) return true
    return [...this.accounts.values()].some(({ account }) => account.account_number === account_number)
  }
}

function writeRows(at: AccountTables, change: ChangeSet): void {
  for (const connection of change.connections) at.connection = connection
  for (const { symbol, spec } of change.specs) at.specs.set(symbol, spec)
  for (const command of change.commands) {
    at.commands.set(command.command_id, command)
    at.ids_by_no.set(command.command_no, command.command_id)
  }
  for (const attempt of change.attempts) writeAttempt(at, attempt)
  for (const trade of change.trades) at.trades.set(trade.ticket, trade)
  for (const row of change.journals) at.journals.set(row.journal_id, row)
  for (const row of change.generations) at.generations.set(row.scope, row)
  for (const row of change.orphans) at.orphans.set(row.command_id, row)
  for (const row of change.strategies) at.strategies.set(row.strategy_no, row)
  for (const row of change.streams) at.streams.set(`${row.journal_id} ${row.stream}`, row)
  for (const row of change.dead_letters)
    keep(at.dead_letters, `${row.journal_id} ${row.stream} ${row.seq}`, row)
  for (const row of change.deals) keep(at.deals, row.deal, row)
  for (const row of change.orders) at.orders.set(row.ticket, row)
  for (const row of change.offsets) at.offsets.set(row.valid_from, row)
  for (const row of change.minutes) writeMinute(at, row)
}

/** What is there never changes. */
function keep<Row>(rows: Map<string, Row>, key: string, row: Row): void {
  if (!rows.has(key)) rows.set(key, row)
}

function writeAttempt(at: AccountTables, attempt: Attempt): void {
  const attempts = at.attempts.get(attempt.command_id) ?? []
  const there = attempts.findIndex((one) => one.attempt === attempt.attempt)
  if (there === -1) attempts.push(attempt)
  else attempts[there] = attempt
  at.attempts.set(attempt.command_id, attempts)
}

function writeMinute(at: AccountTables, row: InteractionMinute): void {
  const key = `${row.minute} ${row.kind}`
  const before = at.minutes.get(key)
  at.minutes.set(
    key,
    before
      ? {
          ...before,
          count: before.count + row.count,
          first_at: Math.min(before.first_at, row.first_at),
          last_at: Math.max(before.last_at, row.last_at),
          longest_gap_ms: Math.max(before.longest_gap_ms, row.longest_gap_ms),
        }
      : row,
  )
}

/** What a unique index of the ledger would refuse: a second event of one number, a command number used twice. */
function requireUnique(at: AccountTables, { audit, commands }: ChangeSet): void {
  const last = at.audit.at(-1)?.audit_no ?? 0
  const numbers = new Set<number>()
  for (const { audit_no } of audit) {
    if (audit_no <= last || numbers.has(audit_no)) throw new Error(`duplicate audit event ${audit_no}`)
    numbers.add(audit_no)
  }
  for (const { command_no, command_id } of commands) {
    const there = at.ids_by_no.get(command_no)
    if (there !== undefined && there !== command_id) throw new Error(`duplicate command number ${command_no}`)
  }
}

const SYSTEM: Account = {
  account_id: 0,
  account_number: null,
  broker: '',
  subscribed_symbols: null,
  created_at: 0,
  version: 0,
  command_no: 0,
  audit_no: 0,
  audit_hash: GENESIS_HASH,
  commands_completed: 0,
  commands_failed: 0,
  commands_timeout: 0,
  commands_expired: 0,
  commands_cancelled: 0,
  epoch: 0,
  incarnation: 1,
  rev: 0,
  limits: null,
}

/** As it comes back from a database: without undefined members and -0. */
const plain = <T extends object>(data: T): T => JSON.parse(JSON.stringify(data)) as T
