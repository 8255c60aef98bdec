// Port 9900: hello, heartbeat, commands, answers, goodbye.
import type { Command } from '@ngtb/core'
import {
  type CommandResponseBody,
  type ConnectBody,
  commandEndpoints,
  type HeartbeatBody,
  plainInt64,
  Refusal,
  toInt64,
} from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'
import { loginOf } from '../services/desks.ts'
import type { Services } from '../services/services.ts'
import { serverTime } from '../services/views.ts'
import { peerOf } from './auth.ts'
import { actorOf, type Call, eaDesk } from './call.ts'
import { commandStatus } from './command-status.ts'
import { createPlane, mount } from './mount.ts'

export async function commandPlane(services: Services): Promise<FastifyInstance> {
  const app = await createPlane(services)
  mount(app, 'command', commandEndpoints, services, {
    connect,
    heartbeat,
    get_commands: getCommands,
    command_response: commandResponse,
    disconnect,
    status,
    command_status: commandStatus,
  })
  return app
}

async function connect(call: Call) {
  const { services, principal } = call
  const body = call.body as ConnectBody
  const session = principal
    ? await services.sessions.connect(eaDesk(call), body, principal.actor)
    : await services.sessions.connectWithoutKey(loginOf(body.account), body, peerOf(call.request))
  return { status: 'success', ...session, server_time: serverTime(services.clock.now()) }
}

async function heartbeat(call: Call) {
  const { services } = call
  const commands = await services.sessions.heartbeat(eaDesk(call), call.body as HeartbeatBody, actorOf(call))
  return { status: 'success', commands: commands.map(flat), server_time: serverTime(services.clock.now()) }
}

async function getCommands(call: Call) {
  const { services } = call
  const commands = await services.sessions.poll(eaDesk(call), actorOf(call))
  return { status: 'success', commands: commands.map(flat), server_time: serverTime(services.clock.now()) }
}

async function commandResponse(call: Call) {
  const { services } = call
  const body = call.body as CommandResponseBody
  const actor = actorOf(call)
  const outcome = await services.commands.answer(eaDesk(call), body, actor, (step) =>
    services.connections.seen(step, 'command_response', actor),
  )
  if (outcome.contradicts) throw new Refusal('NGTB_ANSWER_CONTRADICTS')
  return { status: 'success', command_id: outcome.command.command_id, duplicate: outcome.duplicate }
}

async function disconnect(call: Call) {
  const actor = actorOf(call)
  const reason = (call.body as { reason?: string }).reason ?? ''
  await eaDesk(call).run((step) => call.services.connections.goodbye(step, reason, actor))
  return { status: 'success' }
}

async function status({ services, principal }: Call) {
  return {
    ...(await services.status.system(principal?.account_id ?? null)),
    status: 'running',
    server_time: serverTime(services.clock.now()),
  }
}

/** As an EA reads it: flat, its fields beside `id` and `type` (contract §3); tickets bare where they fit (R1). */
function flat(command: Command): Record<string, unknown> {
  const ticket = toInt64(command.payload.ticket)
  return {
    id: command.command_id,
    type: command.type,
    ...command.payload,
    ...(ticket === null ? {} : { ticket: plainInt64(ticket) }),
  }
}
