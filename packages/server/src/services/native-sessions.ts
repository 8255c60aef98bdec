// A native EA's hello (contract §1, §4, P9, R11): one owner by lease, a new epoch, and a ledger that went back.
import { isOwner, type Journal, judgeConnect, recordedBefore } from '@ngtb/core'
import { type ConnectBody, type LedgerMark, limits, Refusal } from '@ngtb/protocol'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import { type EaSession, hasSpoken, requireOwner } from './ea-session.ts'
import { headsOf } from './handout.ts'
import type { Step } from './step.ts'
import { streamsOf } from './streams.ts'

const DAY_MS = 86_400_000

type NativeBody = ConnectBody & { protocol: 2 }

/** What an owner says of the ledger with each poll and heartbeat. */
export interface EaWord extends LedgerMark {
  /** The incarnation whose replay it has completed. */
  readonly incarnation?: number | undefined
}

export const isNativeHello = (body: ConnectBody): body is NativeBody => body.protocol === 2

export class NativeSessions {
  readonly #ctx: Context
  readonly #connections: Connections

  constructor(ctx: Context, connections: Connections) {
    this.#ctx = ctx
    this.#connections = connections
  }

  /**
   * Within `step`: judges the hello and, if it is accepted, makes its journal the owner under a new epoch.
   * @throws {Refusal} NGTB_BODY_INVALID, NGTB_JOURNAL_COPY
   * @returns the fields of the answer; or `busy_ms`: another owner's lease is alive, nothing of the session changed
   */
  async connect(step: Step, hello: NativeBody, actor: string) {
    const { state, now } = step
    const journal_id = hello.journal_id?.toLowerCase()
    if (journal_id === undefined)
      throw new Refusal('NGTB_BODY_INVALID', 'journal_id is missing: protocol 2 needs the id of the journal')
    const native = {
      journal_id,
      last_epoch: hello.last_epoch ?? 0,
      highest_command_no: hello.highest_command_no ?? 0,
    }
    const known = state.journals.get(journal_id) ?? null
    const verdict = judgeConnect(native, known, state.connection, state.account, now)
    if (verdict.kind === 'other_owner') {
      this.contend(step, journal_id, actor)
      return { busy_ms: verdict.retry_after_ms }
    }
    if (verdict.kind === 'copy')
      throw new Refusal(
        'NGTB_JOURNAL_COPY',
        `the journal’s last_epoch is ${native.last_epoch}, the ledger gave it ${known?.epoch}`,
      )
    if (verdict.went_back || !(await this.#agrees(state, hello))) this.#wentBack(step, native, actor)
    // Only once it is written that it went back: a step that was lost proves nothing.
    step.effects.push(() => {
      state.proven = true
      state.went_back = false
    })
    step.saveAccount({ epoch: verdict.epoch })
    this.#own(step, hello, native, verdict.epoch, known)
    step.audit('connection.owned', actor, null, {
      journal_id,
      epoch: verdict.epoch,
      last_epoch: native.last_epoch,
    })
    const { account } = step
    const { items } = await this.#ctx.store.deals(account.account_id, { limit: 1, after: null }, {})
    const [newest_deal] = items
    return {
      protocol: 2,
      ...headsOf(state),
      audit_no: account.audit_no,
      audit_hash: account.audit_hash,
      command_no: account.command_no,
      owner_lease_ms: limits.owner_lease_ms,
      settle_ms: state.connection.settle_ms,
      replay: (hello.incarnation ?? 0) < account.incarnation,
      streams: streamsOf(step, journal_id),
      last_deal: newest_deal?.deal ?? null,
      waiting_orders: [...state.waiting.keys()],
      // One from the future would hide all that end before it.
      last_order_end: await this.#ctx.store.newestOrderEnd(account.account_id, step.now + DAY_MS),
    }
  }

  #own(
    step: Step,
    hello: NativeBody,
    native: { journal_id: string; last_epoch: number },
    epoch: number,
    known: (Journal & { first_seen_at: number }) | null,
  ): void {
    const { now } = step
    step.saveConnection({
      protocol: 2,
      owner_journal_id: native.journal_id,
      owner_seen_at: now,
      poll_interval_ms: hello.poll_interval_ms ?? limits.poll_interval_ms_default,
      settle_ms: hello.settle_ms ?? limits.settle_ms_default,
      margin_mode: hello.margin_mode ?? 'hedging',
      snapshot_no: 0,
    })
    step.saveJournal({
      journal_id: native.journal_id,
      epoch,
      previous_epoch: recordedBefore(native, known),
      confirmed: false,
      first_seen_at: known?.first_seen_at ?? now,
      last_seen_at: now,
    })
  }

  /** The EA knows more than the ledger: it was restored, or a standby took over that lagged (contract §4, K19). */
  #wentBack(step: Step, hello: { last_epoch: number; highest_command_no: number }, actor: string): void {
    const { account } = step
    const facts = {
      incarnation: account.incarnation + 1,
      command_no: Math.max(account.command_no, hello.highest_command_no),
      was: { command_no: account.command_no, epoch: account.epoch },
    }
    step.saveAccount({ incarnation: facts.incarnation, command_no: facts.command_no })
    step.saveConnection({ replaying: true })
    step.audit('account.went_back', actor, null, facts)
    step.effects.push(() =>
      this.#ctx.log.error('the ledger is behind its EA: results are replayed, opening waits', {
        ...names(step),
        ...facts,
      }),
    )
  }

  /** Another EA asks while the owner is alive: for a while nothing may be opened (P14). */
  contend(step: Step, journal_id: string | null, actor: string): void {
    const { contended_until } = step.state.connection
    const fresh = contended_until === null || step.now >= contended_until
    step.saveConnection({ contended_until: step.now + limits.owner_lease_ms })
    if (!fresh) return
    step.audit('connection.contended', actor, null, { journal_id })
    step.effects.push(() =>
      this.#ctx.log.error('a second EA asks for this account: opening is refused while both do', {
        ...names(step),
        journal_id,
      }),
    )
  }

  /** Is this the ledger that the EA knows? One that never said what it knows has nothing against it. */
  async #agrees(state: DeskState, { audit_no, audit_hash }: LedgerMark): Promise<boolean> {
    if (state.went_back) return false
    if (audit_no === undefined || audit_hash === undefined || audit_no === 0) return true
    if (audit_no > state.account.audit_no) return false
    const known = state.marks.get(audit_no)
    if (known !== undefined) return known === audit_hash
    const [event] = await this.#ctx.store.auditChain(state.account.account_id, audit_no - 1, 1)
    if (event) state.mark(event.audit_no, event.hash)
    return event?.hash === audit_hash
  }

  /**
   * What the first message under an epoch, and the end of a replay, change. Nothing to do: nothing is written.
   * @throws {Refusal} NGTB_FENCED, also when the ledger went back: only a connect can tell what it lost
   */
  async heard(desk: Desk, session: EaSession, word: EaWord, actor: string): Promise<void> {
    const state = await desk.look((picture) => this.#proven(picture, session, word))
    const { incarnation } = word
    const { account, connection } = state
    const replayed = connection.replaying && incarnation === account.incarnation
    if (hasSpoken(state, session) && !replayed) return
    await desk.run((step) => {
      requireOwner(step.state, session)
      this.#confirm(step, session)
      this.#endReplay(step, incarnation, actor)
      this.#connections.seen(step, 'poll', actor, session)
    })
  }

  /**
   * B5. An owner's facts say what ledger it knows, too. Acknowledged without a mark, they could be forgotten by a
   * ledger that goes back, and nobody would notice.
   */
  async prove(desk: Desk, session: EaSession, word: EaWord): Promise<void> {
    const state = await desk.ready()
    if (state.proven || !isOwner(session, state.connection, state.account)) return
    await desk.look((picture) => this.#proven(picture, session, word))
  }

  async #proven(state: DeskState, session: EaSession, word: EaWord): Promise<DeskState> {
    requireOwner(state, session)
    state.proven = await this.#agrees(state, word)
    if (!state.proven)
      throw new Refusal('NGTB_FENCED', 'the ledger went back behind what this EA knows: connect anew')
    return state
  }

  #confirm(step: Step, { journal_id }: EaSession): void {
    const journal = step.state.journals.get(journal_id)
    if (journal && !journal.confirmed)
      step.saveJournal({ ...journal, confirmed: true, last_seen_at: step.now })
  }

  #endReplay(step: Step, incarnation: number | undefined, actor: string): void {
    if (!step.state.connection.replaying || incarnation !== step.account.incarnation) return
    step.saveConnection({ replaying: false })
    step.audit('account.replayed', actor, null, { incarnation })
  }
}
