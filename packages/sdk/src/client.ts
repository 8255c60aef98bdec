// What a strategy holds: one client for one account. Commands out; outcomes, views and events in.

import {
  type AccountView,
  managementEndpoints as at,
  type CommandType,
  type CommandView,
  type SystemStatusView,
  TOPICS,
} from '@ngtb/protocol'
import { platform } from '#platform'
import { Alerts } from './alerts.ts'
import { Bell } from './bell.ts'
import { create, patience, requestFor, type SubmitOptions } from './commands.ts'
import { NgtbError } from './errors.ts'
import { Facts } from './facts.ts'
import { CommandHandle, type PersonsWord } from './handle.ts'
import { encodeJson, fillPath, Http } from './http.ts'
import { type BatchIntent, type Int64Like, type Intent, loginText, type Wanted, wantedOf } from './intents.ts'
import { type EventsOptions, LiveStream } from './live.ts'
import { change, Listing, type Page, read } from './reads.ts'
import { type Resumed, resume } from './resume.ts'
import { type Asking, type RetryOptions, type Stubbornness, stubbornness } from './retry.ts'
import type { Session } from './session.ts'
import type { IntentStore } from './store.ts'
import type { Query } from './views.ts'

/** Where the server is, who asks, and for which account. */
export interface ClientOptions extends RetryOptions {
  /** `NGTB_URL`, else http://127.0.0.1:9905. */
  url?: string | undefined
  /** `NGTB_API_KEY`; make one with `ngtb key create --scope commands:open`. */
  api_key?: string | undefined
  /** A person's session (`openSession`), in place of url and key. */
  session?: Session | undefined
  /** The MT5 login; may be left out when the key sees exactly one account. */
  account?: Int64Like | undefined
  /** Keeps each intent before it is sent, so that it survives this process: see `openIntentStore` and `resume`. */
  intents?: IntentStore | undefined
}

/** How long to ask for a whole batch, or for what a store kept. */
export type HowLong = Pick<SubmitOptions, 'deadline_ms' | 'signal'>

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
export class Client extends Facts {
  readonly #http: Http
  readonly #retry: Stubbornness
  readonly #bell: Bell
  readonly #store: IntentStore | undefined
  readonly #streams = new Set<LiveStream>()
  /** Raised, acknowledged, cleared. */
  readonly alerts: Alerts
  readonly #named: string | undefined
  #login: string | undefined

  constructor(options: ClientOptions) {
    super()
    this.#retry = stubbornness(options)
    this.#http =
      options.session?.http ??
      new Http({
        url: options.url ?? platform.setting('NGTB_URL') ?? platform.home,
        api_key: options.api_key ?? platform.setting('NGTB_API_KEY'),
        request_timeout_ms: this.#retry.request_timeout_ms,
      })
    this.#named = options.account === undefined ? undefined : loginText(options.account)
    this.#login = this.#named
    this.#store = options.intents
    this.alerts = new Alerts({
      get: (path, query) => this.whole(path, query),
      send: (method, path, body) => change(this.#http, this.#retry, { method, path, body: encodeJson(body) }),
      list: (path, query) => this.listOfAll(path, query),
    })
    this.#bell = new Bell((onBegun) =>
      this.#live({ topics: ['command'], accounts: this.#login ? [this.#login] : undefined }, onBegun),
    )
  }

  /** Any intent, as data. @example await client.send({ type: 'CLOSE_ALL', symbol: 'EURUSD' }) */
  async send(intent: Intent): Promise<CommandHandle> {
    return this.#submit(wantedOf(intent))
  }

  /** Any command type, its payload as the wire says it. @example await client.submit('CLOSE_ALL', { magic: 7 }) */
  async submit(
    type: CommandType | (string & {}),
    payload: Readonly<Record<string, unknown>>,
    options: SubmitOptions = {},
  ): Promise<CommandHandle> {
    return this.#submit({ type, payload, options })
  }

  /**
   * All of them or none, in one commit: each with its own command_id, made here where you gave none, and the same at
   * each repetition. Answers handles in the order of the intents.
   * @throws {NgtbError} that names the first which spoils it; none was created
   * @throws {OutcomeUnknown} with all `command_ids`: send the same batch with them again
   * @example
   * const [first, second] = await client.batch([
   *   { type: 'CLOSE_TRADE', ticket: '16218652' },
   *   { type: 'CANCEL_PENDING', ticket: '4711' },
   * ])
   */
  async batch(intents: readonly BatchIntent[], how: HowLong = {}): Promise<CommandHandle[]> {
    return this.#create(intents.map(wantedOf), true, how)
  }

  /**
   * What the store kept and nobody has forgotten, taken up again with the same keys. To be called at the start, before
   * anything new is decided. Throws when the server stays silent: call it again, and decide nothing before.
   * @example
   * for (const found of await client.resume())
   *   if (found.kind === 'taken_up') console.log(await found.handle.settled())
   */
  async resume(how: HowLong = {}): Promise<Resumed[]> {
    const store = this.#store
    if (!store) throw new TypeError('resume() needs createClient({ intents: await openIntentStore(path) })')
    const asking = this.#asking(how, how.deadline_ms ?? this.#retry.deadline_ms)
    return resume({ ...this.#desk(''), store }, asking, Date.now)
  }

  /**
   * Takes a command up again by its id: after a restart, or to cancel it.
   * @example await (await client.handle(command_id)).settled()
   */
  async handle(command_id: string): Promise<CommandHandle> {
    const command = await this.command(command_id)
    return new CommandHandle(this.#desk(await this.login()), command, true)
  }

  /**
   * A person's word about a command whose outcome is unknown; needs a key with the scope admin.
   * @example await client.settle(command_id, { not_executed: true, note: 'no such order in the terminal' })
   */
  async settle(command_id: string, word: PersonsWord): Promise<CommandView> {
    return (await this.handle(command_id)).settle(word)
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

  protected async one<T>(
    template: string,
    params: Record<string, string> = {},
    query: Query = {},
  ): Promise<T> {
    const path = fillPath(template, { ...params, login: await this.login() })
    return (await read<T>(this.#http, this.#retry, { path, query })).body
  }

  protected async whole<T>(path: string, query: Query = {}): Promise<T> {
    return (await read<T>(this.#http, this.#retry, { path, query })).body
  }

  protected async put<T>(template: string, body: unknown): Promise<T> {
    const path = fillPath(template, { login: await this.login() })
    return change<T>(this.#http, this.#retry, { path, body: encodeJson(body) })
  }

  protected list<T>(template: string, query: Query): Listing<T> {
    return this.#listing(async () => fillPath(template, { login: await this.login() }), query)
  }

  protected listOfAll<T>(path: string, query: Query): Listing<T> {
    return this.#listing(async () => path, query)
  }

  async #submit(wanted: Wanted): Promise<CommandHandle> {
    const [handle] = await this.#create([wanted], false, wanted.options)
    if (!handle) throw new Error('a creation answered nothing')
    return handle
  }

  async #create(wanted: readonly Wanted[], batch: boolean, how: HowLong): Promise<CommandHandle[]> {
    const request = requestFor(wanted, batch)
    const started_at = performance.now()
    const deadline_ms = how.deadline_ms ?? patience(wanted, this.#retry.deadline_ms)
    const login = await this.#whose(this.#asking(how, deadline_ms))
    const left_ms = Math.max(1, deadline_ms - (performance.now() - started_at))
    try {
      return await create(this.#desk(login), { ...request, login }, this.#asking(how, left_ms))
    } catch (error) {
      // Refused, and the caller is told: nothing to take up again.
      if (error instanceof NgtbError) await this.#store?.forget(...request.command_ids)
      throw error
    }
  }

  #asking({ signal }: HowLong, deadline_ms: number): Asking {
    return { ...this.#retry, deadline_ms, signal }
  }

  #desk(login: string) {
    return { http: this.#http, bell: this.#bell, retry: this.#retry, login, store: this.#store }
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

  #live(options: EventsOptions, onBegun?: () => void): LiveStream {
    const logins = options.accounts?.map(loginText) ?? (this.#named ? [this.#named] : undefined)
    return new LiveStream(
      {
        ...this.#http.live,
        ...this.#retry,
        ...(onBegun ? { onBegun } : {}),
        ...(options.on_link ? { onLink: options.on_link } : {}),
        ...(options.on_market ? { onMarket: options.on_market } : {}),
      },
      {
        topics: options.topics ?? TOPICS,
        ...(logins ? { accounts: logins } : {}),
        ...(options.after === undefined ? {} : { after: options.after }),
      },
    )
  }

  #listing<T>(path: () => Promise<string>, query: Query): Listing<T> {
    return new Listing(async (cursor) => {
      const request = { path: await path(), query: { ...query, cursor } }
      return (await read<Page<T>>(this.#http, this.#retry, request)).body
    })
  }
}
