// What became of a command, in words: done, refused, not carried out, or honestly unknown.
import {
  type CommandDetailView,
  type CommandHandle,
  type CommandView,
  type Outcome,
  OutcomeUnknown,
} from '@ngtb/sdk'
import { EXIT } from './failures.ts'
import { facts, type Json, moment, say, table } from './output.ts'

export function showCreated(options: Json, handle: CommandHandle): void {
  const { command, replayed, ea_connected } = handle
  say(options, { ...command, replayed }, () =>
    [
      `${command.type} ${handle.command_id} is ${command.status}${replayed ? ' (it was known already)' : ''}.`,
      ea_connected
        ? `What becomes of it: npx ngtb command show ${handle.command_id}`
        : `No EA is connected (ea_connected: false): ${waitsUntil(command)}`,
    ].join('\n'),
  )
}

const waitsUntil = ({ expires_at }: CommandView) =>
  expires_at === null
    ? 'it waits until one comes.'
    : `it waits for one until ${moment(expires_at)} UTC, then expires.`

/** Our patience ended before the command did: nothing is wrong with it yet. */
interface Open {
  kind: 'pending' | 'executing'
  command: CommandView
}

/** Waits, tells, and sets the exit code: only `completed` is a 0. */
export async function showOutcome(options: Json, handle: CommandHandle, timeout_ms: number): Promise<void> {
  const outcome = await handle.settled({ timeout_ms }).catch((error: unknown) => {
    if (error instanceof OutcomeUnknown && error.command) return lastLook(handle)
    throw error
  })
  if (outcome.kind !== 'completed') process.exitCode = EXIT.not_held
  const { command, ...said } = outcome
  const text = isOpen(outcome) ? openText(outcome, timeout_ms) : outcomeText(outcome)
  say(options, { outcome: outcome.kind, ...command, ...said, life: lifeOf(command) }, () =>
    [`${command.type} ${command.command_id}: ${text}`, lifeText(command)]
      .filter((line) => line !== '')
      .join('\n'),
  )
}

/**
 * What it is now. The last status read may be seconds old, and "no EA has fetched it" must not be said of those:
 * without an answer the outcome is unknown.
 */
async function lastLook(handle: CommandHandle): Promise<Outcome | Open> {
  const command = await handle.refresh().catch(() => null)
  if (command === null) return { kind: 'unknown', command: handle.command }
  if (command.status === 'pending' || command.status === 'executing') return { kind: command.status, command }
  return handle.settled()
}

const isOpen = (outcome: Outcome | Open): outcome is Open =>
  outcome.kind === 'pending' || outcome.kind === 'executing'

export function openText({ kind, command }: Open, waited_ms: number): string {
  const after = `still ${kind} after ${waited_ms / 1000} s`
  if (kind === 'executing')
    return (
      `${after}: the EA has it and has not answered yet. Do not send it again; ` +
      `what becomes of it: npx ngtb command show ${command.command_id}`
    )
  if (command.attempt > 0)
    return (
      `${after}: an EA was given it and has not answered, so it will be given it again (it is done at most once). ` +
      `What becomes of it: npx ngtb command show ${command.command_id}`
    )
  const { expires_at, ea_connected, command_id } = command
  const ends =
    expires_at === null ? 'it waits until one comes' : `it waits until ${soon(expires_at)} UTC, then expires`
  return (
    `${after}: no EA has fetched it (${ea_connected ? 'one is connected' : 'none is connected'}); ${ends}. ` +
    `Take it back: npx ngtb command cancel ${command_id}`
  )
}

/** A moment of today without its date. */
const soon = (iso: string) =>
  iso.slice(0, 10) === new Date().toISOString().slice(0, 10) ? iso.slice(11, 19) : moment(iso)

export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'completed':
      return `completed${doneText(outcome)}`
    case 'failed':
      return (
        `FAILED: ${outcome.error}${outcome.retcode_name ? ` (${outcome.retcode_name})` : ''}. ` +
        (outcome.safe_to_retry
          ? 'Nothing was done: a new attempt can not double it.'
          : 'Look at the trades before you try again: it may have done something.')
      )
    case 'unknown':
      return (
        `outcome UNKNOWN (${outcome.command.status}). It may have been carried out: look at the terminal and at ` +
        '`npx ngtb trades`, and do not send an OPEN again. Evidence from the EA settles it.'
      )
    case 'expired':
      return 'expired: no EA fetched it in time. Nothing happened, nothing will.'
    case 'cancelled':
      return 'cancelled: it was not delivered. Nothing happened, nothing will.'
  }
}

function doneText({
  ticket,
  response,
}: {
  ticket?: string
  response: Record<string, unknown> | null
}): string {
  if (response?.already_closed === true) return ': the EA has no such open position'
  const price = response?.open_price ?? response?.close_price
  const parts = [
    ticket === undefined ? '' : `ticket ${ticket}`,
    price === undefined ? '' : `at ${price}`,
    response?.profit === undefined ? '' : `profit ${response.profit}`,
    Array.isArray(response?.closed) ? `${response.closed.length} closed` : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`
}

/** The two hops of a command's life in ms; null where one is missing. */
export function lifeOf({ created_at, sent_at, completed_at }: CommandView) {
  const between = (from: string | null, to: string | null) =>
    from === null || to === null ? null : Date.parse(to) - Date.parse(from)
  return {
    created_to_delivered_ms: between(created_at, sent_at),
    delivered_to_answered_ms: between(sent_at, completed_at),
    total_ms: between(created_at, completed_at),
  }
}

export function lifeText(command: CommandView): string {
  const life = lifeOf(command)
  if (life.total_ms === null) return ''
  if (life.created_to_delivered_ms === null) return `${life.total_ms} ms after it was created`
  return `created → delivered ${life.created_to_delivered_ms} ms → answered ${life.delivered_to_answered_ms} ms`
}

export function showList(options: Json, items: CommandView[]): void {
  say(options, { items }, () =>
    items.length === 0
      ? 'No commands.'
      : table(
          ['command_id', 'type', 'status', 'created (UTC)', 'tries', 'ms', 'ticket or symbol', 'error'],
          items.map((one) => [
            one.command_id,
            one.type,
            one.status === 'timeout' ? 'timeout (unknown)' : one.status,
            moment(one.created_at),
            one.attempt,
            lifeOf(one).total_ms,
            String(one.response?.ticket ?? one.payload.ticket ?? one.payload.symbol ?? '-'),
            one.error_message ?? '',
          ]),
        ),
  )
}

export function showDetail(options: Json, command: CommandDetailView): void {
  say(options, command, () =>
    [
      facts([
        ['Command', `${command.command_id} (no. ${command.command_no})`],
        ['Account', `${command.account_id}, login ${command.account_number}`],
        ['Type', command.type],
        ['Payload', JSON.stringify(command.payload)],
        ['Status', command.status === 'timeout' ? 'timeout: outcome unknown' : command.status],
        ['Life', lifeText(command) || null],
        ['Expires', moment(command.expires_at)],
        ['Answer', command.response === null ? null : JSON.stringify(command.response)],
        ['Error', command.error_message],
        ['Note', command.note],
      ]),
      '',
      table(
        ['attempt', 'delivered (UTC)', 'by', 'answered (UTC)', 'outcome'],
        command.attempts.map((one) => [
          one.attempt,
          moment(one.delivered_at),
          one.channel,
          moment(one.answered_at),
          one.outcome,
        ]),
      ),
      '',
      table(
        ['event', 'at (UTC)', 'what', 'by'],
        command.events.map((event) => [event.audit_no, moment(event.at), event.kind, event.actor]),
      ),
    ].join('\n'),
  )
}
