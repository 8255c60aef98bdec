// Looks for what is an alert: every NGTB_ALERT_EVERY_SEC at everything, and at once at what an event of the audit trail
// tells (docs/spec/alerts.md).
//
//   W1. The trail is read behind a cursor that moves in the commit which raises: of several servers one raises, and a
//       restart goes on where the last one ended.
//   W2. What did not change writes nothing: a look that finds all as it was costs a few reads.
//   W3. It has its own pace: however much happens, the trail is read ten times a second at most.

import type { Alert } from '@ngtb/core'
import {
  type AlertWord,
  callsForLook,
  type EquityMark,
  HAPPENED_KINDS,
  lookAtAccount,
  lookAtMachine,
  type MachineLimits,
  moveMark,
  noticed,
  outdated,
} from '@ngtb/core'
import type { AlertSettings } from '@ngtb/protocol'
import type { Clock, Log, Machine, Store, StoredAudit, Timers } from '../ports.ts'
import { type AlertFacts, picturesOf } from '../services/alert-facts.ts'
import type { AlertDecision, Alerts } from '../services/alerts.ts'
import type { DeskState } from '../services/desk-state.ts'
import { type Desks, SYSTEM } from '../services/desks.ts'

const CURSOR = 'events'
const PAGE = 1_000
const TAIL_MS = 100
const FIRST_MS = 2_000
/** A cursor that no alert moves is kept after so many numbers, so that a restart reads little again. */
const KEEP_AFTER = 5_000
const FORGET_EVERY_MS = 3_600_000

interface WatchParts {
  readonly alerts: Alerts
  readonly facts: AlertFacts
  readonly desks: Desks
  readonly store: Store
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly machine: Machine | null
  /** The name of this server: the same after a restart. */
  readonly server: string
  readonly every_ms: number
  readonly limits: MachineLimits
  readonly keep_ms: number
}

export class AlertWatch {
  readonly #parts: WatchParts
  #check_timer: { cancel(): void } | null = null
  #tail_timer: { cancel(): void } | null = null
  #working: Promise<void> = Promise.resolve()
  /** How far the trail was read here, and how far the ledger knows that. */
  #read = 0
  #kept = 0
  #begun = false
  #forgot_at = Number.NEGATIVE_INFINITY
  #stopped = false

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  start(): void {
    // From now on: what comes before the first look is not missed.
    this.#then(() => this.#begin())
    this.#checkAfter(FIRST_MS)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#check_timer?.cancel()
    this.#tail_timer?.cancel()
    await this.#working
  }

  /** Something was committed: W3. */
  ring(): void {
    if (this.#stopped || this.#tail_timer !== null) return
    this.#tail_timer = this.#parts.timers.after(TAIL_MS, () => {
      this.#tail_timer = null
      this.#then(() => this.#tail())
    })
  }

  /** One look at everything. */
  async round(): Promise<void> {
    await this.#tail()
    const { desks, facts, store, clock, keep_ms } = this.#parts
    await facts.lookAtChains()
    await this.#look(await picturesOf(desks.opened()), true)
    const now = clock.now()
    if (now - this.#forgot_at < FORGET_EVERY_MS) return
    this.#forgot_at = now
    await store.forgetAlerts(now - keep_ms)
  }

  #checkAfter(ms: number): void {
    if (this.#stopped) return
    this.#check_timer = this.#parts.timers.after(ms, () => {
      this.#then(() => this.round())
      void this.#working.then(() => this.#checkAfter(this.#parts.every_ms))
    })
  }

  #then(work: () => Promise<void>): void {
    this.#working = this.#working.then(work).catch((error) => {
      this.#parts.log.warn('alerts wait for their next look', { error: String(error) })
    })
  }

  /** W1. */
  async #tail(): Promise<void> {
    const { store, desks } = this.#parts
    if (!this.#begun) await this.#begin()
    for (let full = true; full && !this.#stopped; ) {
      const { events, upto } = await store.happenedAfter(this.#read, HAPPENED_KINDS, PAGE)
      full = events.length === PAGE
      if (events.length > 0) await this.#happened(events, upto)
      this.#read = upto
      const ids = new Set(events.filter(callsForLook).map(({ account_id }) => account_id))
      ids.delete(SYSTEM)
      if (ids.size > 0) await this.#look(await picturesOf([...ids].map((id) => desks.get(id))), false)
    }
    if (this.#read - this.#kept > KEEP_AFTER) await this.#keep(this.#read)
  }

  /** A ledger that was never watched is watched from now on: what was before is history. */
  async #begin(): Promise<void> {
    const { store } = this.#parts
    const known = await store.alertCursor(CURSOR)
    this.#read = known ?? (await store.newestSeq())
    this.#kept = this.#read
    this.#begun = true
    if (known === null) await this.#keep(this.#read)
  }

  async #keep(seq: number): Promise<void> {
    const { alerts, store } = this.#parts
    await alerts.decide(async () => {
      const known = await store.alertCursor(CURSOR)
      return known !== null && known >= seq ? { words: [] } : { words: [], cursor: { name: CURSOR, seq } }
    })
    this.#kept = Math.max(this.#kept, seq)
  }

  async #happened(events: readonly StoredAudit[], upto: number): Promise<void> {
    const { alerts, store } = this.#parts
    const muted = await this.#mutedOf(events)
    const wordsOf = (event: StoredAudit) => noticed(event, muted.get(event.account_id) ?? [])
    const money = events.filter(isBalance)
    if (money.length === 0 && events.every((event) => wordsOf(event).length === 0)) return
    await alerts.decide(async () => {
      // Another server may have read some of them meanwhile.
      const known = (await store.alertCursor(CURSOR)) ?? 0
      const fresh = events.filter(({ seq }) => seq > known)
      if (fresh.length === 0) return { words: [] }
      const marks = await this.#movedMarks(fresh.filter(isBalance))
      return {
        words: together(fresh.flatMap(wordsOf)),
        marks,
        cursor: { name: CURSOR, seq: Math.max(known, upto) },
      }
    })
    this.#kept = Math.max(this.#kept, upto)
  }

  async #mutedOf(events: readonly StoredAudit[]): Promise<Map<number, readonly string[]>> {
    const muted = new Map<number, readonly string[]>()
    for (const { account_id } of events)
      if (!muted.has(account_id))
        muted.set(account_id, (await this.#parts.alerts.settingsOf(account_id)).effective.muted)
    return muted
  }

  async #movedMarks(money: readonly StoredAudit[]): Promise<EquityMark[]> {
    if (money.length === 0) return []
    const marks = await this.#parts.store.alertMarks()
    return marks.flatMap((mark) => {
      const deals = money
        .filter(({ account_id }) => account_id === mark.account_id)
        .map(({ data }) => ({ deal: String(data.deal), profit: Number(data.profit ?? 0) }))
      return deals.length === 0 ? [] : [moveMark(mark, deals)]
    })
  }

  /** W2. @param whole this machine and what stands too long, too */
  async #look(pictures: readonly DeskState[], whole: boolean): Promise<void> {
    const { alerts, store, clock } = this.#parts
    const settings = await this.#settingsOf(pictures)
    const machine = whole ? await this.#machine() : null
    const decide = async (open: readonly Alert[], now: number): Promise<AlertDecision> => {
      const marks = new Map((await store.alertMarks()).map((mark) => [mark.account_id, mark]))
      const of_accounts = pictures.map((picture) => this.#account(picture, settings, marks, open, now))
      return {
        words: [
          ...of_accounts.flatMap(({ words }) => words),
          ...(machine?.(open, now) ?? []),
          ...(whole ? outdated(open, now) : []),
        ],
        marks: of_accounts.flatMap(({ mark }) => mark),
      }
    }
    const { words, marks = [] } = await decide(await store.openAlerts(), clock.now())
    if (words.length + marks.length > 0) await alerts.decide(decide)
  }

  #account(
    picture: DeskState,
    settings: ReadonlyMap<number, Required<AlertSettings>>,
    marks: ReadonlyMap<number, EquityMark>,
    open: readonly Alert[],
    now: number,
  ): { words: AlertWord[]; mark: EquityMark[] } {
    const { facts } = this.#parts
    const { account_id } = picture.account
    const own = settings.get(account_id)
    const before = marks.get(account_id) ?? null
    const mark = facts.mark(picture, before, now)
    const words = own ? lookAtAccount(facts.of(picture, mark, now), own, open, now) : []
    return { words, mark: mark !== null && mark !== before ? [mark] : [] }
  }

  async #settingsOf(pictures: readonly DeskState[]): Promise<Map<number, Required<AlertSettings>>> {
    const found = new Map<number, Required<AlertSettings>>()
    for (const { account } of pictures)
      found.set(account.account_id, (await this.#parts.alerts.settingsOf(account.account_id)).effective)
    return found
  }

  async #machine(): Promise<(open: readonly Alert[], now: number) => AlertWord[]> {
    const { alerts, machine, server, limits, facts } = this.#parts
    const { muted } = (await alerts.settingsOf(SYSTEM)).effective
    const queues = await alerts.queues()
    const seen = {
      server,
      disk: (await machine?.disk()) ?? null,
      certificate_ends_at: (await machine?.certificateEnd()) ?? null,
      audit_break: facts.brokenChain(SYSTEM),
      given_up: Object.fromEntries(queues.map(({ channel, given_up }) => [channel, given_up])),
    }
    return (open, now) => lookAtMachine(seen, limits, muted, open, now)
  }
}

/** Money that came in or went out, by the EA's word. */
const isBalance = ({ kind, data }: StoredAudit) => kind === 'deal.booked' && data.position === null

/** The like of one look are one word: counted, not written again and again. */
function together(words: readonly AlertWord[]): AlertWord[] {
  const by_name = new Map<string, AlertWord>()
  for (const word of words) {
    const known = by_name.get(word.name)
    if (known?.kind === 'raise') by_name.set(word.name, { ...known, times: (known.times ?? 1) + 1 })
    else by_name.set(word.name, word)
  }
  return [...by_name.values()]
}
