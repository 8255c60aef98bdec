// A wanted command becomes a row (contract §4): admission, number, priority, time to live; then what it does to others.
import {
  admit,
  type Command,
  covers,
  hasRoom,
  isGiven,
  isShutOut,
  type MarketKnowledge,
  newCommand,
  responseTimeoutMs,
  riskClosed,
  scopeName,
  scopeOf,
  strategyNumber,
  supersededBy,
} from '@ngtb/core'
import { COMMAND_TYPES, COMMANDS, type CommandType, PLAIN_TYPES, Refusal, tagOf } from '@ngtb/protocol'
import { LEGACY_TYPES, legacyProblem } from '../legacy/wire.ts'
import type { BusinessLimits } from './business-limits.ts'
import type { CommandMoves } from './command-moves.ts'
import { priorityOf } from './command-words.ts'
import { type Context, responseTimeouts } from './context.ts'
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
  /** The traceparent that its trace goes on from. */
  readonly trace?: string | null | undefined
}

export type Quote = (account_id: number, symbol: string) => { bid: number; ask: number } | undefined

export class CommandBooking {
  readonly #ctx: Context
  readonly #moves: CommandMoves
  readonly #limits: BusinessLimits
  readonly #quote: Quote
  /** Rings within the step that makes a CLOSE_ALL. */
  onEmergencyStop: (step: Step) => void = () => {}

  constructor(ctx: Context, moves: CommandMoves, limits: BusinessLimits, quote: Quote) {
    this.#ctx = ctx
    this.#moves = moves
    this.#limits = limits
    this.#quote = quote
  }

  /** @throws {Refusal} for what can't be executed, or may not be opened now (P14) */
  async book(step: Step, wanted: WantedCommand, fingerprint: string): Promise<Command> {
    const { connection } = step.state
    const offered = this.#offered(step)
    const admission = admit(wanted.type, wanted.payload, this.#market(step), offered)
    if (!admission.accepted) throw new Refusal(admission.code, admission.detail)
    const unfit = connection.dialect === null ? null : legacyProblem(admission.type, admission.payload)
    if (unfit !== null) throw new Refusal('NGTB_COMMAND_PAYLOAD', unfit)
    this.#requireOpen(step, admission.type)
    if (wanted.require_connected && connection.state !== 'connected')
      throw new Refusal(
        'NGTB_EA_NOT_CONNECTED',
        `the EA of login ${step.account.account_number} is ${connection.state}`,
      )
    if (!hasRoom(step.state.unsettled.size, admission.type))
      throw new Refusal('NGTB_COMMANDS_TOO_MANY', undefined, { retry_after_s: 1 })
    await this.#limits.check(step, admission.type, admission.payload)
    const probed = admission.type === 'PROBE' ? await this.#probed(step, admission.payload) : null
    return this.#create(step, {
      ...wanted,
      type: admission.type,
      payload: probed === null ? admission.payload : probePayload(probed, step.now),
      fingerprint,
    })
  }

  /** The server's own question: what became of a command whose outcome is unknown. */
  bookProbe(step: Step, probed: Command): Command {
    const command_id = this.#ctx.ids.commandId(
      step.account.account_id,
      `probe ${step.account.command_no + 1}`,
    )
    const payload = probePayload(probed, step.now)
    return this.#create(step, { type: 'PROBE', payload, command_id, origin: 'server', fingerprint: '' })
  }

  /** A part of another command, which was admitted as a whole. */
  bookPart(step: Step, part: Omit<WantedCommand, 'type'> & { type: CommandType }): Command {
    return this.#create(step, { ...part, fingerprint: '' })
  }

  #create(step: Step, wanted: WantedCommand & { type: CommandType; fingerprint: string }): Command {
    const { type, command_id, fingerprint, origin } = wanted
    const payload = wanted.payload as Record<string, unknown>
    const priority = priorityOf(type, wanted.priority)
    const ttl_ms = wanted.ttl_ms ?? this.#defaultTtl(step, type)
    const strategy_no = this.#strategyNo(step, type, payload)
    const command = step.saveCommand(
      newCommand({
        account_id: step.account.account_id,
        command_id,
        command_no: step.nextCommandNo(),
        type,
        payload,
        priority,
        fingerprint,
        origin,
        created_at: step.now,
        expires_at: ttl_ms === null ? null : step.now + ttl_ms,
        timeout_ms: responseTimeoutMs(priority, responseTimeouts(this.#ctx.config)),
        max_retries: this.#ctx.config.MAX_COMMAND_RETRIES,
        strategy_no,
      }),
    )
    const { command_no, expires_at, timeout_ms, max_retries } = command
    step.audit('command.created', origin, command_id, {
      status: 'pending',
      command_no,
      type,
      payload,
      priority,
      fingerprint,
      expires_at,
      timeout_ms,
      max_retries,
      ...(strategy_no === null ? {} : { strategy_no }),
      ...(wanted.trace ? { trace: wanted.trace } : {}),
    })
    this.#affectOthers(step, command)
    return command
  }

  #affectOthers(step: Step, command: Command): void {
    if (command.type === 'CLOSE_ALL') {
      this.#shutOut(step, command)
      this.onEmergencyStop(step)
    }
    if (command.type === 'MODIFY_TRADE') this.#rememberWish(step, command)
    for (const older of supersededBy(command, step.state.unsettled.values())) {
      const superseded_by = command.command_id
      if (older.attempt === 0)
        this.#moves.apply(
          step,
          older,
          { kind: 'cancelled', at: step.now, superseded_by },
          `command:${superseded_by}`,
        )
      else if (older.superseded_by === null) {
        // Handed out: what became of it is still to be heard, but it is not sent again.
        step.saveCommand({ ...older, superseded_by })
        step.audit('command.noted', 'server', older.command_id, { status: older.status, superseded_by })
      }
    }
  }

  /** P12: the emergency stop's generation, and what was not handed out yet, in its own step. */
  #shutOut(step: Step, stop: Command): void {
    const scope = scopeOf(stop)
    if (step.state.connection.protocol === 2)
      step.saveGeneration({ scope: scopeName(scope), ...scope, command_no: stop.command_no })
    for (const command of [...step.state.unsettled.values()])
      if (isShutOut(command) && command.attempt === 0 && covers(scope, scopeOf(command)))
        this.#moves.apply(step, command, { kind: 'cancelled', at: step.now }, `command:${stop.command_id}`)
  }

  /** P7: wanted beside confirmed; only the EA's word makes it confirmed. */
  #rememberWish(step: Step, command: Command): void {
    const trade = step.state.open.get(command.payload.ticket as string)
    if (!trade) return
    const wanted_sl = command.payload.sl as number
    const wanted_tp = command.payload.tp as number
    step.saveTrade({ ...trade, wanted_sl, wanted_tp, updated_at: step.now })
    step.audit('trade.wanted', `command:${command.command_id}`, trade.ticket, { wanted_sl, wanted_tp })
  }

  #offered({ state: { connection } }: Step): readonly CommandType[] {
    if (connection.protocol === 2) return COMMAND_TYPES
    return connection.dialect === 'legacy' ? LEGACY_TYPES : PLAIN_TYPES
  }

  /** P14: fail closed for risk. What reduces it, and every question, stays possible. */
  #requireOpen(step: Step, type: CommandType): void {
    if (COMMANDS[type].reduces_risk) return
    const { connection } = step.state
    const why = riskClosed(connection, connection.drifted, step.now)
    if (why !== null) throw new Refusal('NGTB_RISK_CLOSED', why)
  }

  /** An order's strategy, or an emergency stop's scope; null: none, or every one. */
  #strategyNo(step: Step, type: CommandType, payload: Record<string, unknown>): number | null {
    const magic = typeof payload.magic === 'number' ? payload.magic : null
    if (COMMANDS[type].resend !== 'never' && type !== 'CLOSE_ALL') return null
    if (magic === null) return type === 'CLOSE_ALL' ? null : 0
    const strategy_no = strategyNumber(magic, step.state.strategies)
    if (strategy_no === null)
      throw new Refusal(
        'NGTB_COMMAND_PAYLOAD',
        `magic ${magic}: this account has no strategy number left for it`,
      )
    if (isGiven(magic, strategy_no) && !step.state.strategies.has(magic)) {
      step.saveStrategy(magic, strategy_no)
      step.audit('account.strategy', 'server', null, { strategy_magic: magic, strategy_no })
    }
    return strategy_no
  }

  #defaultTtl(step: Step, type: CommandType): number | null {
    const { ttl_ms, native_ttl_ms } = COMMANDS[type] as {
      ttl_ms: number | string | null
      native_ttl_ms?: number
    }
    if (native_ttl_ms !== undefined && step.state.connection.protocol === 2) return native_ttl_ms
    return typeof ttl_ms === 'string' ? this.#ctx.config.DEFAULT_COMMAND_TIMEOUT * 1000 : ttl_ms
  }

  async #probed(step: Step, { command_id }: Record<string, unknown>): Promise<Command> {
    const command = await this.#moves.find(step, String(command_id))
    if (command && command.type !== 'PROBE') return command
    throw new Refusal(
      'NGTB_COMMAND_PAYLOAD',
      `there is no command ${command_id} on this account to ask about`,
    )
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

/** All that an EA without a journal record needs to look for the command's effect. */
const probePayload = (probed: Command, now: number) => ({
  command_id: probed.command_id,
  probe_command_id: probed.command_id,
  probe_command_no: probed.command_no,
  probe_type: probed.type,
  magic: isShutOut(probed)
    ? tagOf({ strategy_no: probed.strategy_no ?? 0, command_no: probed.command_no })
    : null,
  probe_payload: probed.payload,
  /** It is not handed out any more: an emergency stop, too, may be buried. */
  probe_over: probed.expires_at !== null && now >= probed.expires_at,
})
