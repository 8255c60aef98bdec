// Commands over the management API: create, list, show, cancel.
import { COMMANDS, type CreateCommandBody, isCommandType, Refusal, type Scope } from '@ngtb/protocol'
import { hasScope } from '../services/keys.ts'
import { attemptView, auditView, commandView } from '../services/views.ts'
import { actorOf, type Call, type Handler } from './call.ts'
import { pathDesk } from './management-accounts.ts'
import { pageReply, pageRequest } from './paging.ts'

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/
const COMMAND_ID = /^[A-Za-z0-9_-]{1,64}$/

/** P2: the caller's name of the intent: a header, or a command_id; both only alike. */
function intentName(call: Call, account_id: number): string {
  const header = call.request.headers['idempotency-key']
  const key = Array.isArray(header) ? header.join(',') : header
  const { command_id } = call.body as CreateCommandBody
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

async function create(call: Call) {
  const desk = await pathDesk(call)
  const body = call.body as CreateCommandBody
  const type = body.type ?? body.command_type
  if (type === undefined)
    throw new Refusal(
      'NGTB_BODY_INVALID',
      'type is missing: OPEN_TRADE, MODIFY_TRADE, CLOSE_TRADE or CLOSE_ALL',
    )
  if (body.type !== undefined && body.command_type !== undefined && body.type !== body.command_type)
    throw new Refusal('NGTB_BODY_INVALID', 'type and command_type differ: send one of them')
  requireScopeFor(call, type)
  const { payload, priority, ttl_ms, require_connected } = body
  const command_id = intentName(call, desk.account_id)
  const created = await call.services.commands.create(desk, {
    type,
    payload,
    priority,
    ttl_ms,
    require_connected,
    command_id,
    origin: actorOf(call),
  })
  const { account } = await desk.ready()
  call.reply.code(created.replayed ? 200 : 201)
  return { ...commandView(account, created.command, created.ea_connected), replayed: created.replayed }
}

async function show(call: Call) {
  const desk = await pathDesk(call)
  const { services, params } = call
  const id = idOf(params)
  const { command, account, ea_connected } = await services.queries.command(desk, id)
  const attempts = await services.store.attempts(desk.account_id, id)
  const events = await services.store.auditOf(desk.account_id, { limit: 500, after: null }, { subject: id })
  return {
    ...commandView(account, command, ea_connected),
    attempts: attempts.map(attemptView),
    events: events.items.map(auditView).reverse(),
  }
}

async function list(call: Call) {
  const desk = await pathDesk(call)
  const { account, connection } = await desk.ready()
  const { status, type } = call.query as { status?: string; type?: string }
  const page = await call.services.store.commands(desk.account_id, pageRequest(call.query), {
    ...(status ? { status } : {}),
    ...(type ? { type } : {}),
  })
  return pageReply(page, (command) => commandView(account, command, connection.state === 'connected'))
}

async function cancel(call: Call) {
  const desk = await pathDesk(call)
  const command = await call.services.commands.cancel(desk, idOf(call.params), actorOf(call))
  const { account, connection } = await desk.ready()
  return commandView(account, command, connection.state === 'connected')
}

function idOf(params: Record<string, string>): string {
  const id = params.command_id ?? ''
  if (!COMMAND_ID.test(id)) throw new Refusal('NGTB_COMMAND_UNKNOWN', 'that is not a command id')
  return id
}

export const commandHandlers = {
  v1_command_create: create,
  v1_commands: list,
  v1_command: show,
  v1_command_cancel: cancel,
} satisfies Record<string, Handler>
