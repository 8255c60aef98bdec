// An outcome as a sentence for a person: done, refused, replaced, not carried out, or honestly unknown.
import type { CommandView, Outcome } from '@ngtb/sdk'
import { moment } from './output.ts'

type Unknown = Outcome & { kind: 'unknown' }

/** Our patience ended before the command did: nothing is wrong with it yet. */
export interface Open {
  kind: 'pending' | 'executing'
  command: CommandView
}

/** Where a final word comes from, in words. */
const EVIDENCE: Record<string, string | undefined> = {
  journal: "by the EA's journal",
  tag: 'found at the broker by its tag',
  state: 'read at the broker: it was so already',
  retcode: 'the broker refused it',
  rejected: 'the EA refused it before anything was sent',
  expired: 'its time was over before the order was sent',
  settled: 'sent, looked for, and not found',
  tombstone: 'the EA never saw it, and never will carry it out',
  answer: "by the EA's answer",
  position: 'its position was seen',
  person: 'by the word of a person',
  superseded: 'a newer command took its place',
}

export const evidenceText = (evidence: string | null): string | null =>
  evidence === null ? null : (EVIDENCE[evidence] ?? evidence)

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
      return unknownText(outcome)
    case 'superseded':
      return `superseded: the newer command ${outcome.by} took its place; what that one set is what counts.`
    case 'expired':
      return 'expired: no EA fetched it in time. Nothing happened, nothing will.'
    case 'cancelled':
      return 'cancelled: it was not delivered. Nothing happened, nothing will.'
  }
}

function unknownText({ command, likely_not_executed, safe_to_retry, settled_by }: Unknown): string {
  const again = safe_to_retry
    ? 'Asking for the same once more does no harm.'
    : 'Look at the terminal and at `npx ngtb trades`, and do not send it again.'
  const settles = settled_by.includes('next_round')
    ? 'The EA is asked again, and its word settles it'
    : 'Evidence from the EA settles it'
  return (
    `outcome UNKNOWN (${command.status}). It may have been carried out. ${again} ` +
    (likely_not_executed ? 'Full lists since came without it: most likely nothing happened. ' : '') +
    `${settles}, or you: npx ngtb command settle ${command.command_id}`
  )
}

/** For a table's cell. */
export function shortOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'completed':
      return doneText(outcome).replace(/^[,:] /, '')
    case 'failed':
      return `${outcome.error}${outcome.safe_to_retry ? '' : ' (look at the trades first)'}`
    case 'unknown':
      return outcome.why
    case 'superseded':
      return `by ${outcome.by}`
    default:
      return 'nothing happened'
  }
}

function doneText({ ticket, response }: Outcome & { kind: 'completed' }): string {
  if (response?.already_closed === true) return ': the EA has no such open position'
  const price = response?.open_price ?? response?.close_price
  const parts = [
    ticket === undefined ? '' : `ticket ${ticket}`,
    price === undefined ? '' : `at ${price}`,
    response?.profit === undefined ? '' : `profit ${response.profit}`,
    response?.filled === true ? 'it had become a deal' : '',
    Array.isArray(response?.closed) ? `${response.closed.length} closed` : '',
    Array.isArray(response?.failed) && response.failed.length > 0 ? `${response.failed.length} not` : '',
    typeof response?.outcome === 'string' ? `the EA says: ${response.outcome}` : '',
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
