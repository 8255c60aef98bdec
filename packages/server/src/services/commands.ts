// The desk of commands: create, hand out, answer, run out (contract §4). Core decides; this loads, saves and tells.
import {
  admit,
  applyCommandEvent,
  type Command,
  type CommandEvent,
  canonical,
  chooseDue,
  commandAnswered,
  deadlineEvent,
  deliveryOrder,
  eventOfAnswer,
  hasRoom,
  isDue,
  isSettled,
  type MarketKnowledge,
  nextDeadline,
  responseTimeoutMs,
  type Transition,
} from '@ngtb/core'
import { COMMANDS, type CommandResponseBody, isCommandType, limits, Refusal } from '@ngtb/protocol'
import { attemptKey, brief, priorityOf, told } from './command-words.ts'
import { names } from './connections.ts'
import { type Context, responseTimeouts } from './context.ts'
import type { Desk } from './desk.ts'
import type { Step } from './step.ts'

export interface WantedCommand {
  readonly type: string
  readonly payload: unknown
  readonly priority?: string | number | undefined
  readonly ttl_ms?: number | undefined
  /** The caller's own name of the intent (P2). */
  readonly command_id: string
  readonly require_connected?: boolean | undefined
  readonly origin: string
}

export interface Created {
  readonly command: Command
  readonly replayed: boolean
  readonly ea_connected: boolean
}

/** What happens to trades when a command settles is the trade desk's part. */
export interface CommandConsequences {
  completed(step: Step, command: Command): void
  unknown(step: Step, command: Command): void
  /** Failed, cancelled or expired: it will not happen. */
  ended(step: Step, command: Command): void
  /** Brings a trade back to hand, before a step that can not wait decides about it. */
  recall(step: Step, ticket: string): Promise<void>
}

export class Commands {
  readonly #ctx: Context
  readonly #quote: (account_id: number, symbol: string) => { bid: number; ask: number } | undefined
  consequences: CommandConsequences = { completed() {}, unknown() {}, ended() {}, async recall() {} }

  constructor(
    ctx: Context,
    quote: (account_id: number, symbol: string) => { bid: number; ask: number } | undefined,
  ) {
    this.#ctx = ctx
    this.#quote = quote
  }

  /** P2: one row per intent. The same name and body answers the same command again; another body is refused. */
  async create(desk: Desk, wanted: WantedCommand): Promise<Created> {
    return desk.run(async (step) => {
      const fingerprint = this.#fingerprint(wanted)
      const existing =
        step.state.command(wanted.command_id) ??
        (await this.#ctx.store.command(desk.account_id, wanted.command_id))
      const ea_connected = step.state.connection.state === 'connected'
      if (existing) {
        if (existing.fingerprint !== fingerprint)
          throw new Refusal(
            'NGTB_COMMAND_REUSED',
            `the key of command ${existing.command_id} was used before with another body`,
          )
        return { command: existing, replayed: true, ea_connected }
      }
      const command = this.#admitted(step, wanted, fingerprint)
      if (wanted.require_connected && !ea_connected)
        throw new Refusal(
          'NGTB_EA_NOT_CONNECTED',
          `the EA of login ${step.account.account_number} is ${step.state.connection.state}`,
        )
      this.#book(step, command)
      return { command, replayed: false, ea_connected }
    })
  }

  #admitted(step: Step, wanted: WantedCommand, fingerprint: string): Command {
    const admission = admit(wanted.type, wanted.payload, this.#market(step))
    if (!admission.accepted) throw new Refusal(admission.code, admission.detail)
    const definition = COMMANDS[admission.type]
    if (!hasRoom(step.state.unsettled.size, admission.type))
      throw new Refusal('NGTB_COMMANDS_TOO_MANY', undefined, { retry_after_s: 1 })
    const priority = priorityOf(admission.type, wanted.priority)
    const default_ttl =
      definition.ttl_ms === 'default_timeout'
        ? this.#ctx.config.DEFAULT_COMMAND_TIMEOUT * 1000
        : definition.ttl_ms
    const ttl_ms = wanted.ttl_ms ?? default_ttl
    return {
      account_id: step.account.account_id,
      command_id: wanted.command_id,
      command_no: step.nextCommandNo(),
      type: admission.type,
      payload: admission.payload,
      priority,
      status: 'pending',
      fingerprint,
      origin: wanted.origin,
      created_at: step.now,
      expires_at: ttl_ms === null ? null : step.now + ttl_ms,
      timeout_ms: responseTimeoutMs(priority, responseTimeouts(this.#ctx.config)),
      attempt: 0,
      retry_count: 0,
      max_retries: this.#ctx.config.MAX_COMMAND_RETRIES,
      available_at: step.now,
      lease_expires_at: null,
      sent_at: null,
      completed_at: null,
      response: null,
      error: null,
      retcode: null,
      safe_to_retry: null,
      note: null,
      ticket: null,
      lists_without: 0,
    }
  }

  #book(step: Step, command: Command): void {
    step.saveCommand(command)
    const { command_id, command_no, type, payload, priority, expires_at } = command
    step.audit('command.created', command.origin, command_id, {
      status: 'pending',
      command_no,
      type,
      payload,
      priority,
      expires_at,
    })
    if (type === 'CLOSE_ALL') this.#cancelOpensInScope(step, command)
    if (type === 'MODIFY_TRADE') this.#rememberWish(step, command)
  }

  /** P12: the emergency stop takes back, in its own step, what was not handed out yet. */
  #cancelOpensInScope(step: Step, stop: Command): void {
    for (const command of [...step.state.unsettled.values()]) {
      const undelivered = command.type === 'OPEN_TRADE' && command.attempt === 0
      const { symbol, magic } = stop.payload
      const inScope =
        (symbol === undefined || command.payload.symbol === symbol) &&
        (magic === undefined || command.payload.magic === magic)
      if (undelivered && inScope)
        this.#apply(step, command, { kind: 'cancelled', at: step.now }, `command:${stop.command_id}`)
    }
  }

  /** P7: wanted beside confirmed; only the EA's word makes it confirmed. */
  #rememberWish(step: Step, command: Command): void {
    const trade = step.state.open.get(command.payload.ticket as string)
    if (!trade) return
    step.saveTrade({
      ...trade,
      wanted_sl: command.payload.sl as number,
      wanted_tp: command.payload.tp as number,
      updated_at: step.now,
    })
  }

  /** Is there anything to hand out right now? Asked at every poll, so it reads memory only. */
  hasDue(desk: Desk): boolean {
    const now = this.#ctx.clock.now()
    for (const command of desk.state?.unsettled.values() ?? []) if (isDue(command, now)) return true
    return false
  }

  /** Hands out what is due: lease and attempt are committed before the EA sees anything (P4). */
  claim(step: Step, channel: string, actor: string): Command[] {
    const due = chooseDue(step.state.unsettled.values(), step.now, limits.commands_per_reply_max).sort(
      deliveryOrder,
    )
    const delivered = due.map(
      (command) => this.#apply(step, command, { kind: 'delivered', at: step.now }, actor).command,
    )
    for (const command of delivered) {
      const lease_expires_at = command.lease_expires_at ?? step.now
      step.saveAttempt({
        ...attemptKey(command),
        delivered_at: step.now,
        channel,
        lease_expires_at,
        answered_at: null,
        outcome: null,
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
    if (delivered.length > 0)
      step.saveConnection({ command_count: step.state.connection.command_count + delivered.length })
    return delivered
  }

  /** The EA's answer (contract §4). A duplicate is acknowledged again; a contradiction is recorded and refused. */
  async answer(
    desk: Desk,
    answer: Pick<CommandResponseBody, 'command_id' | 'status' | 'response'>,
    actor: string,
    within?: (step: Step) => void,
  ) {
    return desk.run(async (step) => {
      within?.(step)
      const command = await this.#find(step, answer.command_id)
      if (!command)
        throw new Refusal('NGTB_COMMAND_UNKNOWN', `there is no command ${answer.command_id} on this account`)
      const response = answer.response ?? {}
      const event = eventOfAnswer(command, { status: answer.status, response }, step.now, this.#ctx.retry)
      if (event.kind === 'completed' && event.ticket !== null)
        await this.consequences.recall(step, event.ticket)
      const transition = this.#apply(step, command, event, actor)
      if (transition.verdict === 'moved') this.#answered(step, command, transition, event, answer.status)
      else if (transition.verdict === 'refused')
        this.#contradicted(step, command, answer.status, response, actor)
      return {
        command: transition.command,
        duplicate: transition.verdict === 'duplicate',
        contradicts: transition.verdict === 'refused',
      }
    })
  }

  #answered(
    step: Step,
    before: Command,
    { command, overrode }: Transition,
    event: CommandEvent,
    said: string,
  ): void {
    const latency_ms = before.sent_at === null ? null : step.now - before.sent_at
    if (latency_ms !== null && before.status === 'executing') {
      step.saveConnection(commandAnswered(step.state.connection, latency_ms))
    }
    const facts = { ...names(step), ...brief(command), latency_ms, error: command.error }
    step.effects.push(() => {
      if (command.status === 'completed' && !overrode)
        this.#ctx.log.info('answer received: completed', { ...facts, ticket: command.ticket })
      else if (overrode) this.#ctx.log.error(`answer received: completed, although it was ${overrode}`, facts)
      else this.#ctx.log.warn(event.kind === 'refused' ? 'command failed' : `answer received: ${said}`, facts)
    })
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
      this.#ctx.log.error('an answer contradicts a settled command', {
        ...names(step),
        ...brief(command),
        said,
      }),
    )
  }

  async cancel(desk: Desk, command_id: string, actor: string): Promise<Command> {
    return desk.run(async (step) => {
      const command = await this.#find(step, command_id)
      if (!command)
        throw new Refusal('NGTB_COMMAND_UNKNOWN', `there is no command ${command_id} on this account`)
      const { verdict, command: cancelled } = this.#apply(
        step,
        command,
        { kind: 'cancelled', at: step.now },
        actor,
      )
      if (verdict === 'refused')
        throw new Refusal(
          'NGTB_COMMAND_NOT_CANCELLABLE',
          `command ${command_id} is ${command.status}${command.attempt > 0 ? ' and was handed out' : ''}`,
        )
      return cancelled
    })
  }

  /** A command of the ledger, back at hand: its counters and events go on from what it was. */
  async #find(step: Step, command_id: string): Promise<Command | null> {
    const at_hand = step.state.command(command_id)
    if (at_hand) return at_hand
    const stored = await this.#ctx.store.command(step.account.account_id, command_id)
    if (stored) step.state.keepCommand(stored)
    return stored
  }

  /** Evidence: a position that can only be this command's effect. */
  settleByPosition(step: Step, command: Command, ticket: string): Command {
    return this.#apply(step, command, { kind: 'position_seen', at: step.now, ticket }, 'ea').command
  }

  /** The earliest moment at which a command of this desk moves by itself, or null. */
  nextDeadline(desk: Desk): number | null {
    let earliest: number | null = null
    for (const command of desk.state?.unsettled.values() ?? []) {
      const at = nextDeadline(command)
      if (at !== null && (earliest === null || at < earliest)) earliest = at
    }
    return earliest
  }

  /** Leases that ran out, times to live that ended. */
  runOut(step: Step): void {
    for (const command of [...step.state.unsettled.values()]) {
      const event = deadlineEvent(command, step.now, this.#ctx.retry)
      if (event) this.#apply(step, command, event, 'server')
    }
  }

  /** Expires everything undelivered that has a time to live: a clock that went back can't be trusted with them (§8). */
  expireUndelivered(step: Step): void {
    for (const command of [...step.state.unsettled.values()])
      if (command.attempt === 0 && command.expires_at !== null)
        this.#apply(step, command, { kind: 'expired', at: step.now }, 'server')
  }

  #apply(step: Step, command: Command, event: CommandEvent, actor: string): Transition {
    const transition = applyCommandEvent(command, event)
    if (transition.verdict !== 'moved') return transition
    this.#endAttempt(step, command, event)
    const moved = step.saveCommand(transition.command)
    step.audit(`command.${event.kind}`, actor, moved.command_id, {
      status: moved.status,
      ...told(moved, event),
      ...(transition.overrode ? { overrode: transition.overrode } : {}),
    })
    if (moved.status === 'completed') this.consequences.completed(step, moved)
    else if (isSettled(moved)) this.consequences.ended(step, moved)
    if (moved.status === 'timeout') {
      this.consequences.unknown(step, moved)
      step.effects.push(() =>
        this.#ctx.log.warn('command timed out: its outcome is unknown', {
          ...names(step),
          ...brief(moved),
          why: moved.error,
        }),
      )
    }
    return { ...transition, command: step.state.command(moved.command_id) ?? moved }
  }

  /** What became of the running attempt, in the event's own word. */
  #endAttempt(step: Step, command: Command, event: CommandEvent): void {
    const running = step.state.attempts.get(command.command_id)
    if (command.status !== 'executing' || !running || running.attempt !== command.attempt) return
    const answered = event.kind !== 'lease_expired' && !(event.kind === 'outcome_unknown' && !event.response)
    step.saveAttempt({ ...running, answered_at: answered ? step.now : null, outcome: event.kind })
  }

  #fingerprint(wanted: WantedCommand): string {
    const { type, payload, priority, ttl_ms } = wanted
    const named = isCommandType(type) ? priorityOf(type, priority) : priority
    return this.#ctx.ids.sha256(canonical({ type, payload: payload ?? {}, priority: named, ttl_ms }))
  }

  #market(step: Step): MarketKnowledge {
    const { state } = step
    return {
      specs: state.specs,
      quote: (symbol) => this.#quote(state.account.account_id, symbol),
      trade: (ticket) => state.trade(ticket),
    }
  }
}
