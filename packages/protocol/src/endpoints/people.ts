// Port 9905: people. Log in, the session, the second factor, who may do what (docs/spec/people.md).
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { oneOf } from '../model/fields.ts'
import {
  CodeText,
  InvitedView,
  LinkView,
  PersonName,
  PersonView,
  PolicyView,
  RecoveryCodesView,
  SecretText,
  SessionRowView,
  SessionView,
  TotpView,
} from '../model/people.ts'
import { ROLES } from '../vocabulary.ts'
import { endpoints } from './endpoint.ts'
import { listOf, PageQuery, READ, strict } from './management-parts.ts'

export const PersonParams = Type.Object({ person_id: Type.String({ maxLength: 64 }) })
export const SessionParams = Type.Object({ session_id: Type.String({ maxLength: 64 }) })

export const SetupBody = Type.Object(
  {
    token: Type.String({ minLength: 1, maxLength: 200, description: 'from the one-time link' }),
    name: Type.Optional(PersonName),
    password: SecretText,
  },
  strict,
)
export type SetupBody = Static<typeof SetupBody>

const { token } = SetupBody.properties
export const LinkBody = Type.Object({ token }, strict)
export type LinkBody = Static<typeof LinkBody>

export const LoginBody = Type.Object(
  {
    name: Type.String({ maxLength: limits.person_name_length_max }),
    password: SecretText,
    code: Type.Optional(CodeText),
    recovery_code: Type.Optional(Type.String({ maxLength: 40 })),
  },
  strict,
)
export type LoginBody = Static<typeof LoginBody>

/** One of the two. */
export const ConfirmBody = Type.Object(
  { password: Type.Optional(SecretText), code: Type.Optional(CodeText) },
  strict,
)
export type ConfirmBody = Static<typeof ConfirmBody>

export const TotpConfirmBody = Type.Object({ code: CodeText }, strict)
export type TotpConfirmBody = Static<typeof TotpConfirmBody>

export const ChangePasswordBody = Type.Object({ old_password: SecretText, password: SecretText }, strict)
export type ChangePasswordBody = Static<typeof ChangePasswordBody>

export const InviteBody = Type.Object({ name: PersonName, role: oneOf(ROLES) }, strict)
export type InviteBody = Static<typeof InviteBody>

export const ChangePersonBody = Type.Object(
  { role: Type.Optional(oneOf(ROLES)), disabled: Type.Optional(Type.Boolean()) },
  strict,
)
export type ChangePersonBody = Static<typeof ChangePersonBody>

export const PolicyBody = Type.Object({ ...PolicyView.properties }, strict)
export type PolicyBody = Static<typeof PolicyBody>

export const SessionListQuery = Type.Object(
  {
    person: Type.Optional(
      Type.String({ maxLength: 64, description: 'admin: the sessions of this person_id, or of `all`' }),
    ),
  },
  strict,
)
export type SessionListQuery = Static<typeof SessionListQuery>

export const peopleEndpoints = endpoints({
  v1_setup: {
    method: 'POST',
    creates: true,
    path: '/api/v1/setup',
    summary: 'Use a one-time link: choose the password, be logged in; sets the cookie',
    access: 'open',
    body: SetupBody,
    reply: SessionView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_setup_link: {
    method: 'POST',
    path: '/api/v1/setup/link',
    summary: 'What a one-time link is for; it stays unused',
    access: 'open',
    body: LinkBody,
    reply: LinkView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_login: {
    method: 'POST',
    path: '/api/v1/login',
    summary: 'Log in with name, password and the code of the second factor; sets the cookie',
    access: 'open',
    body: LoginBody,
    reply: SessionView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_session: {
    method: 'GET',
    path: '/api/v1/session',
    summary: 'The session of the cookie',
    access: 'session',
    reply: SessionView,
  },
  v1_logout: { method: 'DELETE', path: '/api/v1/session', summary: 'Log out: 204', access: 'session' },
  v1_session_confirm: {
    method: 'POST',
    path: '/api/v1/session/confirm',
    summary: 'Say again who you are, by password or code: for five minutes what is weighty is allowed',
    access: 'session',
    body: ConfirmBody,
    reply: SessionView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_totp: {
    method: 'POST',
    path: '/api/v1/session/totp',
    summary: 'A new second factor, which holds once a code of it was confirmed',
    access: 'session',
    reply: TotpView,
  },
  v1_totp_confirm: {
    method: 'POST',
    path: '/api/v1/session/totp/confirm',
    summary: 'Confirm the new second factor; ten recovery codes, shown once',
    access: 'session',
    body: TotpConfirmBody,
    reply: RecoveryCodesView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_password: {
    method: 'POST',
    path: '/api/v1/session/password',
    summary: 'Another password: 204; your other sessions end',
    access: 'session',
    body: ChangePasswordBody,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_sessions: {
    method: 'GET',
    path: '/api/v1/sessions',
    summary: 'Your sessions that are alive; an admin sees those of others, too',
    access: 'session',
    query: SessionListQuery,
    reply: Type.Object({ items: Type.Array(SessionRowView) }),
  },
  v1_session_end: {
    method: 'DELETE',
    path: '/api/v1/sessions/:session_id',
    summary: 'End a session now: 204',
    access: 'session',
    params: SessionParams,
  },
  v1_people: {
    method: 'GET',
    path: '/api/v1/people',
    summary: 'People, by name',
    access: ['admin'],
    query: PageQuery,
    reply: listOf(PersonView),
  },
  v1_person_invite: {
    method: 'POST',
    creates: true,
    path: '/api/v1/people',
    summary: 'Invite a person: a one-time link, valid 24 h, shown once',
    access: ['admin'],
    body: InviteBody,
    reply: InvitedView,
  },
  v1_person_change: {
    method: 'PATCH',
    path: '/api/v1/people/:person_id',
    summary: 'Another role, or disabled; the person’s sessions end',
    access: ['admin'],
    params: PersonParams,
    body: ChangePersonBody,
    reply: PersonView,
  },
  v1_person_reset: {
    method: 'POST',
    creates: true,
    path: '/api/v1/people/:person_id/invite',
    summary: 'A new link for this person: password and second factor are gone, the sessions end',
    access: ['admin'],
    params: PersonParams,
    reply: InvitedView,
  },
  v1_policy: {
    method: 'GET',
    path: '/api/v1/policy',
    summary: 'From which volume on a person must confirm an order',
    access: READ,
    reply: PolicyView,
  },
  v1_policy_set: {
    method: 'PUT',
    path: '/api/v1/policy',
    summary: 'Set it; null: never',
    access: ['admin'],
    body: PolicyBody,
    reply: PolicyView,
  },
})
