// The EA's word about commands (contract §4, §5): answers, findings of a PROBE, results for commands that nobody knows.
import {
  type Command,
  type CommandEvent,
  commandAnswered,
  eventOfAnswer,
  eventOfFinding,
  HELD_ELSEWHERE,
  isOwner,
  type RefusalFacts,
  type Transition,
  UNANSWERED,
  whileInDoubt,
} from '@ngtb/core'
import { type Answer, COMMANDS, type LedgerMark, limits, Refusal } from '@ngtb/protocol'
import type { OrphanResult } from '../ports.ts'
import type { CommandMoves } from './command-moves.ts'
import { brief } from './command-words.ts'
import { names } from './connections.ts'
import { type Context, retryPolicy } from './context.ts'
import type { Desk } from './desk.ts'
import type { EaSession } from './ea-session.ts'
import { markOf } from './handout.ts'
import type { Step } from './step.ts'
import { levelsThereOf } from './trade-wishes.ts'
import type { Heard, TimesField } from './ways.ts'

export interface Answered {
  readonly command_id: string
  readonly duplicate: boolean
  readonly contradicts: boolean
  /** The ledger does not know the command: its result is kept (K19). */
  readonly orphan: boolean
}

const ATTEMPTS_READ_MAX = 1_000
/** A plain EA's word for a position that ended: no levels stand, and asking again changes nothing. */
const GONE = /not found/i

type Said = Pick<Answer, 'status' | 'response' | TimesField> & { evidence?: Answer['evidence'] | undefined }

export class CommandAnswers {
  readonly #ctx: Context
  readonly #moves: CommandMoves

  constructor(ctx: Context, moves: CommandMoves) {
    this.#ctx = ctx
    this.#moves = moves
  }

  /**
   * Answers, all in one commit. A duplicate is acknowledged again; a contradiction is recorded and refused.
   * Facts are taken from any epoch (P9). @param session null: a plain client
   */
  async answer(
    desk: Desk,
    answers: readonly Answer[],
    session: EaSession | null,
    actor: string,
    within?: (step: Step) => void,
    heard?: Heard,
  ): Promise<{ answered: Answered[]; mark: LedgerMark & { rev?: number } }> {
    return desk.run(async (step) => {
      within?.(step)
      const answered: Answered[] = []
      for (const answer of answers) answered.push(await this.#one(step, answer, session, actor, heard))
      // What the ledger holds by now, to the one who can tell one day that it went back.
      const owner = session !== null && isOwner(session, step.state.connection, step.account)
      return { answered, mark: owner ? { rev: step.account.rev, ...markOf(step.state) } : {} }
    })
  }

  async #one(
    step: Step,
    answer: Answer,
    session: EaSession | null,
    actor: string,
    heard?: Heard,
  ): Promise<Answered> {
    const command = await this.#moves.find(step, answer.command_id)
    if (!command) return this.#orphaned(step, answer, session, actor)
    const { verdict } = isOverheard(step, command, answer, session)
      ? this.#overheard(step, command, answer, actor)
      : await this.#settle(step, command, answer, session, actor, heard)
    this.#ctx.crashPoint('K17', [command])
    step.effects.push(() => this.#ctx.crashPoint('K18', [command]))
    return {
      command_id: command.command_id,
      duplicate: verdict === 'duplicate',
      contradicts: verdict === 'refused',
      orphan: false,
    }
  }

  async #settle(
    step: Step,
    command: Command,
    answer: Said,
    session: EaSession | null,
    actor: string,
    heard?: Heard,
  ): Promise<Transition> {
    const response = answer.response ?? {}
    const { status } = answer
    const evidence = session ? answer.evidence : undefined
    const policy = retryPolicy(this.#ctx.config, step.state)
    let event = eventOfAnswer(command, { status, response, evidence }, step.now, policy)
    if (event.kind === 'refused' && (await this.#heldElsewhere(step, command, session)))
      event = whileInDoubt(command, event, step.now, policy, HELD_ELSEWHERE)
    else if (event.kind === 'refused' || event.kind === 'attempt_failed')
      if (await this.#mayBeThere(step, command, session, event.refusal))
        event = levelsThereOf(step, command) ?? whileInDoubt(command, event, step.now, policy, UNANSWERED)
    if (event.kind === 'completed' && event.ticket !== null)
      await this.#moves.consequences.recall(step, event.ticket)
    const way = session && heard ? this.#ctx.ways.told(command, answer, session, heard, step.now) : null
    const transition = this.#moves.apply(step, command, event, actor, way === null ? {} : { way })
    if (transition.verdict === 'moved') {
      this.#tell(step, command, transition, event, status)
      if (command.type === 'PROBE' && event.kind === 'completed')
        await this.#settleProbed(step, transition.command, response, session, actor)
    } else if (transition.verdict === 'refused') this.#contradicted(step, command, status, response, actor)
    return transition
  }

  /** Q3. The finding is the EA's word about the command that it was asked for. */
  async #settleProbed(
    step: Step,
    probe: Command,
    response: Record<string, unknown>,
    session: EaSession | null,
    actor: string,
  ): Promise<void> {
    const probed = await this.#moves.find(step, String(probe.payload.command_id))
    const event = probed && eventOfFinding(probed, response, step.now)
    if (!probed || !event) return
    if (event.kind === 'refused' && (await this.#heldElsewhere(step, probed, session))) return
    if (event.kind === 'completed' && event.ticket !== null)
      await this.#moves.consequences.recall(step, event.ticket)
    const transition = this.#moves.apply(step, probed, event, actor)
    if (transition.verdict === 'refused')
      this.#contradicted(step, probed, String(response.outcome), response, actor)
  }

  /**
   * P7. Was it given to another terminal before, which may still be within its deadline (P5)? What this one refuses has
   * not failed then. Openings never go to a second one.
   */
  async #heldElsewhere(step: Step, command: Command, session: EaSession | null): Promise<boolean> {
    const { command_id, expires_at, attempt, type } = command
    if (session === null || attempt < 2 || COMMANDS[type].resend === 'never') return false
    if (expires_at !== null && step.now >= expires_at + step.state.connection.settle_ms) return false
    await step.caughtUp()
    const { items } = await this.#ctx.store.auditOf(
      step.account.account_id,
      { limit: ATTEMPTS_READ_MAX, after: null },
      { kind: 'command.delivered', subject: command_id },
    )
    return items.some(({ data }) => (data.journal_id ?? session.journal_id) !== session.journal_id)
  }

  /**
   * P7. An EA without a journal that is given a MODIFY again after it never answered may have done it the first time;
   * and the older dialect calls "nothing to change" a request that was not sent, without a retcode.
   */
  async #mayBeThere(step: Step, command: Command, session: EaSession | null, refusal: RefusalFacts) {
    const { retcode, error } = refusal
    const { command_id, attempt, type } = command
    if (session !== null || retcode !== null || attempt < 2 || type !== 'MODIFY_TRADE') return false
    if (GONE.test(error)) return false
    await step.caughtUp()
    const { items } = await this.#ctx.store.auditOf(
      step.account.account_id,
      { limit: 1, after: null },
      { kind: 'command.lease_expired', subject: command_id },
    )
    return items.length > 0
  }

  /** An EA that says that it does not know the type: it will never answer. */
  refuseUnknownType(step: Step, command: Command, actor: string): void {
    const error = `this EA does not know ${command.type}`
    const refusal = { response: {}, error, retcode: null, safe_to_retry: false }
    this.#moves.apply(step, command, { kind: 'refused', at: step.now, refusal }, actor)
  }

  /** K19: never 404-and-forget. A plain client's unknown id is its mistake, and says so. */
  #orphaned(step: Step, answer: Answer, session: EaSession | null, actor: string): Answered {
    const { command_id, status } = answer
    if (session === null)
      throw new Refusal('NGTB_COMMAND_UNKNOWN', `there is no command ${command_id} on this account`)
    const kept: Answered = { command_id, duplicate: false, contradicts: false, orphan: true }
    if (status === 'progress' || step.state.orphans.has(command_id)) return { ...kept, duplicate: true }
    if (step.state.orphans.size >= limits.orphans_per_account_max)
      throw new Refusal(
        'NGTB_COMMANDS_TOO_MANY',
        'too many results for commands that the ledger does not know',
      )
    const orphan: Omit<OrphanResult, 'account_id'> = {
      command_id,
      command_no: answer.command_no ?? null,
      status,
      response: answer.response ?? {},
      evidence: answer.evidence ?? null,
      journal_id: session.journal_id,
      received_at: step.now,
    }
    step.saveOrphan(orphan)
    step.audit('command.orphaned', actor, command_id, { ...orphan })
    step.effects.push(() =>
      this.#ctx.log.error('a result for a command that the ledger does not know: kept', {
        ...names(step),
        command_id,
        status,
      }),
    )
    return kept
  }

  /** A client repeats an intent that the ledger had lost: its result is here already. */
  async adoptOrphan(step: Step, command: Command): Promise<void> {
    const orphan = step.state.orphans.get(command.command_id)
    if (!orphan) return
    const { status, evidence, journal_id, response } = orphan
    const answer: Said = {
      status,
      response: { ...response },
      evidence: (evidence ?? undefined) as Answer['evidence'],
    }
    const session = journal_id === null ? null : { journal_id, epoch: step.account.epoch }
    await this.#settle(step, command, answer, session, 'orphan')
  }

  #tell(
    step: Step,
    before: Command,
    { command, overrode }: Transition,
    event: CommandEvent,
    said: string,
  ): void {
    const latency_ms = before.sent_at === null ? null : step.now - before.sent_at
    if (latency_ms !== null && before.status === 'executing' && event.kind !== 'progress')
      step.noteConnection(commandAnswered(step.state.connection, latency_ms))
    const facts = { ...names(step), ...brief(command), latency_ms, error: command.error }
    step.effects.push(() => {
      // A question answered after its time contradicts nobody: the server itself had given it up.
      if (command.status === 'completed' && (!overrode || command.type === 'PROBE'))
        this.#ctx.log.info('answer received: completed', { ...facts, ticket: command.ticket })
      else if (overrode) this.#ctx.log.error(`answer received: completed, although it was ${overrode}`, facts)
      else if (event.kind !== 'progress')
        this.#ctx.log.warn(event.kind === 'refused' ? 'command failed' : `answer received: ${said}`, facts)
    })
  }

  /** It changes nothing, and is acknowledged: so it is kept (P1, C4). "At work" is no more than a sign of life. */
  #overheard(
    step: Step,
    command: Command,
    { status, response }: Answer,
    actor: string,
  ): { verdict: 'duplicate' } {
    if (status !== 'progress') this.#contradicted(step, command, status, response ?? {}, actor)
    return { verdict: 'duplicate' }
  }

  #contradicted(
    step: Step,
    command: Command,
    said: string,
    response: Record<string, unknown>,
    actor: string,
  ): void {
    step.audit('command.contradicted', actor, command.command_id, { said, response, was: command.status })
    step.effects.push(() =>
      this.#ctx.log.error('an answer contradicts what is known of its command: it changed nothing', {
        ...names(step),
        ...brief(command),
        said,
      }),
    )
  }
}

/**
 * Was this said from aside? "At work" renews the lease of its owner only. And what was handed out to somebody else
 * meanwhile has not failed because this one did not do it: only what was done is a fact whoever says it (P9).
 */
function isOverheard(step: Step, command: Command, { status }: Answer, session: EaSession | null): boolean {
  if (session === null || status === 'completed') return false
  const mine = command.journal_id === null || command.journal_id === session.journal_id
  if (status === 'progress') return !mine || !isOwner(session, step.state.connection, step.account)
  return COMMANDS[command.type].resend !== 'never' && !(mine && session.epoch >= (command.epoch ?? 0))
}
