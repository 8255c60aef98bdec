// The first step of each account after a restore: a new incarnation, nothing of the backup's is started (contract K19).
//
//   An EA with a journal finds its epoch too old: it connects anew, says how far it got, and tells its results again.
//   Until it has, nothing is opened. A plain client can tell nothing: its commands are left to positions and people.
import {
  applyCommandEvent,
  type Command,
  firstProbeAt,
  type NativeDelivery,
  nativeLeaseMs,
  restoredEvents,
  restoredExpiry,
} from '@ngtb/core'
import type { Config } from '../config.ts'
import { told } from './command-words.ts'
import { retryPolicy } from './context.ts'
import { SYSTEM } from './desks.ts'
import type { Step } from './step.ts'

export interface RestoredFrom {
  /** ISO: when the backup was made. */
  readonly backup_at: string
  readonly newest_seq: number
}

export interface RestoredAccount {
  /** Commands that were under way in the backup, and are unknown now. */
  readonly unknown: number
}

/** @param actor who restored it, for the audit trail */
export function enterRestored(
  step: Step,
  from: RestoredFrom,
  config: Config,
  actor: string,
): RestoredAccount {
  if (step.account.account_id === SYSTEM) {
    step.audit('ledger.restored', actor, null, { ...from })
    return { unknown: 0 }
  }
  const { account, connection, unsettled } = step.state
  const policy = retryPolicy(config, step.state)
  const native = connection.protocol === 2
  const owner: NativeDelivery | null =
    native && connection.owner_journal_id !== null
      ? { journal_id: connection.owner_journal_id, epoch: account.epoch, lease_ms: nativeLeaseMs(policy) }
      : null
  const under_way = [...unsettled.values()]
  for (const command of under_way) doubt(step, command, owner, actor)
  if (native)
    for (const command of [...unsettled.values()])
      step.saveCommand({ ...command, next_probe_at: firstProbeAt(command, policy, step.now) })
  raise(step, native, from, actor)
  return { unknown: under_way.filter(({ type }) => type !== 'PROBE').length }
}

function doubt(step: Step, before: Command, owner: NativeDelivery | null, actor: string): void {
  let command: Command = { ...before, expires_at: restoredExpiry(before, step.now) }
  step.saveCommand(command)
  for (const event of restoredEvents(command, owner, step.now)) {
    const transition = applyCommandEvent(command, event)
    if (transition.verdict !== 'moved') continue
    command = step.saveCommand(transition.command)
    step.audit(`command.${event.kind}`, actor, command.command_id, {
      status: command.status,
      ...told(command, event),
    })
  }
}

function raise(step: Step, native: boolean, from: RestoredFrom, actor: string): void {
  const { account } = step
  const heads = {
    incarnation: account.incarnation + 1,
    command_no: account.command_no,
    // Whoever spoke under the old one must say again who he is, and what he knows.
    epoch: account.epoch + (native ? 1 : 0),
  }
  step.saveAccount(heads)
  if (native) step.saveConnection({ replaying: true })
  step.audit('account.went_back', actor, null, {
    ...heads,
    replaying: native,
    was: { command_no: account.command_no, epoch: account.epoch },
    restored: { ...from },
  })
}
