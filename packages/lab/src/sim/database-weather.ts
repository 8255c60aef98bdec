// What disk and network do to the ledger on this day: slow flushes, commits of unknown outcome, spells of absence.
import type { CommitFate, MemoryWeather } from '@ngtb/server/parts'
import type { DatabaseDay } from './day.ts'
import type { Random } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'

export class DatabaseWeather implements MemoryWeather {
  readonly #time: VirtualTime
  readonly #random: Random
  #day: Omit<DatabaseDay, 'away_every_ms' | 'went_back'> = FAIR
  #away_until = 0

  constructor(time: VirtualTime, random: Random) {
    this.#time = time
    this.#random = random
  }

  begin(day: DatabaseDay): void {
    this.#day = day
  }

  fate(): CommitFate {
    const { unknown_written, unknown_lost } = this.#day
    if (this.readAway()) return 'away'
    if (this.#random.chance(unknown_written)) return 'unknown_written'
    return this.#random.chance(unknown_lost) ? 'unknown_lost' : 'done'
  }

  flush_ms(): number {
    const { flush_ms, slow, slow_ms } = this.#day
    return this.#random.chance(slow) ? this.#random.exponential(slow_ms) : flush_ms
  }

  answer_ms(): number {
    return this.#random.chance(this.#day.slow) ? this.#random.exponential(this.#day.slow_ms) : 0
  }

  read_ms(): number {
    return this.#random.chance(this.#day.slow * 0.5) ? this.#random.exponential(this.#day.slow_ms) : 0
  }

  readAway(): boolean {
    return this.#time.now < this.#away_until
  }

  goAway(): void {
    this.#away_until = this.#time.now + this.#random.exponential(this.#day.away_ms)
  }

  heal(): void {
    this.#away_until = 0
    this.#day = { ...FAIR, flush_ms: 1 }
  }
}

const FAIR = { flush_ms: 0, slow: 0, slow_ms: 0, unknown_written: 0, unknown_lost: 0, away_ms: 0 }
