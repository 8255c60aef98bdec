// The newest quote of each symbol, for many listeners at once: a hundred pages that show the same are told the same.
//
//   N1. A listener hears of a symbol no more often than each interval_ms; what comes meanwhile replaces what waits.
//   N2. Those who want the same and have heard the same get the same message: it is put into words once.
//   N3. One without room is passed over, and told later whatever is newer than what he has heard.
//   N4. A crowd is told in slices, between which everything else has its turn; what changes meanwhile is for the next
//       round.
import type { TicksMessage } from '@ngtb/protocol'
import type { Clock, Timers } from '../ports.ts'
import { pauseOf, SLICE } from './crowd.ts'
import type { NewQuotes, TapeListener } from './tape.ts'

/** A full buffer is looked at again after this. */
const AGAIN_MS = 50

type Quoted = TicksMessage['ticks'][number]

interface Page {
  /** The change that this account was last touched by. */
  newest: number
  readonly quotes: Map<string, { quote: Quoted; change: number }>
}

/** Listeners who want the same. */
interface Group {
  readonly key: string
  readonly like: TapeListener
  readonly members: Map<TapeListener, { heard: number }>
  /** N1: they are told again then. */
  timer: { cancel(): void } | null
  /** N3: whoever had no room is looked at again then; the others need not wait for that. */
  again: { cancel(): void } | null
  /** N4: it goes on, slice by slice. */
  round: boolean
  told_at: number
}

/** What is told at once: to whom has heard the same, the same words. */
interface Round {
  readonly change: number
  readonly began: number
  readonly words: Map<number, readonly TicksMessage[]>
  readonly members: readonly TapeListener[]
  place: number
  /** Somebody had no room. */
  waiting: boolean
}

interface BoardPorts {
  readonly clock: Clock
  readonly timers: Timers
  login(account_id: number): string
  /** Where every tick goes on for whoever wants it from now on. */
  now(): number
}

export class QuoteBoard {
  readonly #ports: BoardPorts
  readonly #pages = new Map<number, Page>()
  readonly #groups = new Map<string, Group>()
  /** Counts what was put up. */
  #change = 0

  constructor(ports: BoardPorts) {
    this.#ports = ports
  }

  /** He is told at once what is known, then what changes. */
  join(listener: TapeListener): void {
    const key = keyOf(listener)
    const group = this.#groups.get(key) ?? {
      ...{ key, like: listener, members: new Map(), timer: null, again: null, round: false },
      told_at: Number.NEGATIVE_INFINITY,
    }
    this.#groups.set(key, group)
    group.members.set(listener, { heard: 0 })
    if (this.#tell(group, listener, { change: this.#change, words: new Map() })) this.#lookAgain(group)
  }

  leave(listener: TapeListener): void {
    for (const group of this.#groups.values()) {
      if (!group.members.delete(listener) || group.members.size > 0) continue
      group.timer?.cancel()
      group.again?.cancel()
      this.#groups.delete(group.key)
    }
  }

  hear(account_id: number, quotes: NewQuotes): void {
    const page: Page = this.#pages.get(account_id) ?? { newest: 0, quotes: new Map() }
    this.#pages.set(account_id, page)
    for (const { symbol, bid, ask, time_ms } of quotes)
      page.quotes.set(symbol, { quote: { symbol, bid, ask, time_ms }, change: ++this.#change })
    page.newest = this.#change
    for (const group of this.#groups.values())
      if (group.like.accounts?.has(account_id) ?? true) this.#ring(group)
  }

  #ring(group: Group): void {
    if (group.timer !== null) return
    const wait = group.told_at + (group.like.interval_ms ?? 0) - this.#ports.clock.now()
    if (wait <= 0) this.#tellAll(group)
    else
      group.timer = this.#ports.timers.after(wait, () => {
        group.timer = null
        this.#tellAll(group)
      })
  }

  #lookAgain(group: Group): void {
    group.again ??= this.#ports.timers.after(Math.max(AGAIN_MS, group.like.interval_ms ?? 0), () => {
      group.again = null
      if (group.round) this.#lookAgain(group)
      else this.#tellAll(group)
    })
  }

  #tellAll(group: Group): void {
    group.told_at = this.#ports.clock.now()
    group.timer?.cancel()
    group.timer = null
    group.round = true
    this.#tellSlice(group, {
      ...{ change: this.#change, began: group.told_at, words: new Map(), members: [...group.members.keys()] },
      ...{ place: 0, waiting: false },
    })
  }

  /** N4. */
  #tellSlice(group: Group, round: Round): void {
    for (const listener of round.members.slice(round.place, round.place + SLICE))
      round.waiting = this.#tell(group, listener, round) || round.waiting
    round.place += SLICE
    const { timers, clock } = this.#ports
    const goOn = (ms: number, call: () => void) => {
      group.timer = timers.after(ms, () => {
        group.timer = null
        call()
      })
    }
    if (round.place < round.members.length) {
      goOn(0, () => this.#tellSlice(group, round))
      return
    }
    group.round = false
    if (round.waiting) this.#lookAgain(group)
    // What changed while the round went on rang into it.
    if (round.members.length > SLICE && this.#change > round.change)
      goOn(pauseOf(clock.now() - round.began), () => this.#ring(group))
  }

  /** @returns true when there is something for him and he has no room */
  #tell(group: Group, listener: TapeListener, { change, words }: Pick<Round, 'change' | 'words'>): boolean {
    const member = group.members.get(listener)
    if (!member) return false
    const messages = words.get(member.heard) ?? this.#messages(group.like, member.heard)
    words.set(member.heard, messages)
    if (messages.length === 0) return false
    if (!listener.room()) return true
    member.heard = change
    for (const message of messages) listener.tell(message)
    return false
  }

  /** What is newer than `heard`: one message an account, or one for all where an interval gathers them. */
  #messages({ accounts, symbols, interval_ms, fell, cursor }: TapeListener, heard: number): TicksMessage[] {
    const found: { account: string; ticks: Quoted[] }[] = []
    for (const [account_id, page] of this.#pages) {
      if (page.newest <= heard || (accounts !== null && !accounts.has(account_id))) continue
      const ticks = [...page.quotes.values()]
        .filter(({ quote, change }) => change > heard && (symbols === null || symbols.has(quote.symbol)))
        .map(({ quote }) => quote)
      if (ticks.length > 0) found.push({ account: this.#ports.login(account_id), ticks })
    }
    // One who wanted every tick keeps the place from which he can go on.
    const head = { type: 'ticks', mode: 'latest', cursor: fell ? cursor : this.#ports.now() } as const
    if (!interval_ms) return found.map(({ account, ticks }) => ({ ...head, account, ticks }))
    if (found.length === 0) return []
    const gathered = found.flatMap(({ account, ticks }) => ticks.map((tick) => ({ account, ...tick })))
    return [{ ...head, ticks: gathered }]
  }
}

function keyOf({ accounts, symbols, interval_ms = 0, fell, cursor }: TapeListener): string {
  const listed = (all: ReadonlySet<unknown> | null) => (all === null ? '*' : [...all].sort().join(' '))
  return [interval_ms, listed(accounts), listed(symbols), fell ? cursor : ''].join('|')
}
