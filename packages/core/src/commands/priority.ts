// Priority and lease (contract §4, P12): what a caller asks for, and what it may have.
import { COMMANDS, CommandPriority, type CommandType } from '@ngtb/protocol'

/** How long an answer may take, by priority (CRITICAL_PRIORITY_TIMEOUT, HIGH_…, DEFAULT_COMMAND_TIMEOUT). */
export interface ResponseTimeouts {
  readonly critical_ms: number
  readonly high_ms: number
  readonly default_ms: number
}

/** The priority a command gets: the type's own unless the caller names one; no OPEN rises above a CLOSE (P12). */
export function grantedPriority(type: CommandType, asked: CommandPriority | null): CommandPriority {
  const wanted = asked ?? CommandPriority[COMMANDS[type].priority]
  return COMMANDS[type].reduces_risk || wanted <= CommandPriority.NORMAL ? wanted : CommandPriority.NORMAL
}

/** The lease of a plain client: the response timeout of the priority. */
export function responseTimeoutMs(priority: CommandPriority, timeouts: ResponseTimeouts): number {
  if (priority === CommandPriority.CRITICAL) return timeouts.critical_ms
  return priority === CommandPriority.HIGH ? timeouts.high_ms : timeouts.default_ms
}
