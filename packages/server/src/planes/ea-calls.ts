// What an EA says on 9900, however it comes in: HTTP and WebSocket are answered by the same words and rules.
import {
  type Answer,
  type CommandResponseBody,
  type CommandResponsesBody,
  type ConnectBody,
  ERRORS,
  type GetCommandsBody,
  type HeartbeatBody,
  type NativeSession,
  Refusal,
} from '@ngtb/protocol'
import type { Answered } from '../services/command-answers.ts'
import type { Desk } from '../services/desk.ts'
import { sessionOf } from '../services/ea-session.ts'
import { type Handout, nativeCommand, plainCommand } from '../services/handout.ts'
import type { Services } from '../services/services.ts'
import { serverTime } from '../services/views.ts'
import type { Heard } from '../services/ways.ts'

export interface EaCall {
  readonly services: Services
  /** The desk of the EA that is asking; its key names the account. */
  readonly desk: Desk
  /** Who did it, for the audit. */
  readonly actor: string
  /** Server time when the message arrived: `ttl_ms` of its answer is counted from here (P5). */
  readonly arrived_at: number
  /** Aborts when the caller hung up. */
  readonly gone?: AbortSignal | undefined
}

export async function connect({ services, desk, actor }: EaCall, body: ConnectBody) {
  return answer(services, await services.sessions.connect(desk, body, actor))
}

export async function heartbeat(call: EaCall, body: HeartbeatBody) {
  const { services, desk, actor } = call
  clockOf(call, body)
  const handout = await services.sessions.heartbeat(desk, body, actor, sessionOf(body))
  return { ...handedOut(call, handout), ...(handout.sync ? { sync: true } : {}) }
}

export async function getCommands(call: EaCall, body: GetCommandsBody) {
  const { services, desk, actor, gone } = call
  const { wait_ms = 0 } = body
  clockOf(call, body)
  const poll = { session: sessionOf(body), wait_ms, word: body, gone }
  return handedOut(call, await services.sessions.poll(desk, poll, actor))
}

export async function commandResponse(call: EaCall, body: CommandResponseBody) {
  const { services, desk, actor } = call
  const session = sessionOf(body)
  const { answered, mark } = await services.answers.answer(
    desk,
    [body],
    session,
    actor,
    (step) => services.connections.heard(step, 'command_response', actor, session),
    clockOf(call, body),
  )
  noteAnswers(call, [body], body)
  const [outcome] = answered
  if (!outcome || outcome.contradicts) throw new Refusal('NGTB_ANSWER_CONTRADICTS')
  return { status: 'success', ...acknowledged(outcome), ...mark }
}

export async function commandResponses(call: EaCall, body: CommandResponsesBody) {
  const { services, desk, actor } = call
  const session = sessionOf(body)
  const { answered, mark } = await services.answers.answer(
    desk,
    body.responses,
    session,
    actor,
    (step) => services.connections.heard(step, 'command_response', actor, session),
    clockOf(call, body),
  )
  noteAnswers(call, body.responses)
  return { status: 'success', results: answered.map(result), ...mark }
}

export async function disconnect(call: EaCall, body: NativeSession & { reason?: string }) {
  const { services, desk, actor } = call
  await desk.run((step) => services.connections.goodbye(step, body.reason ?? '', actor, sessionOf(body)))
  return { status: 'success' }
}

function handedOut({ services, arrived_at }: EaCall, { commands, heads }: Handout) {
  return answer(services, {
    ...(heads ?? {}),
    commands: commands.map((command) => {
      const { account_id, command_id, attempt } = command
      const sent = heads ? nativeCommand(command, heads.generations, arrived_at) : plainCommand(command)
      services.wire.note({ account_id, command_id, attempt, direction: 'sent' }, sent)
      return sent
    }),
  })
}

/** Where the EA's clock stands beside ours: every message that names its moment says a little of it. */
function clockOf({ services, desk, arrived_at }: EaCall, body: NativeSession): Heard {
  const heard = { mono_ms: body.mono_ms, arrived_at }
  services.ways.heard(desk.account_id, sessionOf(body), heard)
  return heard
}

/** As it came: beside what is made of it. */
function noteAnswers({ services, desk }: EaCall, answers: readonly Answer[], whole?: object): void {
  for (const said of answers) {
    const { command_id, attempt = null } = said
    const noted = { account_id: desk.account_id, command_id, attempt, direction: 'received' } as const
    services.wire.note(noted, whole ?? said)
  }
}

const answer = <T extends object>(services: Services, fields: T) => ({
  status: 'success',
  ...fields,
  server_time: serverTime(services.clock.now()),
})

const acknowledged = ({ command_id, duplicate, orphan }: Answered) => ({
  command_id,
  duplicate,
  ...(orphan ? { orphan } : {}),
})

const result = (outcome: Answered) => ({
  ...acknowledged(outcome),
  ...(outcome.contradicts
    ? {
        status: 'error',
        error: 'NGTB_ANSWER_CONTRADICTS',
        message: `${ERRORS.NGTB_ANSWER_CONTRADICTS.title}. ${ERRORS.NGTB_ANSWER_CONTRADICTS.hint}`,
      }
    : { status: 'success' }),
})
