// What this process did in the last minute, counted while it works: commands, ticks, commits, answers. No ledger: it is
// gone with the process, and what is sampled of it may be lost.
import { isSettled, quantile } from '@ngtb/core'
import type { ChangeSet, Clock, Store } from '../ports.ts'
import type { Observer } from './observer.ts'

const SECONDS = 60
const LATENCIES_MAX = 500

/** A count over the last sixty seconds, second by second. */
export class LastMinute {
  readonly #counts = new Float64Array(SECONDS)
  readonly #seconds = new Float64Array(SECONDS).fill(-1)

  add(now: number, count: number): void {
    const second = Math.floor(now / 1_000)
    const at = second % SECONDS
    if (this.#seconds[at] !== second) {
      this.#seconds[at] = second
      this.#counts[at] = 0
    }
    this.#counts[at] = (this.#counts[at] ?? 0) + count
  }

  sum(now: number): number {
    const oldest = Math.floor(now / 1_000) - SECONDS
    return this.#counts.reduce(
      (sum, count, at) => ((this.#seconds[at] ?? -1) >= oldest ? sum + count : sum),
      0,
    )
  }
}

export class Meter {
  readonly created = new LastMinute()
  readonly settled = new LastMinute()
  readonly ticks = new LastMinute()
  readonly #commits = new LastMinute()
  readonly #commit_ms = new LastMinute()
  readonly began_at: number
  #commit_max: { at: number; ms: number } = { at: 0, ms: 0 }
  /** From hand-out to answer, by account: the newest of the last minute. */
  readonly #latencies = new Map<number, { at: number; ms: number }[]>()

  constructor(began_at: number) {
    this.began_at = began_at
  }

  committed(change: ChangeSet, began: number, now: number): void {
    this.#commits.add(now, 1)
    this.#commit_ms.add(now, now - began)
    if (now - began >= this.#commit_max.ms || now - this.#commit_max.at > SECONDS * 1_000)
      this.#commit_max = { at: now, ms: now - began }
    if (change.commands.length === 0) return
    const newest = new Map(change.commands.map((command) => [command.command_id, command]))
    for (const { attempt, created_at, status, completed_at } of newest.values()) {
      if (attempt <= 1 && change.audit.length > 0 && created_at === change.audit[0]?.at)
        this.created.add(now, 1)
      if (isSettledNow(status, completed_at, change)) this.settled.add(now, 1)
    }
    for (const { account_id, delivered_at, answered_at } of change.attempts)
      if (answered_at !== null) this.#answered(account_id, now, answered_at - delivered_at)
  }

  #answered(account_id: number, now: number, ms: number): void {
    const known = this.#latencies.get(account_id) ?? []
    known.push({ at: now, ms })
    if (known.length > LATENCIES_MAX) known.splice(0, known.length - LATENCIES_MAX)
    this.#latencies.set(account_id, known)
  }

  /** @returns per second, over the last minute or since the process began */
  rate(count: LastMinute, now: number): number {
    const seconds = Math.min(SECONDS, Math.max(1, (now - this.began_at) / 1_000))
    return Math.round((count.sum(now) / seconds) * 1_000) / 1_000
  }

  commits(now: number): { mean_ms: number | null; max_ms: number | null } {
    const count = this.#commits.sum(now)
    if (count === 0) return { mean_ms: null, max_ms: null }
    return { mean_ms: this.#commit_ms.sum(now) / count, max_ms: this.#commit_max.ms }
  }

  latencies(account_id: number, now: number): { p50: number | null; p99: number | null } {
    const recent = (this.#latencies.get(account_id) ?? []).filter(({ at }) => at > now - SECONDS * 1_000)
    const all = recent.map(({ ms }) => ms)
    return { p50: quantile(all, 0.5), p99: quantile(all, 0.99) }
  }
}

const isSettledNow = (
  status: ChangeSet['commands'][number]['status'],
  completed_at: number | null,
  { audit }: ChangeSet,
): boolean => isSettled({ status }) && completed_at === audit.at(-1)?.at

/** The same ledger; each commit is counted, and the caller's promise is the ledger's own. */
export function metered(store: Store, meter: Meter, observer: Observer, clock: Clock): Store {
  return {
    ...store,
    commit(change) {
      const began = clock.now()
      const done = store.commit(change)
      done.then(
        () => {
          const now = clock.now()
          meter.committed(change, began, now)
          observer.committed(change, began, now)
        },
        (error) => observer.failed(error), // it is its caller's to hear of
      )
      return done
    },
  }
}
