// Group commit, as storage/postgres/committer.ts does it: what arrives while one commit runs is the next group.
//
//   G1–G4 hold here as they do there. What the disk and the network do to a commit is handed in as its fate.
import { Refusal } from '@ngtb/protocol'
import { type ChangeSet, type Timers, VersionConflict } from '../../ports.ts'
import type { MemoryLedger } from './ledger.ts'

/**
 * done: written, then told · unknown_written: written, but told as away · unknown_lost: neither written nor known
 * to be (G3) · away: not even tried.
 */
export type CommitFate = 'done' | 'unknown_written' | 'unknown_lost' | 'away'

/** What happens to a commit: drawn by whoever simulates, one draw a group. */
export interface CommitWeather {
  fate(): CommitFate
  /** ms until the group is on the disk. */
  flush_ms(): number
  /** ms from there until the server hears of it. */
  answer_ms(): number
}

interface Waiting {
  readonly change: ChangeSet
  resolve(): void
  reject(error: Error): void
}

export class MemoryCommitter {
  #waiting: Waiting[] = []
  #running = false
  #gone = false
  #lost = false
  #closed = false
  readonly #ledger: MemoryLedger
  readonly #weather: CommitWeather
  readonly #sleep: (ms: number) => Promise<void>

  constructor(ledger: MemoryLedger, weather: CommitWeather, timers: Timers | null) {
    this.#ledger = ledger
    this.#weather = weather
    this.#sleep = sleeper(timers)
  }

  commit(change: ChangeSet): Promise<void> {
    if (this.#closed) return Promise.reject(new Refusal('NGTB_STOPPING'))
    if (this.#gone) return new Promise<never>(() => {}) // nobody is there to be answered
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  /** The server's end: what waits is forgotten, and the rest is heard of by nobody. @param sent left this machine */
  crash(sent: boolean): void {
    this.#gone = true
    this.#lost = !sent
    this.#waiting = []
  }

  close(): void {
    this.#closed = true
  }

  async #run(): Promise<void> {
    this.#running = true
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      await this.#group(group)
    }
    this.#running = false
  }

  async #group(group: Waiting[]): Promise<void> {
    const drawn = this.#weather.fate()
    const { restored } = this.#ledger
    await this.#sleep(this.#weather.flush_ms())
    // A database that was set back meanwhile has cut its connections.
    const fate = restored === this.#ledger.restored ? drawn : 'unknown_lost'
    const written = !this.#lost && (fate === 'done' || fate === 'unknown_written')
    const outcomes = written ? this.#write(group) : new Map<Waiting, Error>()
    await this.#sleep(this.#weather.answer_ms())
    if (this.#gone) return
    const away = fate === 'done' ? null : new Refusal('NGTB_DATABASE_AWAY')
    const lost = new Map<number, Error>()
    for (const waiting of group) {
      const error = away ?? outcomes.get(waiting)
      if (error) lost.set(waiting.change.account.account_id, error)
      if (error) waiting.reject(error)
      else waiting.resolve()
    }
    this.#failSuccessors(lost)
  }

  /** Each step in its order; the first that is refused takes its account's later ones with it (G2, G4). */
  #write(group: Waiting[]): Map<Waiting, Error> {
    const outcomes = new Map<Waiting, Error>()
    const lost = new Set<number>()
    for (const waiting of group) {
      const { account_id } = waiting.change.account
      try {
        if (lost.has(account_id)) throw new VersionConflict('its predecessor was not committed')
        this.#ledger.write(waiting.change)
      } catch (error) {
        lost.add(account_id)
        outcomes.set(waiting, error as Error)
      }
    }
    return outcomes
  }

  #failSuccessors(lost: ReadonlyMap<number, Error>): void {
    if (lost.size === 0) return
    const successors = this.#waiting.filter(({ change }) => lost.has(change.account.account_id))
    this.#waiting = this.#waiting.filter(({ change }) => !lost.has(change.account.account_id))
    for (const waiting of successors) {
      const error = lost.get(waiting.change.account.account_id)
      waiting.reject(
        error instanceof Refusal ? error : new VersionConflict('its predecessor was not committed'),
      )
    }
  }
}

/** No time at all, not even a timer's, when there is none to wait. */
export const sleeper =
  (timers: Timers | null) =>
  (ms: number): Promise<void> =>
    ms <= 0 || !timers ? Promise.resolve() : new Promise((resolve) => void timers.after(ms, resolve))
