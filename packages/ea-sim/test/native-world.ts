// A native EA with its broker and its disk under one clock that moves only when it is told to. The test is the server.

import type { Answer } from '@ngtb/protocol'
import {
  type BrokerOptions,
  type Effect,
  type EffectResult,
  type JournalRecord,
  MemoryJournal,
  NativeEa,
  type NativeEaOptions,
  type OrderRequest,
  openedFrom,
  type SimulatedBroker,
  type Stamp,
  TradeServer,
  type TradeServerOptions,
} from '../src/index.ts'
import { marketOf } from './market.ts'

export const LOGIN = '12345678'
export const BINDING = { login: LOGIN, trade_server: 'Demo-1', folder: 'C:/MT5' }
export const SETTLE_MS = 3_000

export interface WorldOptions {
  broker?: BrokerOptions
  trade?: TradeServerOptions
  ea?: Partial<NativeEaOptions>
}

/** Thrown out of `run` by a plan that ends the process. */
export class Crash extends Error {}

/** No two worlds have a journal in common. */
let journals = 0

export class World {
  readonly broker: SimulatedBroker
  readonly trade: TradeServer
  readonly store = new MemoryJournal()
  ea: NativeEa
  mono_ms = 1_000
  /** Wall clock minus monotonic clock: a jump is an addition to this. */
  skew_ms = 1_700_000_000_000
  boot_id = 'boot-1'
  epoch = 0
  incarnation = 1
  command_no = 0
  /** What the EA has said, oldest first, repeats too. */
  readonly said: Answer[] = []
  readonly effects: Effect[] = []
  readonly orders: (OrderRequest & { at_mono_ms: number; at_wall_ms: number })[] = []
  /** Before each effect: may throw Crash, or move the clock. */
  beforeEffect: (effect: Effect) => void = () => undefined
  afterEffect: (effect: Effect) => void = () => undefined
  /** The server acknowledges by itself. */
  acks = true
  /** The next append is torn: so many bytes of it reach the disk, and the process is gone. */
  tear: ((bytes: number) => number) | null = null
  readonly #options: WorldOptions

  constructor(options: WorldOptions = {}) {
    this.#options = options
    this.broker = marketOf(options.broker)
    this.trade = new TradeServer(this.broker, { login: LOGIN, ...options.trade })
    this.ea = this.#start()
  }

  now(): Stamp {
    return { mono_ms: this.mono_ms, wall_ms: this.mono_ms + this.skew_ms }
  }

  /** The process is gone; what the disk has of its last write is decided by the caller. */
  crash(keep_bytes = 0): void {
    this.store.crash(keep_bytes)
    this.ea = this.#start()
  }

  /** The disk of another terminal, copied here before the start. */
  load(text: string): void {
    this.store.restore(text)
    this.ea = this.#start()
  }

  /** Connects, as a server that accepts. */
  connect(over: Record<string, unknown> = {}): void {
    this.work()
    const sent = this.now()
    const fields = this.ea.connectFields(sent)
    if (fields === null) throw new Error(`no connect wanted: ${this.ea.status}`)
    this.epoch = Math.max(this.epoch, fields.last_epoch) + 1
    const body = {
      status: 'success',
      protocol: 2,
      epoch: this.epoch,
      incarnation: this.incarnation,
      command_no: this.command_no,
      generations: [],
      owner_lease_ms: 15_000,
      ...over,
    }
    this.ea.connected({ http: 200, body, retry_after_ms: null }, sent, this.now())
    this.work()
  }

  /** One poll that brings these commands. */
  deliver(commands: readonly Record<string, unknown>[], heads: Record<string, unknown> = {}): void {
    const sent = this.now()
    if (this.ea.sessionFields(sent) === null) throw new Error('no session')
    const body = { epoch: this.epoch, incarnation: this.incarnation, generations: [], ...heads, commands }
    this.ea.polled({ http: 200, body, retry_after_ms: null }, sent, this.now())
  }

  /** Does what there is to do now, without time passing. */
  work(): void {
    for (let steps = 0; steps < 10_000; steps++) {
      this.trade.advance(this.mono_ms)
      this.ea.terminal(this.trade.terminal(this.mono_ms), this.now())
      const effect = this.ea.nextEffect(this.now())
      if (effect === null) break
      this.effects.push(effect)
      this.beforeEffect(effect)
      const result = this.#perform(effect)
      this.afterEffect(effect)
      this.ea.effectDone(effect, result, this.now())
    }
    this.#converse()
  }

  /** Time passes, in steps of at most `step_ms`. */
  run(ms: number, step_ms = 50): void {
    const until = this.mono_ms + ms
    this.work()
    while (this.mono_ms < until) {
      this.mono_ms = Math.min(until, this.mono_ms + step_ms)
      this.work()
    }
  }

  /** As `act`, but if the process dies it starts again and connects. */
  surviving(act: () => void): void {
    try {
      act()
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      this.surviving(() => this.connect())
    }
  }

  /** Delivers one command and works on it. */
  give(command: Record<string, unknown>): void {
    this.deliver([command])
    this.work()
  }

  /** The final answers of a command, in the order in which they were said. */
  /** What the terminal shows, and what the book has. */
  positions() {
    return this.broker.positions()
  }

  finals(command_id: string): Answer[] {
    return this.said.filter((answer) => answer.command_id === command_id && answer.status !== 'progress')
  }

  final(command_id: string): Answer {
    const answer = this.finals(command_id).at(-1)
    if (answer === undefined) throw new Error(`no final answer for ${command_id}`)
    return answer
  }

  executions(command_id: string): number {
    return this.broker.ledger.executionCount(command_id)
  }

  records(): JournalRecord[] {
    return this.effects.flatMap((effect) => (effect.kind === 'append' ? effect.records : []))
  }

  #start(): NativeEa {
    return new NativeEa({
      ...openedFrom(this.store.text()),
      binding: BINDING,
      boot_id: this.boot_id,
      now: this.now(),
      random: () => 0.5,
      settle_ms: SETTLE_MS,
      poll_interval_ms: 100,
      ...this.#options.ea,
    })
  }

  #converse(): void {
    const answers = this.ea.answersDue(this.now())
    this.said.push(...answers)
    if (!this.acks || answers.length === 0) return
    const results = answers.map(({ command_id }) => ({ command_id, status: 'success' }))
    this.ea.acked(answers, { http: 200, body: { results }, retry_after_ms: null }, this.now())
  }

  #append(records: readonly JournalRecord[], durable: boolean): void {
    if (this.tear === null) {
      this.store.append(records, durable)
      return
    }
    const before = this.store.unsynced_bytes
    this.store.write(records)
    const written = this.store.unsynced_bytes - before
    const kept = before + this.tear(written)
    this.tear = null
    this.crash(kept)
    throw new Crash('torn')
  }

  #perform(effect: Effect): EffectResult {
    switch (effect.kind) {
      case 'append':
        this.#append(effect.records, effect.durable)
        return { kind: 'ok' }
      case 'replace_journal':
        this.store.replace()
        return {
          kind: 'replaced',
          journal_id: `00000000-0000-4000-8000-${String(++journals).padStart(12, '0')}`,
        }
      case 'rewrite_journal':
        this.store.rewrite(effect.records)
        return { kind: 'ok' }
      case 'look':
        return { kind: 'look', result: this.trade.look(effect.query, this.mono_ms) }
      case 'order':
        this.orders.push({
          ...effect.request,
          at_mono_ms: this.mono_ms,
          at_wall_ms: this.mono_ms + this.skew_ms,
        })
        return { kind: 'order', result: this.trade.order(effect.request, this.mono_ms) }
      case 'sync':
      case 'bars':
      case 'subscribe':
        return { kind: 'ok' }
    }
  }
}
