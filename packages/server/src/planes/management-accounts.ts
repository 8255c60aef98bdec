// Accounts, connections, enrolment: who is there.
import { Refusal } from '@ngtb/protocol'
import type { Desk } from '../services/desk.ts'
import { loginOf } from '../services/desks.ts'
import { sees } from '../services/keys.ts'
import { subscribed } from '../services/sessions.ts'
import { accountView, symbolView } from '../services/views.ts'
import { actorOf, type Call, type Handler } from './call.ts'
import { pageReply, pageRequest } from './paging.ts'

const ARMED_MS = 10 * 60_000

/** The desk that the path names; a foreign one does not exist for this key (P15). What is no login is a 422 (R1). */
export async function pathDesk({ services, params, principal }: Call): Promise<Desk> {
  const desk = await services.desks.byNumber(loginOf(params.login))
  if (!desk || !principal || !sees(principal, desk.account_id))
    throw new Refusal('NGTB_ACCOUNT_UNKNOWN', `there is no account with the login ${params.login}`)
  return desk
}

export const view = async ({ services }: Call, desk: Desk) => {
  const state = await desk.ready()
  const chosen = subscribed(state.account.subscribed_symbols, state.specs)
  return accountView(state, chosen, await services.status.connection(desk))
}

/** Accounts are few and at hand: a page is a slice, its cursor an account_id. */
async function slice<T>(call: Call, view: (desk: Desk) => Promise<T>) {
  const { limit, after } = pageRequest(call.query)
  const behind = Number(after?.[0] ?? 0)
  await call.services.desks.openAll()
  const desks = call.services.desks
    .opened()
    .filter((desk) => desk.account_id > behind && call.principal && sees(call.principal, desk.account_id))
    .sort((a, b) => a.account_id - b.account_id)
  const items = desks.slice(0, limit)
  const last = items.at(-1)
  const page = pageReply(
    { items, next: desks.length > limit && last ? [last.account_id] : null },
    (desk) => desk,
  )
  return { items: await Promise.all(page.items.map(view)), next_cursor: page.next_cursor }
}

export const accountHandlers = {
  v1_system_status: async ({ services, principal }) => services.status.system(principal?.account_id ?? null),
  v1_accounts: (call) => slice(call, (desk) => view(call, desk)),
  v1_connections: (call) => slice(call, (desk) => call.services.status.connection(desk)),
  v1_account: async (call) => view(call, await pathDesk(call)),

  /** At hand, and sorted by name. */
  async v1_symbols(call) {
    const { account, specs } = await (await pathDesk(call)).ready()
    const { limit, after } = pageRequest(call.query, 'name')
    const chosen = new Set(subscribed(account.subscribed_symbols, specs))
    const behind = after && String(after[0]).slice(1)
    const names = [...specs.keys()].sort().filter((name) => behind === null || name > behind)
    const page = names.slice(0, limit)
    const next = names.length > limit ? [`=${page.at(-1)}`] : null
    return pageReply({ items: page, next }, (name) =>
      symbolView(specs.get(name) ?? { symbol: name }, chosen.has(name)),
    )
  },

  async v1_account_add(call) {
    const { account, broker } = call.body as { account: unknown; broker?: string }
    requireWholeSystem(call)
    const added = await call.services.accounts.add(loginOf(account), broker ?? '', actorOf(call))
    call.reply.code(201)
    return { ...(await view(call, added.desk)), api_key: added.api_key }
  },

  async v1_enrol(call) {
    const login = loginOf((call.body as { account: unknown }).account)
    requireWholeSystem(call)
    const armed_until = await call.services.accounts.arm(login, ARMED_MS, actorOf(call))
    call.reply.code(201)
    return { account_number: login, armed_until: new Date(armed_until).toISOString() } // sim-ok: formats
  },
} satisfies Record<string, Handler>

/** What concerns every account is not for a key of one. */
export function requireWholeSystem({ principal }: Call): void {
  if (principal?.account_id != null)
    throw new Refusal('NGTB_SCOPE', 'this needs an admin key that is not bound to one account')
}
