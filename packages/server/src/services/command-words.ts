// Small words about commands: their priority, what an audit event tells of them, how a log line names them.
import { type Command, type CommandEvent, NO_REASON } from '@ngtb/core'
import {
  COMMANDS,
  type CommandPriority,
  type CommandType,
  CommandPriority as Priorities,
  Refusal,
  toPriority,
} from '@ngtb/protocol'

/** P12: a caller's priority never lifts an OPEN above what closes. */
export function priorityOf(type: CommandType, wanted: string | number | undefined): CommandPriority {
  const own = Priorities[COMMANDS[type].priority]
  if (wanted === undefined) return own
  const priority = toPriority(wanted)
  if (priority === null) throw new Refusal('NGTB_COMMAND_PRIORITY', `priority ${wanted} is not one of ours`)
  return COMMANDS[type].reduces_risk ? priority : (Math.min(priority, own) as CommandPriority)
}

/** What an audit event tells beside the status. */
export function told(command: Command, event: CommandEvent): Record<string, unknown> {
  const { attempt, ticket, error, retcode, response } = command
  switch (event.kind) {
    case 'delivered':
      return { attempt, lease_expires_at: command.lease_expires_at }
    case 'completed':
    case 'position_seen':
      return { ticket, response }
    case 'refused':
    case 'attempt_failed':
      return { error, retcode, response, ...(error === NO_REASON ? { reason_missing: true } : {}) }
    case 'lease_expired':
      return { attempt, retry_count: command.retry_count, available_at: command.available_at }
    case 'outcome_unknown':
      return { attempt, error }
    default:
      return {}
  }
}

export const attemptKey = ({ account_id, command_id, attempt }: Command) => ({
  account_id,
  command_id,
  attempt,
})
export const brief = ({ command_id, type, status, ticket, payload }: Command) => ({
  command_id,
  type,
  status,
  ticket: ticket ?? payload.ticket ?? null,
})
