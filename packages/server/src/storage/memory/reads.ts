// Reads of the tables in memory. Every list has the order and the cursor that storage/postgres gives it.
import type {
  Account,
  AccountHead,
  ArrivedTick,
  LoadedAccount,
  Page,
  PageRequest,
  StoredAudit,
  StoredLog,
  TickCount,
  TickRow,
  TicksBehind,
} from '../../ports.ts'
import type { AccountTables, Tables } from './tables.ts'

export const accountsOf = (tables: Tables): Account[] =>
  [...tables.accounts.values()].map(({ account }) => account).sort((a, b) => a.account_id - b.account_id)

export const accountByNumber = (tables: Tables, account_number: string): Account | null =>
  accountsOf(tables).find((account) => account.account_number === account_number) ?? null

export const versions = (tables: Tables, account_ids: readonly number[]): AccountHead[] =>
  accountsOf(tables)
    .filter(({ account_id }) => account_ids.includes(account_id))
    .map(({ account_id, version, audit_no, rev }) => ({ account_id, version, audit_no, rev }))

/** All that an account's desk keeps at hand, as one consistent picture. */
export function loadAccount(tables: Tables, account_id: number): LoadedAccount | null {
  const at = tables.accounts.get(account_id)
  if (!at) return null
  const commands = [...at.commands.values()].filter(({ status }) => UNSETTLED.has(status))
  const attempts = commands.flatMap(({ command_id }) => at.attempts.get(command_id)?.at(-1) ?? [])
  return {
    account: at.account,
    connection: at.connection,
    specs: new Map([...at.specs].sort(byText(([symbol]) => symbol))),
    commands: commands.sort((a, b) => a.command_no - b.command_no),
    attempts: attempts.sort(byText(({ command_id }) => command_id)),
    trades: [...at.trades.values()]
      .filter(({ status }) => status === 'open')
      .sort(byTicket)
      .map(unheard),
    orders: [...at.orders.values()].filter(({ over_by }) => over_by === null).sort(byTicket),
    journals: [...at.journals.values()].sort(byText(({ journal_id }) => journal_id)),
    generations: [...at.generations.values()].sort(byText(({ scope }) => scope)),
    orphans: [...at.orphans.values()].sort(byText(({ command_id }) => command_id)),
    strategies: [...at.strategies.values()].sort((a, b) => a.strategy_no - b.strategy_no),
    streams: [...at.streams.values()].sort(byText((row) => `${row.journal_id} ${row.stream}`)),
  }
}

export const commandByNo = (at: AccountTables | undefined, no: number) =>
  at?.commands.get(at.ids_by_no.get(no) ?? '') ?? null

export const tradesAmong = (at: AccountTables | undefined, tickets: readonly string[]) =>
  [...new Set(tickets)]
    .flatMap((ticket) => at?.trades.get(ticket) ?? [])
    .sort(byTicket)
    .map(unheard)

export const ordersAmong = (at: AccountTables | undefined, tickets: readonly string[]) =>
  [...new Set(tickets)].flatMap((ticket) => at?.orders.get(ticket) ?? []).sort(byTicket)

export const newestOrderEnd = (at: AccountTables | undefined, before_ms: number): number | null =>
  newestOf(
    [...(at?.orders.values() ?? [])].map(({ done_time_ms }) => done_time_ms ?? before_ms),
    before_ms,
  )

export const newestTick = (at: AccountTables | undefined, symbol: string): number | null =>
  newestOf((at?.ticks ?? []).filter((tick) => tick.symbol === symbol).map(({ time_ms }) => time_ms))

const newestOf = (moments: readonly number[], before = Number.POSITIVE_INFINITY): number | null =>
  moments.reduce<number | null>((newest, ms) => (ms < before ? Math.max(newest ?? ms, ms) : newest), null)

export const commandsOfOrder = (at: AccountTables | undefined, ticket: string) =>
  [...(at?.commands.values() ?? [])]
    .filter(({ type, payload }) =>
      type === 'MODIFY_PENDING' || type === 'CANCEL_PENDING'
        ? payload.ticket === ticket
        : type === 'CLOSE_ALL',
    )
    .sort((a, b) => b.command_no - a.command_no)

export const dealsAmong = (at: AccountTables | undefined, deals: readonly string[]) =>
  [...new Set(deals)].flatMap((deal) => at?.deals.get(deal) ?? []).sort(byDeal)

export const dealsOfPosition = (at: AccountTables | undefined, position: string) =>
  [...(at?.deals.values() ?? [])].filter((deal) => deal.position === position).sort(byDeal)

const byDeal = (a: { deal: string }, b: { deal: string }): number =>
  byTicket({ ticket: a.deal }, { ticket: b.deal })

/** @param account_id null: every account */
export const auditAmong = (tables: Tables, account_id: number | null): StoredAudit[] =>
  [...tables.accounts.values()]
    .filter(({ account }) => (account_id ?? account.account_id) === account.account_id)
    .flatMap(({ audit }) => audit)

export const keysOf = ({ keys }: Tables) => [...keys.values()].sort(byText(({ key_id }) => key_id))

export const isArmed = ({ enrolments }: Tables, login: string, now: number): boolean =>
  (enrolments.get(login)?.armed_until ?? Number.NEGATIVE_INFINITY) > now

/** What was known before this process began counts as heard first of all. */
export const unheard = <T extends { heard_no: number }>(trade: T): T => ({ ...trade, heard_no: 0 })

const UNSETTLED: ReadonlySet<string> = new Set(['pending', 'executing', 'timeout'])

/** The newest moment that the tables have seen; 0: none. */
export function newestMoment(tables: Tables): number {
  let newest = 0
  for (const { connection, ticks_last_at, audit } of tables.accounts.values())
    newest = Math.max(newest, connection?.last_seen_at ?? 0, ticks_last_at ?? 0, audit.at(-1)?.at ?? 0)
  return newest
}

export function eventsAfter(
  tables: Tables,
  after: number,
  limit: number,
): ({ audit: StoredAudit } | { log: StoredLog })[] {
  const events = [...tables.accounts.values()].flatMap(({ audit, logs }) => [
    ...audit.filter(({ seq }) => seq > after).map((event) => ({ seq: event.seq, event: { audit: event } })),
    ...logs.filter(({ seq }) => seq > after).map((log) => ({ seq: log.seq, event: { log } })),
  ])
  return events
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)
    .map(({ event }) => event)
}

export const tickCounts = (tables: Tables): Map<number, TickCount> =>
  new Map(
    [...tables.accounts.values()]
      .filter(({ ticks_last_at }) => ticks_last_at !== null)
      .map(({ account, ticks, tick_losses }) => [
        account.account_id,
        {
          ticks: ticks.length,
          lost: tick_losses.reduce((sum, { first_seq, last_seq }) => sum + last_seq - first_seq + 1, 0),
        },
      ]),
  )

/** The ticks of a symbol from `from` up to before `to`, in order of time, then of arrival. */
export function ticksOf(
  at: AccountTables | undefined,
  symbol: string,
  from: number,
  to: number,
  { limit, after }: PageRequest,
): Page<TickRow> {
  const [after_ms, after_seq] = [Number(after?.[0] ?? -1), Number(after?.[1] ?? -1)]
  const rows = (at?.ticks ?? [])
    .filter((tick) => tick.symbol === symbol && tick.time_ms >= from && tick.time_ms < to)
    .filter(({ time_ms, seq }) => time_ms > after_ms || (time_ms === after_ms && seq > after_seq))
    .sort((a, b) => a.time_ms - b.time_ms || a.seq - b.seq)
  return page(rows, limit, ({ time_ms, seq }) => [time_ms, seq])
}

/** In the order in which they came. */
export const ticksBehind = (
  tables: Tables,
  { accounts, symbols, after, upto, limit }: TicksBehind,
): ArrivedTick[] =>
  [...tables.accounts.values()]
    .filter(({ account: { account_id } }) => accounts === null || accounts.includes(account_id))
    .flatMap(({ account: { account_id }, ticks }) => ticks.map((tick) => ({ ...tick, account_id })))
    .filter(({ symbol, seq }) => seq > after && seq <= upto && (symbols === null || symbols.includes(symbol)))
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)

/** The rows below a cursor, largest number first. */
export function newestFirst<T>(
  rows: readonly T[],
  { limit, after }: PageRequest,
  numberOf: (row: T) => string | number,
): Page<T> {
  const below = after?.[0] === undefined ? null : BigInt(after[0])
  const left = rows.filter((row) => below === null || BigInt(numberOf(row)) < below)
  const falling = left.sort((a, b) => (BigInt(numberOf(a)) < BigInt(numberOf(b)) ? 1 : -1))
  return page(falling, limit, (row) => [numberOf(row)])
}

export function page<T>(rows: T[], limit: number, cursor: (row: T) => (string | number)[]): Page<T> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last ? cursor(last) : null }
}

export const byText =
  <T>(text: (row: T) => string) =>
  (a: T, b: T): number =>
    text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0

/** Tickets are 64-bit numbers in text (R1). */
export const byTicket = (a: { ticket: string }, b: { ticket: string }): number =>
  a.ticket.length - b.ticket.length || (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : 0)
