// The desk of commands: create one or many, cancel, settle by a person (P2, P6).
import { type Command, type CommandEvent, canonical } from '@ngtb/core'
import { isCommandType, Refusal, type SettleBody, toInt64 } from '@ngtb/protocol'
import type { CommandAnswers } from './command-answers.ts'
import type { CommandBooking, WantedCommand } from './command-booking.ts'
import type { CommandDelivery } from './command-delivery.ts'
import type { CommandMoves } from './command-moves.ts'
import { brief, priorityOf } from './command-words.ts'
import { names } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { Step } from './step.ts'
import { isoOrNull } from './views.ts'

export interface Created {
  readonly command: Command
  readonly replayed: boolean
  readonly ea_connected: boolean
}

interface Parts {
  readonly moves: CommandMoves
  readonly booking: CommandBooking
  readonly delivery: CommandDelivery
  readonly answers: CommandAnswers
}

export class Commands {
  readonly #ctx: Context
  readonly #parts: Parts

  constructor(ctx: Context, parts: Parts) {
    this.#ctx = ctx
    this.#parts = parts
  }

  /** P2: one row per intent. The same name and body answers the same command again; another body is refused. */
  async create(desk: Desk, wanted: WantedCommand): Promise<Created> {
    const [created] = await this.createAll(desk, [wanted])
    if (!created) throw new Error('a creation answered nothing')
    return created
  }

  /** All of them or none, in one commit. @throws {Refusal} that names the command which spoils it */
  async createAll(desk: Desk, wanted: readonly WantedCommand[]): Promise<Created[]> {
    const all = await desk.run(async (step) => {
      const created: Created[] = []
      for (const [index, one] of wanted.entries())
        try {
          created.push(await this.#createOne(step, one))
        } catch (error) {
          throw wanted.length > 1 ? inBatch(error, index) : error
        }
      this.#ctx.crashPoint('K2', created.map(commandOf))
      step.effects.push(() => this.#ctx.crashPoint('K4', created.map(commandOf)))
      // An EA that is pushed to gets them with this very commit: one flush less on the way.
      if (created.some(({ replayed }) => !replayed)) this.#parts.delivery.pushWithin(step)
      return created.map((one) => ({ ...one, command: this.#newest(step, one.command) }))
    })
    this.#ctx.crashPoint('K3', all.map(commandOf))
    return all
  }

  async #createOne(step: Step, wanted: WantedCommand): Promise<Created> {
    const fingerprint = this.#fingerprint(wanted)
    const ea_connected = step.state.connection.state === 'connected'
    const existing = await this.#known(step, wanted.command_id)
    if (existing) {
      if (existing.fingerprint !== fingerprint)
        throw new Refusal(
          'NGTB_COMMAND_REUSED',
          `the key of command ${existing.command_id} was used before with another body`,
        )
      return { command: existing, replayed: true, ea_connected }
    }
    const command = await this.#parts.booking.book(step, wanted, fingerprint)
    await this.#parts.answers.adoptOrphan(step, command)
    return { command, replayed: false, ea_connected }
  }

  /** P2. Not at hand: new, unless the ledger says otherwise; then this is decided again, and looked up. */
  async #known(step: Step, command_id: string): Promise<Command | null> {
    if (step.again) return this.#parts.moves.find(step, command_id)
    const at_hand = step.state.command(command_id)
    if (at_hand) return at_hand
    step.takeForNew(command_id)
    return null
  }

  #newest = (step: Step, command: Command) => step.state.command(command.command_id) ?? command

  /** A full list now: a native EA that is there is asked; a plain client can't be reached, its next list is it. */
  async forceSync(desk: Desk, actor: string) {
    const { connection } = await desk.ready()
    const ea_connected = connection.state === 'connected'
    const pushed = connection.protocol === 2 && ea_connected
    if (pushed)
      await this.create(desk, {
        type: 'REQUEST_SYNC',
        payload: {},
        command_id: this.#ctx.ids.uuid(),
        origin: actor,
      })
    else await desk.run((step) => step.audit('sync.asked', actor, null, {}))
    return {
      delivery: pushed ? 'pushed' : 'next_sync',
      last_sync_at: isoOrNull(connection.last_sync_at),
      ea_connected,
    }
  }

  async cancel(desk: Desk, command_id: string, actor: string): Promise<Command> {
    return desk.run(async (step) => {
      const command = await this.#parts.moves.require(step, command_id)
      const event: CommandEvent = { kind: 'cancelled', at: step.now }
      const { verdict, command: cancelled } = this.#parts.moves.apply(step, command, event, actor)
      if (verdict === 'refused')
        throw new Refusal(
          'NGTB_COMMAND_NOT_CANCELLABLE',
          `command ${command_id} is ${command.status}${command.attempt > 0 ? ' and was handed out' : ''}`,
        )
      return cancelled
    })
  }

  /** P6: a person's word, where no evidence can come. The EA's own word overrides it, should it come after all. */
  async settle(desk: Desk, command_id: string, verdict: SettleBody, actor: string): Promise<Command> {
    return desk.run(async (step) => {
      const command = await this.#parts.moves.require(step, command_id)
      const event = eventOf(verdict, step.now)
      if (event.kind === 'person_completed' && event.ticket !== null)
        await this.#parts.moves.consequences.recall(step, event.ticket)
      const settled = this.#parts.moves.apply(step, command, event, actor)
      if (settled.verdict === 'refused')
        throw new Refusal('NGTB_COMMAND_NOT_SETTLEABLE', notSettleable(command, event))
      step.effects.push(() =>
        this.#ctx.log.warn('a person settled a command', {
          ...names(step),
          ...brief(settled.command),
          actor,
          note: verdict.note,
        }),
      )
      return settled.command
    })
  }

  #fingerprint(wanted: WantedCommand): string {
    const { type, payload, priority, ttl_ms } = wanted
    const named = isCommandType(type) ? priorityOf(type, priority) : priority
    return this.#ctx.ids.sha256(canonical({ type, payload: payload ?? {}, priority: named, ttl_ms }))
  }
}

const commandOf = ({ command }: Created) => command

function eventOf(
  { completed, not_executed, note }: SettleBody,
  at: number,
): CommandEvent & { kind: 'person_completed' | 'person_denied' } {
  if ((completed === undefined) === (not_executed === undefined))
    throw new Refusal('NGTB_BODY_INVALID', 'say one of the two: completed {ticket}, or not_executed true')
  if (completed === undefined) return { kind: 'person_denied', at, note }
  if (completed.ticket === undefined) return { kind: 'person_completed', at, ticket: null, note }
  const ticket = toInt64(completed.ticket)
  if (ticket === null) throw new Refusal('NGTB_TICKET_INVALID')
  return { kind: 'person_completed', at, ticket, note }
}

function notSettleable(command: Command, event: CommandEvent): string {
  if (command.status === 'timeout' && event.kind === 'person_completed')
    return `command ${command.command_id} is an ${command.type}: name the ticket of its position or order`
  return `command ${command.command_id} is ${command.status}${command.attempt === 0 ? ' and was never handed out' : ''}`
}

function inBatch(error: unknown, index: number): unknown {
  if (!(error instanceof Refusal)) return error
  const { retry_after_s } = error
  const detail = `commands[${index}]: ${error.message}; none of the batch was created`
  return new Refusal(error.code, detail, retry_after_s === undefined ? {} : { retry_after_s })
}
