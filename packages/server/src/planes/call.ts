// One request on its way through a door: what the handler is given.
import type { Endpoint, PlaneName } from '@ngtb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Desk } from '../services/desk.ts'
import type { Principal } from '../services/keys.ts'
import type { Services } from '../services/services.ts'
import type { EaCall } from './ea-calls.ts'
import type { House } from './house.ts'

export interface Call<H extends House = Services> {
  readonly services: H
  readonly endpoint: Endpoint
  readonly plane: PlaneName
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly body: unknown
  readonly query: unknown
  readonly params: Record<string, string>
  /** Null where no key was needed. */
  readonly principal: Principal | null
  /** Order of arrival: taken before the body was read (P8). */
  readonly arrival: number
}

/** What an endpoint does; its answer is the JSON body, or a text. */
export type Handler<H extends House = Services> = (call: Call<H>) => Promise<object | string> | object
export type Handlers<Table, H extends House = Services> = Record<keyof Table, Handler<H>>

/** Who did it, for the audit. */
export const actorOf = ({ principal }: Pick<Call, 'principal'>): string => principal?.actor ?? 'nobody'

/** The account of the EA that is asking: its key names it. */
export function eaAccount({ principal }: Pick<Call, 'principal'>): number {
  if (principal?.account_id == null) throw new Error('an EA endpoint was reached without an account')
  return principal.account_id
}

export const eaDesk = (call: Call): Desk => call.services.desks.get(eaAccount(call))

/** The same call as every way in of an EA has it. */
export const eaCall = (call: Call): EaCall => ({
  services: call.services,
  desk: eaDesk(call),
  actor: actorOf(call),
  arrived_at: call.request.arrived_at,
})
