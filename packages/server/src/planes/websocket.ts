// /ws on 9905: ask for topics, be told events, resume behind a seq. A slow listener is told where it stopped.
import websocket from '@fastify/websocket'
import {
  JsonRefused,
  LIVE_CLOSE,
  limits,
  parseJson,
  Refusal,
  SubscribeCandlesMessage,
  SubscribeMessage,
  SubscribeTicksMessage,
  type Topic,
} from '@ngtb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import type { WebSocket } from 'ws'
import type { Subscriber } from '../live/feed.ts'
import type { TapeListener } from '../live/tape.ts'
import { loginOf } from '../services/desks.ts'
import { hasScope, type Principal, sees } from '../services/keys.ts'
import { type CandleSeries, LiveCandles } from '../services/live-candles.ts'
import { principalOf } from '../services/people-rows.ts'
import type { Services } from '../services/services.ts'
import { checkHost, keyText } from './auth.ts'
import { rateCounters } from './rates.ts'
import { cookieToken, requireOwnPage } from './session-cookie.ts'

const isSubscribe = Compile(SubscribeMessage)
const isTicks = Compile(SubscribeTicksMessage)
const isCandles = Compile(SubscribeCandlesMessage)
const MESSAGE_BYTES_MAX = 64 * 1024
const PING_MS = 30_000

export async function liveWindow(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(websocket, { options: { maxPayload: MESSAGE_BYTES_MAX } })
  const count = rateCounters(app, services.config)
  app.route({
    method: 'GET',
    url: '/ws',
    preValidation: async (request) => {
      try {
        await admitted(services, request)
      } catch (error) {
        // Guessing keys here is no cheaper than at any other door.
        if (error instanceof Refusal && error.http < 500) await count('keyless', request, request.ip)
        throw error
      }
    },
    handler: () => {
      throw new Refusal('NGTB_NOT_FOUND', '/ws is a WebSocket: open it with ws://')
    },
    wsHandler: (socket, request) => {
      const listener = new Listener(socket, services, request)
      socket.on('message', (data) => listener.hear(String(data)))
      socket.on('close', () => listener.leave())
      socket.on('error', () => listener.leave())
    },
  })
}

async function admitted(services: Services, request: FastifyRequest): Promise<Principal> {
  const text = keyText(request, undefined)
  if (text === null) return bySession(services, request)
  // A browser names its page: one of another site must not use this machine's reach.
  if (request.headers.origin !== undefined) {
    checkHost(services, request)
    const origin = URL.canParse(request.headers.origin) ? new URL(request.headers.origin).host : ''
    if (origin !== request.headers.host)
      throw new Refusal('NGTB_HOST', 'the page that asks is of another origin')
  }
  const principal = await services.keys.resolve(text)
  if (!principal) throw new Refusal('NGTB_KEY_INVALID')
  if (!hasScope(principal, ['commands:read', 'commands:open', 'commands:close']))
    throw new Refusal('NGTB_SCOPE', 'this needs the scope commands:read')
  return principal
}

/** By which session each socket came in: its token may be another one by now. */
const sessions = new WeakMap<FastifyRequest, string>()

/** A person's cookie, from a page of ours. To listen is no sign of life: the session ends all the same. */
async function bySession(services: Services, request: FastifyRequest): Promise<Principal> {
  const { people, config } = services
  const known = sessions.get(request)
  const token = cookieToken(config, request)
  if (token === null) throw new Refusal('NGTB_KEY_MISSING')
  const session = await (known ? people.sessions.look(known) : people.sessions.resolve(token))
  if (!session) throw new Refusal('NGTB_SESSION')
  if (!known) {
    requireOwnPage(services, request, true)
    sessions.set(request, session.row.session_id)
  }
  return principalOf(session)
}

class Listener {
  readonly #socket: WebSocket
  readonly #services: Services
  readonly #request: FastifyRequest
  readonly #ping: NodeJS.Timeout
  #subscriber: Subscriber | null = null
  #tape: TapeListener | null = null
  #candles: LiveCandles[] = []
  #quotes_skipped = 0
  #queue: Promise<void> = Promise.resolve()
  #left = false

  constructor(socket: WebSocket, services: Services, request: FastifyRequest) {
    this.#socket = socket
    this.#services = services
    this.#request = request
    this.#ping = setInterval(() => void this.#stillWelcome(), PING_MS) // sim-ok: the socket's own keep-alive
    this.#ping.unref()
  }

  hear(text: string): void {
    this.#queue = this.#queue.then(() => this.#heard(text)).catch((error) => this.#refuse(error))
  }

  leave(): void {
    this.#left = true
    clearInterval(this.#ping)
    if (this.#subscriber) this.#services.feed.unsubscribe(this.#subscriber)
    this.#subscriber = null
    if (this.#tape) this.#services.tape.leave(this.#tape)
    this.#tape = null
    this.#endCandles()
  }

  #endCandles(): void {
    for (const series of this.#candles) series.leave()
    this.#candles = []
  }

  async #heard(text: string): Promise<void> {
    const message = parseJson(text)
    const principal = await admitted(this.#services, this.#request)
    if (isTicks.Check(message)) await this.#listenToTicks(message, principal)
    else if (isCandles.Check(message)) await this.#listenToCandles(message, principal)
    else if (isSubscribe.Check(message)) await this.#listenToEvents(message, principal)
    else
      throw new Refusal(
        'NGTB_BODY_INVALID',
        'send {type: "subscribe", topics: […], accounts?: […], after?: seq} or {type: "subscribe_ticks", mode: "latest" | "every" | "off", accounts?: […], symbols?: […], after?: cursor} or {type: "subscribe_candles", series: [{account, symbol, timeframe}]}',
      )
  }

  async #listenToTicks(message: SubscribeTicksMessage, principal: Principal): Promise<void> {
    const { tape } = this.#services
    const accounts = await this.#accounts(principal, message.accounts)
    if (message.after !== undefined && message.after > tape.now)
      throw new Refusal('NGTB_CURSOR_INVALID', `there is no tick ${message.after} yet`)
    // Events of no topic tell of a revoked key all the same (F3).
    if (!this.#subscriber) await this.#subscribe(principal, [], accounts, undefined, () => {})
    if (this.#tape) tape.leave(this.#tape)
    const { mode } = message
    const cursor = message.after ?? tape.now
    this.#tape = null
    this.#send({ type: 'ticks_subscribed', mode, cursor })
    if (mode === 'off' || this.#left) return
    this.#tape = {
      accounts,
      symbols: message.symbols ? new Set(message.symbols) : null,
      mode,
      ...(message.interval_ms === undefined ? {} : { interval_ms: message.interval_ms }),
      cursor,
      tell: (told) => this.#send(told),
      room: () => this.#socket.bufferedAmount < limits.websocket_quote_buffer_bytes_max,
    }
    tape.listen(this.#tape)
  }

  async #listenToCandles({ series }: SubscribeCandlesMessage, principal: Principal): Promise<void> {
    const { desks } = this.#services
    const wanted: CandleSeries[] = []
    for (const { account, symbol, timeframe } of series) {
      const [account_id, ...others] =
        (await this.#accounts(principal, account === undefined ? account : [account])) ?? []
      if (account_id === undefined || others.length > 0)
        throw new Refusal('NGTB_BODY_INVALID', 'series.account is missing: this key sees more than one')
      wanted.push({ account_id, account: desks.login(account_id), symbol, timeframe })
    }
    if (!this.#subscriber) await this.#subscribe(principal, [], null, undefined, () => {})
    this.#endCandles()
    this.#send({ type: 'candles_subscribed', series: wanted.length })
    if (this.#left) return
    const out = {
      tell: (told: object) => this.#send(told),
      room: () => this.#socket.bufferedAmount < limits.websocket_quote_buffer_bytes_max,
    }
    this.#candles = wanted.map((one) => new LiveCandles(this.#services, one, out))
    for (const candles of this.#candles) candles.start()
  }

  async #listenToEvents(message: SubscribeMessage, principal: Principal): Promise<void> {
    const accounts = await this.#accounts(principal, message.accounts)
    await this.#subscribe(principal, message.topics, accounts, message.after, (seq) =>
      this.#send({ type: 'subscribed', topics: message.topics, seq }),
    )
  }

  async #subscribe(
    { key_id, session }: Principal,
    topics: readonly Topic[],
    accounts: Set<number> | null,
    after: number | undefined,
    started: (seq: number) => void,
  ): Promise<void> {
    if (this.#subscriber) this.#services.feed.unsubscribe(this.#subscriber)
    const subscriber: Subscriber = {
      key_id,
      topics: new Set(topics),
      accounts,
      cursor: 0,
      tell: (event) => this.#tell(event),
      together: (work) => this.#together(work),
      roomForQuotes: () => this.#roomForQuotes(),
      revoked: () => this.#unwelcome(session ? 'NGTB_SESSION' : 'NGTB_KEY_INVALID'),
    }
    this.#subscriber = subscriber
    await this.#services.feed.subscribe(subscriber, after, started)
    if (this.#left) this.#services.feed.unsubscribe(subscriber)
  }

  async #accounts(principal: Principal, wanted: SubscribeMessage['accounts']): Promise<Set<number> | null> {
    if (wanted === undefined) return principal.account_id === null ? null : new Set([principal.account_id])
    const accounts = new Set<number>()
    for (const login of wanted) {
      const desk = await this.#services.desks.byNumber(loginOf(login))
      if (!desk || !sees(principal, desk.account_id))
        throw new Refusal('NGTB_ACCOUNT_UNKNOWN', `there is no account with the login ${login}`)
      accounts.add(desk.account_id)
    }
    return accounts
  }

  #tell(event: object): void {
    if (this.#socket.bufferedAmount > limits.websocket_buffer_bytes_max) {
      this.#socket.close(LIVE_CLOSE.TOO_SLOW, 'too slow: connect again with after = the last seq you read')
      this.leave()
    } else this.#send(event)
  }

  /** A write of its own for each of many events cost the loop most of its time. */
  #together(work: () => void): void {
    const { socket } = this.#request.raw
    socket.cork()
    try {
      work()
    } finally {
      socket.uncork()
    }
  }

  #roomForQuotes(): boolean {
    const room = this.#socket.bufferedAmount < limits.websocket_quote_buffer_bytes_max
    if (!room) this.#quotes_skipped += 1
    else if (this.#quotes_skipped > 0) {
      this.#send({ type: 'skipped', topic: 'quote', count: this.#quotes_skipped })
      this.#quotes_skipped = 0
    }
    return room
  }

  #unwelcome(code: string): void {
    this.#socket.close(LIVE_CLOSE.KEY_GONE, code)
    this.leave()
  }

  /** A key that expired, or was revoked where no event told us, loses its window, too. */
  async #stillWelcome(): Promise<void> {
    try {
      await admitted(this.#services, this.#request)
      this.#socket.ping()
    } catch (error) {
      if (error instanceof Refusal && error.http !== 503) this.#unwelcome(error.code)
    }
  }

  #refuse(error: unknown): void {
    if (!(error instanceof Refusal || error instanceof JsonRefused))
      this.#services.log.error('the live window made a mistake', { error: String(error) })
    const refusal =
      error instanceof Refusal
        ? error
        : error instanceof JsonRefused
          ? new Refusal('NGTB_BODY_NOT_JSON', error.message)
          : new Refusal('NGTB_INTERNAL')
    this.#send({ type: 'error', code: refusal.code, message: refusal.message, hint: refusal.hint })
  }

  #send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(wordsOf(message), { binary: false })
  }
}

/** What many are told is put into words, and the words into bytes, once. */
const WORDS = new WeakMap<object, Buffer>()
function wordsOf(message: object): Buffer {
  const known = WORDS.get(message)
  if (known !== undefined) return known
  const words = Buffer.from(JSON.stringify(message))
  WORDS.set(message, words)
  return words
}
