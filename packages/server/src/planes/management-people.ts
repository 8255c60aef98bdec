// People over the management API, for an admin: who there is, invited, changed, reset; and the policy.
import type { ChangePersonBody, InviteBody, PolicyBody } from '@ngtb/protocol'
import type { Invited } from '../services/people.ts'
import { personView } from '../services/people-views.ts'
import { serverTime } from '../services/views.ts'
import { actorOf, type Call, type Handler } from './call.ts'
import { requireFreshWord } from './fresh-word.ts'
import { requireWholeSystem } from './management-accounts.ts'
import { pageReply, pageRequest } from './paging.ts'

function invited(call: Call, { person, token, expires_at }: Invited) {
  const { protocol, host } = call.request
  call.reply.code(201)
  return {
    person: personView(person),
    link: `${protocol}://${host}/#/setup?token=${token}`,
    expires_at: serverTime(expires_at),
  }
}

export const peopleHandlers = {
  async v1_people(call) {
    requireWholeSystem(call)
    const { limit, after } = pageRequest(call.query, 'name')
    const behind = after && [String(after[0]).slice(1)]
    const { items, next } = await call.services.people.list({ limit, after: behind })
    return pageReply({ items, next: next && [`=${next[0]}`] }, personView)
  },

  async v1_person_invite(call) {
    requireWholeSystem(call)
    requireFreshWord(call, 'to invite a person')
    const { name, role } = call.body as InviteBody
    return invited(call, await call.services.people.invite(name, role, actorOf(call)))
  },

  async v1_person_change(call) {
    requireWholeSystem(call)
    requireFreshWord(call, 'to change a person')
    const { people } = call.services
    const changes = call.body as ChangePersonBody
    return personView(await people.change(call.params.person_id as string, changes, actorOf(call)))
  },

  async v1_person_reset(call) {
    requireWholeSystem(call)
    requireFreshWord(call, 'to reset a person')
    return invited(call, await call.services.people.reset(call.params.person_id as string, actorOf(call)))
  },

  async v1_policy(call) {
    return { confirm_volume: await call.services.people.confirmVolume() }
  },

  async v1_policy_set(call) {
    requireWholeSystem(call)
    requireFreshWord(call, 'to change the policy')
    const { confirm_volume } = call.body as PolicyBody
    await call.services.people.setConfirmVolume(confirm_volume, actorOf(call))
    return { confirm_volume }
  },
} satisfies Record<string, Handler>
