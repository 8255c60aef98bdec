// What disk and network do to the ledger on this day: slow flushes, commits of unknown outcome, spells of absence.
import type { CommitFate, MemoryWeather } from '@ngtb/server/parts'
import type { Happening } from './coverage.ts'
import type { DatabaseDay } from './day.ts'
import type { Random } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'

export class DatabaseWeather implements MemoryWeather {
  readonly #time: VirtualTime
  readonly #random: Random
  readonly #count: (kind: Happening) => void
  #day: Omit<DatabaseDay, 'away_every_ms' | 'went_back'> = FAIR
  #away_until = 0

  constructor(time: VirtualTime, random: Random, count: (kind: Happening) => void) {
    this.#count = count
    this.#time = time
    this.#random = random
  }

  begin(day: DatabaseDay): void {
    this.#day = day
  }

  fate(): CommitFate {
    const { unknown_written, unknown_lost } = this.#day
    if (this.readAway()) return 'away'
    if (this.#random.chance(unknown_written))
      return this.#is('unknown_written', 'commit written, told as away')
    if (this.#random.chance(unknown_lost)) return this.#is('unknown_lost', 'commit lost, told as away')
    return 'done'
  }

  flush_ms(): number {
    const { flush_ms, slow } = this.#day
    return this.#late(slow, 'commit late by 0.5 s or more') ?? flush_ms
  }

  answer_ms(): number {
    return this.#late(this.#day.slow, 'commit late by 0.5 s or more') ?? 0
  }

  read_ms(): number {
    return this.#late(this.#day.slow * 0.5, 'read late by 0.5 s or more') ?? 0
  }

  #late(ratio: number, kind: Happening): number | null {
    if (!this.#random.chance(ratio)) return null
    const ms = this.#random.exponential(this.#day.slow_ms)
    if (ms >= 500) this.#count(kind)
    return ms
  }

  #is(fate: CommitFate, kind: Happening): CommitFate {
    this.#count(kind)
    return fate
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
