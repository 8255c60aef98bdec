// Port 9903: the EA's log lines.
import { type LogBody, logEndpoints } from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'
import type { Services } from '../services/services.ts'
import { actorOf, eaDesk } from './call.ts'
import { byDialect } from './dialect.ts'
import { legacyLog } from './legacy.ts'
import { createPlane, mount } from './mount.ts'

export async function logsPlane(services: Services): Promise<FastifyInstance> {
  const app = await createPlane(services)
  mount(app, 'logs', logEndpoints, services, {
    log: byDialect(legacyLog, async (call) => {
      await services.eaLogs.store(eaDesk(call), call.body as LogBody, actorOf(call))
      return { status: 'success' }
    }),
  })
  return app
}
