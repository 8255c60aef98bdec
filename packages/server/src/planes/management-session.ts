// A person at the door: the link, the login, his session, the second factor (docs/spec/people.md).
import {
  type ChangePasswordBody,
  type ConfirmBody,
  type LinkBody,
  type LoginBody,
  Refusal,
  type SessionListQuery,
  type SetupBody,
  type TotpConfirmBody,
} from '@ngtb/protocol'
import type { Opened } from '../services/people-login.ts'
import { hasTotp, type PersonSession } from '../services/people-rows.ts'
import { linkView, sessionRowView, sessionView } from '../services/people-views.ts'
import { actorOf, type Call, type Handler } from './call.ts'
import { requireFreshWord } from './fresh-word.ts'
import { cookieToken, fromOf, giveCookie, requireOwnPage, takeCookie } from './session-cookie.ts'

function sessionOf({ principal }: Pick<Call, 'principal'>): PersonSession {
  if (!principal?.session) throw new Refusal('NGTB_SESSION')
  return principal.session
}

function opened(call: Call, { session, token }: Opened) {
  giveCookie(call.services, call.reply, token)
  return sessionView(session, call.services.clock.now())
}

/** 204: done, and nothing to say. */
const nothing = (call: Call): object => call.reply.code(204).send()

/** An admin sees and ends the sessions of others, too. */
const isAdmin = ({ principal }: Call): boolean => principal?.scopes.includes('admin') ?? false

export const sessionHandlers = {
  async v1_setup(call) {
    requireOwnPage(call.services, call.request, false)
    const made = await call.services.people.setup(call.body as SetupBody, fromOf(call.request))
    call.reply.code(201)
    return opened(call, made)
  },

  async v1_setup_link(call) {
    requireOwnPage(call.services, call.request, false)
    const { token } = call.body as LinkBody
    const { link, person } = await call.services.people.lookAtLink(token, fromOf(call.request))
    return linkView(link, person)
  },

  async v1_login(call) {
    const { services, request } = call
    requireOwnPage(services, request, false)
    const token = cookieToken(services.config, request)
    const before = token === null ? null : await services.people.sessions.resolve(token)
    return opened(call, await services.people.logins.login(call.body as LoginBody, fromOf(request), before))
  },

  v1_session: (call) => sessionView(sessionOf(call), call.services.clock.now()),

  async v1_logout(call) {
    await call.services.people.logins.logout(sessionOf(call))
    takeCookie(call.services, call.reply)
    return nothing(call)
  },

  async v1_session_confirm(call) {
    const { logins } = call.services.people
    return opened(call, await logins.confirm(sessionOf(call), call.body as ConfirmBody, fromOf(call.request)))
  },

  v1_totp(call) {
    const session = sessionOf(call)
    // The first one is what the session still lacks; another one takes the place of what protects it.
    if (hasTotp(session.person)) requireFreshWord(call, 'another second factor')
    return call.services.people.logins.offerTotp(session)
  },

  async v1_totp_confirm(call) {
    const session = sessionOf(call)
    if (hasTotp(session.person)) requireFreshWord(call, 'another second factor')
    const { code } = call.body as TotpConfirmBody
    const { logins } = call.services.people
    const made = await logins.confirmTotp(session, code, fromOf(call.request))
    giveCookie(call.services, call.reply, made.opened.token)
    return { recovery_codes: made.recovery_codes }
  },

  async v1_password(call) {
    const { old_password, password } = call.body as ChangePasswordBody
    const { logins } = call.services.people
    const made = await logins.changePassword(sessionOf(call), old_password, password, fromOf(call.request))
    giveCookie(call.services, call.reply, made.token)
    return nothing(call)
  },

  async v1_sessions(call) {
    const { row, person } = sessionOf(call)
    const { person: wanted = person.person_id } = call.query as SessionListQuery
    if (wanted !== person.person_id && !isAdmin(call))
      throw new Refusal('NGTB_SCOPE', 'sessions of others are for an admin to see')
    const sessions = await call.services.people.sessions.list(wanted === 'all' ? null : wanted)
    return { items: sessions.map((session) => sessionRowView(session, row.session_id)) }
  },

  async v1_session_end(call) {
    const { person } = sessionOf(call)
    const own = isAdmin(call) ? null : person.person_id
    await call.services.people.sessions.revoke(call.params.session_id as string, own, actorOf(call))
    return nothing(call)
  },
} satisfies Record<string, Handler>
