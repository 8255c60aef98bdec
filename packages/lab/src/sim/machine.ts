// The computer that a terminal runs on: its two clocks, and a process on it that may be killed, stopped and woken.
//
//   E1. What happens for a process that is stopped waits until it goes on, and then happens in its order.
//   E2. What happens for a process that died never happens.

import { BEGIN } from './house.ts'
import type { Random } from './random.ts'
import type { Alarm, VirtualTime } from './virtual-time.ts'

export interface Stamp {
  readonly mono_ms: number
  readonly wall_ms: number
}

export class Machine {
  boot_id: string
  wall_error_ms = 0
  readonly #time: VirtualTime
  readonly #random: Random
  readonly #mono_origin: number
  #asleep_ms = 0
  #asleep_since: number | null = null
  #life = 0
  #alive = false
  #stopped = false
  #backlog: (() => void)[] = []

  constructor(time: VirtualTime, random: Random) {
    this.#time = time
    this.#random = random
    this.#mono_origin = random.between(1_000, 9_000_000)
    this.boot_id = random.uuid()
  }

  get alive(): boolean {
    return this.#alive
  }

  get stopped(): boolean {
    return this.#stopped
  }

  stamp(): Stamp {
    const { now } = this.#time
    const asleep = this.#asleep_ms + (this.#asleep_since === null ? 0 : now - this.#asleep_since)
    return { mono_ms: this.#mono_origin + now - asleep, wall_ms: BEGIN + now + this.wall_error_ms }
  }

  begin(): void {
    this.#life += 1
    this.#alive = true
  }

  /** The process is gone. @param power the machine with it: its monotonic clock and its run begin anew */
  end(power: boolean): void {
    this.wake()
    this.#life += 1
    this.#alive = false
    this.#backlog = []
    if (power) this.boot_id = this.#random.uuid()
  }

  /** Stopped in its tracks. @param asleep the whole machine: its monotonic clock stands still */
  stop(asleep: boolean): void {
    if (!this.#alive || this.#stopped) return
    this.#stopped = true
    if (asleep) this.#asleep_since = this.#time.now
  }

  wake(): void {
    if (!this.#stopped) return
    this.#stopped = false
    if (this.#asleep_since !== null) this.#asleep_ms += this.#time.now - this.#asleep_since
    this.#asleep_since = null
    const backlog = this.#backlog
    this.#backlog = []
    for (const run of backlog) run()
  }

  /** `run` as something that happens to the process that runs now. */
  bound<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
    const life = this.#life
    return (...args) => {
      if (life !== this.#life) return
      if (!this.#stopped) run(...args)
      else
        this.#backlog.push(() => {
          if (life === this.#life) run(...args)
        })
    }
  }

  after(ms: number, run: () => void): Alarm {
    return this.#time.after(ms, this.bound(run))
  }

  every(period_ms: number, run: () => void): void {
    const again = () => {
      run()
      this.after(period_ms, again)
    }
    this.after(this.#random.between(0, period_ms), again)
  }
}
