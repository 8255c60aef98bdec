// Asks the person for a fresh word before what is weighty (services/people-fresh.ts).
import { requireFresh, requireFreshFor, type WantedByPerson } from '../services/people-fresh.ts'
import type { Call } from './call.ts'

/** @throws {Refusal} NGTB_CONFIRM */
export const requireFreshWord = ({ principal, services }: Call, what: string): void =>
  requireFresh(principal, services.clock.now(), what)

export async function requireFreshWordFor(call: Call, commands: readonly WantedByPerson[]): Promise<void> {
  const { principal, services } = call
  if (!principal?.session) return
  requireFreshFor(principal, services.clock.now(), commands, await services.people.confirmVolume())
}
