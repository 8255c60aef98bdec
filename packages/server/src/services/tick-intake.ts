// Ticks in: what came while the last commit ran is the next group; the answer waits for its commit (P11). Knows no
// account, so that it can live in a thread of its own; what the house should know of is told after the commit.
import { tickTimeMs } from '@ngtb/core'
import { limits, Refusal, type Tick, type TickRunState } from '@ngtb/protocol'
import type { Clock, Log, Store, TickBatch, TickGap, TickNumbers, TickOutcome } from '../ports.ts'

export interface Quote {
  readonly symbol: string
  readonly bid: number
  readonly ask: number
  readonly time_ms: number
  readonly received_at: number
}

/** What one account's EA sent with a group that is committed now; plain values, for they may go to another thread. */
export interface TickNews {
  readonly account_id: number
  readonly actor: string
  readonly received_at: number
  readonly kind: 'tick_batch' | 'bars'
  /** Came with this group, known ones too. */
  readonly batches: number
  /** Stored with it. */
  readonly ticks: number
  /** Told by their numbers to have been lost before they came here. */
  readonly losses: readonly TickGap[]
  /** The newest quote of each symbol. */
  readonly quotes: readonly Quote[]
}

export interface IntakePorts {
  readonly store: Pick<Store, 'ingest' | 'openTickRun'>
  readonly clock: Clock
  readonly log: Log
  tell(news: readonly TickNews[]): void
  /** A commit's outcome was lost: its ticks may be stored all the same. */
  tellUnsure(): void
}

interface Waiting {
  readonly batch: TickBatch
  readonly actor: string
  resolve(outcome: TickOutcome): void
  reject(error: unknown): void
}

const GROUP_TICKS_MAX = 100_000
/** Groups on their way to the ledger at once: it writes one while we read the next. */
const GROUPS_MAX = 2
const WAITING_TICKS_MAX = 2_000_000
const DAY_MS = 86_400_000

/** A batch as it came. */
export interface CameIn {
  readonly account_id: number
  readonly ticks: readonly Tick[]
  readonly batch_id: string | null
  readonly numbers: TickNumbers | null
  readonly actor: string
}

export interface TakenIn {
  readonly processed: number
  readonly duplicates: number
  readonly lost: TickGap | null
}

export class TickIntake {
  readonly #ports: IntakePorts
  #waiting: Waiting[] = []
  #waiting_ticks = 0
  #groups = 0

  constructor(ports: IntakePorts) {
    this.#ports = ports
  }

  /**
   * Stores a batch; resolves after its commit with how many ticks were new.
   * @throws {Refusal} NGTB_TICK_TIME, NGTB_TICK_SPREAD_OF_DAYS, NGTB_TICK_NUMBERS, NGTB_RATE, NGTB_DATABASE_AWAY
   */
  async ingest({ account_id, ticks, batch_id, numbers, actor }: CameIn): Promise<TakenIn> {
    const received_at = this.#ports.clock.now()
    const batch: TickBatch = { account_id, batch_id, numbers, received_at, ticks: readTicks(ticks) }
    if (this.#waiting_ticks + ticks.length > WAITING_TICKS_MAX)
      throw new Refusal('NGTB_RATE', 'more ticks are waiting than the disk takes', { retry_after_s: 1 })
    // Nothing is stored of it, nor its name: the ticks that come under it may still be on their way.
    if (ticks.length === 0) {
      const of_one = { account_id, actor, received_at, kind: 'tick_batch', batches: 1 } as const
      this.#ports.tell([{ ...of_one, ticks: 0, losses: [], quotes: [] }])
      return { processed: 0, duplicates: 0, lost: null }
    }
    const { fresh, lost, expected_seq, fenced } = await this.#enqueue(batch, actor)
    if (fenced) throw new Refusal('NGTB_FENCED', 'this run was opened on another line')
    if (expected_seq !== null)
      throw new Refusal('NGTB_TICK_NUMBERS', `the next number of this run is ${expected_seq}`, {
        more: { expected_seq },
      })
    return { processed: fresh ? ticks.length : 0, duplicates: fresh ? 0 : ticks.length, lost }
  }

  /** The run is this line's from now on; what is below `next_seq` is stored. */
  openRun(account_id: number, run: string): Promise<TickRunState> {
    return this.#ports.store.openTickRun(account_id, run, this.#ports.clock.now())
  }

  #enqueue(batch: TickBatch, actor: string): Promise<TickOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, actor, resolve, reject })
      this.#waiting_ticks += batch.ticks.length
      if (this.#groups < GROUPS_MAX) void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#groups += 1
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      try {
        const outcomes = await this.#ports.store.ingest(group.map(({ batch }) => batch))
        this.#ports.tell(newsOf(group, outcomes))
        for (const [at, waiting] of group.entries()) waiting.resolve(outcomes[at] as TickOutcome)
      } catch (error) {
        this.#ports.tellUnsure()
        if (!(error instanceof Refusal))
          this.#ports.log.error('ticks were not stored', { error: String(error) })
        for (const waiting of group) waiting.reject(error)
      }
    }
    this.#groups -= 1
  }

  #takeGroup(): Waiting[] {
    let ticks = 0
    let size = 0
    for (const { batch } of this.#waiting) {
      if (size > 0 && ticks + batch.ticks.length > GROUP_TICKS_MAX) break
      ticks += batch.ticks.length
      size++
    }
    this.#waiting_ticks -= ticks
    return this.#waiting.splice(0, size)
  }
}

/** One word per account, whatever the number of its batches: most of all a word costs is its way between threads. */
function newsOf(group: readonly Waiting[], outcomes: readonly TickOutcome[]): TickNews[] {
  const accounts = new Map<
    number,
    TickNews & { batches: number; ticks: number; losses: TickGap[]; latest: Map<string, Quote> }
  >()
  for (const [at, { batch, actor }] of group.entries()) {
    const { account_id, received_at, ticks } = batch
    const news = accounts.get(account_id) ?? {
      ...{ account_id, actor, received_at, kind: 'tick_batch' as const },
      ...{ batches: 0, ticks: 0, losses: [], quotes: [] },
      latest: new Map<string, Quote>(),
    }
    accounts.set(account_id, news)
    news.batches += 1
    const { fresh, lost } = outcomes[at] as TickOutcome
    if (!fresh) continue
    if (lost) news.losses.push(lost)
    news.ticks += ticks.length
    for (const { symbol, bid, ask, time_ms } of ticks)
      news.latest.set(symbol, { symbol, bid, ask, time_ms, received_at })
  }
  return [...accounts.values()].map(({ latest, ...news }) => ({ ...news, quotes: [...latest.values()] }))
}

/** @throws {Refusal} NGTB_TICK_TIME, NGTB_TICK_SPREAD_OF_DAYS */
function readTicks(ticks: readonly Tick[]): TickBatch['ticks'] {
  const days = new Set<number>()
  const read = ticks.map(({ symbol, bid, ask, timestamp, volume }, at) => {
    const time_ms = tickTimeMs(timestamp)
    if (time_ms < limits.time_ms_min || time_ms >= limits.time_ms_max)
      throw new Refusal('NGTB_TICK_TIME', `ticks.${at}.timestamp ${timestamp} lies outside 2000 … 2100`)
    days.add(Math.floor(time_ms / DAY_MS))
    return { symbol, bid, ask, time_ms, volume: volume ?? 0 }
  })
  if (days.size > limits.new_days_per_request_max) throw new Refusal('NGTB_TICK_SPREAD_OF_DAYS')
  return read
}
