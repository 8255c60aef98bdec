// How server and EA are put up for one dialogue.
import type { Dialogue, Part } from '../language/dialogue.ts'
import type { Scope } from '../language/scope.ts'
import type { EaBench, EaWanted } from './bench.ts'
import type { Lead } from './lead.ts'
import type { PlayingServer } from './playing-server.ts'

export interface Set {
  readonly server: PlayingServer
  readonly bench: EaBench
  close(): Promise<void>
}

/** @throws {LeftOut} when this EA can't be put up so */
export type Setting = (dialogue: Dialogue, wanted: EaWanted, lead: Lead) => Promise<Set>

/** `ea native push settle_ms=200 poll_interval_ms=50`: short times, so that nobody waits half a minute. */
export function eaWanted(ea: Part, scope: Scope): EaWanted {
  const number = (name: string, otherwise: number) => {
    const term = ea.fields.find(({ path }) => path === name)?.term
    return term === undefined ? otherwise : Number(scope.valueOf(term))
  }
  const netting = ea.fields.some(
    ({ path, term }) => path === 'margin_mode' && scope.valueOf(term) === 'netting',
  )
  return {
    native: !ea.words.includes('plain'),
    push: ea.words.includes('push'),
    settle_ms: number('settle_ms', 200),
    poll_interval_ms: number('poll_interval_ms', 50),
    heartbeat_ms: number('heartbeat_ms', 500),
    owner_lease_ms: number('owner_lease_ms', 15_000),
    margin_mode: netting ? 'netting' : 'hedging',
  }
}
