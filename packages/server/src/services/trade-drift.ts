// Do ledger and terminal agree on what is open (R13)? By count and digest; while they differ nothing is opened (P14).
import { positionsDigest } from '@ngtb/protocol'
import type { Log } from '../ports.ts'
import { names } from './connections.ts'
import type { Step } from './step.ts'

/** What the EA says of its open positions. */
export interface ToldPositions {
  readonly positions_total: number
  readonly digest: string
}

/**
 * Compares, and writes a change down. To be asked only while the ledger has learnt nothing of trades that the
 * EA did not know of when it counted (`based_on_rev`): anything else can't be compared.
 * @param source which message told it
 */
export function tellDrift(step: Step, log: Log, told: ToldPositions, source: 'sync' | 'heartbeat'): void {
  const open = [...step.state.open.values()]
  const ours = { positions_total: open.length, digest: positionsDigest(open) }
  const drifted = ours.digest !== told.digest || ours.positions_total !== told.positions_total
  if (drifted === step.state.connection.drifted) return
  step.saveConnection({ drifted, drifted_since: step.now })
  const { positions_total, digest } = told
  const facts = { source, ours, told: { positions_total, digest } }
  step.audit(drifted ? 'account.drifted' : 'account.agreed', 'ea', null, facts)
  step.effects.push(() =>
    drifted
      ? log.warn('the EA’s positions and the ledger differ: opening waits for a list that agrees', {
          ...names(step),
          ...facts,
        })
      : log.info('the EA’s positions and the ledger agree again', names(step)),
  )
}
