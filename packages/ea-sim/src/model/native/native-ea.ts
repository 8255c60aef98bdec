// The native EA: contract §5, sans I/O. It is handed the time, replies, and what came of its effects; it gives out
// effects to do and answers to send (api.ts, NATIVE.md).
//
//   E1. Everything that was received gets an answer, and the answer is repeated until it is acknowledged.
//   E2. One effect at a time; between two of them anything may happen, and nothing may be forgotten.
//   E3. Nothing begins before a connect was accepted: a journal that is a copy acts on nothing that it remembers.

import type { Answer, TerminalWord } from '@ngtb/protocol'
import type {
  ConnectFields,
  ConnectVerdict,
  Effect,
  EffectResult,
  NativeEaApi,
  NativeStatus,
  ServerReply,
  SessionFields,
} from './api.ts'
import { type LookResult, type TerminalState, terminalWord } from './broker-port.ts'
import { fieldsOf, markOf, readCommands, readGenerations, whole } from './commands-in.ts'
import { resumeFlow } from './dispatch.ts'
import { EventStream } from './event-stream.ts'
import type { Job } from './flow.ts'
import { JournalState } from './journal-state.ts'
import { type Parts, partsOf } from './parts.ts'
import { isFenced, Session } from './session.ts'
import { type NativeEaOptions, type Settings, settingsOf } from './settings.ts'
import { Snapshots } from './snapshots.ts'
import type { Stamp } from './stamp.ts'
import { Startup } from './startup.ts'
import { ToldHistory } from './told-history.ts'
import type { ListedPosition } from './touches.ts'
import { isWriting } from './writer.ts'

type Outstanding = { effect: Effect; of: 'startup' | 'flow' | 'flow_flush' | 'idle' }

export class NativeEa implements NativeEaApi {
  readonly settings: Settings
  readonly #random: () => number
  readonly #session = new Session()
  /** Facts of trades, numbered (P10). */
  readonly events = new EventStream('trade')
  /** Which deals and pending orders are still to be told. */
  readonly history = new ToldHistory()
  /** What its full lists say of themselves. */
  readonly snapshots = new Snapshots()
  #parts: Parts
  #startup: Startup
  #outstanding: Outstanding | null = null
  #halted = false
  /** The server called this journal a copy: a new one is begun as soon as nothing is under way. */
  #is_copy = false
  /** A connect was accepted with this journal in this process. */
  #welcome = false

  constructor(options: NativeEaOptions) {
    this.settings = settingsOf(options)
    this.#random = options.random
    const { state, damage } = options.journal
    this.#parts = partsOf(state, this.settings, options.random, options.now)
    this.#startup = new Startup(this.#parts.office, damage)
  }

  get status(): NativeStatus {
    if (this.#halted) return 'halted'
    return this.#startup.is_done && !this.#is_copy ? this.#session.status : 'starting'
  }

  get journal_id(): string {
    return this.#parts.journal.journal_id ?? ''
  }

  get epoch(): number {
    return this.#session.epoch ?? this.#parts.journal.last_epoch
  }

  /** What the journal says: for whoever watches. */
  get journal(): JournalState {
    return this.#parts.journal
  }

  get answers_waiting(): number {
    return this.#parts.box.size
  }

  nextEffect(now: Stamp): Effect | null {
    if (this.#halted || this.#outstanding !== null) return null
    this.#parts.office.now = now
    this.#outstanding = this.#next(now)
    return this.#outstanding?.effect ?? null
  }

  effectDone(effect: Effect, result: EffectResult, now: Stamp): void {
    const outstanding = this.#outstanding
    // A result that comes late, after it was given up.
    if (outstanding === null || outstanding.effect !== effect) return
    this.#outstanding = null
    this.#parts.office.now = now
    if (result.kind === 'lost' && isWriting(effect)) {
      this.#halted = true
      return
    }
    if (result.kind === 'look') this.#parts.office.sees(result.result.terminal)
    if (effect.kind === 'append') this.#written()
    if (effect.kind === 'rewrite_journal') this.#parts.journal.compacted(effect.records)
    if (outstanding.of === 'startup') this.#startup.done(effect, result, now)
    if (outstanding.of === 'flow' || outstanding.of === 'flow_flush') this.#parts.scheduler.done(result)
  }

  connectFields(now: Stamp): ConnectFields | null {
    this.#parts.office.now = now
    const { status } = this
    if ((status !== 'offline' && status !== 'standby') || !this.#session.mayConnect(now)) return null
    if (this.#parts.writer.has_unwritten) return null
    const { binding, poll_interval_ms, settle_ms } = this.settings
    const { last_epoch, incarnation, highest_command_no } = this.#parts.journal
    const highest = Math.max(highest_command_no, this.#startup.highest_tag)
    this.#session.sends(now)
    return {
      protocol: 2,
      journal_id: this.journal_id,
      last_epoch,
      highest_command_no: highest,
      incarnation,
      mono_ms: now.mono_ms,
      poll_interval_ms,
      settle_ms,
      margin_mode: this.#parts.office.margin_mode,
      trade_server: binding.trade_server,
      ...this.terminalWord(),
      ...this.#parts.journal.mark,
    }
  }

  connected(reply: ServerReply, sent: Stamp, now: Stamp): ConnectVerdict {
    this.#parts.office.now = now
    const { verdict, hello } = this.#session.judge(reply, now)
    if (verdict === 'copy') {
      this.#is_copy = true
      this.#disown()
    }
    if (verdict === 'standby') this.#disown()
    if (hello === undefined) return verdict
    this.#parts.office.lease = { from: sent, ms: this.#session.owner_lease_ms }
    this.#parts.office.is_owner = true
    const mark = markOf(fieldsOf(reply.body))
    const went_back = hello.incarnation > this.#parts.journal.incarnation
    const { unproven, unproven_to, look_to, has_twin, twin_to } = this.#parts.journal
    this.#parts.office.record({
      kind: 'epoch',
      epoch: hello.epoch,
      boot_id: this.settings.boot_id,
      // Whatever an unreadable record may have sent was made before this connect.
      unproven_to: unproven ? Math.max(unproven_to, hello.command_no) : unproven_to,
      look_to: unproven || went_back ? Math.max(look_to, hello.command_no) : look_to,
      twin_to: has_twin ? Math.max(twin_to, hello.command_no) : twin_to,
      ...(mark && { mark }),
    })
    this.#parts.writer.hurry()
    this.snapshots.begins(whole(fieldsOf(reply.body).rev) ?? 0)
    this.history.begins(reply.body)
    this.events.begins(whole(fieldsOf(fieldsOf(reply.body).streams)[this.events.name]) ?? 0)
    if (!this.#welcome) this.#goOn(now)
    this.#welcome = true
    this.#heads(fieldsOf(reply.body))
    this.#parts.box.allDue()
    return verdict
  }

  /** What the terminal said of itself last, for hello and heartbeats; nothing before its first word. */
  terminalWord(): TerminalWord {
    return terminalWord(this.#parts.office.terminal)
  }

  sessionFields(now: Stamp): SessionFields | null {
    if (this.#session.epoch === null || this.#is_copy) return null
    this.#session.sends(now)
    const { journal_id, epoch } = this
    const { incarnation, mark } = this.#parts.journal
    return { journal_id, epoch, mono_ms: now.mono_ms, incarnation, ...mark }
  }

  polled(reply: ServerReply, sent: Stamp, now: Stamp): void {
    this.#parts.office.now = now
    if (isFenced(reply)) {
      this.fenced(now)
      return
    }
    const body = fieldsOf(reply.body)
    if (reply.http !== 200 || !this.#session.speaksOf(body)) return
    this.#parts.office.lease = { from: sent, ms: this.#session.owner_lease_ms }
    this.#heads(body)
    for (const received of readCommands(body.commands)) this.#parts.inbox.receive(received, sent)
  }

  pushed(message: unknown, now: Stamp): void {
    this.#parts.office.now = now
    const body = fieldsOf(message)
    if (!this.#session.speaksOf(body)) return
    this.#heads(body)
    const from = this.#session.anchor(body.anchor_ms)
    // Without an anchor nobody can say how old it is: it is handed out again by the next poll.
    if (from !== null)
      for (const received of readCommands(body.commands)) this.#parts.inbox.receive(received, from)
  }

  linkLost(_now: Stamp): void {
    this.#session.lost()
  }

  fenced(now: Stamp): void {
    this.#session.fenced(now)
    this.#disown()
  }

  alive(now: Stamp): void {
    if (this.#session.is_online) this.#parts.office.lease = { from: now, ms: this.#session.owner_lease_ms }
  }

  terminal(state: TerminalState, now: Stamp): void {
    this.#parts.office.now = now
    this.#parts.office.sees(state)
  }

  answersDue(now: Stamp, max = 500): Answer[] {
    if (!this.#welcome || this.#is_copy) return []
    for (const job of this.#parts.scheduler.progressDue(now, this.settings.progress_ms))
      this.#parts.inbox.progress(job)
    return this.#parts.box.due(now, max)
  }

  acked(answers: readonly Answer[], reply: ServerReply, now: Stamp): void {
    this.#parts.office.now = now
    if (isFenced(reply)) {
      this.fenced(now)
      return
    }
    const { results, error } = fieldsOf(reply.body)
    this.#parts.journal.learns(markOf(fieldsOf(reply.body)))
    this.snapshots.hears(fieldsOf(reply.body))
    // "It contradicts" is an acknowledgement: it was recorded, and repeating it changes nothing.
    const isTaken = (one: unknown) =>
      fieldsOf(one).status === 'success' || fieldsOf(one).error === 'NGTB_ANSWER_CONTRADICTS'
    const taken = answers.filter((_, index) =>
      Array.isArray(results)
        ? isTaken(results[index])
        : reply.http === 200 || error === 'NGTB_ANSWER_CONTRADICTS',
    )
    if ([400, 413, 422].includes(reply.http) && answers.length > 1) this.#parts.box.separate(answers)
    for (const answer of taken) this.#ackedOne(answer, now)
  }

  wakeAt(now: Stamp): number {
    return Math.min(this.effectsAt(now), this.answersAt(), this.connectAt())
  }

  effectsAt(now: Stamp): number {
    if (this.#halted || this.#outstanding !== null) return Number.POSITIVE_INFINITY
    if (this.#is_copy) return now.mono_ms
    const writes = this.#parts.writer.wakeAt()
    if (!this.#startup.is_done) return Math.min(writes, this.#startup.wakeAt())
    if (!this.#welcome) return writes
    return Math.min(writes, this.#parts.scheduler.wakeAt(now, this.#parts.office.can_trade))
  }

  answersAt(): number {
    if (this.#halted || this.#is_copy || !this.#welcome) return Number.POSITIVE_INFINITY
    return Math.min(this.#parts.box.nextDue(), this.#parts.scheduler.progressAt(this.settings.progress_ms))
  }

  connectAt(): number {
    const { status } = this
    return status === 'offline' || status === 'standby' ? this.#session.connectAt() : Number.POSITIVE_INFINITY
  }

  /** Openings that were answered and that this list does not show yet: it would say that they are closed. */
  unseenOpenings(tickets: ReadonlySet<string>, now: Stamp): { ticket: string; magic: string }[] {
    this.#parts.office.now = now
    return this.#parts.office
      .recentOpenings({ symbol: null, strategy_no: null })
      .filter(({ ticket, target }) => target === 'position' && !tickets.has(ticket))
  }

  /** It is over: no list has to show it any more. */
  openingIsOver(ticket: string): void {
    this.#parts.office.forgetOpening(ticket)
  }

  /** The server's word on events that `events.next` gave; null: none. True: taken. */
  heardOfEvents(reply: ServerReply | null, now: Stamp): boolean {
    this.#parts.office.now = now
    if (reply && isFenced(reply)) this.fenced(now)
    const taken = this.events.told(reply)
    if (this.events.was_forgotten) this.history.again()
    this.events.was_forgotten = false
    if (taken) {
      this.snapshots.hears(fieldsOf(reply?.body))
      this.#parts.journal.learns(markOf(fieldsOf(reply?.body)))
    }
    return taken
  }

  /** What a look at the terminal's orders shows is told, where the server has not heard of it. */
  seesOrders(look: LookResult, issued: Stamp): void {
    const isWhole = (since: Stamp) => this.#parts.office.isSettled(since, issued, look)
    for (const event of this.history.orders.differences(look, issued, isWhole)) this.events.push(event)
  }

  /** The server's word on a full list. */
  synced(reply: ServerReply, now: Stamp): void {
    this.#parts.office.now = now
    if (isFenced(reply)) this.fenced(now)
    const body = fieldsOf(reply.body)
    if (reply.http !== 200 || !this.#session.speaksOf(body)) return
    this.#heads(body)
    this.snapshots.taken(body)
  }

  /** Does this list show what this process did? Else it is of the past, and must not be told (touches.ts). */
  isPresent(positions: readonly ListedPosition[], now: Stamp): boolean {
    return this.#parts.office.touches.isShownBy(positions, now)
  }

  /** Nothing is on its way of which the server has not heard: what the terminal shows can be compared (R13). */
  get is_quiet(): boolean {
    return this.#parts.box.size === 0 && this.events.pending === 0 && this.#parts.scheduler.is_idle
  }

  #next(now: Stamp): Outstanding | null {
    if (this.#is_copy && !this.#parts.scheduler.is_busy) this.#beginAnew(now)
    if (!this.#startup.is_done) {
      if (this.#parts.writer.has_unwritten) return { effect: this.#parts.writer.take(), of: 'startup' }
      const effect = this.#startup.next(now)
      return effect === null ? null : { effect, of: 'startup' }
    }
    // An epoch is on the disk before anything is done under it.
    if (this.#parts.writer.is_urgent) return { effect: this.#parts.writer.take(), of: 'idle' }
    const action = this.#welcome ? this.#parts.scheduler.next(now, this.#parts.office.can_trade) : null
    if (action === 'flush') return { effect: this.#parts.writer.take(), of: 'flow_flush' }
    if (action !== null) return { effect: action, of: 'flow' }
    if (this.#parts.writer.wantsWriting(now)) return { effect: this.#parts.writer.take(), of: 'idle' }
    const records = this.#parts.writer.compaction(now)
    return records === null ? null : { effect: { kind: 'rewrite_journal', records }, of: 'idle' }
  }

  #written(): void {
    this.#parts.box.release(this.#parts.writer.written())
    // An epoch that came in meanwhile is not on the disk yet.
    if (!this.#parts.writer.is_urgent) this.#session.opened()
  }

  /** What the journal left in doubt is looked for from now on; what it left undone goes on (E3). */
  #goOn(now: Stamp): void {
    for (const intent of this.#parts.journal.inDoubt()) {
      const job: Job = { command: intent.command, deadline: null }
      const flow = resumeFlow(job, this.#parts.office, now)
      if (flow !== null) this.#parts.scheduler.resume(job, flow, now)
    }
  }

  #heads(body: Record<string, unknown>): void {
    this.snapshots.hears(body)
    for (const { symbol, strategy_no, command_no } of readGenerations(body.generations))
      if (!this.#parts.journal.knowsGeneration({ symbol, strategy_no }, command_no)) {
        this.#parts.office.record({ kind: 'generation', symbol, strategy_no, command_no })
        this.#parts.writer.hurry()
      }
    this.#parts.journal.learns(markOf(body))
    const incarnation = whole(body.incarnation)
    if (incarnation !== null && this.#parts.replay.heard(incarnation)) this.history.again()
  }

  #ackedOne(answer: Answer, now: Stamp): void {
    this.#parts.replay.acked(answer.command_id)
    if (this.#parts.box.acked(answer) && this.#parts.journal.entry(answer.command_id)?.final)
      this.#parts.writer.acked(answer.command_id, now)
  }

  /** Another EA may own the account: what has not begun is its business now. */
  #disown(): void {
    this.#parts.office.is_owner = false
    this.#parts.scheduler.dropQueue()
  }

  /** The journal was a copy: nothing that it says is ours (K20). */
  #beginAnew(now: Stamp): void {
    const { terminal } = this.#parts.office
    this.#parts = partsOf(new JournalState(), this.settings, this.#random, now)
    this.#startup = new Startup(this.#parts.office, 'none')
    if (terminal !== null) this.#parts.office.sees(terminal)
    this.#session.forget()
    this.events.forget()
    this.#is_copy = false
    this.#welcome = false
  }
}
