// State as a fold of events (P13): what the ledger's rows must say, if nobody touched them.
import type { AuditFacts } from './event.ts'

export interface Folded {
  /** command_id → status. */
  readonly commands: Map<string, string>
  /** ticket → open or closed. */
  readonly trades: Map<string, string>
}

export const newFold = (): Folded => ({ commands: new Map(), trades: new Map() })

const TRADE_STATUS: Record<string, string> = {
  'trade.opened': 'open',
  'trade.updated': 'open',
  'trade.reopened': 'open',
  'trade.closed': 'closed',
}

/** Folds one event in; kinds that change no command and no trade pass by. */
export function foldEvent(folded: Folded, event: Pick<AuditFacts, 'kind' | 'subject' | 'data'>): Folded {
  if (event.subject === null) return folded
  // An orphan's status is a result that waits for its command: no row says it (K19).
  const of_command = event.kind.startsWith('command.') && event.kind !== 'command.orphaned'
  if (of_command && typeof event.data.status === 'string')
    folded.commands.set(event.subject, event.data.status)
  const trade = TRADE_STATUS[event.kind]
  if (trade) folded.trades.set(event.subject, trade)
  return folded
}
