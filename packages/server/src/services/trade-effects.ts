// An OPEN whose answer was lost, and lists that come without its position (contract §4).
import type { Command } from '@ngtb/core'
import type { Step } from './step.ts'

/** Lists without a matching position after which an unknown OPEN is called likely not executed. */
const LISTS_UNTIL_UNLIKELY = 2
/** The longest time after which an order that was accepted, or lost, can still appear (contract §1: settle). */
const SETTLE_MS = 30_000

/**
 * What a list says of one that is unknown.
 * @param whole nothing in the list is unreadable, suspect or without details
 * @param seen a position that it could be is there
 */
export function noteEffect(step: Step, command: Command, whole: boolean, seen: boolean): void {
  if (seen || !whole || step.now < (command.sent_at ?? 0) + SETTLE_MS) return
  const lists_without = command.lists_without + 1
  if (lists_without > LISTS_UNTIL_UNLIKELY) return
  const unlikely = lists_without >= LISTS_UNTIL_UNLIKELY
  step.saveCommand({ ...command, lists_without, note: unlikely ? 'likely_not_executed' : command.note })
  if (!unlikely) return
  const facts = { status: command.status, note: 'likely_not_executed', lists_without }
  step.audit('command.noted', 'server', command.command_id, facts)
}
