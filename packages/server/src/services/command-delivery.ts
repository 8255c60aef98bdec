// Handing commands out: poll, heartbeat and push share one lease (P4); and what the passing of time does to them.
import {
  type Command,
  type CommandEvent,
  chooseDue,
  deadlineEvent,
  deliveryOrder,
  isDue,
  isOwner,
  nativeLeaseMs,
  nextDeadline,
  probeAt,
  probesDue,
} from '@ngtb/core'
import { COMMANDS, limits } from '@ngtb/protocol'
import { LEGACY_COMMANDS_MAX, legacyCandidates } from '../legacy/wire.ts'
import type { CommandBooking } from './command-booking.ts'
import type { CommandMoves } from './command-moves.ts'
import { brief } from './command-words.ts'
import { names } from './connections.ts'
import { type Context, retryPolicy } from './context.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import { type EaSession, hasSpoken, receiverOf } from './ea-session.ts'
import { type Handout, headsOf } from './handout.ts'
import type { Step } from './step.ts'

/** How it reached the EA: stands in the attempt's row. */
export type Channel = 'poll' | 'heartbeat' | 'push'

export class CommandDelivery {
  readonly #ctx: Context
  readonly #moves: CommandMoves
  readonly #booking: CommandBooking

  constructor(ctx: Context, moves: CommandMoves, booking: CommandBooking) {
    this.#ctx = ctx
    this.#moves = moves
    this.#booking = booking
  }

  /** Is there anything to hand out right now? Asked at every poll, so it reads memory only. */
  hasDue(state: DeskState, session: EaSession | null): boolean {
    if (session !== null && !state.proven) return false
    const now = this.#ctx.clock.now()
    const policy = retryPolicy(this.#ctx.config, state)
    const to = receiverOf(state, session)
    for (const command of candidatesOf(state, (one) => isDue(one, now, to, policy)))
      if (isDue(command, now, to, policy)) return true
    return session !== null && probesDue(state.unsettled.values(), now, policy, this.#ctx.began_at).length > 0
  }

  /** Nothing comes by itself before the first word under the epoch: a copy could be at work on it (O4). */
  hasDueByItself(state: DeskState, session: EaSession): boolean {
    return hasSpoken(state, session) && this.hasDue(state, session)
  }

  /** When something that waits for a backoff becomes due, or null. */
  nextDueAt(state: DeskState): number | null {
    let earliest: number | null = null
    const policy = retryPolicy(this.#ctx.config, state)
    for (const command of state.unsettled.values()) {
      const at =
        command.status === 'pending' ? command.available_at : probeAt(command, policy, this.#ctx.began_at)
      if (at !== null && (earliest === null || at < earliest)) earliest = at
    }
    return earliest
  }

  /** Hands out what is due: lease and attempt are committed before the EA sees anything (P4). */
  claim(step: Step, channel: Channel, actor: string, session: EaSession | null): Handout {
    // What this ledger calls open may be done long since: its EA says first what it knows.
    if (session && !step.state.proven) return { commands: [], heads: headsOf(step.state) }
    if (session) this.#askForUnknown(step)
    const policy = retryPolicy(this.#ctx.config, step.state)
    const to = receiverOf(step.state, session)
    const legacy = step.state.connection.dialect === 'legacy'
    const max = legacy ? LEGACY_COMMANDS_MAX : limits.commands_per_reply_max
    const candidates = candidatesOf(step.state, (one) => isDue(one, step.now, to, policy))
    const due = chooseDue(candidates, step.now, max, to, policy)
    const event: CommandEvent = {
      kind: 'delivered',
      at: step.now,
      ...(session ? { native: { ...session, lease_ms: nativeLeaseMs(policy) } } : {}),
    }
    const commands = due
      .sort(deliveryOrder)
      .map((command) => this.#moves.apply(step, command, event, actor).command)
    for (const command of commands) this.#recordAttempt(step, command, channel)
    this.#ctx.crashPoint('K7', commands)
    step.effects.push(() => this.#ctx.crashPoint('K8', commands))
    if (commands.length > 0)
      step.noteConnection({ command_count: step.state.connection.command_count + commands.length })
    return { commands, heads: session ? headsOf(step.state) : null }
  }

  /** With a step that writes anyway, what is due goes to the EA that is pushed to, once it is committed. */
  pushWithin(step: Step): void {
    const line = this.#ctx.lines.get(step.account.account_id)
    if (!line?.room() || !isOwner(line.session, step.state.connection, step.account)) return
    if (!hasSpoken(step.state, line.session)) return
    const handout = this.claim(step, 'push', 'push', line.session)
    if (handout.commands.length > 0) step.effects.push(() => line.push(handout))
  }

  /** Unknown outcomes that can be asked about now become PROBEs (contract §4, K20). */
  #askForUnknown(step: Step): void {
    const policy = retryPolicy(this.#ctx.config, step.state)
    for (const command of probesDue(step.state.unsettled.values(), step.now, policy, this.#ctx.began_at)) {
      this.#booking.bookProbe(step, command)
      // Asked again when the question itself has ended without an answer.
      step.saveCommand({ ...command, next_probe_at: step.now + PROBE_AGAIN_MS })
    }
  }

  #recordAttempt(step: Step, command: Command, channel: Channel): void {
    step.saveAttempt({
      account_id: command.account_id,
      command_id: command.command_id,
      attempt: command.attempt,
      delivered_at: step.now,
      channel,
      lease_expires_at: command.lease_expires_at ?? step.now,
      answered_at: null,
      outcome: null,
      journal_id: command.journal_id,
      epoch: command.epoch,
    })
    step.effects.push(() =>
      this.#ctx.log.info('command sent', {
        ...names(step),
        ...brief(command),
        attempt: command.attempt,
        channel,
      }),
    )
  }

  /** The earliest moment at which a command of this desk moves by itself, or null. */
  nextDeadline(desk: Desk): number | null {
    const { state } = desk
    if (!state) return null
    const policy = retryPolicy(this.#ctx.config, state)
    let earliest: number | null = null
    for (const command of state.unsettled.values()) {
      const at = nextDeadline(command, policy)
      if (at !== null && (earliest === null || at < earliest)) earliest = at
    }
    return earliest
  }

  /** Leases that ran out, times to live that ended. */
  runOut(step: Step): void {
    const policy = retryPolicy(this.#ctx.config, step.state)
    for (const command of [...step.state.unsettled.values()]) {
      const event = deadlineEvent(command, step.now, policy)
      if (event) this.#moves.apply(step, command, event, 'server')
    }
  }

  /** Expires everything undelivered that has a time to live: a clock that went back can't be trusted with them (§8). */
  expireUndelivered(step: Step): void {
    for (const command of [...step.state.unsettled.values()])
      if (command.attempt === 0 && command.expires_at !== null)
        this.#moves.apply(step, command, { kind: 'expired', at: step.now }, 'server')
  }
}

const candidatesOf = (
  { connection, unsettled }: DeskState,
  isDueNow: (command: Command) => boolean,
): Iterable<Command> =>
  connection.dialect === 'legacy' ? legacyCandidates(unsettled.values(), isDueNow) : unsettled.values()
const PROBE_AGAIN_MS = COMMANDS.PROBE.ttl_ms as number
