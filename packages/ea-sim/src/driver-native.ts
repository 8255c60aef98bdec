// The native EA at work in real time: its effects done, its words sent, its journal on a disk.
//
//   D1. The clock is read right before an effect is asked for, and an order is sent right after (P5).
//   D2. A broker or a disk that does not answer makes the outcome unknown, never absent.
//   D3. kill() is a crash: nothing more is sent or written, memory is gone. What is on the disk is the next start's.
//   D4. After a halt (the journal could not be written) a new machine starts from what can be read.

import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { dirname, resolve as resolvePath } from 'node:path'
import { type Clock, systemClock } from './clock.ts'
import { runFeed } from './feed.ts'
import { Gate } from './gate.ts'
import { JournalFile } from './journal-file.ts'
import { type LogLevel, Mailroom } from './mailroom.ts'
import { backoffMs } from './model/backoff.ts'
import type { BrokerEvent } from './model/broker-types.ts'
import type { Effect, EffectResult } from './model/native/api.ts'
import { openedFrom } from './model/native/journal-state.ts'
import { NativeEa } from './model/native/native-ea.ts'
import type { Tick } from './model/ticks.ts'
import { NativeLink } from './native-link.ts'
import { NativeLoops } from './native-loops.ts'
import { type Emit, NATIVE_CADENCE, type NativeCadence, type NativeDriverOptions } from './native-options.ts'
import { cadenceOf } from './options.ts'
import { Courier } from './outbox.ts'
import { EaStats } from './stats.ts'
import type { TickLine } from './tick-line.ts'
import { TickSender } from './tick-sender.ts'
import { barsBody, disconnectBody, tradeEvent } from './wire.ts'

const ORDER_TIMEOUT_MS = 15_000
const LOOK_TIMEOUT_MS = 5_000
/** The list goes by the network: it must not hold up an order for long. */
const SYNC_TIMEOUT_MS = 3_000
/** Nothing else is done meanwhile: it is tried again with the next delivery. */
const BARS_TIMEOUT_MS = 2_000

/** One native EA in real time. Make it with `createNativeEa`. */
export class RunningNativeEa {
  readonly stats = new EaStats()
  readonly #options: NativeDriverOptions
  readonly #clock: Clock
  readonly #random: () => number
  readonly #cadence: NativeCadence
  readonly #link: NativeLink
  readonly #loops: NativeLoops
  readonly #mailroom: Mailroom
  readonly #ticks: TickSender
  #tick_line: TickLine | null = null
  readonly #boot_id: string
  /** No new work is taken. */
  readonly #stopping = new AbortController()
  /** Ends everything. */
  readonly #ended = new AbortController()
  #journal: JournalFile | null = null
  #ea: NativeEa | null = null
  #running: Promise<unknown> = Promise.resolve()

  constructor(options: NativeDriverOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
    this.#boot_id = options.boot_id ?? bootId()
    this.#cadence = { ...cadenceOf(null, options.cadence), ...NATIVE_CADENCE, ...options.cadence }
    setMaxListeners(0, this.#ended.signal, this.#stopping.signal)
    const { stats } = this
    const emit = this.#emit
    const signal = this.#ended.signal
    const gate = new Gate()
    const shared = { options, stats, emit, signal }
    this.#link = new NativeLink({ ...shared, clock: this.#clock, random: this.#random })
    const link = this.#link
    const { broker } = options
    const cadence = this.#cadence
    this.#loops = new NativeLoops({
      ...shared,
      link,
      gate,
      broker,
      cadence,
      ea: () => this.machine,
    })
    const courier = new Courier(link, signal)
    const nobody = () => undefined
    const print = options.log ?? nobody
    this.#mailroom = new Mailroom({ link, courier, gate, stats, emit: nobody, onChanged: nobody, print })
    const run_id = randomUUID()
    if (options.push === true) this.#tick_line = link.tickLine(run_id)
    this.#ticks = new TickSender({
      link,
      line: this.#tick_line ?? undefined,
      courier,
      stats,
      cadence: () => cadence,
      run_id,
      numbered: true,
      buffer_max: options.tick_buffer_max ?? 200_000,
      onSettled: ({ ticks }, sent) => {
        if (sent.verdict === 'taken') stats.ticks_acked += ticks.length
        else stats.ticks_dropped += ticks.length
      },
      onDropped: (ticks) => {
        stats.ticks_dropped += ticks.length
      },
    })
  }

  /** The state machine itself: status, epoch, journal. */
  get machine(): NativeEa {
    if (this.#ea === null) throw new Error('start() it first')
    return this.#ea
  }

  get api_key(): string | null {
    return this.#link.api_key
  }

  get online(): boolean {
    return this.#ea?.status === 'online'
  }

  /** Ticks go by a socket of their own now. */
  get ticks_framed(): boolean {
    return this.#tick_line?.is_open === true
  }

  /** Commands come by the socket now. */
  get pushed(): boolean {
    return this.#link.has_socket
  }

  /**
   * Opens the journal, connects and begins to work; resolves when the session stands (a standby waits for its turn).
   * @throws {ConnectRefused} when the server is there and says no
   * @throws {JournalInUse} when another process has the journal
   */
  async start(): Promise<void> {
    await this.begin()
    await this.#loops.whenOnline()
  }

  /** As start(), without waiting for the session. */
  async begin(): Promise<void> {
    this.#journal = await JournalFile.open(this.#options.journal_path)
    this.#ea = this.#machineFrom(this.#journal.text)
    this.#options.broker.listen?.(this.#onTrade)
    this.#options.broker.listenOrders?.(() => this.#loops.bells.events.ring())
    this.#mailroom.start()
    this.#ticks.start()
    this.#running = Promise.all([this.#work(), this.#loops.run()])
  }

  /** Shows one tick to the broker and sends it. */
  tick(tick: Tick): void {
    if (this.#ended.signal.aborted) return
    this.stats.ticks_read++
    this.#options.broker.onTick?.(tick)
    this.#ticks.push(tick)
    this.#loops.bells.work.ring()
  }

  /** Plays ticks at their own pace (speed 0: as fast as they are taken) until the source ends or the EA does. */
  feed(ticks: Iterable<Tick> | AsyncIterable<Tick>, speed = 1): Promise<void> {
    const take = (tick: Tick) => this.tick(tick)
    const signal = this.#stopping.signal
    return runFeed({ ticks, speed, clock: this.#clock, signal, take, room: () => this.#ticks.room() })
  }

  /** A full list of positions as soon as possible. */
  syncSoon(): void {
    this.#loops.bells.sync.ring()
  }

  log(level: LogLevel, message: string, details: unknown = {}): void {
    if (!this.#ended.signal.aborted) this.#mailroom.log(level, message, details)
  }

  /** Goodbye: delivers what waits (at most `stop_timeout_ms`, 5 s by default); says whether all of it was taken. */
  async stop(reason = 'stopped'): Promise<boolean> {
    this.#stopping.abort()
    this.#ticks.flush()
    const { stop_timeout_ms = 5_000 } = this.#options
    const until = this.#clock.now() + stop_timeout_ms
    while (this.#pending() > 0 && this.#clock.now() < until && !this.#ended.signal.aborted)
      await this.#clock.sleep(10, this.#ended.signal)
    const delivered = this.#pending() === 0
    const session = this.#ea?.sessionFields(this.#clock.stamp())
    if (this.online && session != null)
      await this.#link.say('disconnect', {
        ...(JSON.parse(disconnectBody(this.#link.account, reason)) as object),
        ...session,
      })
    await this.#end(true)
    return delivered
  }

  /** Dies on the spot, as a crashed terminal does. */
  async kill(): Promise<void> {
    await this.#end(false)
  }

  readonly #emit: Emit = (event) => this.#options.onEvent?.({ at_ms: this.#clock.now(), ...event })

  readonly #onTrade = (event: BrokerEvent): void => {
    this.#emit({ type: 'trade', event })
    // Another EA owns the account and tells it.
    if (this.#ea === null || this.#ea.status === 'standby') return
    this.#ea.events.push(tradeEvent(event))
    this.#loops.bells.events.ring()
  }

  #machineFrom(text: string): NativeEa {
    const { settle_ms, look_every_ms, trade_server = 'Demo', journal_path } = this.#options
    const folder = dirname(resolvePath(journal_path))
    return new NativeEa({
      ...openedFrom(text),
      binding: { login: String(this.#link.account), trade_server, folder },
      boot_id: this.#boot_id,
      now: this.#clock.stamp(),
      random: this.#random,
      poll_interval_ms: this.#cadence.poll_ms,
      ...(settle_ms !== undefined && { settle_ms }),
      ...(look_every_ms !== undefined && { look_every_ms }),
    })
  }

  async #work(): Promise<void> {
    const signal = this.#ended.signal
    const { bells } = this.#loops
    let halts = 0
    while (!signal.aborted) {
      const ea = this.machine
      if (ea.status === 'halted') {
        await this.#clock.sleep(backoffMs(halts++, this.#link.backoff, this.#random), signal)
        if (!signal.aborted) await this.#restart()
        continue
      }
      const now = this.#clock.stamp()
      const effect = ea.nextEffect(now)
      if (effect === null) {
        await bells.work.wait(Math.max(1, ea.effectsAt(now) - now.mono_ms), this.#clock, signal)
        continue
      }
      const result = await this.#around(effect)
      if (signal.aborted) return
      ea.effectDone(effect, result, this.#clock.stamp())
      if (effect.kind === 'append' && result.kind === 'ok') halts = 0
      this.#emit({ type: 'effect', effect, result })
      this.#loops.ring()
    }
  }

  #around(effect: Effect): Promise<EffectResult> {
    const { around } = this.#options
    const perform = () => this.#perform(effect)
    const done = around === undefined ? perform() : around(effect, perform)
    return done.catch((error: unknown) => lost(String(error)))
  }

  async #perform(effect: Effect): Promise<EffectResult> {
    const { broker } = this.#options
    const journal = this.#journal
    if (journal === null) return lost('the journal is closed')
    switch (effect.kind) {
      case 'append':
        await journal.append(effect.records, effect.durable)
        return { kind: 'ok' }
      case 'rewrite_journal':
        await journal.rewrite(effect.records)
        return { kind: 'ok' }
      case 'replace_journal':
        await journal.replace()
        return { kind: 'replaced', journal_id: randomUUID() }
      case 'order':
        return this.#within(ORDER_TIMEOUT_MS, async () => ({
          kind: 'order',
          result: await broker.order(effect.request),
        }))
      case 'look':
        return this.#within(LOOK_TIMEOUT_MS, async () => ({
          kind: 'look',
          result: await broker.look(effect.query),
        }))
      case 'sync':
        return this.#within(SYNC_TIMEOUT_MS, async () =>
          (await this.#loops.syncNow()) ? { kind: 'ok' } : lost('the list was not taken'),
        )
      case 'bars':
        return this.#within(BARS_TIMEOUT_MS, async () => {
          const { verdict, cause } = await this.#link.sendNow('bars', barsBody(this.#link.account, effect))
          return verdict === 'taken' ? { kind: 'ok' } : lost(`the bars were not taken: ${cause}`)
        })
      case 'subscribe':
        this.#emit({ type: 'subscribed', symbols: effect.symbols })
        return { kind: 'ok' }
    }
  }

  async #within(ms: number, act: () => Promise<EffectResult>): Promise<EffectResult> {
    const patience = new AbortController()
    const late = this.#clock.sleep(ms, patience.signal).then(() => lost(`no answer within ${ms} ms`))
    const result = await Promise.race([act(), late])
    patience.abort()
    return result
  }

  /** D4. */
  async #restart(): Promise<void> {
    await this.#journal?.close().catch(() => undefined)
    this.#journal = null
    try {
      this.#journal = await JournalFile.open(this.#options.journal_path)
    } catch (error) {
      this.log('ERROR', 'the journal can not be opened', { cause: String(error) })
      return
    }
    this.#ea = this.#machineFrom(this.#journal.text)
    this.#link.use(null)
    this.#loops.ringAll()
  }

  #pending(): number {
    return (
      (this.#ea?.answers_waiting ?? 0) +
      (this.#ea?.events.pending ?? 0) +
      this.#mailroom.pending +
      this.#ticks.pending
    )
  }

  async #end(clean: boolean): Promise<void> {
    if (this.#ended.signal.aborted) return
    this.#stopping.abort()
    this.#ended.abort()
    this.#options.broker.listen?.(null)
    this.#options.broker.listenOrders?.(null)
    this.#link.destroy()
    this.#tick_line?.end()
    this.#mailroom.clear()
    this.#ticks.clear()
    await this.#running.catch(() => undefined)
    await this.#journal?.close().catch(() => undefined)
    this.#emit({ type: 'disconnected', clean })
  }
}

const lost = (cause: string): EffectResult => ({ kind: 'lost', cause })

/**
 * Names this run of the machine. Without the kernel's word it is the minute of its start: at worst two names for one
 * run, which only makes the EA look once more.
 */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `boot-${Math.round((Date.now() / 1000 - uptime()) / 60)}`
  }
}
