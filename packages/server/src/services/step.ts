// One step of one account in the making: what it changes, as rows and audit events, committed together or not at all.
import { type AuditEvent, auditText, type Command, type Deal, type Order, type Trade } from '@ngtb/core'
import { type CommandStatus, limits, type SymbolSpec } from '@ngtb/protocol'
import type {
  Account,
  AlertChanges,
  ApiKeyRow,
  Attempt,
  ChangeSet,
  Connection,
  DeadLetter,
  EaLog,
  GenerationRow,
  Ids,
  InteractionMinute,
  InvitationRow,
  JournalRow,
  OffsetVersion,
  OrphanResult,
  PersonRow,
  PersonSessionRow,
  PolicyRow,
  StreamRow,
} from '../ports.ts'
import type { DeskState } from './desk-state.ts'
import { Telling } from './telling.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] }

const COUNTED: Partial<Record<CommandStatus, keyof Account>> = {
  completed: 'commands_completed',
  failed: 'commands_failed',
  timeout: 'commands_timeout',
  expired: 'commands_expired',
  cancelled: 'commands_cancelled',
}

export class Step {
  /** Runs after the commit: log lines, bells. What must not happen for a step that was lost. */
  readonly effects: (() => void)[] = []
  readonly state: DeskState
  /** ms UTC: the moment of this step, one for all that it writes. */
  readonly now: number
  readonly again: boolean
  readonly #ids: Ids
  readonly #began: Account
  readonly #before: Promise<void>
  #touched = false
  #connection_counts = false
  readonly #telling: Telling
  readonly #rows: Writable<Omit<ChangeSet, 'account' | 'expected_version'>> = {
    new_commands: [],
    new_trades: [],
    accounts: [],
    connections: [],
    offsets: [],
    keys: [],
    specs: [],
    commands: [],
    attempts: [],
    trades: [],
    audit: [],
    logs: [],
    journals: [],
    generations: [],
    orphans: [],
    strategies: [],
    streams: [],
    dead_letters: [],
    deals: [],
    orders: [],
    minutes: [],
    ...{ people: [], person_sessions: [], invitations: [], policies: [] },
    ...{ alerts: [], deliveries: [], alert_settings: [], alert_marks: [], alert_cursors: [] },
  }

  /**
   * @param before the commit of the step before this one, while it is under way
   * @param again it was decided before, and refused: what was taken for granted must be looked up now
   */
  constructor(
    state: DeskState,
    now: number,
    ids: Ids,
    before: Promise<void> = Promise.resolve(),
    again = false,
  ) {
    this.state = state
    this.now = now
    this.#ids = ids
    this.#began = state.account
    this.#before = before
    this.#telling = new Telling(state)
    this.again = again
  }

  get touched(): boolean {
    return this.#touched
  }

  /**
   * Waits until the steps before this one are in the ledger: for what is read there and not at hand.
   * One that was lost makes this step's version stale, and it is decided again.
   */
  async caughtUp(): Promise<void> {
    await this.#before.catch(() => {})
  }

  get account(): Account {
    return this.state.account
  }

  saveAccount(fields: Partial<Account>): void {
    this.#touched = true
    this.state.account = { ...this.state.account, ...fields }
  }

  createAccount(account: Account): void {
    this.#touched = true
    this.#rows.accounts.push(account)
  }

  /** A command's new image; the counters by status follow it. */
  saveCommand(command: Command): Command {
    const before = this.state.command(command.command_id)
    if (before?.status !== command.status) {
      this.#countStatus(before?.status, -1)
      this.#countStatus(command.status, 1)
    }
    this.#touched = true
    this.#telling.commandWas(command.command_id)
    this.state.keepCommand(command)
    this.#rows.commands.push(command)
    return command
  }

  /**
   * P2: the name of an intent that is not at hand is taken to be new; the ledger refuses the step if it is not.
   * A look before each creation would cost a round trip; this costs one only where a name comes again.
   */
  takeForNew(command_id: string): void {
    this.#rows.new_commands.push(command_id)
  }

  /** The same of a ticket that an answer names: open trades are all at hand, of closed ones the ledger knows. */
  takeTicketForNew(ticket: string): void {
    this.#rows.new_trades.push(ticket)
  }

  /**
   * A number is given once, even by a ledger that forgot. As long as nobody knows whether it went back, the
   * number comes
   * from the clock: no counter gets that far by counting, and what was given before was given earlier.
   */
  nextCommandNo(): number {
    const next = this.account.command_no + 1
    const by_clock = this.state.proven ? 0 : this.now * limits.commands_per_ms_max
    this.saveAccount({ command_no: Math.max(next, by_clock) })
    return this.account.command_no
  }

  saveAttempt(attempt: Attempt): void {
    this.#touched = true
    this.state.attempts.set(attempt.command_id, attempt)
    this.#rows.attempts.push(attempt)
  }

  /** A trade's new image. The trade table's revision rises once a step (contract §1: rev). */
  saveTrade(changed: Trade): Trade {
    if (this.#rows.trades.length === 0) this.saveAccount({ rev: this.account.rev + 1 })
    const trade = { ...changed, rev: this.account.rev }
    this.#telling.tradeWas(trade.ticket)
    this.state.keepTrade(trade)
    this.#rows.trades.push(trade)
    return trade
  }

  saveConnection(fields: Partial<Connection>): void {
    this.#touched = true
    this.#connection_counts = true
    this.noteConnection(fields)
  }

  /** Signs of life and counters: of no weight by themselves, so they wait for the next row or the flush. */
  noteConnection(fields: Partial<Connection>): void {
    this.state.connection = { ...this.state.connection, ...fields }
    this.state.connection_dirty = true
  }

  saveJournal(journal: Omit<JournalRow, 'account_id'>): void {
    this.#touched = true
    const row = { account_id: this.account.account_id, ...journal }
    this.state.journals.set(row.journal_id, row)
    this.#rows.journals.push(row)
  }

  saveGeneration(generation: Omit<GenerationRow, 'account_id'>): void {
    this.#touched = true
    const row = { account_id: this.account.account_id, ...generation }
    this.state.generations.set(row.scope, row)
    this.#rows.generations.push(row)
  }

  saveOrphan(orphan: Omit<OrphanResult, 'account_id'>): void {
    this.#touched = true
    const row = { account_id: this.account.account_id, ...orphan }
    this.state.orphans.set(row.command_id, row)
    this.#rows.orphans.push(row)
  }

  saveStrategy(strategy_magic: number, strategy_no: number): void {
    this.#touched = true
    this.state.strategies.set(strategy_magic, strategy_no)
    this.#rows.strategies.push({ account_id: this.account.account_id, strategy_no, strategy_magic })
  }

  saveStream(stream: Omit<StreamRow, 'account_id'>): void {
    this.#touched = true
    const row = { account_id: this.account.account_id, ...stream }
    this.state.streams.set(`${row.journal_id} ${row.stream}`, row)
    this.#rows.streams.push(row)
  }

  bury(letter: Omit<DeadLetter, 'account_id' | 'received_at'>): void {
    this.#touched = true
    this.#rows.dead_letters.push({ account_id: this.account.account_id, ...letter, received_at: this.now })
  }

  saveDeal(deal: Deal): void {
    this.#touched = true
    this.#rows.deals.push(deal)
  }

  saveOrder(order: Order): Order {
    this.#touched = true
    this.state.keepOrder(order)
    this.#rows.orders.push(order)
    return order
  }

  saveSpec(symbol: string, spec: SymbolSpec): void {
    this.#touched = true
    this.state.specs.set(symbol, spec)
    this.#rows.specs.push({ account_id: this.account.account_id, symbol, spec })
  }

  saveKey(key: ApiKeyRow): void {
    this.#touched = true
    this.#rows.keys.push(key)
  }

  savePerson(person: PersonRow): PersonRow {
    this.#touched = true
    this.#rows.people.push(person)
    return person
  }

  savePersonSession(session: PersonSessionRow): PersonSessionRow {
    this.#touched = true
    this.#rows.person_sessions.push(session)
    return session
  }

  saveInvitation(invitation: InvitationRow): void {
    this.#touched = true
    this.#rows.invitations.push(invitation)
  }

  savePolicy(policy: PolicyRow): void {
    this.#touched = true
    this.#rows.policies.push(policy)
  }

  /** Rows of alerts, of one kind. */
  saveAlerting<K extends keyof AlertChanges>(kind: K, ...rows: AlertChanges[K]): void {
    if (rows.length === 0) return
    this.#touched = true
    ;(this.#rows[kind] as unknown[]).push(...rows)
  }

  saveOffset(offset: Omit<OffsetVersion, 'account_id'>): void {
    this.#touched = true
    this.#rows.offsets.push({ account_id: this.account.account_id, ...offset })
  }

  log(log: Omit<EaLog, 'account_id'>): void {
    this.#touched = true
    this.#rows.logs.push({ account_id: this.account.account_id, ...log })
  }

  /** P13: appends to the account's chain, in this very step. Save first: the event tells what became of the row. */
  audit(kind: string, actor: string, subject: string | null, data: Record<string, unknown>): void {
    this.#touched = true
    const { account_id, audit_no, audit_hash } = this.account
    const set = this.#telling.rest({ at: this.now, kind, actor, subject, data })
    const facts = {
      account_id,
      audit_no: audit_no + 1,
      at: this.now,
      kind,
      actor,
      subject,
      data: set === null ? data : { ...data, set },
      prev_hash: audit_hash,
      hash: '',
    }
    const event: AuditEvent = { ...facts, hash: this.#ids.sha256(auditText(facts, audit_hash)) }
    this.state.account = { ...this.state.account, audit_no: event.audit_no, audit_hash: event.hash }
    this.state.mark(event.audit_no, event.hash)
    this.#rows.audit.push(event)
  }

  changeSet(): ChangeSet {
    for (const { kind, subject } of this.#telling.silent()) this.audit(kind, 'server', subject, {})
    this.state.account = { ...this.state.account, version: this.#began.version + 1 }
    return {
      ...this.#rows,
      ...this.#signsOfLife(),
      account: this.state.account,
      expected_version: this.#began.version,
    }
  }

  #signsOfLife(): { minutes: InteractionMinute[]; connections: Connection[] } {
    if (!this.#connection_counts) return { minutes: [], connections: [] }
    this.state.connection_dirty = false
    return { minutes: this.state.takeMinutes(), connections: [this.state.connection] }
  }

  #countStatus(status: CommandStatus | undefined, by: number): void {
    const counter = status && COUNTED[status]
    if (counter)
      this.state.account = { ...this.state.account, [counter]: (this.account[counter] as number) + by }
  }
}
