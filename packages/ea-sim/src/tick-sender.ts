// Ticks on their way: gathered, numbered into batches, and repeated until acknowledged.
//
//   S1. A batch's ticks and its name are fixed when it is made; every resend is the same (P11).
//   S2. One batch is under way at a time, so ticks arrive in order. What gathers meanwhile goes as one batch.
//   S3. The buffer is bounded; what it must drop is counted and reported as a range.
//   S4. Ticks are numbered as they come, so that the server sees what was dropped; one batch holds no gap.

import type { Line, Sent } from './link.ts'
import type { Tick } from './model/ticks.ts'
import type { Cadence } from './options.ts'
import type { Courier } from './outbox.ts'
import type { EaStats } from './stats.ts'
import type { TickLine } from './tick-line.ts'
import { ticksBody } from './wire.ts'

export interface TickBatch {
  batch_id: string
  body: string
  ticks: readonly Tick[]
}

export interface TickSenderContext {
  link: Line
  courier: Courier
  stats: EaStats
  cadence: () => Cadence
  run_id: string
  /** A native EA says its numbers (P11); a plain one has no words for them. */
  numbered: boolean
  buffer_max: number
  /** Another way than HTTP; null: not now. */
  line?: TickLine | undefined
  onSettled: (batch: TickBatch, sent: Sent) => void
  onDropped: (ticks: readonly Tick[]) => void
}

export class TickSender {
  readonly #context: TickSenderContext
  #buffer: Tick[] = []
  /** Index of the first tick of the buffer that is not in a batch yet: shifting an array per tick is slow. */
  #head = 0
  /** The number of the first tick that is in no batch yet. */
  #next_seq = 1
  #under_way = 0
  #next_batch = 1
  /** What is in the buffer has waited long enough, or must go now. */
  #due = false
  #cancel_timer: (() => void) | null = null
  #running = false
  #room_waiters: (() => void)[] = []

  constructor(context: TickSenderContext) {
    this.#context = context
  }

  get buffered(): number {
    return this.#buffer.length - this.#head
  }

  /** Not yet acknowledged. */
  get pending(): number {
    return this.buffered + this.#under_way
  }

  push(tick: Tick): void {
    this.#buffer.push(tick)
    const { buffer_max, link, cadence } = this.#context
    if (this.buffered > buffer_max) this.#drop(Math.max(1, Math.floor(buffer_max / 10)))
    if (this.#cancel_timer === null && !this.#due)
      this.#cancel_timer = link.clock.after(cadence().tick_interval_ms, () => this.flush())
    this.#pump()
  }

  start(): void {
    this.#running = true
    this.#pump()
  }

  /** What is there goes out now, however little it is. */
  flush(): void {
    this.#stopTimer()
    this.#due = true
    this.#pump()
  }

  clear(): void {
    this.#running = false
    this.#stopTimer()
    this.#buffer = []
    this.#head = 0
    for (const resolve of this.#room_waiters.splice(0)) resolve()
  }

  /** Resolves when less than two full batches wait: how a feed without a clock is slowed down. */
  async room(): Promise<void> {
    if (this.#hasRoom()) return
    await new Promise<void>((resolve) => this.#room_waiters.push(resolve))
  }

  #hasRoom(): boolean {
    return this.buffered < Math.min(2 * this.#context.cadence().tick_batch_max, this.#context.buffer_max)
  }

  #pump(): void {
    const { tick_batch_size, tick_batch_max } = this.#context.cadence()
    if (this.buffered === 0) this.#due = false
    const enough = this.#due || this.buffered >= tick_batch_size
    if (!this.#running || this.#under_way > 0 || this.buffered === 0 || !enough) return
    const first_seq = this.#next_seq
    const ticks = this.#take(Math.min(this.buffered, tick_batch_max))
    if (this.buffered === 0) {
      this.#due = false
      this.#stopTimer()
    }
    void this.#deliver(ticks, first_seq)
  }

  async #deliver(ticks: readonly Tick[], first_seq: number): Promise<void> {
    const { link, courier, stats, run_id, numbered, line, onSettled } = this.#context
    const batch_id = `${run_id}-${this.#next_batch++}`
    const numbers = numbered ? { run: run_id, first_seq } : null
    const batch: TickBatch = { batch_id, ticks, body: ticksBody(link.account, batch_id, ticks, numbers) }
    this.#under_way = ticks.length
    stats.batches_sent++
    stats.ticks_sent += ticks.length
    let tries = 0
    const sent = await courier.deliver(async () => {
      if (tries++ > 0) stats.batches_resent++
      return (await line?.send(ticks, first_seq)) ?? link.send('ticks_batch', batch.body)
    })
    this.#under_way = 0
    if (this.#hasRoom()) for (const resolve of this.#room_waiters.splice(0)) resolve()
    if (sent !== null) onSettled(batch, sent)
    this.#pump()
  }

  #take(count: number): Tick[] {
    const ticks = this.#buffer.slice(this.#head, this.#head + count)
    this.#head += count
    this.#next_seq += count
    if (this.#head > 4096 && this.#head * 2 > this.#buffer.length) {
      this.#buffer = this.#buffer.slice(this.#head)
      this.#head = 0
    }
    return ticks
  }

  /** The oldest go: a fresh quote is worth more than one from before the outage. A tenth at a time. */
  #drop(count: number): void {
    this.#context.onDropped(this.#take(count))
  }

  #stopTimer(): void {
    this.#cancel_timer?.()
    this.#cancel_timer = null
  }
}
