// From an intent to its outcome: names the command, posts it until answered, and waits for what became of it.
//
//   C1. One intent, one command_id, one body: each repetition is the same request to the last byte (P2).
//   C2. No answer in time is OutcomeUnknown, never a failure (contract §4).
//   C3. What `settled()` tells was read by GET; a live event only says when to look.

import { randomUUID } from 'node:crypto'
import {
  type CommandDetailView,
  type CommandType,
  type CommandView,
  managementEndpoints,
  type PriorityName,
  toInt64,
} from '@ngtb/protocol'
import type { Bell } from './bell.ts'
import { isRetriable, NgtbError, OutcomeUnknown, refusedHere, UNREACHABLE } from './errors.ts'
import { encodeJson, fillPath, type Http } from './http.ts'
import { type Answered, type Stubbornness, untilAnswered } from './retry.ts'

/** How a command is sent; every command takes these beside its payload. */
export interface SubmitOptions {
  /** By name or number; CLOSE_ALL is CRITICAL, MODIFY and CLOSE are HIGH, OPEN is NORMAL by themselves. */
  priority?: PriorityName | number | undefined
  /** Time to live on the server. An OPEN that no EA fetched by then expires. */
  ttl_ms?: number | undefined
  /** Your own name for this intent; give it again to ask again. A UUID when left out. */
  command_id?: string | undefined
  /** Refuse (`NGTB_EA_NOT_CONNECTED`) instead of waiting for an EA that is away. */
  require_connected?: boolean | undefined
  /** How long to repeat the request before `OutcomeUnknown`. An OPEN: at most its ttl_ms. */
  deadline_ms?: number | undefined
  /** Stops asking, with `OutcomeUnknown`: a request on its way can't be called back. */
  signal?: AbortSignal | undefined
}

/** What became of a command, and with it what to do next. */
export type Outcome =
  /** Done. `ticket` is text: never rounded. */
  | { kind: 'completed'; ticket?: string; response: Record<string, unknown> | null; command: CommandView }
  /** The EA said no. A new attempt is a new intent; `safe_to_retry` says whether it may double anything. */
  | {
      kind: 'failed'
      error: string
      retcode: number | null
      retcode_name: string | null
      safe_to_retry: boolean
      command: CommandView
    }
  /** Delivered, never answered. Look at the trades; never repeat an OPEN. Evidence may still settle it. */
  | { kind: 'unknown'; command: CommandView }
  /** Never delivered: nothing happened, nothing will. */
  | { kind: 'expired' | 'cancelled'; command: CommandView }

/** What a handle needs of its client. */
export interface CommandDesk {
  http: Http
  bell: Bell
  retry: Stubbornness
  login: string
}

const LOOK_FIRST_MS = 25
const LOOK_MAX_MS = { with_bell: 5_000, without: 1_000 } as const

/** Creates the command and resolves once the server acknowledged it. */
export async function submit(
  desk: CommandDesk,
  type: CommandType | (string & {}),
  payload: Readonly<Record<string, unknown>>,
  options: SubmitOptions = {},
): Promise<CommandHandle> {
  const { priority, ttl_ms, require_connected } = options
  const command_id = options.command_id ?? randomUUID()
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(command_id))
    throw refusedHere('NGTB_BODY_INVALID', `command_id ${command_id} is not 1 to 64 of A-Z a-z 0-9 _ -`)
  const body = encodeJson({ type, payload, priority, ttl_ms, command_id, require_connected })
  const path = fillPath(managementEndpoints.v1_command_create.path, { login: desk.login })
  const headers = { 'idempotency-key': command_id }
  const deadline_ms = options.deadline_ms ?? desk.retry.deadline_ms
  const answer = await untilAnswered(
    (signal) => desk.http.request<Created>({ method: 'POST', path, body, headers, signal }),
    { ...desk.retry, deadline_ms, signal: options.signal },
  )
  if (answer.kind !== 'answered') throw unanswered(command_id, answer)
  return new CommandHandle(desk, answer.value.body, answer.value.body.replayed === true)
}

type Created = CommandView & { replayed?: boolean }

/** After a doubt only a word about this very command settles it; a key refused meanwhile says nothing. */
function unanswered(command_id: string, answer: Exclude<Answered<unknown>, { kind: 'answered' }>): Error {
  const about_the_door = answer.error !== undefined && [401, 403, 404, 405].includes(answer.error.status)
  const { error } = answer
  if (error && !answer.doubtful) return error
  if (error && answer.kind === 'refused' && !about_the_door) return error
  const why = error ? `: ${error.message}` : ''
  return new OutcomeUnknown(
    command_id,
    `no answer about command ${command_id} in time, it may exist${why}; ask again with the same command_id`,
    { cause: error },
  )
}

/**
 * A command that the server has acknowledged: it is in the database, whatever happens to this process.
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
    const { http, retry } = this.#desk
    const path = this.#path(managementEndpoints.v1_command_cancel.path)
    const answer = await untilAnswered(
      (signal) => http.request<CommandView>({ method: 'POST', path, signal }),
      retry,
    )
    if (answer.kind === 'answered') {
      this.#command = answer.value.body
      return this.#command
    }
    // A repetition finds what the lost first attempt did.
    if (answer.doubtful && answer.kind === 'refused' && (await this.refresh()).status === 'cancelled')
      return this.#command
    throw unanswered(this.command_id, answer)
  }

  /**
   * Waits for the outcome. With `timeout_ms`, throws `OutcomeUnknown` when it is not known by then
   * (the command lives on; call `settled()` again).
   */
  async settled(options: { timeout_ms?: number | undefined } = {}): Promise<Outcome> {
    const known = outcomeOf(this.#command)
    if (known) return known
    const ends_at = performance.now() + (options.timeout_ms ?? Number.POSITIVE_INFINITY)
    const alarm = new Alarm()
    const stop = this.#desk.bell.listen(this.command_id, () => alarm.ring())
    try {
      for (let pause_ms = LOOK_FIRST_MS; ; pause_ms *= 2) {
        const longest = this.#desk.bell.works ? LOOK_MAX_MS.with_bell : LOOK_MAX_MS.without
        await alarm.wait(Math.min(pause_ms, longest, ends_at - performance.now()))
        const outcome = await this.#look(ends_at - performance.now())
        if (outcome) return outcome
        if (performance.now() >= ends_at) throw this.#stillUnknown(options.timeout_ms)
      }
    } finally {
      stop()
    }
  }

  async #look(left_ms: number): Promise<Outcome | null> {
    try {
      await this.#read(Math.max(1, Math.min(left_ms, this.#desk.retry.deadline_ms)))
    } catch (error) {
      // A server that is away for a while does not change what became of the command.
      if (!isRetriable(error)) throw error
    }
    return outcomeOf(this.#command)
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

  #path(template: string): string {
    return fillPath(template, { login: this.#desk.login, command_id: this.command_id })
  }

  #stillUnknown(timeout_ms: number | undefined): OutcomeUnknown {
    const message = `command ${this.command_id} was still ${this.status} after ${timeout_ms} ms; it lives on`
    return new OutcomeUnknown(this.command_id, message, { command: this.#command })
  }
}

/** What to throw when a read was not answered: reads leave no doubt behind. */
export const readError = (error: NgtbError | undefined, url: string) =>
  error ?? new NgtbError({ code: UNREACHABLE, status: 0, message: `no answer from ${url} in time` })

/** The outcome that a status says, or null while it is open. */
export function outcomeOf(command: CommandView): Outcome | null {
  switch (command.status) {
    case 'completed': {
      const ticket = toInt64(command.response?.ticket ?? command.payload.ticket)
      const response = command.response
      return { kind: 'completed', ...(ticket === null ? {} : { ticket }), response, command }
    }
    case 'failed': {
      const { retcode, retcode_name } = command
      const error = command.error_message ?? 'no reason given'
      return {
        kind: 'failed',
        error,
        retcode,
        retcode_name,
        safe_to_retry: command.safe_to_retry ?? false,
        command,
      }
    }
    case 'timeout':
      return { kind: 'unknown', command }
    case 'expired':
    case 'cancelled':
      return { kind: command.status, command }
    default:
      return null
  }
}

/** A pause that can be cut short; a ring that comes while nobody waits is kept. */
class Alarm {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  async wait(ms: number): Promise<void> {
    if (!this.#rung && ms > 0) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        timer = setTimeout(resolve, ms)
      })
      clearTimeout(timer)
    }
    this.#rung = false
  }
}
