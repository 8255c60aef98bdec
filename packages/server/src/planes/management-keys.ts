// Keys over the management API. A key bound to an account handles that account's keys only.
import { type CreateKeyBody, Refusal } from '@ngtb/protocol'
import type { ApiKeyRow } from '../ports.ts'
import { loginOf } from '../services/desks.ts'
import { sees } from '../services/keys.ts'
import { keyView } from '../services/views.ts'
import { actorOf, type Call, type Handler } from './call.ts'
import { requireFreshWord } from './fresh-word.ts'
import { requireWholeSystem } from './management-accounts.ts'
import { pageReply, pageRequest } from './paging.ts'

async function view(call: Call, key: ApiKeyRow) {
  const account =
    key.account_id === null ? undefined : (await call.services.desks.get(key.account_id).ready()).account
  return keyView(key, account)
}

async function boundTo(call: Call, account: CreateKeyBody['account']): Promise<number | null> {
  if (account === undefined) {
    requireWholeSystem(call)
    return null
  }
  const desk = await call.services.desks.byNumber(loginOf(account))
  if (!desk || !call.principal || !sees(call.principal, desk.account_id))
    throw new Refusal('NGTB_ACCOUNT_UNKNOWN', `there is no account with the login ${account}`)
  return desk.account_id
}

const visibleTo = (call: Call) => call.principal?.account_id ?? null

export const keyHandlers = {
  async v1_keys(call) {
    requireWholeSystem(call)
    const page = pageReply(await call.services.keys.list(pageRequest(call.query, 'key')), (key) => key)
    return {
      items: await Promise.all(page.items.map((key) => view(call, key))),
      next_cursor: page.next_cursor,
    }
  },

  async v1_key_create(call) {
    requireFreshWord(call, 'to make a key')
    const { scopes, account, label, expires_in_s } = call.body as CreateKeyBody
    const account_id = await boundTo(call, account)
    const expires_at = expires_in_s === undefined ? null : call.services.clock.now() + expires_in_s * 1000
    const { row, api_key } = await call.services.keys.create(
      { account_id, scopes: [...new Set(scopes)], label: label ?? '', expires_at },
      actorOf(call),
    )
    call.reply.code(201)
    return { ...(await view(call, row)), api_key }
  },

  async v1_key_rotate(call) {
    requireFreshWord(call, 'to make a key')
    const { grace_s } = call.body as { grace_s?: number }
    const { row, api_key } = await call.services.keys.rotate(
      call.params.key_id as string,
      actorOf(call),
      grace_s,
      visibleTo(call),
    )
    call.reply.code(201)
    return { ...(await view(call, row)), api_key }
  },

  async v1_key_revoke(call) {
    return view(
      call,
      await call.services.keys.revoke(call.params.key_id as string, actorOf(call), visibleTo(call)),
    )
  },
} satisfies Record<string, Handler>
