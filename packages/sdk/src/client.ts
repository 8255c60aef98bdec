// What a strategy holds: one client for one account. Commands out; outcomes, views and events in.

import {
  type AccountView,
  type AuditView,
  managementEndpoints as at,
  type CandleView,
  COMMANDS,
  type CommandDetailView,
  type CommandStatus,
  type CommandType,
  type CommandView,
  type ConnectionView,
  isCommandType,
  type LogLevel,
  type LogView,
  type SystemStatusView,
  type TickView,
  type Timeframe,
  TOPICS,
  type TradeView,
} from '@ngtb/protocol'
import { Bell } from './bell.ts'
import { CommandHandle, type SubmitOptions, submit } from './commands.ts'
import { NgtbError } from './errors.ts'
import { fillPath, Http } from './http.ts'
import {
  type CloseAll,
  type CloseTrade,
  type Int64Like,
  loginText,
  type ModifyTrade,
  type OpenTrade,
  split,
  ticketText,
} from './intents.ts'
import { type EventsOptions, LiveStream } from './live.ts'
import { Listing, type Moment, momentText, type Page, type PageOptions, read } from './reads.ts'
import { type Asking, type RetryOptions, type Stubbornness, stubbornness } from './retry.ts'

/** Where the server is, who asks, and for which account. */
export interface ClientOptions extends RetryOptions {
  /** `NGTB_URL`, else http://127.0.0.1:9905. */
  url?: string | undefined
  /** `NGTB_API_KEY`; make one with `ngtb key create --scope commands:open`. */
  api_key?: string | undefined
  /** The MT5 login; may be left out when the key sees exactly one account. */
  account?: Int64Like | undefined
}

/**
 * The client. Nothing is sent before the first call.
 * @example
 * const client = createClient({ url: 'http://127.0.0.1:9905', api_key: 'ngtb_…', account: 12345678 })
 * const order = await client.openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085 })
 * console.log(await order.settled())
 * client.close()
 */
export function createClient(options: ClientOptions = {}): Client {
  return new Client(options)
}

/** Made by {@link createClient}. */
export class Client {
  readonly #http: Http
  readonly #retry: Stubbornness
  readonly #bell: Bell
  readonly #streams = new Set<LiveStream>()
  readonly #named: string | undefined
  #login: string | undefined

  constructor(options: ClientOptions) {
    this.#retry = stubbornness(options)
    this.#http = new Http({
      url: options.url ?? (process.env.NGTB_URL || 'http://127.0.0.1:9905'),
      api_key: options.api_key ?? process.env.NGTB_API_KEY,
      request_timeout_ms: this.#retry.request_timeout_ms,
    })
    this.#named = options.account === undefined ? undefined : loginText(options.account)
    this.#login = this.#named
    this.#bell = new Bell(() =>
      this.#live({ topics: ['command'], accounts: this.#login ? [this.#login] : undefined }),
    )
  }

  /**
   * Opens a position. Resolves once the server has it; `settled()` tells what became of it.
   * @example
   * const order = await client.openTrade({ symbol: 'EURUSD', order_type: 'SELL', volume: 0.1, sl: 1.1 })
   */
  openTrade(trade: OpenTrade): Promise<CommandHandle> {
    const [payload, options] = split(trade)
    return this.submit('OPEN_TRADE', payload, options)
  }

  /** @example await client.modifyTrade({ ticket: '16218652', sl: 1.0875, tp: 1.096 }) */
  modifyTrade(change: ModifyTrade): Promise<CommandHandle> {
    const [payload, options] = split(change)
    return this.submit('MODIFY_TRADE', payload, options)
  }

  /** @example await (await client.closeTrade({ ticket: '16218652' })).settled() */
  closeTrade(close: CloseTrade): Promise<CommandHandle> {
    const [payload, options] = split(close)
    return this.submit('CLOSE_TRADE', payload, options)
  }

  /** The emergency stop. @example await client.closeAll({ reason: 'news' }) */
  closeAll(scope: CloseAll = {}): Promise<CommandHandle> {
    const [payload, options] = split(scope)
    return this.submit('CLOSE_ALL', payload, options)
  }

  /** Any command type, by name. @example await client.submit('CLOSE_ALL', { symbol: 'EURUSD' }) */
  async submit(
    type: CommandType | (string & {}),
    payload: Readonly<Record<string, unknown>>,
    options: SubmitOptions = {},
  ): Promise<CommandHandle> {
    const ready = 'ticket' in payload ? { ...payload, ticket: ticketText(payload.ticket) } : payload
    const started_at = performance.now()
    const deadline_ms = options.deadline_ms ?? patience(type, options.ttl_ms, this.#retry.deadline_ms)
    const login = await this.#whose({ ...this.#retry, deadline_ms, signal: options.signal })
    const left_ms = Math.max(1, deadline_ms - (performance.now() - started_at))
    const desk = { http: this.#http, bell: this.#bell, retry: this.#retry, login }
    return submit(desk, type, ready, { ...options, deadline_ms: left_ms })
  }

  /**
   * Takes a command up again by its id: after a restart, or to cancel it.
   * @example await (await client.handle(command_id)).settled()
   */
  async handle(command_id: string): Promise<CommandHandle> {
    const command = await this.command(command_id)
    const desk = { http: this.#http, bell: this.#bell, retry: this.#retry, login: await this.login() }
    return new CommandHandle(desk, command, true)
  }

  /** One command with its attempts and events. */
  async command(command_id: string): Promise<CommandDetailView> {
    return this.#one(at.v1_command.path, { command_id })
  }

  /** Newest first. */
  commands(
    query: PageOptions & { status?: CommandStatus | undefined; type?: CommandType | undefined } = {},
  ): Listing<CommandView> {
    return this.#list(at.v1_commands.path, query)
  }

  /** Open ones unless `status` says otherwise. */
  trades(
    query: PageOptions & { status?: 'open' | 'closed' | 'all' | undefined; symbol?: string | undefined } = {},
  ): Listing<TradeView> {
    return this.#list(at.v1_trades.path, query)
  }

  async trade(ticket: Int64Like): Promise<TradeView> {
    return this.#one(at.v1_trade.path, { ticket: ticketText(ticket) })
  }

  /** Oldest first, by broker time. */
  ticks(
    query: PageOptions & { symbol: string; from?: Moment | undefined; to?: Moment | undefined },
  ): Listing<TickView> {
    return this.#list(at.v1_ticks.path, between(query))
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
    return this.#list(at.v1_candles.path, between(query))
  }

  /** Log lines of the EA, newest first. */
  logs(
    query: PageOptions & { level?: LogLevel | undefined; search?: string | undefined } = {},
  ): Listing<LogView> {
    return this.#list(at.v1_logs.path, query)
  }

  /** What happened to the account, newest first. */
  audit(query: PageOptions & { kind?: string | undefined } = {}): Listing<AuditView> {
    return this.#list(at.v1_audit.path, query)
  }

  /** Every account this key may see. */
  accounts(query: PageOptions = {}): Listing<AccountView> {
    return this.#listing(async () => at.v1_accounts.path, query)
  }

  /** This client's account. */
  async account(): Promise<AccountView> {
    return this.#one(at.v1_account.path, {})
  }

  /** The links to the EAs of every account this key may see. */
  connections(query: PageOptions = {}): Listing<ConnectionView> {
    return this.#listing(async () => at.v1_connections.path, query)
  }

  async systemStatus(): Promise<SystemStatusView> {
    return (await read<SystemStatusView>(this.#http, this.#retry, { path: at.v1_system_status.path })).body
  }

  /**
   * Live events from now on (or `after` a seq), across reconnects, none twice.
   * @example
   * for await (const event of client.events({ topics: ['command', 'trade'] })) console.log(event.data)
   */
  events(options: EventsOptions = {}): LiveStream {
    const stream = this.#live(options)
    for (const known of this.#streams) if (known.ended) this.#streams.delete(known)
    this.#streams.add(stream)
    return stream
  }

  /** Closes the live streams of this client. Commands go on: they are on the server. */
  close(): void {
    this.#bell.close()
    for (const stream of this.#streams) stream.close()
    this.#streams.clear()
  }

  /** The MT5 login this client speaks for. @throws {NgtbError} when the key sees none or several */
  login(): Promise<string> {
    return this.#whose(this.#retry)
  }

  async #whose(asking: Asking): Promise<string> {
    this.#login ??= await this.#onlyAccount(asking)
    return this.#login
  }

  async #onlyAccount(asking: Asking): Promise<string> {
    const request = { path: at.v1_accounts.path, query: { limit: 5 } }
    const { items, next_cursor } = (await read<Page<AccountView>>(this.#http, asking, request)).body
    const [first, ...others] = items
    if (first && others.length === 0 && next_cursor === null) return first.account_number
    const seen = items.map((account) => account.account_number).join(', ')
    throw new NgtbError({
      code: 'NGTB_ACCOUNT_UNNAMED',
      status: 0,
      message: first ? `this key sees several accounts (${seen}…): name one` : 'this key sees no account yet',
      hint: 'createClient({ account: LOGIN }); `ngtb account list` shows the logins.',
    })
  }

  #live(options: EventsOptions): LiveStream {
    const logins = options.accounts?.map(loginText) ?? (this.#named ? [this.#named] : undefined)
    return new LiveStream(
      { ...this.#http.live, ...this.#retry },
      {
        topics: options.topics ?? TOPICS,
        ...(logins ? { accounts: logins } : {}),
        ...(options.after === undefined ? {} : { after: options.after }),
      },
    )
  }

  async #one<T>(template: string, params: Record<string, string>): Promise<T> {
    const path = fillPath(template, { ...params, login: await this.login() })
    return (await read<T>(this.#http, this.#retry, { path })).body
  }

  #list<T>(template: string, query: Query): Listing<T> {
    return this.#listing(async () => fillPath(template, { login: await this.login() }), query)
  }

  #listing<T>(path: () => Promise<string>, query: Query): Listing<T> {
    return new Listing(async (cursor) => {
      const request = { path: await path(), query: { ...query, cursor } }
      return (await read<Page<T>>(this.#http, this.#retry, request)).body
    })
  }
}

/** An OPEN is not asked for longer than it was meant to live: it would start when its moment is gone (P5). */
function patience(type: string, ttl_ms: number | undefined, usual_ms: number): number {
  const reduces_risk = isCommandType(type) && COMMANDS[type].reduces_risk
  return reduces_risk || ttl_ms === undefined ? usual_ms : Math.min(usual_ms, Math.max(ttl_ms, 1_000))
}

type Query = Readonly<Record<string, string | number | undefined>>

const between = <T extends { from?: Moment | undefined; to?: Moment | undefined }>({
  from,
  to,
  ...query
}: T) => ({
  ...query,
  from: momentText(from),
  to: momentText(to),
})
