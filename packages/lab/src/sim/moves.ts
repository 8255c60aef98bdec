// What the ledger says of commands and owners, as it comes to say it: told and counted.
import type { ChangeSet, Tables } from '@ngtb/server/parts'
import type { Happening } from './coverage.ts'
import type { History } from './history.ts'

type Command = ChangeSet['commands'][number]

export function noteMoves(history: History, change: ChangeSet, before: Tables): void {
  const { account, commands, connections, orphans, audit } = change
  const at = before.accounts.get(account.account_id)
  for (const command of commands) {
    const { command_id, command_no, type, status, attempt, evidence, error } = command
    const was = at?.commands.get(command_id)
    if (was?.status === status && was.attempt === attempt) continue
    const why = evidence ?? error ?? ''
    history.note('ledger', `${command_id} (${command_no} ${type}) ${status} ${attempt} ${why}`)
    for (const kind of kindsOf(command, was)) history.count(kind)
  }
  for (const { kind, subject, data } of audit) {
    if (/^(trade|account)\.(opened|closed|suspected|reopened|contradicted|drifted|agreed)/.test(kind))
      history.note(
        'ledger',
        `${kind} ${subject ?? account.account_number} ${data.source ?? ''}`,
        TRADE_EVENTS[kind],
      )
  }
  for (const _ of orphans) history.count('orphan kept')
  const [was, now] = [at?.connection?.owner_journal_id ?? null, connections.at(-1)?.owner_journal_id ?? null]
  if (was !== null && now !== null && was !== now) history.count('owner changed')
}

const TRADE_EVENTS: Readonly<Record<string, Happening>> = {
  'trade.suspected': 'trade suspected',
  'account.drifted': 'account drifted',
}

const EVIDENCE: Readonly<Record<string, Happening>> = {
  tombstone: 'never seen: tombstone',
  settled: 'intent without effect after settle',
  expired: 'past its deadline at the EA',
}

function* kindsOf(
  { type, status, attempt, evidence, error, superseded_by }: Command,
  was: Command | undefined,
) {
  if (was === undefined && type === 'PROBE') yield 'asked by PROBE' as const
  if (was === undefined && type === 'CLOSE_ALL') yield 'emergency stop' as const
  if (status === 'executing' && attempt > 1) yield 'handed out again' as const
  if (status === 'timeout' && was?.status !== status) yield 'outcome unknown' as const
  if (status !== 'failed' && status !== 'cancelled') return
  if (superseded_by !== null) yield 'MODIFY superseded' as const
  const shut_out = status === 'cancelled' ? type === 'OPEN_TRADE' : /emergency stop/.test(error ?? '')
  if (shut_out) yield 'opening shut out by a stop' as const
  const kind = EVIDENCE[evidence ?? '']
  if (status === 'failed' && kind) yield kind
}
