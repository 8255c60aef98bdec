// Live ticks: the newest quote of each symbol for whoever wants no more, or every tick in the order of arrival, behind
// a cursor that can be gone on from.
//
//   Q1. Every tick is read from the ledger behind the last that was told; a commit is only the bell.
//   Q2. Nothing beyond what is settled (T11) is told, so a cursor has everything in front of it.
//   Q3. A listener is told as fast as he reads; nothing waits for him here but his place.
//   Q4. One who was up to date and falls behind by BEHIND_MS gets the newest quotes from then on, and is told so, with
//       the cursor to go on from.
//   Q5, Q6. See tape-reads.ts.
import type { TicksMessage } from '@ngtb/protocol'
import type { ArrivedTick, Clock, Log, Store, Timers } from '../ports.ts'
import { QuoteBoard } from './quote-board.ts'
import { type Found, TapeReads } from './tape-reads.ts'

export interface TapeListener {
  /** Null: every account. */
  readonly accounts: ReadonlySet<number> | null
  readonly symbols: ReadonlySet<string> | null
  mode: 'latest' | 'every'
  /** Latest: one message in so long, of all accounts together; 0 or left out: as they come, an account each. */
  readonly interval_ms?: number
  /** Q4: every tick was wanted, and is told no more. */
  fell?: boolean
  /** Everything up to this number of arrival was told. */
  cursor: number
  tell(message: TicksMessage): void
  /** False while his buffer is full. */
  room(): boolean
}

/** The newest quotes of an account, as a commit leaves them. */
export type NewQuotes = readonly Pick<ArrivedTick, 'symbol' | 'bid' | 'ask' | 'time_ms'>[]

interface TapePorts {
  readonly store: Pick<Store, 'settledTicks' | 'ticksBehind'>
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  login(account_id: number): string
  /** Q4: somebody fell behind. */
  onDowngrade?(): void
  /** Other servers on this ledger: what they store rings no bell here, and may be committed a little later. */
  others(): number
}

const PAGE = 2_000
/** Numbers of arrival have a clock in their high part: a thousand of them are a millisecond. */
const PER_MS = 1_000
const WINDOW_MS = 10_000
const BEHIND_MS = 10_000
const UP_TO_DATE_MS = 1_000
/** With other servers: ticks are told so much later, and looked for so often. */
const NEIGHBOURS_MS = 1_000
/** A full buffer is looked at again after this. */
const AGAIN_MS = 50

interface Reader {
  readonly listener: TapeListener
  /** Q4: he has been where the present is. */
  caught_up: boolean
  reading: boolean
  rung: boolean
  left: boolean
  /** He is looked after again by then: one at a time, however often it rings meanwhile. */
  timer: { cancel(): void } | null
}

export class Tape {
  readonly #ports: TapePorts
  readonly #readers = new Map<TapeListener, Reader>()
  readonly #board: QuoteBoard
  readonly #reads: TapeReads

  constructor(ports: TapePorts) {
    this.#ports = ports
    const { clock, timers } = ports
    this.#reads = new TapeReads(ports)
    this.#board = new QuoteBoard({ clock, timers, login: (id) => ports.login(id), now: () => this.now })
  }

  /** Who is told every tick. */
  get size(): number {
    return this.#readers.size
  }

  /** Where a listener without a cursor begins. */
  get now(): number {
    const { store, clock, others } = this.#ports
    return store.settledTicks(clock.now()) - (others() > 0 ? NEIGHBOURS_MS * PER_MS : 0)
  }

  listen(listener: TapeListener): void {
    if (listener.mode === 'latest') {
      this.#board.join(listener)
      return
    }
    const reader: Reader = {
      listener,
      caught_up: false,
      reading: false,
      rung: false,
      left: false,
      timer: null,
    }
    this.#readers.set(listener, reader)
    this.#ring(reader)
  }

  leave(listener: TapeListener): void {
    this.#board.leave(listener)
    const reader = this.#readers.get(listener)
    if (!reader) return
    reader.left = true
    reader.timer?.cancel()
    this.#readers.delete(listener)
  }

  /** Ticks of this account were committed. */
  hear(account_id: number, quotes: NewQuotes): void {
    this.#board.hear(account_id, quotes)
    for (const reader of this.#readers.values())
      if (reader.listener.accounts?.has(account_id) ?? true) this.#ring(reader)
  }

  #ring(reader: Reader): void {
    if (reader.left) return
    reader.rung = true
    if (!reader.reading) void this.#read(reader)
  }

  #ringIn(reader: Reader, ms: number): void {
    if (reader.left || reader.timer) return
    reader.timer = this.#ports.timers.after(ms, () => {
      reader.timer = null
      this.#ring(reader)
    })
  }

  async #read(reader: Reader): Promise<void> {
    reader.reading = true
    try {
      while (reader.rung && !reader.left) {
        reader.rung = false
        if (!reader.listener.room()) this.#later(reader)
        else await this.#tellEvery(reader)
      }
    } catch (error) {
      this.#ports.log.warn('live ticks could not be read; they go on with the next', { error: String(error) })
    } finally {
      reader.reading = false
    }
    if (this.#ports.others() > 0) this.#ringIn(reader, NEIGHBOURS_MS)
  }

  /** Q4, or he is looked after again. */
  #later(reader: Reader): void {
    const { listener } = reader
    const behind_ms = this.#behind(listener)
    if (!reader.caught_up || behind_ms <= BEHIND_MS) {
      this.#ringIn(reader, AGAIN_MS)
      return
    }
    this.leave(listener)
    listener.mode = 'latest'
    listener.fell = true
    this.#ports.onDowngrade?.()
    const { cursor } = listener
    listener.tell({ type: 'ticks', mode: 'latest', cursor, behind_ms, downgraded: true, ticks: [] })
    this.#board.join(listener)
  }

  /** Q1, Q2. A window at a time: what lies behind an old cursor may be a day. */
  async #tellEvery(reader: Reader): Promise<void> {
    const { listener } = reader
    let window_ms = WINDOW_MS
    for (let settled = this.now; listener.cursor < settled && !reader.left; ) {
      const upto = Math.min(settled, listener.cursor + window_ms * PER_MS)
      const found = await this.#reads.behind({
        accounts: listener.accounts && [...listener.accounts],
        symbols: listener.symbols && [...listener.symbols],
        ...{ after: listener.cursor, upto, limit: PAGE },
      })
      listener.cursor = found.upto
      reader.caught_up ||= this.#behind(listener) < UP_TO_DATE_MS
      found.words ??= this.#words(found)
      for (const message of found.words) listener.tell(message)
      window_ms = found.ticks.length === 0 ? window_ms * 4 : WINDOW_MS
      if (listener.room()) continue
      reader.rung = true
      return
    }
  }

  #behind({ cursor }: { cursor: number }): number {
    return Math.max(0, Math.round((this.now - cursor) / PER_MS))
  }

  /** A message an account. */
  #words({ ticks, upto }: Found): TicksMessage[] {
    const accounts = new Map<number, TicksMessage['ticks'][number][]>()
    for (const { account_id, ...tick } of ticks) {
      const of_one = accounts.get(account_id) ?? []
      accounts.set(account_id, of_one)
      of_one.push(tick)
    }
    const head = {
      type: 'ticks',
      mode: 'every',
      cursor: upto,
      behind_ms: this.#behind({ cursor: upto }),
    } as const
    return [...accounts].map(([id, of_one]) => ({ ...head, account: this.#ports.login(id), ticks: of_one }))
  }
}
