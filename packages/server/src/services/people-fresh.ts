// What is weighty needs a fresh word of the person who asks (W3 of core/people/roles.ts). Keys are never asked.
import { isConfirmed, weighty } from '@ngtb/core'
import { Refusal } from '@ngtb/protocol'
import type { Principal } from './keys.ts'

/** @throws {Refusal} NGTB_CONFIRM */
export function requireFresh(principal: Principal | null, now: number, what: string): void {
  if (principal?.session && !isConfirmed(principal.session.row.confirmed_until, now))
    throw new Refusal('NGTB_CONFIRM', `${what} needs your password or a code again`)
}

export interface WantedByPerson {
  readonly type?: string
  readonly command_type?: string
  readonly payload?: unknown
}

/** @param from the volume from which on an order is weighty; null: never */
export function requireFreshFor(
  principal: Principal | null,
  now: number,
  commands: readonly WantedByPerson[],
  from: number | null,
): void {
  for (const { type, command_type, payload } of commands) {
    const why = weighty(type ?? command_type ?? '', payload, from)
    if (why !== null) requireFresh(principal, now, `${why}: this`)
  }
}
