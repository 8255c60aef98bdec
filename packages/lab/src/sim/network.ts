// The ways between the parties: they lose, delay, reorder, repeat, hold back for minutes, and are cut in one direction.
// They never corrupt: that is TLS's job.
import type { Happening } from './coverage.ts'
import type { NetworkDay } from './day.ts'
import type { Random } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'

/** One direction of one line. */
export interface Way {
  readonly name: string
  cut_until: number
  /** When the latest message on it arrives. */
  latest_at: number
}

export class Network {
  readonly #time: VirtualTime
  readonly #random: Random
  readonly #ways: Way[] = []
  readonly #count: (kind: Happening) => void
  #day: NetworkDay

  constructor(
    time: VirtualTime,
    random: Random,
    day: NetworkDay,
    count: (kind: Happening) => void = () => {},
  ) {
    this.#count = count
    this.#time = time
    this.#random = random
    this.#day = day
  }

  way(name: string): Way {
    const way = { name, cut_until: 0, latest_at: 0 }
    this.#ways.push(way)
    return way
  }

  /** @returns false: it will never arrive */
  send(way: Way, deliver: () => void): boolean {
    if (this.#isLost(way)) return false
    this.#arrives(way, deliver)
    if (this.#random.chance(this.#day.replay)) {
      this.#count('message doubled')
      this.#time.after(this.delay() * 3, deliver)
    }
    return true
  }

  /** A reply comes back on the line that asked: it may be lost or late, never twice. */
  reply(way: Way, deliver: () => void): boolean {
    if (this.#isLost(way)) return false
    this.#arrives(way, deliver)
    return true
  }

  #isLost(way: Way): boolean {
    const lost = this.#time.now < way.cut_until || this.#random.chance(this.#day.loss)
    if (lost) this.#count('message lost')
    return lost
  }

  #arrives(way: Way, deliver: () => void): void {
    const delay_ms = this.delay()
    const at = this.#time.now + delay_ms
    if (at < way.latest_at) this.#count('message overtaken')
    way.latest_at = Math.max(way.latest_at, at)
    this.#time.after(delay_ms, deliver)
  }

  delay(): number {
    const { clog, clog_ms, delay_ms } = this.#day
    const ms = this.#random.exponential(this.#random.chance(clog) ? clog_ms : delay_ms)
    if (ms >= 5_000) this.#count('message held back 5 s or more')
    return ms
  }

  /** How long after its beginning the end of a long message arrives. */
  tail(): number {
    return this.#random.chance(0.3) ? this.#random.exponential(this.#day.delay_ms * 2) : 0
  }

  isCut(way: Way): boolean {
    return this.#time.now < way.cut_until
  }

  /** One way, or both directions of a line, go silent for a while. */
  cutSomething(): { said: string; both: boolean } {
    const way = this.#random.pick(this.#ways)
    const until = this.#time.now + this.#random.exponential(this.#day.cut_ms)
    way.cut_until = until
    if (!this.#random.chance(0.5)) return { said: `${way.name} is cut`, both: false }
    const line = way.name.split('>').toSorted().join('>')
    for (const other of this.#ways)
      if (other.name.split('>').toSorted().join('>') === line) other.cut_until = until
    return { said: `${way.name} is cut both ways`, both: true }
  }

  /** From here on nothing goes wrong; what is under way still arrives, however late. */
  heal(): void {
    for (const way of this.#ways) way.cut_until = 0
    this.#day = { ...this.#day, loss: 0, replay: 0, clog: 0, delay_ms: Math.min(20, this.#day.delay_ms) }
  }
}
