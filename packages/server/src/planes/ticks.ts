// Port 9901: ticks. Its house may be the services, or a thread's own (tick-thread/).
import { type TicksBody, tickEndpoints } from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'
import type { TickIntake } from '../services/tick-intake.ts'
import { serverTime } from '../services/views.ts'
import { actorOf, type Call, eaAccount } from './call.ts'
import type { House } from './house.ts'
import { createPlane, mount } from './mount.ts'

/** An EA's backlog of an hour is tens of MB in one body. */
const BACKLOG_TIMEOUT_MS = 60_000

export interface TickHouse extends House {
  readonly intake: TickIntake
}

export async function ticksPlane(house: TickHouse): Promise<FastifyInstance> {
  const app = await createPlane(house, BACKLOG_TIMEOUT_MS)
  mount(app, 'ticks', tickEndpoints, house, { ticks_batch: ticksBatch })
  return app
}

async function ticksBatch(call: Call<TickHouse>) {
  const { intake, clock } = call.services
  const { ticks, batch_id } = call.body as TicksBody
  const outcome = await intake.ingest(
    eaAccount(call),
    ticks,
    batch_id === undefined ? null : String(batch_id),
    actorOf(call),
  )
  return { status: 'success', ...outcome, server_time: serverTime(clock.now()) }
}
