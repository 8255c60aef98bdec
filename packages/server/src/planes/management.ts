// Port 9905: the management API, the live window, the API's own description and the dashboard.
import { managementEndpoints, Refusal } from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'
import type { Services } from '../services/services.ts'
import type { Call } from './call.ts'
import { commandStatus } from './command-status.ts'
import { dashboard } from './dashboard.ts'
import { accountHandlers, requireWholeSystem } from './management-accounts.ts'
import { alertHandlers } from './management-alerts.ts'
import { commandHandlers } from './management-commands.ts'
import { dataHandlers } from './management-data.ts'
import { factHandlers } from './management-facts.ts'
import { keyHandlers } from './management-keys.ts'
import { peopleHandlers } from './management-people.ts'
import { sessionHandlers } from './management-session.ts'
import { createPlane, mount } from './mount.ts'
import { openApi } from './openapi.ts'
import { securityHeaders } from './security-headers.ts'

import { liveWindow } from './websocket.ts'

export async function managementPlane(services: Services): Promise<FastifyInstance> {
  const app = await createPlane(services)
  securityHeaders(app, Boolean(services.config.NGTB_TLS_CERT_FILE))
  mount(app, 'management', managementEndpoints, services, {
    health: (call) => health(call.services, call.reply),
    system_status: async ({ services: { status }, principal }) =>
      status.system(principal?.account_id ?? null),
    metrics,
    command_status: commandStatus,
    ...accountHandlers,
    ...alertHandlers,
    ...commandHandlers,
    ...dataHandlers,
    ...factHandlers,
    ...keyHandlers,
    ...sessionHandlers,
    ...peopleHandlers,
  })
  app.get('/openapi.json', async (_request, reply) => reply.type('application/json').send(await openApi()))
  dashboard(app)
  await liveWindow(app, services)
  return app
}

/** The whole server's figures: a key of one account sees its account, not the house. */
async function metrics(call: Call) {
  requireWholeSystem(call)
  const { services, reply } = call
  reply.type(services.metrics.content_type)
  return services.scrape.text()
}

/** Open to everyone, so it says nothing but whether we live. */
async function health(services: Services, reply: { code(status: number): unknown }) {
  try {
    await services.store.ping()
    return { status: 'healthy', database: 'up' }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    reply.code(503)
    return { status: 'unhealthy', database: 'down' }
  }
}
