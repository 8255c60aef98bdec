// The clock that moves commands and connections by itself: one timer, set to the earliest deadline of all desks.
import type { Clock, Log, Timers } from '../ports.ts'
import type { CommandDelivery } from '../services/command-delivery.ts'
import type { Connections } from '../services/connections.ts'
import type { Desk } from '../services/desk.ts'
import type { Desks } from '../services/desks.ts'

const RETRY_MS = 250
const SLEEP_MS_MAX = 60_000

export class Deadlines {
  readonly #desks: Desks
  readonly #delivery: CommandDelivery
  readonly #connections: Connections
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #log: Log
  #timer: { at: number; cancel(): void } | null = null
  #stopped = false

  constructor(parts: {
    desks: Desks
    delivery: CommandDelivery
    connections: Connections
    clock: Clock
    timers: Timers
    log: Log
  }) {
    this.#desks = parts.desks
    this.#delivery = parts.delivery
    this.#connections = parts.connections
    this.#clock = parts.clock
    this.#timers = parts.timers
    this.#log = parts.log
  }

  start(): void {
    this.#sleepUntil(this.#clock.now())
  }

  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  /** A desk changed: its deadline may have come nearer. */
  changed(account_id: number): void {
    const at = this.#dueAt(this.#desks.get(account_id))
    if (at !== null && (this.#timer === null || at < this.#timer.at)) this.#sleepUntil(at)
  }

  #dueAt(desk: Desk): number | null {
    const command = this.#delivery.nextDeadline(desk)
    const silence = desk.state ? this.#connections.nextDeadline(desk.state.connection) : null
    return command === null ? silence : silence === null ? command : Math.min(command, silence)
  }

  #sleepUntil(at: number): void {
    if (this.#stopped) return
    this.#timer?.cancel()
    const ms = Math.min(SLEEP_MS_MAX, Math.max(0, at - this.#clock.now()))
    this.#timer = { at, ...this.#timers.after(ms, () => void this.#sweep()) }
  }

  async #sweep(): Promise<void> {
    this.#timer = null
    const now = this.#clock.now()
    let next = now + SLEEP_MS_MAX
    for (const desk of this.#desks.opened()) {
      // A desk that lost its picture with the database has deadlines all the same.
      if (!desk.state) await desk.ready().catch(() => {})
      if (!desk.state) next = Math.min(next, now + RETRY_MS)
      const due = this.#dueAt(desk)
      if (due !== null && due <= now && !(await this.#runOut(desk))) next = Math.min(next, now + RETRY_MS)
      next = Math.min(next, this.#dueAt(desk) ?? next)
    }
    // A desk that changed while others were swept may have set a nearer alarm: it stands.
    this.#sleepUntil(Math.max(Math.min(next, this.#alarm() ?? next), now + 1))
  }

  #alarm(): number | undefined {
    return this.#timer?.at
  }

  /** False when the database was away: the deadline has passed, and stays passed. */
  async #runOut(desk: Desk): Promise<boolean> {
    try {
      await desk.run((step) => {
        this.#delivery.runOut(step)
        this.#connections.recordSilence(step)
      })
      return true
    } catch (error) {
      this.#log.warn('deadlines wait for the database', { account_id: desk.account_id, error: String(error) })
      await desk.ready().catch(() => {})
      return false
    }
  }
}
