// Commands over the management API: create, list, show, cancel.
import {
  COMMANDS,
  type CreateBatchBody,
  type CreateCommandBody,
  isCommandType,
  Refusal,
  type Scope,
  type SettleBody,
} from '@ngtb/protocol'
import type { WantedCommand } from '../services/command-booking.ts'
import { hasScope } from '../services/keys.ts'
import { attemptView, auditView, commandView, orphanView, wireView } from '../services/views.ts'
import { actorOf, type Call, type Handler } from './call.ts'
import { commandFilter } from './filters.ts'
import { requireFreshWordFor } from './fresh-word.ts'
import { pathDesk } from './management-accounts.ts'
import { pageReply, pageRequest } from './paging.ts'

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/
const COMMAND_ID = /^[A-Za-z0-9_-]{1,64}$/

/** P2: the caller's name of the intent: a header, or a command_id; both only alike. */
function intentName(
  call: Call,
  account_id: number,
  key: string | undefined,
  command_id: string | undefined,
): string {
  if (key === undefined || key === '') {
    if (command_id === undefined) throw new Refusal('NGTB_COMMAND_KEY_MISSING')
    return command_id
  }
  if (!IDEMPOTENCY_KEY.test(key))
    throw new Refusal('NGTB_BODY_INVALID', 'Idempotency-Key must be 1 to 255 visible ASCII characters')
  if (command_id === undefined) return call.services.ids.commandId(account_id, key)
  if (key !== command_id) throw new Refusal('NGTB_COMMAND_KEY_CONFLICT')
  return command_id
}

/** What opens needs commands:open; what reduces risk is content with either. */
function requireScopeFor(call: Call, type: string): void {
  const opens = !isCommandType(type) || !COMMANDS[type].reduces_risk
  const wanted: Scope[] = opens ? ['commands:open'] : ['commands:open', 'commands:close']
  if (!call.principal || !hasScope(call.principal, wanted))
    throw new Refusal('NGTB_SCOPE', `${type} needs the scope ${wanted.join(' or ')}`)
}

const headerKey = ({ request }: Call): string | undefined => {
  const header = request.headers['idempotency-key']
  return Array.isArray(header) ? header.join(',') : header
}

function wantedOf(
  call: Call,
  account_id: number,
  body: CreateCommandBody,
  key: string | undefined,
): WantedCommand {
  const type = body.type ?? body.command_type
  if (type === undefined)
    throw new Refusal('NGTB_BODY_INVALID', `type is missing: one of ${Object.keys(COMMANDS).join(', ')}`)
  if (body.type !== undefined && body.command_type !== undefined && body.type !== body.command_type)
    throw new Refusal('NGTB_BODY_INVALID', 'type and command_type differ: send one of them')
  requireScopeFor(call, type)
  const { payload, priority, ttl_ms, require_connected } = body
  const command_id = intentName(call, account_id, key, body.command_id)
  const { traceparent } = call.request.headers
  const trace = call.services.traces.asked(
    typeof traceparent === 'string' ? traceparent : undefined,
    isCommandType(type) ? type : 'unknown',
    call.request.arrived_at,
  )
  return { type, payload, priority, ttl_ms, require_connected, command_id, origin: actorOf(call), trace }
}

async function create(call: Call) {
  const desk = await pathDesk(call)
  const wanted = wantedOf(call, desk.account_id, call.body as CreateCommandBody, headerKey(call))
  await requireFreshWordFor(call, [call.body as CreateCommandBody])
  const created = await call.services.commands.create(desk, wanted)
  const { account } = await desk.ready()
  call.reply.code(created.replayed ? 200 : 201)
  return { ...commandView(account, created.command, created.ea_connected), replayed: created.replayed }
}

/** All or none, in one commit (P2: each has its own key). */
async function createBatch(call: Call) {
  const desk = await pathDesk(call)
  if (headerKey(call) !== undefined)
    throw new Refusal(
      'NGTB_BODY_INVALID',
      'name each command of a batch: idempotency_key or command_id beside it',
    )
  const { commands } = call.body as CreateBatchBody
  const wanted = commands.map(({ idempotency_key, ...body }) =>
    wantedOf(call, desk.account_id, body, idempotency_key),
  )
  await requireFreshWordFor(call, commands)
  const created = await call.services.commands.createAll(desk, wanted)
  const { account } = await desk.ready()
  call.reply.code(created.every(({ replayed }) => replayed) ? 200 : 201)
  return {
    commands: created.map(({ command, ea_connected, replayed }) => ({
      ...commandView(account, command, ea_connected),
      replayed,
    })),
  }
}

/** P6: a person's word where no evidence can come. */
async function settle(call: Call) {
  const desk = await pathDesk(call)
  const body = call.body as SettleBody
  const command = await call.services.commands.settle(desk, idOf(call.params), body, actorOf(call))
  const { account, connection } = await desk.ready()
  return commandView(account, command, connection.state === 'connected')
}

async function orphans(call: Call) {
  const desk = await pathDesk(call)
  const { orphans } = await desk.ready()
  const newest_first = [...orphans.values()].sort((a, b) => b.received_at - a.received_at)
  return { items: newest_first.map(orphanView) }
}

async function show(call: Call) {
  const desk = await pathDesk(call)
  const { services, params } = call
  const id = idOf(params)
  const { command, account, ea_connected } = await services.queries.command(desk, id)
  const attempts = await services.store.attempts(desk.account_id, id)
  const { items } = await services.store.auditOf(
    desk.account_id,
    { limit: 500, after: null },
    { subject: id },
  )
  const events = items.reverse()
  const wire = await services.store.wireOf(desk.account_id, id)
  return {
    ...commandView(account, command, ea_connected),
    attempts: attempts.map(attemptView),
    events: events.map(auditView),
    hops: services.queries.hops(events),
    wire: wire.map(wireView),
  }
}

async function list(call: Call) {
  const desk = await pathDesk(call)
  const { account, connection } = await desk.ready()
  const page = await call.services.store.commands(
    desk.account_id,
    pageRequest(call.query),
    commandFilter(call.query),
  )
  return pageReply(page, (command) => commandView(account, command, connection.state === 'connected'))
}

async function cancel(call: Call) {
  const desk = await pathDesk(call)
  const command = await call.services.commands.cancel(desk, idOf(call.params), actorOf(call))
  const { account, connection } = await desk.ready()
  return commandView(account, command, connection.state === 'connected')
}

export function idOf(params: Record<string, string>): string {
  const id = params.command_id ?? ''
  if (!COMMAND_ID.test(id)) throw new Refusal('NGTB_COMMAND_UNKNOWN', 'that is not a command id')
  return id
}

export const commandHandlers = {
  v1_command_create: create,
  v1_command_batch: createBatch,
  v1_command_settle: settle,
  v1_orphans: orphans,
  v1_commands: list,
  v1_command: show,
  v1_command_cancel: cancel,
} satisfies Record<string, Handler>
