// Depth "door": the same requests through Fastify, with keys, schemas, JSON and its refusals in the play.
import {
  commandPlane,
  managementPlane,
  type PortName,
  type Services,
  ticksPlane,
  tradesPlane,
} from '@ngtb/server/parts'
import type { Ask, Doors, Told } from './doors.ts'

/** By `role account_id`. */
export type Keys = Map<string, string>

export async function fastifyDoors(services: Services, keys: Keys): Promise<Doors> {
  const planes = {
    command: await commandPlane(services),
    ticks: await ticksPlane(services),
    trades: await tradesPlane(services),
    webui: await managementPlane(services),
  }
  const planeOf = (port: PortName) => planes[port as keyof typeof planes]
  return {
    async answer({ port, method, path, key, idempotency_key, body }: Ask): Promise<Told> {
      const reply = await planeOf(port).inject({
        method,
        url: path,
        headers: {
          'x-api-key': keys.get(`${key.role} ${key.account_id}`) ?? '',
          ...(idempotency_key === undefined ? {} : { 'idempotency-key': idempotency_key }),
        },
        ...(method === 'GET' ? {} : { payload: body }),
      })
      const told = (reply.body === '' ? {} : JSON.parse(reply.body)) as Record<string, unknown>
      const retry_after = reply.headers['retry-after']
      return {
        http: reply.statusCode,
        // problem+json names its code otherwise than the published envelope.
        body: typeof told.code === 'string' ? { ...told, error: told.code } : told,
        retry_after_ms: retry_after === undefined ? null : Number(retry_after) * 1000,
      }
    },
  }
}

/** Streams inside of Fastify go around the event loop: a fixed number of rounds keeps the order of all things. */
export async function untilTheDoorsRest(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await new Promise((resolve) => setImmediate(resolve))
}

const ROUNDS = 6
