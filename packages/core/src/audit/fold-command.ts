// A command as its events tell it (P13). The rules here are frozen: what an event tells must mean the same for ever.
//
//   U1. An event names fields of the row by their own names; the newest word counts.
//   U2. What a kind always means is not repeated in each event: BY_KIND.
//   U3. Whatever else changed in the row stands in `set`: it is written by comparing row and fold, so a rule that is
//       added to the life of a command needs no rule here.
import type { Command } from '../commands/command.ts'
import type { AuditFacts } from './event.ts'
import { type Image, pick } from './image.ts'

/** Not folded: lists_without and next_probe_at, which only say when the server looks again. */
export const COMMAND_FIELDS = [
  'command_no',
  'type',
  'payload',
  'priority',
  'status',
  'fingerprint',
  'origin',
  'created_at',
  'expires_at',
  'timeout_ms',
  'attempt',
  'retry_count',
  'max_retries',
  'available_at',
  'lease_expires_at',
  'sent_at',
  'completed_at',
  'response',
  'error',
  'retcode',
  'safe_to_retry',
  'note',
  'ticket',
  'journal_id',
  'epoch',
  'strategy_no',
  'evidence',
  'superseded_by',
] as const satisfies readonly (keyof Command)[]

/** What is told of one thing. */
export type ToldFacts = Pick<AuditFacts, 'at' | 'kind' | 'actor' | 'subject' | 'data'>

/** Said of a command, but not of its row: an answer that was refused, a result that waits for its command. */
const BESIDE: ReadonlySet<string> = new Set(['command.contradicted', 'command.orphaned'])

export const isOfCommand = ({ kind, subject }: ToldFacts): boolean =>
  subject !== null && kind.startsWith('command.') && !BESIDE.has(kind)

const born = ({ at, actor }: ToldFacts): Image => ({
  status: 'pending',
  origin: actor,
  created_at: at,
  available_at: at,
  attempt: 0,
  retry_count: 0,
  lease_expires_at: null,
  sent_at: null,
  completed_at: null,
  response: null,
  error: null,
  retcode: null,
  safe_to_retry: null,
  note: null,
  ticket: null,
  journal_id: null,
  epoch: null,
  strategy_no: null,
  evidence: null,
  superseded_by: null,
})

const settled = ({ at }: ToldFacts): Image => ({
  completed_at: at,
  lease_expires_at: null,
  error: null,
  retcode: null,
  safe_to_retry: null,
  note: null,
})

/** U2. */
const BY_KIND: Readonly<Record<string, (event: ToldFacts) => Image>> = {
  'command.created': born,
  'command.delivered': ({ at }) => ({ sent_at: at, note: null, journal_id: null, epoch: null }),
  'command.completed': settled,
  'command.position_seen': settled,
  'command.refused': settled,
  'command.superseded': settled,
  'command.person_completed': settled,
  'command.person_denied': settled,
  'command.expired': ({ at }) => ({ completed_at: at }),
  'command.cancelled': ({ at }) => ({ completed_at: at }),
  'command.attempt_failed': () => ({ lease_expires_at: null }),
  'command.lease_expired': () => ({ lease_expires_at: null }),
  'command.outcome_unknown': () => ({
    lease_expires_at: null,
    note: 'outcome_unknown',
    safe_to_retry: null,
  }),
}

/** The image after the event. @param before null: nothing is known yet */
export function foldCommand(before: Image | null, event: ToldFacts): Image {
  if (!isOfCommand(event)) return before ?? {}
  const { kind, data } = event
  return {
    ...(kind === 'command.created' ? {} : before),
    ...BY_KIND[kind]?.(event),
    ...pick(data, COMMAND_FIELDS),
    ...setOf(data, COMMAND_FIELDS),
  }
}

/** The row as it is compared with its fold. */
export const commandImage = (command: Command): Image =>
  pick(command as unknown as Record<string, unknown>, COMMAND_FIELDS)

/** U3. */
export const setOf = (data: Readonly<Record<string, unknown>>, fields: readonly string[]): Image =>
  typeof data.set === 'object' && data.set !== null ? pick(data.set as Record<string, unknown>, fields) : {}
