// From intents to commands: names them, keeps them where a store is, and posts until answered.
//
//   C1. One intent, one command_id, one body: each repetition is the same request to the last byte (P2).
//   C2. No answer in time is OutcomeUnknown, never a failure (contract §4).
//   C4. A batch is one request: all of its commands or none, each with its own key, the same at each repetition.
//   C5. With a store, an intent is on disk before its request leaves, and until it is forgotten or refused (K0, K22).

import {
  COMMANDS,
  type CommandView,
  isCommandType,
  limits,
  managementEndpoints,
  type PriorityName,
} from '@ngtb/protocol'
import { platform } from '#platform'
import { unanswered } from './doubt.ts'
import { refusedHere, unreachable } from './errors.ts'
import { type CommandDesk, CommandHandle } from './handle.ts'
import { encodeJson, fillPath } from './http.ts'
import { exactTickets, type Wanted } from './intents.ts'
import { type Answered, type Asking, untilAnswered } from './retry.ts'

/** How a command is sent; every command takes these beside its payload. */
export interface SubmitOptions {
  /** By name or number; CLOSE_ALL is CRITICAL, MODIFY and CLOSE are HIGH, OPEN is NORMAL by themselves. */
  priority?: PriorityName | number | undefined
  /** Time to live on the server. An OPEN that no EA fetched by then expires. */
  ttl_ms?: number | undefined
  /** Your own name for this intent (see `intentKey`); give it again to ask again. A UUID when left out. */
  command_id?: string | undefined
  /** Refuse (`NGTB_EA_NOT_CONNECTED`) instead of waiting for an EA that is away. */
  require_connected?: boolean | undefined
  /** How long to repeat the request before `OutcomeUnknown`. An OPEN: at most its ttl_ms. */
  deadline_ms?: number | undefined
  /** Stops asking, with `OutcomeUnknown`: a request on its way can't be called back. */
  signal?: AbortSignal | undefined
}

/** One POST that creates: a command, or a batch. What a store keeps is exactly this. */
export interface CreateRequest {
  readonly login: string
  readonly command_ids: readonly string[]
  readonly batch: boolean
  /** The body to the last byte (C1). */
  readonly body: string
  /** This machine's clock, ms since 1970. */
  readonly kept_at: number
  /** Not sent for the first time after this: its moment is gone. */
  readonly lapses_at: number
}

/** The request for one intent, or for a batch of them, as soon as it has a login. Nothing is sent yet. */
export function requestFor(wanted: readonly Wanted[], batch: boolean): Omit<CreateRequest, 'login'> {
  if (wanted.length === 0 || wanted.length > limits.commands_per_batch_max)
    throw refusedHere(
      'NGTB_BODY_INVALID',
      `a batch holds 1 to ${limits.commands_per_batch_max} commands, not ${wanted.length}`,
    )
  const entries = wanted.map(entryOf)
  const kept_at = Date.now()
  return {
    command_ids: entries.map(({ command_id }) => command_id),
    batch,
    body: encodeJson(batch ? { commands: entries } : entries[0]),
    kept_at,
    lapses_at: kept_at + Math.min(...wanted.map(momentMs)),
  }
}

function entryOf({ type, payload, options }: Wanted) {
  const { priority, ttl_ms, require_connected, command_id = platform.uuid() } = options
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(command_id))
    throw refusedHere('NGTB_BODY_INVALID', `command_id ${command_id} is not 1 to 64 of A-Z a-z 0-9 _ -`)
  return { type, payload: exactTickets(payload), priority, ttl_ms, command_id, require_connected }
}

const MOMENT_UNKNOWN_MS = 30_000
/** An emergency stop lives until it is done; but one that nobody heard is decided again, not found days later. */
const MOMENT_MAX_MS = 300_000

/** How long an intent is fit to be sent for the first time: its own time to live, else the type's shorter default. */
function momentMs({ type, options }: Wanted): number {
  if (options.ttl_ms !== undefined) return options.ttl_ms
  const definition = isCommandType(type) ? COMMANDS[type] : undefined
  if (definition === undefined) return MOMENT_UNKNOWN_MS
  const { ttl_ms, native_ttl_ms } = definition as { ttl_ms: number | string | null; native_ttl_ms?: number }
  return native_ttl_ms ?? (typeof ttl_ms === 'string' ? MOMENT_UNKNOWN_MS : (ttl_ms ?? MOMENT_MAX_MS))
}

/** Keeps the request where a store is, then asks until answered. Answers handles in the order of the ids. */
export async function create(
  desk: CommandDesk,
  request: CreateRequest,
  asking: Asking,
): Promise<CommandHandle[]> {
  await keep(desk, request)
  const answer = await post(desk, request, asking)
  if (answer.kind === 'answered')
    return answer.value.map((view) => new CommandHandle(desk, view, view.replayed === true))
  throw unanswered(request.command_ids, answer)
}

type Created = CommandView & { replayed?: boolean }

export function post(
  { http }: CommandDesk,
  { login, command_ids, batch, body }: CreateRequest,
  asking: Asking,
): Promise<Answered<Created[]>> {
  const { v1_command_batch, v1_command_create } = managementEndpoints
  const path = fillPath(batch ? v1_command_batch.path : v1_command_create.path, { login })
  const named: Record<string, string> = batch ? {} : { 'idempotency-key': command_ids[0] ?? '' }
  const attributes = { 'ngtb.command.id': command_ids.join(' '), 'ngtb.account': login }
  return platform.traced(batch ? 'send commands' : 'send a command', attributes, (trace) => {
    const headers = { ...named, ...trace }
    return untilAnswered(async (signal) => {
      const reply = await http.request<unknown>({ method: 'POST', path, body, headers, signal })
      return inOrder(command_ids, batch ? listOf(reply.body) : [reply.body], http.url)
    }, asking)
  })
}

const listOf = (body: unknown): unknown[] => {
  const { commands } = (body ?? {}) as { commands?: unknown }
  return Array.isArray(commands) ? commands : []
}

/** A 2xx that does not speak of our commands came from somebody else: it is no answer. */
function inOrder(command_ids: readonly string[], commands: readonly unknown[], url: string): Created[] {
  const known = new Map(
    commands.map((command) => [(command as Created | null)?.command_id, command as Created]),
  )
  return command_ids.map((id) => {
    const command = known.get(id)
    if (command === undefined) throw unreachable(url, `the answer does not speak of command ${id}`)
    return command
  })
}

/** C5. The same id again is the same intent, or refused before anything is sent. */
async function keep({ store }: CommandDesk, request: CreateRequest): Promise<void> {
  if (!store) return
  const known = (await Promise.all(request.command_ids.map((id) => store.get(id)))).filter((one) => one)
  for (const one of known)
    if (one && !sameJson(JSON.parse(one.body), JSON.parse(request.body)))
      throw refusedHere(
        'NGTB_COMMAND_REUSED',
        `the store keeps another intent as ${request.command_ids.find((id) => one.command_ids.includes(id))}`,
      )
  if (known.length === 0) await store.keep(request)
}

/** The same values, whatever the order of the names. */
function sameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>]
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  return names.every((name) => Object.hasOwn(right, name) && sameJson(left[name], right[name]))
}

/** An OPEN is not asked for longer than it was meant to live: it would start when its moment is gone (P5). */
export function patience(wanted: readonly Wanted[], usual_ms: number): number {
  const opens = wanted.filter(({ type }) => !(isCommandType(type) && COMMANDS[type].reduces_risk))
  const ends = opens.map(({ options }) => Math.max(options.ttl_ms ?? Number.POSITIVE_INFINITY, 1_000))
  return Math.min(usual_ms, ...ends)
}
