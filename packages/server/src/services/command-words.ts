// Small words about commands: their priority, what an audit event tells of them, how a log line names them.
import { type Command, type CommandEvent, grantedPriority, NO_REASON } from '@ngtb/core'
import { type CommandPriority, type CommandType, Refusal, toPriority } from '@ngtb/protocol'

/** The priority that a caller gets for what he asks, by name or number (P12). */
export function priorityOf(type: CommandType, wanted: string | number | undefined): CommandPriority {
  const asked = wanted === undefined ? null : toPriority(wanted)
  if (wanted !== undefined && asked === null)
    throw new Refusal('NGTB_COMMAND_PRIORITY', `priority ${wanted} is not one of ours`)
  return grantedPriority(type, asked)
}

/** What an audit event tells beside the status. */
export function told(command: Command, event: CommandEvent): Record<string, unknown> {
  const { attempt, ticket, error, retcode, response } = command
  switch (event.kind) {
    case 'delivered':
      return {
        attempt,
        lease_expires_at: command.lease_expires_at,
        ...(command.journal_id === null ? {} : { journal_id: command.journal_id, epoch: command.epoch }),
      }
    case 'progress':
      return { lease_expires_at: command.lease_expires_at }
    case 'completed':
    case 'position_seen':
      return { ticket, response, retcode, evidence: command.evidence }
    case 'refused':
      return {
        error,
        retcode,
        response,
        evidence: command.evidence,
        safe_to_retry: command.safe_to_retry,
        ...missing(error),
      }
    case 'attempt_failed':
      return {
        error,
        retcode,
        response,
        available_at: command.available_at,
        retry_count: command.retry_count,
        ...missing(error),
      }
    case 'lease_expired':
      return { attempt, retry_count: command.retry_count, available_at: command.available_at }
    case 'outcome_unknown':
      return { attempt, error, retcode, response }
    case 'superseded':
    case 'cancelled':
      return command.superseded_by === null ? {} : { superseded_by: command.superseded_by }
    case 'person_completed':
    case 'person_denied':
      return { ticket, error, evidence: command.evidence, note: event.note }
    default:
      return {}
  }
}

const missing = (error: string | null) => (error === NO_REASON ? { reason_missing: true } : {})

export const brief = ({ command_id, type, status, ticket, payload }: Command) => ({
  command_id,
  type,
  status,
  ticket: ticket ?? payload.ticket ?? null,
})
