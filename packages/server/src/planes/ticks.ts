// Port 9901: ticks.
import { type TicksBody, tickEndpoints } from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'
import type { Services } from '../services/services.ts'
import { serverTime } from '../services/views.ts'
import { actorOf, type Call, eaDesk } from './call.ts'
import { createPlane, mount } from './mount.ts'

/** An EA's backlog of an hour is tens of MB in one body. */
const BACKLOG_TIMEOUT_MS = 60_000

export async function ticksPlane(services: Services): Promise<FastifyInstance> {
  const app = await createPlane(services, BACKLOG_TIMEOUT_MS)
  mount(app, 'ticks', tickEndpoints, services, { ticks_batch: ticksBatch })
  return app
}

async function ticksBatch(call: Call) {
  const { services } = call
  const { ticks, batch_id } = call.body as TicksBody
  const outcome = await services.ticks.ingest(
    eaDesk(call),
    ticks,
    batch_id === undefined ? null : String(batch_id),
    actorOf(call),
  )
  return { status: 'success', ...outcome, server_time: serverTime(services.clock.now()) }
}
