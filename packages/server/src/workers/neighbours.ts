// The other servers on this ledger: what their bell says is looked up, what it left unsaid is found.
//
//   N1. A ring says that a picture may be old, never what is new: an older one is read again before its next use, and
//       whoever waits here for something to do looks at once.
//   N2. A lost ring is found by a look at the accounts' heads: one query a second, and only where there are others.
//   N3. Signs of life that others heard ring nothing: what is older by them alone is read again a few at a time.
import type { AccountHead, Bell, Clock, Store, Timers } from '../ports.ts'
import type { Bells } from '../services/bells.ts'
import type { Desk } from '../services/desk.ts'
import { type Desks, SYSTEM } from '../services/desks.ts'

const LOOK_MS = 1_000
/** A server that died may have committed just before: looks go on for a while after the last one was seen. */
const LINGER_MS = 60_000
/** Pictures that are read again in one look although nobody waits for them. */
const READ_AGAIN_MAX = 25

interface NeighbourParts {
  readonly bell: Bell
  readonly bells: Bells
  readonly desks: Desks
  readonly feed: { ring(): void }
  readonly store: Pick<Store, 'versions'>
  readonly clock: Clock
  readonly timers: Timers
}

export class Neighbours {
  readonly #parts: NeighbourParts
  #timer: { cancel(): void } | null = null
  #looking: Promise<void> = Promise.resolve()
  #seen_at: number | null = null
  /** Where the last round of N3 ended. */
  #last_read = 0
  #stopped = false

  constructor(parts: NeighbourParts) {
    this.#parts = parts
  }

  /** Listens before the desks are opened: what is rung meanwhile is not missed. */
  async start(): Promise<void> {
    const { bell } = this.#parts
    bell.onRing((account_id, version) => this.#rung(account_id, version))
    await bell.start()
    this.#later()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#looking
    await this.#parts.bell.stop()
  }

  /** N1. */
  #rung(account_id: number, version: number): void {
    if (this.#stopped) return
    const { bells, desks, feed } = this.#parts
    feed.ring()
    if (!desks.get(account_id).refresh(version)) return
    // An account that was made elsewhere: its deadlines are watched here, too.
    if (account_id === SYSTEM) desks.openAll().catch(() => {})
    bells.ring(account_id)
  }

  #later(): void {
    if (this.#stopped) return
    this.#timer = this.#parts.timers.after(LOOK_MS, () => {
      this.#looking = this.#look()
        .catch(() => {}) // the database is away: the next look finds it
        .finally(() => this.#later())
    })
  }

  /** N2. */
  async #look(): Promise<void> {
    const { bell, clock, desks, feed, store } = this.#parts
    const now = clock.now()
    if (bell.others > 0) this.#seen_at = now
    if (this.#seen_at === null || now - this.#seen_at > LINGER_MS) return
    feed.ring()
    const here = [desks.system, ...desks.opened()]
    const heads = await store.versions(here.map(({ account_id }) => account_id))
    const old = heads.filter((head) => isOlder(desks.get(head.account_id), head))
    const news = old.filter((head) => hasNews(desks.get(head.account_id), head))
    for (const { account_id, version } of news) this.#rung(account_id, version)
    await this.#readAgain(old, new Set(news))
  }

  /** N3. What nobody has read by now; news first, then round and round. */
  async #readAgain(old: readonly AccountHead[], news: ReadonlySet<AccountHead>): Promise<void> {
    const { desks } = this.#parts
    const from = this.#last_read
    const urgency = (head: AccountHead) => (news.has(head) ? 0 : head.account_id > from ? 1 : 2)
    const next = old.toSorted((a, b) => urgency(a) - urgency(b) || a.account_id - b.account_id)
    for (const { account_id, version } of next.slice(0, READ_AGAIN_MAX)) {
      if (this.#stopped) return
      const desk = desks.get(account_id)
      if (!desk.refresh(version)) continue
      await desk.ready()
      this.#last_read = account_id
    }
  }
}

const isOlder = ({ state }: Desk, { version }: AccountHead) =>
  state === null || state.account.version < version

/** More than signs of life: every transition has its event, every position its revision (P13). */
const hasNews = ({ state }: Desk, head: AccountHead) =>
  state === null || state.account.audit_no < head.audit_no || state.account.rev < head.rev
