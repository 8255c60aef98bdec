// Who speaks for an account: an EA of the older dialect is known by what only it calls (docs/spec/legacy-ea.md).
import { ownerLeaseUntil } from '@ngtb/core'
import { Refusal } from '@ngtb/protocol'
import type { Log } from '../ports.ts'
import { names } from './connections.ts'
import type { DeskState } from './desk-state.ts'
import type { Step } from './step.ts'

/** R11: a native EA's account is not told of by another. @throws {Refusal} NGTB_FENCED */
export function requirePlain({ connection }: DeskState, now: number): void {
  const lease_until = ownerLeaseUntil(connection)
  if (connection.protocol === 2 && lease_until !== null && now < lease_until)
    throw new Refusal('NGTB_FENCED', 'this account has a native EA: stop one of the two')
}

/**
 * An EA of this dialect speaks: written down once, and so known after a restart, too.
 * @throws {Refusal} NGTB_FENCED
 */
export function meet(step: Step, actor: string, log: Log): void {
  const { connection } = step.state
  requirePlain(step.state, step.now)
  if (connection.dialect === 'legacy' && connection.protocol === 1) return
  const plain = { protocol: 1, owner_journal_id: null, owner_seen_at: null, replaying: false } as const
  step.saveConnection({ ...plain, dialect: 'legacy' })
  step.audit('connection.dialect', actor, null, { dialect: 'legacy', protocol: 1 })
  step.effects.push(() => log.info('an EA of the older dialect speaks', names(step)))
}
