// What a strategy may look at: lists and single things, as the management API answers them.
import {
  type AccountReplayView,
  type AccountView,
  type AuditView,
  managementEndpoints as at,
  type BarView,
  type CandleView,
  type CommandDetailView,
  type CommandReplayView,
  type CommandStatus,
  type CommandType,
  type CommandView,
  type ConnectionView,
  type DeadLetterView,
  type DealView,
  type LogLevel,
  type LogView,
  type Maker,
  type OrderDetailView,
  type OrderView,
  type OrphanView,
  type SymbolView,
  type SystemStatusView,
  type TickLossView,
  type TickView,
  type Timeframe,
  type TradeHistoryView,
  type TradeView,
} from '@ngtb/protocol'
import { type Int64Like, ticketText } from './intents.ts'
import { type Moment, momentText } from './moments.ts'
import { Orders } from './orders.ts'
import type { Listing, PageOptions } from './reads.ts'

export type Query = Readonly<Record<string, string | number | undefined>>

/** Up to and with a UTC moment, or an event's seq; neither: all of it. */
export interface ReplayOptions {
  at?: Moment | undefined
  seq?: number | undefined
}

export interface CommandsQuery {
  /** One, or several. */
  status?: CommandStatus | readonly CommandStatus[] | undefined
  type?: CommandType | readonly CommandType[] | undefined
  symbol?: string | undefined
  /** Created at or after it, UTC. */
  since?: Moment | undefined
}

export interface AuditQuery {
  kind?: string | undefined
  /** A command's id, a ticket, … */
  subject?: string | undefined
  actor?: string | undefined
  /** UTC. */
  since?: Moment | undefined
}

export abstract class Views extends Orders {
  /** One thing of this client's account. */
  protected abstract one<T>(template: string, params?: Record<string, string>, query?: Query): Promise<T>
  /** A list of this client's account. */
  protected abstract list<T>(template: string, query: Query): Listing<T>
  /** A list across all accounts that the key may see. */
  protected abstract listOfAll<T>(path: string, query: Query): Listing<T>
  abstract systemStatus(): Promise<SystemStatusView>

  /** One command with its attempts and events. */
  command(command_id: string): Promise<CommandDetailView> {
    return this.one(at.v1_command.path, { command_id })
  }

  /** Newest first. A `status` of `timeout`: those whose outcome is unknown. */
  commands(query: PageOptions & CommandsQuery = {}): Listing<CommandView> {
    const { status, type, since, ...rest } = query
    const wanted = { ...rest, status: several(status), type: several(type), since: momentText(since) }
    return this.list(at.v1_commands.path, wanted)
  }

  /** Symbols as the terminal of this account has them, by name. */
  symbols(query: PageOptions = {}): Listing<SymbolView> {
    return this.list(at.v1_symbols.path, query)
  }

  /** Results that an EA told of commands which the ledger does not know (its database went back), newest first. */
  async orphans(): Promise<OrphanView[]> {
    return (await this.one<{ items: OrphanView[] }>(at.v1_orphans.path)).items
  }

  /** Open ones unless `status` says otherwise; with `status: 'closed'` those that closed `from` … `to`, broker time. */
  trades(
    query: PageOptions & {
      status?: 'open' | 'closed' | 'all' | undefined
      symbol?: string | undefined
      from?: Moment | undefined
      to?: Moment | undefined
    } = {},
  ): Listing<TradeView> {
    return this.list(at.v1_trades.path, between(query))
  }

  async trade(ticket: Int64Like): Promise<TradeView> {
    return this.one(at.v1_trade.path, { ticket: ticketText(ticket) })
  }

  /** A trade with its deals, and its story: what happened, when, and who did it. */
  async tradeHistory(ticket: Int64Like): Promise<TradeHistoryView> {
    return this.one(at.v1_trade_history.path, { ticket: ticketText(ticket) })
  }

  /**
   * Deals of a native EA's terminal, newest first; `made_by: 'unattributed'`: those that nobody could put down;
   * `kind: 'balance'`: deposits, withdrawals, charges.
   */
  deals(
    query: PageOptions & {
      symbol?: string | undefined
      made_by?: Maker | undefined
      kind?: 'trade' | 'balance' | undefined
    } = {},
  ): Listing<DealView> {
    return this.list(at.v1_deals.path, query)
  }

  /** Pending orders of a native EA's terminal, newest first; those that wait unless `status` says otherwise. */
  orders(
    query: PageOptions & {
      status?: 'waiting' | 'over' | 'all' | undefined
      symbol?: string | undefined
    } = {},
  ): Listing<OrderView> {
    return this.list(at.v1_orders.path, query)
  }

  /** One pending order, with its story. */
  async order(ticket: Int64Like): Promise<OrderDetailView> {
    return this.one(at.v1_order.path, { ticket: ticketText(ticket) })
  }

  /** Events of a native EA that could not be taken, newest first. */
  async deadLetters(): Promise<DeadLetterView[]> {
    return (await this.one<{ items: DeadLetterView[] }>(at.v1_dead_letters.path)).items
  }

  /** Ranges of ticks that an EA let go before it could send them, newest first (P11). */
  async tickLosses(): Promise<TickLossView[]> {
    return (await this.one<{ items: TickLossView[] }>(at.v1_tick_losses.path)).items
  }

  /** Oldest first, by broker time. */
  ticks(
    query: PageOptions & { symbol: string; from?: Moment | undefined; to?: Moment | undefined },
  ): Listing<TickView> {
    return this.list(at.v1_ticks.path, between(query))
  }

  /** Bars of the terminal's history, oldest first: what REQUEST_HISTORY brought (`requestHistory`). */
  bars(
    query: PageOptions & {
      symbol: string
      timeframe?: Timeframe | undefined
      from?: Moment | undefined
      to?: Moment | undefined
    },
  ): Listing<BarView> {
    return this.list(at.v1_bars.path, between(query))
  }

  /** Computed from the stored ticks (bid). */
  candles(
    query: PageOptions & {
      symbol: string
      timeframe?: Timeframe | undefined
      from?: Moment | undefined
      to?: Moment | undefined
    },
  ): Listing<CandleView> {
    return this.list(at.v1_candles.path, between(query))
  }

  /** Log lines of the EA, newest first. */
  logs(
    query: PageOptions & { level?: LogLevel | undefined; search?: string | undefined } = {},
  ): Listing<LogView> {
    return this.list(at.v1_logs.path, query)
  }

  /** What happened to the account, newest first. `kind: 'command.*'`: all that begin so. */
  audit({ since, ...query }: PageOptions & AuditQuery = {}): Listing<AuditView> {
    return this.list(at.v1_audit.path, { ...query, since: momentText(since) })
  }

  /** The same of every account and of the system itself; needs the scope admin. */
  auditOfAll({ since, ...query }: PageOptions & AuditQuery = {}): Listing<AuditView> {
    return this.listOfAll(at.v1_audit_all.path, { ...query, since: momentText(since) })
  }

  /** A command as its audit events tell it, and where today's row differs. */
  replayCommand(command_id: string, { at: moment, seq }: ReplayOptions = {}): Promise<CommandReplayView> {
    return this.one(at.v1_command_replay.path, { command_id }, { at: momentText(moment), seq })
  }

  /** The account as its audit events tell it: its heads, unsettled commands, open trades. */
  replayAccount({ at: moment, seq }: ReplayOptions = {}): Promise<AccountReplayView> {
    return this.one(at.v1_account_replay.path, {}, { at: momentText(moment), seq })
  }

  /** Every account this key may see. */
  accounts(query: PageOptions = {}): Listing<AccountView> {
    return this.listOfAll(at.v1_accounts.path, query)
  }

  /** This client's account. */
  account(): Promise<AccountView> {
    return this.one(at.v1_account.path)
  }

  /** The links to the EAs of every account this key may see: protocol, epoch, owner, and what closes opening. */
  connections(query: PageOptions = {}): Listing<ConnectionView> {
    return this.listOfAll(at.v1_connections.path, query)
  }
}

const between = <T extends { from?: Moment | undefined; to?: Moment | undefined }>({
  from,
  to,
  ...query
}: T) => ({
  ...query,
  from: momentText(from),
  to: momentText(to),
})

const several = (words: string | readonly string[] | undefined): string | undefined =>
  typeof words === 'string' || words === undefined ? words : words.join(',')
