// One request on its way through a door: what the handler is given.
import type { Endpoint, PlaneName } from '@ngtb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Desk } from '../services/desk.ts'
import type { Principal } from '../services/keys.ts'
import type { Services } from '../services/services.ts'
import type { EaCall } from './ea-calls.ts'

export interface Call {
  readonly services: Services
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

/** What an endpoint does; its answer is the JSON body. */
export type Handler = (call: Call) => Promise<object> | object
export type Handlers<Table> = Record<keyof Table, Handler>

/** Who did it, for the audit. */
export const actorOf = ({ principal }: Call): string => principal?.actor ?? 'nobody'

/** The desk of the EA that is asking; its key names the account. */
export function eaDesk({ principal, services }: Call): Desk {
  if (principal?.account_id == null) throw new Error('an EA endpoint was reached without an account')
  return services.desks.get(principal.account_id)
}

/** The same call as every way in of an EA has it. */
export const eaCall = (call: Call): EaCall => ({
  services: call.services,
  desk: eaDesk(call),
  actor: actorOf(call),
  arrived_at: call.request.arrived_at,
})
