// The native EA's hands for a dialogue: its effects done at once, its messages over real HTTP.
import type {
  Effect,
  EffectResult,
  MemoryJournal,
  NativeEa,
  ServerReply,
  Stamp,
  TradeServer,
} from '@ngtb/ea-sim'
import type { Answer } from '@ngtb/protocol'
import type { Json } from '../language/dialogue.ts'
import { read } from '../server/target.ts'
import type { World } from './bench.ts'

export interface DriverParts {
  readonly ea: NativeEa
  readonly journal: MemoryJournal
  readonly trade_server: TradeServer
  readonly world: World
  readonly login: string
  readonly heartbeat_ms: number
  readonly makeJournalId: () => string
}

const TICK_MS = 5
const CONNECT_AGAIN_MS = 100
type Body = { [field: string]: Json | undefined }

export const stampNow = (): Stamp => ({ mono_ms: performance.now(), wall_ms: Date.now() })

export class NativeDriver {
  readonly #parts: DriverParts
  readonly #ended = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #connecting = false
  #connect_at = 0
  #polling = false
  #poll_at = 0
  #heartbeat_at = 0
  #answering = false
  #syncing: Effect | null = null

  constructor(parts: DriverParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  kill(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#ended.abort()
  }

  #tick(): void {
    const { ea, trade_server } = this.#parts
    trade_server.advance(Date.now())
    ea.terminal(trade_server.terminal(Date.now()), stampNow())
    for (let effect = ea.nextEffect(stampNow()); effect !== null; effect = ea.nextEffect(stampNow())) {
      const result = this.#perform(effect)
      if (result === null) break
      ea.effectDone(effect, result, stampNow())
    }
    void this.#connect()
    void this.#poll()
    void this.#heartbeat()
    void this.#answer()
  }

  /** Null: it goes on by itself, and tells when it is done. */
  #perform(effect: Effect): EffectResult | null {
    const { journal, trade_server, makeJournalId } = this.#parts
    switch (effect.kind) {
      case 'append':
        journal.append(effect.records, effect.durable)
        return { kind: 'ok' }
      case 'order':
        return { kind: 'order', result: trade_server.order(effect.request, Date.now()) }
      case 'look':
        return { kind: 'look', result: trade_server.look(effect.query, Date.now()) }
      case 'replace_journal':
        journal.replace()
        return { kind: 'replaced', journal_id: makeJournalId() }
      case 'rewrite_journal':
        journal.rewrite(effect.records)
        return { kind: 'ok' }
      case 'sync':
        if (this.#syncing !== effect) void this.#sync(effect)
        return null
      case 'subscribe':
        return { kind: 'ok' }
    }
  }

  async #connect(): Promise<void> {
    const { ea, login } = this.#parts
    if (this.#connecting || performance.now() < this.#connect_at) return
    const sent = stampNow()
    const fields = ea.connectFields(sent)
    if (fields === null) return
    this.#connecting = true
    const plain = {
      account: Number(login),
      broker: 'Simulated',
      platform: 'MT5',
      available_symbols: ['EURUSD', 'GBPUSD'],
    }
    const reply = await this.#post('command', '/api/connect', { ...plain, ...fields })
    this.#connecting = false
    const verdict = reply === null ? 'later' : ea.connected(reply, sent, stampNow())
    if (verdict === 'later' || verdict === 'refused') this.#connect_at = performance.now() + CONNECT_AGAIN_MS
  }

  async #poll(): Promise<void> {
    const { ea } = this.#parts
    if (this.#polling || ea.status !== 'online' || performance.now() < this.#poll_at) return
    this.#poll_at = performance.now() + ea.settings.poll_interval_ms
    this.#polling = true
    await this.#ask('/api/get_commands', {})
    this.#polling = false
  }

  async #heartbeat(): Promise<void> {
    const { ea, trade_server, heartbeat_ms } = this.#parts
    if (ea.status !== 'online' || performance.now() < this.#heartbeat_at) return
    this.#heartbeat_at = performance.now() + heartbeat_ms
    await this.#ask('/api/heartbeat', { ...trade_server.broker.account() })
  }

  async #ask(path: string, body: Body): Promise<void> {
    const { ea, login } = this.#parts
    const sent = stampNow()
    const session = ea.sessionFields(sent)
    if (session === null) return
    const reply = await this.#post('command', path, { account: Number(login), ...session, ...body })
    if (this.#ended.signal.aborted) return
    if (reply === null) ea.linkLost(stampNow())
    else ea.polled(reply, sent, stampNow())
  }

  async #answer(): Promise<void> {
    const { ea, login } = this.#parts
    if (this.#answering) return
    const session = ea.sessionFields(stampNow())
    const due = session === null ? [] : ea.answersDue(stampNow(), 100)
    const [first] = due
    if (first === undefined) return
    this.#answering = true
    const head = { account: Number(login), ...session }
    const reply =
      due.length === 1
        ? await this.#post('command', '/api/command_response', { ...head, ...bodyOf(first) })
        : await this.#post('command', '/api/command_responses', { ...head, responses: due.map(bodyOf) })
    this.#answering = false
    if (reply !== null && !this.#ended.signal.aborted) ea.acked(due, reply, stampNow())
  }

  async #sync(effect: Effect): Promise<void> {
    const { ea, trade_server, login } = this.#parts
    this.#syncing = effect
    const trades = trade_server.broker.positions().map((position) => ({ ...position }))
    const reply = await this.#post('trades', '/api/trades/sync', { account: Number(login), trades })
    this.#syncing = null
    ea.effectDone(
      effect,
      reply?.http === 200 ? { kind: 'ok' } : { kind: 'lost', cause: 'no answer' },
      stampNow(),
    )
  }

  /** Null: no answer, whatever the server did. */
  async #post(plane: 'command' | 'trades', path: string, body: Body): Promise<ServerReply | null> {
    const { host, ports, api_key } = this.#parts.world
    try {
      const response = await fetch(`http://${host}:${ports[plane]}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': api_key },
        body: JSON.stringify(body),
        signal: this.#ended.signal,
      })
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
      const retry_after_ms = Number.isFinite(seconds) ? seconds * 1_000 : null
      return { http: response.status, body: read(await response.text()), retry_after_ms }
    } catch {
      return null
    }
  }
}

const bodyOf = (answer: Answer): Body => ({ ...answer }) as unknown as Body
