// People and their sessions as the API tells of them: never a secret, never a hash.
import { idleEnd, isConfirmed, scopesNow } from '@ngtb/core'
import type { LinkView, PersonView, SessionRowView, SessionView } from '@ngtb/protocol'
import type { InvitationRow, PersonRow } from '../ports.ts'
import { enrols, hasTotp, type PersonSession } from './people-rows.ts'
import { serverTime } from './views.ts'

const orNull = (ms: number | null): string | null => (ms === null ? null : serverTime(ms))

export const personView = (person: PersonRow): PersonView => ({
  person_id: person.person_id,
  name: person.name,
  role: person.role,
  totp: hasTotp(person),
  disabled: person.disabled_at !== null,
  created_at: serverTime(person.created_at),
  last_login_at: orNull(person.last_login_at),
})

/** @param person null: the link is for the first admin */
export const linkView = (link: InvitationRow, person: PersonRow | null): LinkView => ({
  kind: person === null ? 'first_admin' : 'invitation',
  name: person?.name ?? null,
  role: person?.role ?? 'admin',
  expires_at: serverTime(link.expires_at),
})

export const sessionView = (session: PersonSession, now: number): SessionView => {
  const { row, person } = session
  return {
    session_id: row.session_id,
    person: personView(person),
    csrf_token: row.csrf_token,
    created_at: serverTime(row.created_at),
    expires_at: serverTime(row.expires_at),
    idle_expires_at: serverTime(idleEnd({ ...row, last_seen_at: now })),
    confirmed_until: isConfirmed(row.confirmed_until, now) ? orNull(row.confirmed_until) : null,
    must_enrol: enrols(session),
    scopes: [...scopesNow(person.role, hasTotp(person))],
  }
}

export const sessionRowView = ({ row, person }: PersonSession, current: string): SessionRowView => ({
  session_id: row.session_id,
  person_id: row.person_id,
  name: person.name,
  created_at: serverTime(row.created_at),
  last_seen_at: serverTime(row.last_seen_at),
  address: row.address,
  agent: row.agent,
  current: row.session_id === current,
})
