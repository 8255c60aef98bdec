// People as the API tells of them, and the fields of what they type.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { ROLES, SCOPES } from '../vocabulary.ts'
import { nullable, oneOf, UtcTime } from './fields.ts'

/** Letters, digits and a few marks, as in a mail address; upper and lower case are one name. */
export const PersonName = Type.String({
  minLength: 1,
  maxLength: limits.person_name_length_max,
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._@+-]*$',
})
/** A password as typed or pasted; how long it must be is judged by the rule, in its own words. */
export const SecretText = Type.String({ maxLength: limits.password_length_typed_max })
/** Six digits of the authenticator. */
export const CodeText = Type.String({ maxLength: 12 })

export const PersonView = Type.Object({
  person_id: Type.String(),
  name: Type.String(),
  role: oneOf(ROLES),
  totp: Type.Boolean({ description: 'the second factor is set' }),
  disabled: Type.Boolean(),
  created_at: UtcTime,
  last_login_at: nullable(UtcTime),
})
export type PersonView = Static<typeof PersonView>

export const SessionView = Type.Object({
  session_id: Type.String(),
  person: PersonView,
  csrf_token: Type.String({ description: 'goes with every request but GET, as x-csrf-token' }),
  created_at: UtcTime,
  expires_at: UtcTime,
  idle_expires_at: UtcTime,
  confirmed_until: nullable(UtcTime),
  must_enrol: Type.Boolean({ description: 'may only read until the second factor is set' }),
  scopes: Type.Array(oneOf(SCOPES)),
})
export type SessionView = Static<typeof SessionView>

export const SessionRowView = Type.Object({
  session_id: Type.String(),
  person_id: Type.String(),
  name: Type.String(),
  created_at: UtcTime,
  last_seen_at: UtcTime,
  address: Type.String(),
  agent: Type.String(),
  current: Type.Boolean(),
})
export type SessionRowView = Static<typeof SessionRowView>

export const LinkView = Type.Object({
  kind: oneOf(['first_admin', 'invitation'] as const),
  name: nullable(Type.String({ description: 'whom it lets in; null: whoever comes chooses a name' })),
  role: oneOf(ROLES),
  expires_at: UtcTime,
})
export type LinkView = Static<typeof LinkView>

export const TotpView = Type.Object({
  secret: Type.String({ description: 'base32, for an authenticator that is told by hand' }),
  uri: Type.String({ description: 'otpauth://…, for a QR code' }),
})
export type TotpView = Static<typeof TotpView>

export const RecoveryCodesView = Type.Object({ recovery_codes: Type.Array(Type.String()) })
export type RecoveryCodesView = Static<typeof RecoveryCodesView>

export const InvitedView = Type.Object({ person: PersonView, link: Type.String(), expires_at: UtcTime })
export type InvitedView = Static<typeof InvitedView>

export const PolicyView = Type.Object({
  confirm_volume: nullable(Type.Number({ exclusiveMinimum: 0, maximum: limits.volume_max })),
})
export type PolicyView = Static<typeof PolicyView>
