// The live window: tells what was committed, in order of seq, and again after `after` to whoever lost it (P13).
//
//   F1. Events are read from the ledger behind the last seq told: what a bell missed is found at the next one.
//   F2. A subscriber that resumes gets each durable event once: the past from the ledger, then the present.
//   F3. A key's revocation, and the end of a person's session, is an event of the ledger: whoever listens by it is
//       dismissed by it, at once.
//   F4. A slow subscriber loses quotes first; one that falls further behind is closed and told where to resume.
import { type LiveEvent, Refusal, type Topic } from '@ngtb/protocol'
import type { Log, Store, StoredAudit, StoredLog } from '../ports.ts'

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
  /** Its key was revoked: it is told nothing more. */
  revoked(): void
}

const PAGE = 500

export class Feed {
  readonly #store: Pick<Store, 'eventsAfter' | 'newestSeq'>
  readonly #login: (account_id: number) => string
  readonly #log: Log
  readonly #present = new Set<Subscriber>()
  #last = 0
  #tailing = false
  #rung = false

  constructor(
    store: Pick<Store, 'eventsAfter' | 'newestSeq'>,
    login: (account_id: number) => string,
    log: Log,
  ) {
    this.#store = store
    this.#login = login
    this.#log = log
  }

  /** Is anybody there? What is only for the window need not be made without. */
  get watched(): boolean {
    return this.#present.size > 0
  }

  get last_seq(): number {
    return this.#last
  }

  /** Something was committed: look again. The bell is never the data. */
  ring(): void {
    this.#rung = true
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
    const newest = await this.#store.newestSeq()
    if (after !== undefined && after > newest)
      throw new Refusal('NGTB_CURSOR_INVALID', `there is no seq ${after} yet; the newest is ${newest}`)
    if (this.#present.size === 0) this.#last = newest
    subscriber.cursor = after ?? newest
    started(subscriber.cursor)
    // Others are told meanwhile: joined only once it stands where they stand.
    while (subscriber.cursor < this.#last) {
      const events = await this.#store.eventsAfter(subscriber.cursor, PAGE)
      for (const event of events) this.#tellDurable(subscriber, event)
      if (events.length === 0) break
    }
    this.#present.add(subscriber)
    this.ring()
  }

  unsubscribe(subscriber: Subscriber): void {
    this.#present.delete(subscriber)
  }

  /** Quotes and heartbeat figures: the latest only, behind the seq that everyone has seen. */
  tellNow(topic: Topic, account_id: number, at: string, data: Record<string, unknown>): void {
    for (const subscriber of this.#present)
      if (wants(subscriber, topic, account_id) && subscriber.roomForQuotes())
        subscriber.tell({ seq: subscriber.cursor, topic, account: this.#login(account_id), at, data })
  }

  async #tail(): Promise<void> {
    this.#tailing = true
    try {
      while (this.#rung && this.#present.size > 0) {
        this.#rung = false
        const events = await this.#store.eventsAfter(this.#last, PAGE)
        for (const event of events)
          for (const subscriber of [...this.#present]) this.#tellDurable(subscriber, event)
        this.#last = events.length > 0 ? seqOf(events[events.length - 1] as Stored) : this.#last
        if (events.length === PAGE) this.#rung = true
      }
    } catch (error) {
      this.#log.warn('the live feed could not read the ledger; it goes on at the next commit', {
        error: String(error),
      })
    } finally {
      this.#tailing = false
    }
  }

  #tellDurable(subscriber: Subscriber, stored: Stored): void {
    const seq = seqOf(stored)
    if (seq <= subscriber.cursor) return
    subscriber.cursor = seq
    if (revokes(stored, subscriber.key_id)) {
      subscriber.revoked()
      return
    }
    const { topic, account_id, at, data } = 'audit' in stored ? ofAudit(stored.audit) : ofLog(stored.log)
    if (topic !== null && wants(subscriber, topic, account_id))
      subscriber.tell({ seq, topic, account: this.#login(account_id), at: new Date(at).toISOString(), data }) // sim-ok: formats
  }
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
