// The live window: tells what was committed, in order of seq, and again after `after` to whoever lost it (P13).
//
//   F1. Events are read from the ledger behind the last seq told: what a bell missed is found at the next one.
//   F2. A subscriber that resumes gets each durable event once: the past from the ledger, then the present.
//   F3. A key's revocation, and the end of a person's session, is an event of the ledger: whoever listens by it is
//       dismissed by it, at once.
//   F4. A slow subscriber loses quotes first; one that falls further behind is closed and told where to resume.
//   F5. A crowd is told in slices, each listener by one write, between which everything else has its turn; its rounds
//       take a fifth of the time at most: what came meanwhile is told in the next.
import { type LiveEvent, Refusal, type Topic } from '@ngtb/protocol'
import type { Clock, Log, Store, StoredAudit, StoredLog, Timers } from '../ports.ts'
import { pauseOf, SLICE, SLICE_EVENTS } from './crowd.ts'

export interface Subscriber {
  /** Of the key, or `session:ID` of a person's. */
  readonly key_id: string
  readonly topics: ReadonlySet<Topic>
  /** Null: every account. */
  readonly accounts: ReadonlySet<number> | null
  /** The last durable seq it was told. */
  cursor: number
  tell(event: LiveEvent): void
  /** False while its buffer is too full for what is not durable. */
  roomForQuotes(): boolean
  /** What `work` tells it goes out as one write. */
  together(work: () => void): void
  /** Its key was revoked: it is told nothing more. */
  revoked(): void
}

const PAGE = 500
/** After the ledger could not be read. */
const AGAIN_MS = 1_000

interface FeedPorts {
  readonly store: Pick<Store, 'eventsAfter' | 'newestSeq'>
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  login(account_id: number): string
}

/** What is not durable, of one topic and account, behind the seq that is put in front of it. */
type Now = Omit<LiveEvent, 'seq' | 'topic'> & { readonly topic: Topic; readonly account_id: number }

export class Feed {
  readonly #ports: FeedPorts
  readonly #present = new Set<Subscriber>()
  /** F5: the newest of each, for the next round. */
  readonly #newest = new Map<string, Now>()
  #last = 0
  #tailing = false
  /** Something was committed: the ledger is looked at. A quote alone is no reason to. */
  #rung = false

  constructor(ports: FeedPorts) {
    this.#ports = ports
  }

  /** Is anybody there? What is only for the window need not be made without. */
  get watched(): boolean {
    return this.#present.size > 0
  }

  get size(): number {
    return this.#present.size
  }

  get last_seq(): number {
    return this.#last
  }

  /** Something was committed: look again. The bell is never the data. */
  ring(): void {
    this.#rung = true
    this.#goOn()
  }

  #goOn(): void {
    if (!this.#tailing && this.#present.size > 0) void this.#tail()
  }

  /**
   * Tells the past behind `after`, then joins the present. Without `after` it starts now.
   * @param started called with the seq it starts behind, before the first event
   * @throws {Refusal} NGTB_CURSOR_INVALID for a seq that does not exist yet
   */
  async subscribe(
    subscriber: Subscriber,
    after: number | undefined,
    started: (seq: number) => void,
  ): Promise<void> {
    const { store } = this.#ports
    const newest = await store.newestSeq()
    if (after !== undefined && after > newest)
      throw new Refusal('NGTB_CURSOR_INVALID', `there is no seq ${after} yet; the newest is ${newest}`)
    if (this.#present.size === 0) this.#last = newest
    subscriber.cursor = after ?? newest
    started(subscriber.cursor)
    // Others are told meanwhile: joined only once it stands where they stand.
    while (subscriber.cursor < this.#last) {
      const events = await store.eventsAfter(subscriber.cursor, PAGE)
      for (const event of events) tellDurable(subscriber, this.#words(event))
      if (events.length === 0) break
    }
    this.#present.add(subscriber)
    this.ring()
  }

  unsubscribe(subscriber: Subscriber): void {
    this.#present.delete(subscriber)
    // What nobody waits for is old when somebody comes.
    if (this.#present.size === 0) this.#newest.clear()
  }

  /** Quotes and heartbeat figures: the latest only, behind the seq that everyone has seen. */
  tellNow(topic: Topic, account_id: number, at: string, data: Record<string, unknown>): void {
    const now: Now = { topic, account: this.#ports.login(account_id), at, data, account_id }
    if (this.#present.size > SLICE) {
      this.#newest.set(`${topic} ${account_id} ${data.symbol ?? ''}`, now)
      this.#goOn()
      return
    }
    const words = new Map<number, LiveEvent>()
    for (const subscriber of this.#present) tellLatest(subscriber, now, words)
  }

  async #tail(): Promise<void> {
    const { clock, log } = this.#ports
    this.#tailing = true
    try {
      while ((this.#rung || this.#newest.size > 0) && this.#present.size > 0) {
        const events = await this.#next()
        const began = clock.now()
        const told = await this.#tellAll(events.map((event) => this.#words(event)))
        this.#last = told.seq
        if (told.crowd) await this.#rest(pauseOf(clock.now() - began))
      }
    } catch (error) {
      log.warn('the live feed could not read the ledger; it looks again', { error: String(error) })
      // The commit that it missed may have been the last for a while.
      this.#ports.timers.after(AGAIN_MS, () => this.ring())
    } finally {
      this.#tailing = false
    }
  }

  /** F1. More may be there behind a full page. */
  async #next(): Promise<Stored[]> {
    if (!this.#rung) return []
    this.#rung = false
    const events = await this.#ports.store.eventsAfter(this.#last, PAGE)
    if (events.length === PAGE) this.#rung = true
    return events
  }

  /** One round. Who joins while it goes on comes behind the others: a Set's walk gets there. */
  async #tellAll(events: readonly Told[]): Promise<{ seq: number; crowd: boolean }> {
    const newest = [...this.#newest.values()].map((now) => ({ now, words: new Map<number, LiveEvent>() }))
    this.#newest.clear()
    let count = 0
    const each = Math.max(1, events.length + newest.length)
    const slice = Math.max(1, Math.min(SLICE, Math.floor(SLICE_EVENTS / each)))
    for (const subscriber of this.#present) {
      subscriber.together(() => {
        for (const event of events) {
          tellDurable(subscriber, event)
          if (!this.#present.has(subscriber)) return
        }
        for (const { now, words } of newest) tellLatest(subscriber, now, words)
      })
      count += 1
      if (count % slice === 0) await this.#rest(0)
    }
    return { seq: events.at(-1)?.seq ?? this.#last, crowd: count > SLICE }
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => this.#ports.timers.after(ms, resolve))
  }

  /** One object for all: it is put into words once. */
  #words(stored: Stored): Told {
    const { topic, account_id, at, data } = 'audit' in stored ? ofAudit(stored.audit) : ofLog(stored.log)
    const seq = seqOf(stored)
    const account = this.#ports.login(account_id)
    const event = topic && { seq, topic, account, at: new Date(at).toISOString(), data } // sim-ok: formats
    return { seq, stored, account_id, event }
  }
}

interface Told {
  readonly seq: number
  readonly stored: Stored
  readonly account_id: number
  /** Null: of no topic. */
  readonly event: (LiveEvent & { readonly topic: Topic }) | null
}

function tellDurable(subscriber: Subscriber, { seq, stored, account_id, event }: Told): void {
  if (seq <= subscriber.cursor) return
  subscriber.cursor = seq
  if (revokes(stored, subscriber.key_id)) subscriber.revoked()
  else if (event !== null && wants(subscriber, event.topic, account_id)) subscriber.tell(event)
}

/** @param words what those with the same cursor are told */
function tellLatest(subscriber: Subscriber, now: Now, words: Map<number, LiveEvent>): void {
  const { account_id, ...rest } = now
  if (!wants(subscriber, now.topic, account_id) || !subscriber.roomForQuotes()) return
  const event = words.get(subscriber.cursor) ?? { seq: subscriber.cursor, ...rest }
  words.set(subscriber.cursor, event)
  subscriber.tell(event)
}

type Stored = { audit: StoredAudit } | { log: StoredLog }

const seqOf = (stored: Stored) => ('audit' in stored ? stored.audit.seq : stored.log.seq)

const revokes = (stored: Stored, key_id: string) =>
  'audit' in stored &&
  ((stored.audit.kind === 'key.revoked' && stored.audit.subject === key_id) ||
    (stored.audit.kind === 'session.ended' && `session:${stored.audit.subject}` === key_id))

const wants = ({ topics, accounts }: Subscriber, topic: Topic, account_id: number) =>
  topics.has(topic) && (accounts === null || accounts.has(account_id))

const TOPIC_OF: Record<string, Topic> = {
  command: 'command',
  trade: 'trade',
  order: 'trade',
  connection: 'connection',
  time: 'connection',
  ticks: 'connection',
  alert: 'alert',
}

function ofAudit({ kind, account_id: chain, at, actor, subject, data }: StoredAudit) {
  const noun = kind.slice(0, kind.indexOf('.'))
  const topic = TOPIC_OF[noun] ?? null
  const named = topic === 'command' ? { command_id: subject } : topic === 'trade' ? { ticket: subject } : {}
  // An alert is in the system's chain, and its account's to hear of.
  const account_id = topic === 'alert' && typeof data.account_id === 'number' ? data.account_id : chain
  return { topic, account_id, at, data: { event: kind, ...named, actor, ...data } }
}

const ofLog = ({ account_id, level, message, details, received_at }: StoredLog) => ({
  topic: 'log' as const,
  account_id,
  at: received_at,
  data: { level, message, details },
})
