// A command that the server has acknowledged: look at it, cancel it, wait for what became of it.
//
//   C3. What `settled()` tells was read by GET; a live event only says when to look.

import { type CommandDetailView, type CommandView, managementEndpoints } from '@ngtb/protocol'
import { Alarm } from './alarm.ts'
import type { Bell } from './bell.ts'
import { refusesAsItStands, unanswered } from './doubt.ts'
import { isRefusal, isRetriable, OutcomeUnknown, readError } from './errors.ts'
import { encodeJson, fillPath, type Http } from './http.ts'
import { type Int64Like, ticketText } from './intents.ts'
import { type KnownOutcome, type Outcome, outcomeOf } from './outcome.ts'
import { type Stubbornness, untilAnswered } from './retry.ts'
import type { IntentStore } from './store.ts'

/** What a handle needs of its client. */
export interface CommandDesk {
  http: Http
  bell: Bell
  retry: Stubbornness
  login: string
  store: IntentStore | undefined
}

/** A person's word about an unknown outcome, with the reason; audited (P6). */
export type PersonsWord =
  | { completed: true | { ticket: Int64Like }; note: string }
  | { not_executed: true; note: string }

export interface WaitOptions {
  /** Throws `OutcomeUnknown` when it is not known by then; the command lives on. */
  timeout_ms?: number | undefined
}

const LOOK_FIRST_MS = 25
/** While the bell works it alone says when to look; these are for the day it does not. */
const LOOK_MAX_MS = { with_bell: 15_000, without: 1_000 } as const

/**
 * A command that is in the database, whatever happens to this process.
 * @example
 * const order = await client.openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 })
 * const outcome = await order.settled()
 * if (outcome.kind === 'completed') console.log('ticket', outcome.ticket)
 */
export class CommandHandle {
  readonly command_id: string
  /** True when the server knew this command_id already: an earlier request had arrived. */
  readonly replayed: boolean
  /** False: no EA is there now; the command waits until its TTL. */
  readonly ea_connected: boolean
  readonly #desk: CommandDesk
  #command: CommandView

  constructor(desk: CommandDesk, command: CommandView, replayed: boolean) {
    this.#desk = desk
    this.#command = command
    this.command_id = command.command_id
    this.replayed = replayed
    this.ea_connected = command.ea_connected
  }

  /** The same as `command_id`. */
  get id(): string {
    return this.command_id
  }

  get command_no(): number {
    return this.#command.command_no
  }

  get status(): string {
    return this.#command.status
  }

  /** As last read. */
  get command(): CommandView {
    return this.#command
  }

  /** Reads the command again, with attempts and events. */
  async refresh(): Promise<CommandDetailView> {
    return this.#read(this.#desk.retry.deadline_ms)
  }

  /** Cancels it, as long as no EA has it; else throws `NGTB_COMMAND_NOT_CANCELLABLE`. */
  async cancel(): Promise<CommandView> {
    return this.#post(managementEndpoints.v1_command_cancel.path, undefined, 'cancelled')
  }

  /**
   * A person's word, where no evidence can come. Needs a key with the scope admin; else `NGTB_SCOPE`. For anything but
   * an unknown outcome `NGTB_COMMAND_NOT_SETTLEABLE`. The EA's own `completed` overrides it, should it come after all.
   * @example await order.settle({ completed: { ticket: '16218652' }, note: 'seen in the terminal' })
   */
  async settle(word: PersonsWord): Promise<CommandView> {
    return this.#post(managementEndpoints.v1_command_settle.path, encodeJson(settleBody(word)))
  }

  /**
   * Waits for the outcome. It may be `unknown`: a kind of its own, which evidence settles later (`known()`).
   * @throws {OutcomeUnknown} with `timeout_ms`, when the command is still on its way by then
   */
  async settled(options: WaitOptions = {}): Promise<Outcome> {
    return this.#wait(outcomeOf, options)
  }

  /**
   * Waits on through `unknown`, until evidence or a person has settled it.
   * @throws {OutcomeUnknown} with `timeout_ms`, when nobody has by then
   */
  async known(options: WaitOptions = {}): Promise<KnownOutcome> {
    return this.#wait(knownOutcomeOf, options)
  }

  async #wait<T>(judge: (command: CommandView) => T | null, { timeout_ms }: WaitOptions): Promise<T> {
    const known = judge(this.#command)
    if (known) return known
    const { bell } = this.#desk
    const ends_at = performance.now() + (timeout_ms ?? Number.POSITIVE_INFINITY)
    const alarm = new Alarm()
    const stop = bell.listen(this.command_id, () => alarm.ring())
    try {
      for (let pause_ms = LOOK_FIRST_MS; ; pause_ms *= 2) {
        const longest = bell.works ? LOOK_MAX_MS.with_bell : LOOK_MAX_MS.without
        await alarm.wait(Math.min(spread(Math.min(pause_ms, longest)), ends_at - performance.now()))
        await this.#look(ends_at - performance.now())
        const outcome = judge(this.#command)
        if (outcome) return outcome
        if (performance.now() >= ends_at) throw this.#stillUnknown(timeout_ms)
      }
    } finally {
      stop()
    }
  }

  async #look(left_ms: number): Promise<void> {
    try {
      await this.#read(Math.max(1, Math.min(left_ms, this.#desk.retry.deadline_ms)))
    } catch (error) {
      // The server had acknowledged it: if it knows it no longer, its database went back, and that says nothing (K19).
      if (isRefusal(error, 'NGTB_COMMAND_UNKNOWN')) throw this.#forgotten(error)
      // A server that is away for a while does not change what became of the command.
      if (!isRetriable(error)) throw error
    }
  }

  async #read(deadline_ms: number): Promise<CommandDetailView> {
    const { http, retry } = this.#desk
    const path = this.#path(managementEndpoints.v1_command.path)
    const answer = await untilAnswered(
      (signal) => http.request<CommandDetailView>({ method: 'GET', path, signal }),
      { ...retry, deadline_ms },
    )
    if (answer.kind !== 'answered') throw readError(answer.error, http.url)
    this.#command = answer.value.body
    return answer.value.body
  }

  async #post(template: string, body: string | undefined, wanted?: string): Promise<CommandView> {
    const { http, retry } = this.#desk
    const request = {
      method: 'POST',
      path: this.#path(template),
      ...(body === undefined ? {} : { body }),
    } as const
    const answer = await untilAnswered((signal) => http.request<CommandView>({ ...request, signal }), retry)
    if (answer.kind === 'answered') {
      this.#command = answer.value.body
      return this.#command
    }
    // A repetition is refused for what the lost first attempt did.
    if (wanted !== undefined && answer.doubtful && answer.kind === 'refused')
      if ((await this.refresh()).status === wanted) return this.#command
    throw unanswered([this.command_id], answer, refusesAsItStands)
  }

  #path(template: string): string {
    return fillPath(template, { login: this.#desk.login, command_id: this.command_id })
  }

  #stillUnknown(timeout_ms: number | undefined): OutcomeUnknown {
    const message = `command ${this.command_id} was still ${this.status} after ${timeout_ms} ms; it lives on`
    return new OutcomeUnknown(this.command_id, message, { command: this.#command })
  }

  #forgotten(cause: unknown): OutcomeUnknown {
    const message =
      `the server acknowledged command ${this.command_id} and knows it no longer: its database went back. ` +
      'It may have been carried out. Asking again with the same command_id takes up what the EA said of it, or begins it anew'
    return new OutcomeUnknown(this.command_id, message, { command: this.#command, cause })
  }
}

function knownOutcomeOf(command: CommandView): KnownOutcome | null {
  const outcome = outcomeOf(command)
  return outcome === null || outcome.kind === 'unknown' ? null : outcome
}

/** Many handles do not look at the same moment. */
const spread = (ms: number) => ms * (0.75 + Math.random() / 2)

function settleBody(word: PersonsWord): Record<string, unknown> {
  if ('not_executed' in word) return { not_executed: true, note: word.note }
  const completed = word.completed === true ? {} : { ticket: ticketText(word.completed.ticket) }
  return { completed, note: word.note }
}
