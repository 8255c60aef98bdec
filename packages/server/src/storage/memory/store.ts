// The ledger's port in memory: what a server holds of it. Same words, same order, same promises as storage/postgres.
import { COMMANDS, NEW_TICK_RUN, Refusal } from '@ngtb/protocol'
import type {
  AccountSample,
  AuditFilter,
  BarBatch,
  CommandFilter,
  DealFilter,
  Forgettable,
  PageRequest,
  Span,
  Store,
  SystemSample,
  TickBatch,
  TickOutcome,
  TicksBehind,
  Timers,
  TradeFilter,
  WireText,
} from '../../ports.ts'
import { alertReads } from './alerts.ts'
import * as bars from './bars.ts'
import { type CommitWeather, MemoryCommitter, sleeper } from './committer.ts'
import * as filters from './filters.ts'
import type { MemoryLedger } from './ledger.ts'
import { peopleReads } from './people.ts'
import * as reads from './reads.ts'
import * as samples from './samples.ts'
import { snapshotOf } from './snapshot.ts'
import type { Tables } from './tables.ts'
import * as upkeep from './tick-upkeep.ts'

/** What disk and network do to this store. */
export interface MemoryWeather extends CommitWeather {
  /** ms until a read is answered, after it was read; 0: at once. */
  read_ms(): number
  /** Does a read find the database away? */
  readAway(): boolean
}

export interface MemoryStoreOptions {
  ledger: MemoryLedger
  /** Left out: nothing takes any time. */
  timers?: Timers
  weather?: MemoryWeather
}

export interface MemoryStore extends Store {
  /**
   * The server that held it is gone: what had not reached the disk is forgotten, and nobody is answered any more.
   * @param sent whether the commit under way had left the server
   */
  crash(sent: boolean): void
}

/** A quiet disk. */
export const FAIR: MemoryWeather = {
  fate: () => 'done',
  flush_ms: () => 0,
  answer_ms: () => 0,
  read_ms: () => 0,
  readAway: () => false,
}

export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  const { ledger, timers = null, weather = FAIR } = options
  const committer = new MemoryCommitter(ledger, weather, timers)
  const sleep = sleeper(timers)
  let gone = false
  const heard = <T>(answer: T): T | Promise<T> => (gone ? new Promise<never>(() => {}) : answer)

  /** What is read is of one moment; it may be old when it is told. */
  async function read<T>(look: (tables: Tables) => T): Promise<T> {
    if (gone) return new Promise<never>(() => {})
    const away = weather.readAway()
    const found = away ? null : { rows: look(ledger.tables) }
    const ms = weather.read_ms()
    if (ms > 0) await sleep(ms)
    if (!found) throw new Refusal('NGTB_DATABASE_AWAY')
    return heard(found.rows)
  }

  async function ingest(batches: readonly TickBatch[]): Promise<TickOutcome[]> {
    const fate = weather.fate()
    await sleep(weather.flush_ms())
    const written = !gone && (fate === 'done' || fate === 'unknown_written')
    const outcomes = written ? ledger.writeTicks(batches) : []
    await sleep(weather.answer_ms())
    if (fate !== 'done') throw new Refusal('NGTB_DATABASE_AWAY')
    return heard(outcomes)
  }

  return {
    commit: (change) => committer.commit(change),
    ingest,
    settledTicks: () => ledger.tables.tick_seq,
    ...accountReads(read),
    ...commandReads(read),
    ...tradeReads(read),
    ...historyReads(read),
    ...keyReads(read),
    ...peopleReads(read),
    ...alertReads(read),
    ...sampleReads(read),
    // An image: whoever checks the whole must see one moment, however long he looks.
    snapshot: async (look) => look(snapshotOf(await read((tables) => tables.copy()))),
    ping: () => read(() => {}),
    async close() {
      committer.close()
    },
    crash(sent) {
      gone = true
      committer.crash(sent)
    },
  }
}

type Read = <T>(look: (tables: Tables) => T) => Promise<T>

const accountReads = (read: Read) => ({
  accounts: () => read(reads.accountsOf),
  load: (account_id: number) => read((tables) => reads.loadAccount(tables, account_id)),
  accountByNumber: (login: string) => read((tables) => reads.accountByNumber(tables, login)),
  versions: (account_ids: readonly number[]) => read((tables) => reads.versions(tables, account_ids)),
  newestMoment: () => read(reads.newestMoment),
})

const commandReads = (read: Read) => ({
  command: (account_id: number, id: string) =>
    read((tables) => tables.accounts.get(account_id)?.commands.get(id) ?? null),
  commandByNo: (account_id: number, no: number) =>
    read((tables) => reads.commandByNo(tables.accounts.get(account_id), no)),
  commandOwners: (id: string) =>
    read((tables) =>
      reads
        .accountsOf(tables)
        .map(({ account_id }) => account_id)
        .filter((account_id) => tables.accounts.get(account_id)?.commands.has(id)),
    ),
  commands: (account_id: number, page: PageRequest, where: CommandFilter) =>
    read((tables) => {
      const rows = [...(tables.accounts.get(account_id)?.commands.values() ?? [])]
      const wanted = rows.filter((row) => filters.command(row, where))
      return reads.newestFirst(wanted, page, ({ command_no }) => command_no)
    }),
  openingsSince: (account_id: number, since: number, limit: number) =>
    read((tables) =>
      [...(tables.accounts.get(account_id)?.commands.values() ?? [])]
        .filter(({ type, created_at }) => created_at > since && !COMMANDS[type].reduces_risk)
        .sort((a, b) => b.command_no - a.command_no)
        .slice(0, limit)
        .map(({ command_no, created_at }) => ({ command_no, created_at })),
    ),
  attempts: (account_id: number, id: string) =>
    read((tables) =>
      [...(tables.accounts.get(account_id)?.attempts.get(id) ?? [])].sort((a, b) => a.attempt - b.attempt),
    ),
})

const tradeReads = (read: Read) => ({
  trade: (account_id: number, ticket: string) =>
    read((tables) => reads.tradesAmong(tables.accounts.get(account_id), [ticket])[0] ?? null),
  tradesAmong: (account_id: number, tickets: readonly string[]) =>
    read((tables) => reads.tradesAmong(tables.accounts.get(account_id), tickets)),
  trades: (account_id: number, page: PageRequest, where: TradeFilter) =>
    read((tables) => {
      const rows = [...(tables.accounts.get(account_id)?.trades.values() ?? [])]
        .filter((row) => filters.trade(row, where))
        .map(reads.unheard)
      return reads.newestFirst(rows, page, ({ ticket }) => ticket)
    }),
  ordersAmong: (account_id: number, tickets: readonly string[]) =>
    read((tables) => reads.ordersAmong(tables.accounts.get(account_id), tickets)),
  orders: (
    account_id: number,
    page: PageRequest,
    { status, symbol }: { status: 'waiting' | 'over' | 'all'; symbol?: string },
  ) =>
    read((tables) => {
      const rows = [...(tables.accounts.get(account_id)?.orders.values() ?? [])]
        .filter((row) => status === 'all' || (row.over_by === null) === (status === 'waiting'))
        .filter((row) => (symbol ?? row.symbol) === row.symbol)
      return reads.newestFirst(rows, page, ({ ticket }) => ticket)
    }),
  newestOrderEnd: (account_id: number, before_ms: number) =>
    read((tables) => reads.newestOrderEnd(tables.accounts.get(account_id), before_ms)),
  commandsOfOrder: (account_id: number, ticket: string) =>
    read((tables) => reads.commandsOfOrder(tables.accounts.get(account_id), ticket)),
  dealsAmong: (account_id: number, deals: readonly string[]) =>
    read((tables) => reads.dealsAmong(tables.accounts.get(account_id), deals)),
  dealsOfPosition: (account_id: number, position: string) =>
    read((tables) => reads.dealsOfPosition(tables.accounts.get(account_id), position)),
  deals: (account_id: number, page: PageRequest, { symbol, made_by, kind }: DealFilter) =>
    read((tables) => {
      const rows = [...(tables.accounts.get(account_id)?.deals.values() ?? [])].filter(
        (row) =>
          (symbol ?? row.symbol) === row.symbol &&
          (made_by ?? row.made_by) === row.made_by &&
          (kind === undefined || (row.position === null) === (kind === 'balance')),
      )
      return reads.newestFirst(rows, page, ({ deal }) => deal)
    }),
  deadLetters: (account_id: number, limit: number) =>
    read((tables) =>
      [...(tables.accounts.get(account_id)?.dead_letters.values() ?? [])]
        .sort((a, b) => b.received_at - a.received_at || b.seq - a.seq)
        .slice(0, limit),
    ),
  ticks: (account_id: number, symbol: string, from: number, to: number, page: PageRequest) =>
    read((tables) => reads.ticksOf(tables.accounts.get(account_id), symbol, from, to, page)),
  tickCounts: () => read(reads.tickCounts),
  newestTick: (account_id: number, symbol: string) =>
    read((tables) => reads.newestTick(tables.accounts.get(account_id), symbol)),
  openTickRun: (account_id: number, run: string) =>
    read((tables) => {
      const runs = tables.accounts.get(account_id)?.tick_runs
      const { next_seq, opened } = runs?.get(run) ?? NEW_TICK_RUN
      const state = { next_seq, opened: opened + 1 }
      runs?.set(run, state)
      return state
    }),
  ticksBehind: (query: TicksBehind) => read((tables) => reads.ticksBehind(tables, query)),
  tickLosses: (account_id: number, limit: number) =>
    read((tables) => (tables.accounts.get(account_id)?.tick_losses ?? []).slice(-limit).reverse()),
  saveBars: (batch: BarBatch) => read((tables) => bars.saveBars(tables, batch)),
  bars: (of: Parameters<Store['bars']>[0], from: number, to: number, page: PageRequest) =>
    read((tables) => bars.bars(tables, of, from, to, page)),
  tickDays: () => read(upkeep.tickDays),
  makeTickDay: async () => {},
  dropTickDay: (day: number) => read((tables) => upkeep.dropTickDay(tables, day)),
  forgetTickBatches: (before: number, limit: number) =>
    read((tables) => upkeep.forgetTickBatches(tables, before, limit)),
})

const historyReads = (read: Read) => ({
  auditOf: (account_id: number | null, page: PageRequest, where: AuditFilter) =>
    read((tables) => {
      const rows = reads.auditAmong(tables, account_id).filter((row) => filters.audit(row, where))
      return reads.newestFirst(rows, page, ({ seq }) => seq)
    }),
  auditChain: (account_id: number, after_no: number, limit: number) =>
    read((tables) => (tables.accounts.get(account_id)?.audit ?? []).slice(after_no, after_no + limit)),
  logs: (account_id: number, page: PageRequest, { level, search }: { level?: string; search?: string }) =>
    read((tables) => {
      const rows = (tables.accounts.get(account_id)?.logs ?? []).filter(
        (row) =>
          (level ?? row.level) === row.level &&
          row.message.toLowerCase().includes((search ?? '').toLowerCase()),
      )
      return reads.newestFirst(rows, page, ({ seq }) => seq)
    }),
  eventsAfter: (after: number, limit: number) => read((tables) => reads.eventsAfter(tables, after, limit)),
  newestSeq: () => read(({ seq }) => seq),
})

const keyReads = (read: Read) => ({
  key: (key_id: string) => read(({ keys }) => keys.get(key_id) ?? null),
  keys: ({ limit, after }: PageRequest) =>
    read((tables) => {
      const rows = reads.keysOf(tables).filter(({ key_id }) => key_id > String(after?.[0] ?? ''))
      return reads.page(rows, limit, ({ key_id }) => [key_id])
    }),
  keysOf: (account_id: number) =>
    read((tables) =>
      reads
        .keysOf(tables)
        .filter((key) => key.account_id === account_id)
        .sort((a, b) => a.created_at - b.created_at),
    ),
  keysReplacedBy: (key_id: string) =>
    read((tables) => reads.keysOf(tables).filter(({ replaced_by }) => replaced_by === key_id)),
  touchKey: (key_id: string, last_used_at: number) =>
    read(({ keys }) => {
      const key = keys.get(key_id)
      if (key) keys.set(key_id, { ...key, last_used_at })
    }),
  armEnrolment: (login: string, armed_until: number, armed_by: string) =>
    read(({ enrolments }) => void enrolments.set(login, { armed_until, armed_by })),
  takeEnrolment: (login: string, now: number) =>
    read((tables) => reads.isArmed(tables, login, now) && tables.enrolments.delete(login)),
  enrolmentArmed: (login: string, now: number) => read((tables) => reads.isArmed(tables, login, now)),
})

const sampleReads = (read: Read) => ({
  saveSamples: (accounts: readonly AccountSample[], system: SystemSample) =>
    read((tables) => samples.saveSamples(tables, accounts, system)),
  accountHistory: (account_id: number, span: Span) =>
    read((tables) => samples.accountHistory(tables, account_id, span)),
  systemHistory: (span: Span) => read((tables) => samples.systemHistory(tables, span)),
  forgetSamples: (before: number) => read((tables) => samples.forgetSamples(tables, before)),
  forgetOld: (what: Forgettable, before: number, limit: number) =>
    read((tables) => samples.forgetOld(tables, what, before, limit)),
  saveWire: (texts: readonly WireText[]) => read((tables) => samples.saveWire(tables, texts)),
  wireOf: (account_id: number, command_id: string) =>
    read(({ wire }) =>
      wire.filter((text) => text.account_id === account_id && text.command_id === command_id),
    ),
  size: async () => null,
})
