// Port 9900: hello, heartbeat, commands, answers, goodbye; and the EA's own socket.
import {
  type CommandResponseBody,
  type CommandResponsesBody,
  type ConnectBody,
  commandEndpoints,
  type GetCommandsBody,
  type HeartbeatBody,
} from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'
import type { Services } from '../services/services.ts'
import { serverTime } from '../services/views.ts'
import { peerOf } from './auth.ts'
import { type Call, eaCall } from './call.ts'
import { commandStatus } from './command-status.ts'
import { byDialect } from './dialect.ts'
import * as ea from './ea-calls.ts'
import { eaSocket } from './ea-socket.ts'
import { legacyAnswer, legacyHeartbeat, legacyPoll, mountLegacyCommands } from './legacy.ts'
import { createPlane, mount } from './mount.ts'

export async function commandPlane(services: Services): Promise<FastifyInstance> {
  const app = await createPlane(services)
  mount(app, 'command', commandEndpoints, services, {
    connect,
    heartbeat: byDialect(legacyHeartbeat, (call) => ea.heartbeat(eaCall(call), call.body as HeartbeatBody)),
    get_commands: byDialect(legacyPoll, getCommands),
    command_response: byDialect(legacyAnswer, (call) =>
      ea.commandResponse(eaCall(call), call.body as CommandResponseBody),
    ),
    command_responses: (call) => ea.commandResponses(eaCall(call), call.body as CommandResponsesBody),
    disconnect: (call) => ea.disconnect(eaCall(call), call.body as { reason?: string }),
    status,
    command_status: commandStatus,
  })
  mountLegacyCommands(app, services)
  // A poll that waits does not hold up the stop.
  app.addHook('preClose', async () => services.bells.stop())
  await eaSocket(app, services)
  return app
}

async function connect(call: Call) {
  const { services, principal } = call
  const body = call.body as ConnectBody
  if (principal) return ea.connect(eaCall(call), body)
  const login = await services.legacy.wholeLogin(body.account)
  const known = await services.desks.byNumber(login)
  if (known) services.legacy.offers(known.account_id, body.available_symbols ?? [], call.request.ip)
  const session = await services.sessions.connectWithoutKey(login, body, peerOf(call.request))
  return { status: 'success', ...session, server_time: serverTime(services.clock.now()) }
}

async function getCommands(call: Call) {
  const body = call.body as GetCommandsBody
  if (!body.wait_ms) return ea.getCommands(eaCall(call), body)
  const hungUp = new AbortController()
  call.reply.raw.on('close', () => hungUp.abort())
  return ea.getCommands({ ...eaCall(call), gone: hungUp.signal }, body)
}

async function status({ services, principal }: Call) {
  return {
    ...(await services.status.system(principal?.account_id ?? null)),
    status: 'running',
    server_time: serverTime(services.clock.now()),
  }
}
