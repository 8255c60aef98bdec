// The EA at work: one broker, one link, and everything that moves between them.
//
//   D1. The broker sees a tick before the server does.
//   D2. Every command with an id is answered, every trade event is reported, until the server takes them.
//   D3. An order that was handed out is carried out also while stopping: nobody will hand it out again.
//   D4. kill() is a crash: nothing more is sent, buffers and memory are gone.

import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { CommandDesk } from './desk.ts'
import { Duties } from './duties.ts'
import { runFeed } from './feed.ts'
import { Gate } from './gate.ts'
import { IdleWatch } from './idle.ts'
import { ConnectRefused, type Emit, Link, type Sent } from './link.ts'
import { type LogLevel, Mailroom } from './mailroom.ts'
import { SimulatedBroker } from './model/broker.ts'
import type { BrokerEvent } from './model/broker-types.ts'
import { ReferenceEa } from './model/ea.ts'
import type { Tick } from './model/ticks.ts'
import { type Cadence, cadenceOf, type SimulatedEaOptions } from './options.ts'
import { Courier } from './outbox.ts'
import { EaStats } from './stats.ts'
import { type TickBatch, TickSender } from './tick-sender.ts'
import { disconnectBody, tradeMessage } from './wire.ts'

/** One simulated EA. Make it with `createSimulatedEa`. */
export class SimulatedEa {
  /** Also for trades by hand: `ea.broker.open(…, { by: 'manual' })` is reported like any other. */
  readonly broker: SimulatedBroker
  readonly stats = new EaStats()
  readonly #options: SimulatedEaOptions
  readonly #link: Link
  readonly #courier: Courier
  readonly #mailroom: Mailroom
  readonly #ticks: TickSender
  readonly #duties: Duties
  readonly #idle = new IdleWatch(() => this.#pending() === 0)
  /** Ends feed and duties; what waits is still delivered. */
  readonly #stopping = new AbortController()
  /** Ends everything. */
  readonly #ended = new AbortController()
  #duties_done: Promise<void> = Promise.resolve()
  #feeding = false
  #started = false

  constructor(options: SimulatedEaOptions) {
    this.#options = options
    this.broker = options.broker ?? new SimulatedBroker(options.broker_options)
    setMaxListeners(0, this.#ended.signal, this.#stopping.signal)
    const { stats, broker } = this
    const emit = this.#emit
    const cadence = () => this.cadence
    const signal = this.#ended.signal
    const symbols = [...broker.symbols.values()]
    this.#link = new Link({ options, symbols, stats, emit, signal, onUp: () => this.#backOnline() })
    const link = this.#link
    const courier = new Courier(link, signal)
    this.#courier = courier
    const gate = new Gate()
    const onChanged = () => this.#idle.changed()
    const print = options.log ?? (() => undefined)
    this.#mailroom = new Mailroom({ link, courier, gate, stats, emit, onChanged, print })
    const mailroom = this.#mailroom
    const desk = new CommandDesk({
      ea: new ReferenceEa(broker),
      mailroom,
      stats,
      emit,
      answers_max: options.answers_max ?? 10_000,
    })
    const onCommands = (commands: unknown) => {
      if (!signal.aborted) desk.receive(commands)
    }
    const until = this.#stopping.signal
    this.#duties = new Duties({ link, gate, broker, stats, cadence, onCommands, signal: until })
    this.#ticks = new TickSender({
      link,
      courier,
      stats,
      cadence,
      run_id: options.run_id ?? randomUUID(),
      numbered: false,
      buffer_max: options.tick_buffer_max ?? 200_000,
      onSettled: (batch, sent) => this.#batchSettled(batch, sent),
      onDropped: (ticks) => this.#ticksLost(ticks),
    })
    broker.listener = this.#onTrade
  }

  /** What is in force now: the caller's wishes, else connect's `settings`, else the defaults. */
  get cadence(): Cadence {
    return cadenceOf(this.#link.settings, this.#options.cadence)
  }

  /** The key of this login; null before the first connect of an unknown one. */
  get api_key(): string | null {
    return this.#link.api_key
  }

  get connected(): boolean {
    return this.#link.up
  }

  /**
   * Connects (waiting for a server that is away) and begins to work.
   * @throws {ConnectRefused} when the server is there and says no.
   */
  async start(): Promise<void> {
    await this.#link.open(this.#stopping.signal)
    if (this.#stopping.signal.aborted) throw new ConnectRefused(0, 'stopped while connecting')
    this.#started = true
    this.#mailroom.start()
    this.#ticks.start()
    this.log('INFO', 'EA started', { symbols: this.broker.symbols.size })
    this.#duties_done = this.#duties.run()
    if (this.#options.ticks !== undefined) void this.#feed(this.#options.ticks)
  }

  /** Shows one tick to the broker and sends it: for callers that have their own market. */
  tick(tick: Tick): void {
    if (this.#ended.signal.aborted) return
    this.stats.ticks_read++
    this.broker.onTick(tick)
    this.#ticks.push(tick)
  }

  /** Sends a full list of positions as soon as possible. */
  syncSoon(): void {
    this.#duties.syncSoon()
  }

  /** A log line for the server (port 9903); kept until it is taken. */
  log(level: LogLevel, message: string, details: unknown = {}): void {
    if (!this.#ended.signal.aborted) this.#mailroom.log(level, message, details)
  }

  /**
   * Resolves when every tick, answer, trade event and log is acknowledged and the feed has ended (an
   * `endless` one is not waited for). Rejects when the feed failed or the EA was stopped.
   */
  idle(): Promise<void> {
    return this.#idle.wait()
  }

  /**
   * Goodbye: no new work, deliver what waits (at most `stop_timeout_ms`, 5 s by default), then disconnect.
   * The answer says whether everything was delivered.
   */
  async stop(reason = 'stopped'): Promise<boolean> {
    this.#stopping.abort()
    await this.#duties_done
    if (this.#ended.signal.aborted) return this.#pending() === 0
    const delivered = this.#started && (await this.#deliverRest())
    if (this.#link.up) await this.#link.send('disconnect', disconnectBody(this.#link.account, reason))
    this.#end(true)
    return delivered
  }

  /** Dies on the spot, as a crashed terminal does. The broker lives on and can be given to a new EA. */
  kill(): void {
    this.#end(false)
  }

  readonly #emit: Emit = (event) => this.#options.onEvent?.({ at_ms: this.#link.clock.now(), ...event })

  readonly #onTrade = (event: BrokerEvent): void => {
    this.#emit({ type: 'trade', event })
    // The plain endpoints have no word for another volume: the full list says it.
    if (event.kind === 'changed') {
      this.#duties.syncSoon()
      return
    }
    this.#mailroom.trade(tradeMessage(this.#link.account, event))
    if (this.#options.sync_after_trade === true) this.#duties.syncSoon()
  }

  async #deliverRest(): Promise<boolean> {
    this.#feeding = false
    this.#ticks.flush()
    const patience = new AbortController()
    const timeout_ms = this.#options.stop_timeout_ms ?? 5_000
    const late = this.#link.clock.sleep(timeout_ms, patience.signal).then(() => false)
    const delivered = await Promise.race([this.#idle.drained().then(() => true), late])
    patience.abort()
    return delivered
  }

  async #feed(ticks: Iterable<Tick> | AsyncIterable<Tick>): Promise<void> {
    const { speed = 1 } = this.#options
    const { clock } = this.#link
    const signal = this.#stopping.signal
    const take = (tick: Tick) => this.tick(tick)
    this.#feeding = true
    try {
      await runFeed({ ticks, speed, clock, signal, take, room: () => this.#ticks.room() })
      if (!signal.aborted) this.#emit({ type: 'feed_ended' })
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error))
      this.#emit({ type: 'feed_failed', cause: cause.message })
      this.log('ERROR', 'the tick feed broke off', { cause: cause.message })
      this.#idle.fail(cause)
    }
    this.#feeding = false
    this.#ticks.flush()
    this.#idle.changed()
  }

  #batchSettled(batch: TickBatch, sent: Sent): void {
    const { batch_id, ticks } = batch
    if (sent.verdict === 'taken') {
      this.stats.batches_acked++
      this.stats.ticks_acked += ticks.length
      this.#emit({ type: 'ticks_acked', batch_id, count: ticks.length, reply: sent.reply?.body })
    } else {
      this.#mailroom.refused({ endpoint: 'ticks_batch', body: batch.body }, sent)
      this.#ticksLost(ticks)
    }
    this.#idle.changed()
  }

  #ticksLost(ticks: readonly Tick[]): void {
    const first_ms = ticks[0]?.time_ms ?? 0
    const range = { count: ticks.length, first_ms, last_ms: ticks.at(-1)?.time_ms ?? first_ms }
    this.stats.ticks_dropped += ticks.length
    this.#emit({ type: 'ticks_dropped', ...range })
    this.log('ERROR', `${range.count} ticks were lost`, range)
  }

  #backOnline(): void {
    this.#courier.wake()
    this.#duties.allSoon()
    this.log('WARNING', 'the link was lost and is back', { reconnects: this.stats.reconnects })
  }

  #pending(): number {
    const feed = this.#feeding && this.#options.endless !== true ? 1 : 0
    return feed + this.#ticks.pending + this.#mailroom.pending
  }

  #end(clean: boolean): void {
    if (this.#ended.signal.aborted) return
    this.#stopping.abort()
    this.#ended.abort()
    this.#link.destroy()
    this.#mailroom.clear()
    this.#ticks.clear()
    // A new EA may have taken the broker over already.
    if (this.broker.listener === this.#onTrade) this.broker.listener = null
    this.#emit({ type: 'disconnected', clean })
    this.#idle.fail(new Error('the EA was stopped'))
  }
}
