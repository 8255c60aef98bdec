// One move of a command's life: core says what becomes of it, this saves, audits and tells (contract §4).
import {
  applyCommandEvent,
  type Command,
  type CommandEvent,
  firstProbeAt,
  isSettled,
  supersededBy,
  type Transition,
} from '@ngtb/core'
import { Refusal } from '@ngtb/protocol'
import { brief, told } from './command-words.ts'
import { names } from './connections.ts'
import { type Context, retryPolicy } from './context.ts'
import type { Step } from './step.ts'

/** What happens to trades when a command settles is the trade desk's part. */
export interface CommandConsequences {
  completed(step: Step, command: Command): void
  unknown(step: Step, command: Command): void
  /** Failed, cancelled or expired: it will not happen. */
  ended(step: Step, command: Command): void
  /** Brings a trade back to hand, before a step that can not wait decides about it. */
  recall(step: Step, ticket: string): Promise<void>
}

export class CommandMoves {
  consequences: CommandConsequences = { completed() {}, unknown() {}, ended() {}, async recall() {} }
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** @param beside what the event tells that is no part of the row */
  apply(
    step: Step,
    command: Command,
    event: CommandEvent,
    actor: string,
    beside: Readonly<Record<string, unknown>> = {},
  ): Transition {
    const transition = applyCommandEvent(command, event)
    if (transition.verdict !== 'moved') return transition
    this.#endAttempt(step, command, event)
    const moved = step.saveCommand(this.#withProbe(step, transition.command, event))
    step.audit(`command.${event.kind}`, actor, moved.command_id, {
      status: moved.status,
      ...told(moved, event),
      ...(transition.overrode ? { overrode: transition.overrode } : {}),
      ...beside,
    })
    this.#follow(step, command, moved)
    return { ...transition, command: step.state.command(moved.command_id) ?? moved }
  }

  #follow(step: Step, before: Command, moved: Command): void {
    if (moved.status === 'completed') {
      this.consequences.completed(step, moved)
      this.#settleSuperseded(step, moved)
    } else if (isSettled(moved)) this.consequences.ended(step, moved)
    if (moved.status !== 'timeout' || before.status === 'timeout') return
    this.consequences.unknown(step, moved)
    step.effects.push(() =>
      this.#ctx.log.warn('command timed out: its outcome is unknown', {
        ...names(step),
        ...brief(moved),
        why: moved.error,
      }),
    )
  }

  /** A native EA is asked what became of it, once it can know. */
  #withProbe(step: Step, command: Command, event: CommandEvent): Command {
    if (event.kind !== 'outcome_unknown' || step.state.connection.protocol !== 2) return command
    const next_probe_at = firstProbeAt(command, retryPolicy(this.#ctx.config, step.state), this.#ctx.began_at)
    return { ...command, next_probe_at }
  }

  /**
   * The newer values stand at the broker, so an older command of a plain client can matter no more. A native EA keeps
   * the order itself, and answers each.
   */
  #settleSuperseded(step: Step, newer: Command): void {
    for (const older of supersededBy(newer, step.state.unsettled.values()))
      if (older.journal_id === null && older.attempt > 0)
        this.apply(step, older, { kind: 'superseded', at: step.now, by: newer.command_id }, 'server')
  }

  /** What became of the running attempt, in the event's own word. */
  #endAttempt(step: Step, command: Command, event: CommandEvent): void {
    if (event.kind === 'progress') return
    const running = step.state.attempts.get(command.command_id)
    if (command.status !== 'executing' || !running || running.attempt !== command.attempt) return
    const answered = event.kind !== 'lease_expired' && !(event.kind === 'outcome_unknown' && !event.response)
    step.saveAttempt({ ...running, answered_at: answered ? step.now : null, outcome: event.kind })
  }

  /** A command of the ledger, back at hand: its counters and events go on from what it was. */
  async find(step: Step, command_id: string): Promise<Command | null> {
    const at_hand = step.state.command(command_id)
    if (at_hand) return at_hand
    const stored = await this.#ctx.store.command(step.account.account_id, command_id)
    if (stored) step.state.keepCommand(stored)
    return stored
  }

  /** @throws {Refusal} NGTB_COMMAND_UNKNOWN */
  async require(step: Step, command_id: string): Promise<Command> {
    const command = await this.find(step, command_id)
    if (command) return command
    throw new Refusal('NGTB_COMMAND_UNKNOWN', `there is no command ${command_id} on this account`)
  }

  /** By the number in an order's tag. */
  async findByNo(step: Step, command_no: number): Promise<Command | null> {
    const at_hand = step.state.commandByNo(command_no)
    if (at_hand) return at_hand
    if (command_no > step.account.command_no) return null
    const stored = await this.#ctx.store.commandByNo(step.account.account_id, command_no)
    if (stored) step.state.keepCommand(stored)
    return stored
  }
}
