// GET /api/command/{id}/status on 9900 and 9905: one command, by the account's EA key or a management key.
import { Refusal } from '@ngtb/protocol'
import { hasScope, sees } from '../services/keys.ts'
import { attemptView, commandView } from '../services/views.ts'
import type { Call } from './call.ts'

export async function commandStatus({ services, params, principal }: Call) {
  const id = params.command_id as string
  const unknown = new Refusal('NGTB_COMMAND_UNKNOWN', `there is no command ${id}`)
  if (!principal) throw unknown
  const isEa = principal.scopes.includes('ea:session')
  if (!isEa && !hasScope(principal, ['commands:read', 'commands:open', 'commands:close']))
    throw new Refusal('NGTB_SCOPE', 'this needs the scope commands:read')
  // P15: another account's command does not exist for this key.
  const owners = (await services.store.commandOwners(id)).filter((account_id) => sees(principal, account_id))
  const desk = owners[0] === undefined ? null : services.desks.get(owners[0])
  if (!desk) throw unknown
  const { command, account, ea_connected } = await services.queries.command(desk, id)
  const attempts = await services.store.attempts(desk.account_id, id)
  return { ...commandView(account, command, ea_connected), attempts: attempts.map(attemptView) }
}
