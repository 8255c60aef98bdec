// A person's row: how it begins, how it is compared, and what the audit trail tells of it.
import { mustEnrol, scopesNow } from '@ngtb/core'
import type { Role } from '@ngtb/protocol'
import type { Ids, PersonRow, PersonSessionRow } from '../ports.ts'
import type { Principal } from './keys.ts'
import type { Step } from './step.ts'

/** One name for upper and lower case, and for the two ways to write an ü. */
export const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase()

export const newPerson = (person_id: string, name: string, role: Role, created_at: number): PersonRow => ({
  ...{ person_id, name: name.normalize('NFKC'), name_key: nameKey(name), role, created_at },
  ...{ password_hash: null, totp_secret: null, totp_offered: null, totp_step: null, recovery_hashes: [] },
  ...{ last_login_at: null, disabled_at: null },
})

export const actorOfPerson = ({ name }: Pick<PersonRow, 'name'>): string => `person:${name}`
export const hasTotp = ({ totp_secret }: PersonRow): boolean => totp_secret !== null

/** Told of in each event that changes a person: who he is, and whether what lets him in was exchanged. */
export const personImage = (row: PersonRow, ids: Pick<Ids, 'sha256'>) => ({
  person_id: row.person_id,
  name: row.name,
  role: row.role,
  disabled_at: row.disabled_at,
  secrets_check: ids.sha256(JSON.stringify([row.password_hash, row.totp_secret, ...row.recovery_hashes])),
})

/** The row and its event, in one step. */
export function savePerson(
  step: Step,
  ids: Pick<Ids, 'sha256'>,
  row: PersonRow,
  told: { kind: string; actor: string; data?: Record<string, unknown> },
): PersonRow {
  step.savePerson(row)
  step.audit(told.kind, told.actor, row.person_id, { ...told.data, person: personImage(row, ids) })
  return row
}

/** A session of a person, as it was found good. */
export interface PersonSession {
  readonly row: PersonSessionRow
  readonly person: PersonRow
}

/** What `/ws` and the limits know a session by, where a key has its id. */
export const sessionName = (session_id: string): string => `session:${session_id}`

export const principalOf = (session: PersonSession): Principal => {
  const { row, person } = session
  return {
    key_id: sessionName(row.session_id),
    account_id: null,
    scopes: scopesNow(person.role, hasTotp(person)),
    actor: actorOfPerson(person),
    session,
  }
}

export const enrols = ({ person }: PersonSession): boolean => mustEnrol(person.role, hasTotp(person))
