// People in memory: the same words as in storage/postgres/reads/people.ts.
import type {
  InvitationRow,
  Page,
  PageRequest,
  PeopleChanges,
  PeopleStore,
  PersonRow,
  PersonSessionRow,
  PolicyRow,
} from '../../ports.ts'
import { page as pageOf } from './reads.ts'

/** All of them are the system's own, and none is changed in place (M3). */
export class PeopleTables {
  readonly people = new Map<string, PersonRow>()
  readonly sessions = new Map<string, PersonSessionRow>()
  readonly invitations = new Map<string, InvitationRow>()
  readonly policies = new Map<string, PolicyRow>()

  copy(): PeopleTables {
    const copy = new PeopleTables()
    for (const [id, row] of this.people) copy.people.set(id, row)
    for (const [id, row] of this.sessions) copy.sessions.set(id, row)
    for (const [id, row] of this.invitations) copy.invitations.set(id, row)
    for (const [id, row] of this.policies) copy.policies.set(id, row)
    return copy
  }

  /** What a unique index or a foreign key would refuse (M1). */
  requireFit({ people, person_sessions, invitations }: PeopleChanges): void {
    const names = new Map([...this.people.values()].map((row) => [row.name_key, row.person_id]))
    for (const { name_key, person_id } of people) {
      if ((names.get(name_key) ?? person_id) !== person_id) throw new Error(`duplicate person ${name_key}`)
      names.set(name_key, person_id)
    }
    const known = new Set(names.values())
    for (const { person_id } of [...person_sessions, ...invitations])
      if (person_id !== null && !known.has(person_id)) throw new Error(`there is no person ${person_id}`)
  }

  write({ people, person_sessions, invitations, policies }: PeopleChanges): void {
    for (const row of people) this.people.set(row.person_id, row)
    for (const row of person_sessions) this.sessions.set(row.session_id, row)
    for (const row of invitations) this.invitations.set(row.token_hash, row)
    for (const row of policies) this.policies.set(row.name, row)
  }

  touch(session_id: string, at: number): void {
    const row = this.sessions.get(session_id)
    if (row) this.sessions.set(session_id, { ...row, last_seen_at: Math.max(row.last_seen_at, at) })
  }

  byName(): PersonRow[] {
    return [...this.people.values()].sort((a, b) => bytes(a.name_key, b.name_key))
  }
}

const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

type Read = <T>(look: (tables: { readonly people: PeopleTables }) => T) => Promise<T>

export const peopleReads = (read: Read): PeopleStore => ({
  person: (person_id) => read(({ people: { people } }) => people.get(person_id) ?? null),
  personByName: (name_key) =>
    read(({ people }) => people.byName().find((row) => row.name_key === name_key) ?? null),
  people: (page) => read(({ people }) => peoplePage(people, page)),
  admins: () =>
    read(({ people }) =>
      people
        .byName()
        .filter((row) => row.role === 'admin' && row.disabled_at === null && row.password_hash !== null),
    ),
  personSession: (hash) =>
    read(
      ({ people: { sessions } }) =>
        [...sessions.values()].find((row) => row.token_hash === hash || row.previous_hash === hash) ?? null,
    ),
  personSessionById: (session_id) => read(({ people: { sessions } }) => sessions.get(session_id) ?? null),
  personSessions: (person_id, now) =>
    read(({ people: { sessions } }) =>
      [...sessions.values()]
        .filter((row) => row.ended_at === null && row.expires_at > now)
        .filter((row) => (person_id ?? row.person_id) === row.person_id)
        .sort((a, b) => b.created_at - a.created_at || bytes(a.session_id, b.session_id)),
    ),
  touchPersonSession: (session_id, at) => read(({ people }) => people.touch(session_id, at)),
  invitation: (token_hash) => read(({ people: { invitations } }) => invitations.get(token_hash) ?? null),
  invitationsOf: (person_id) =>
    read(({ people: { invitations } }) =>
      [...invitations.values()]
        .filter((row) => row.spent_at === null && row.person_id === person_id)
        .sort((a, b) => a.created_at - b.created_at || bytes(a.token_hash, b.token_hash)),
    ),
  policies: () => read(({ people: { policies } }) => [...policies.values()]),
})

function peoplePage(people: PeopleTables, { limit, after }: PageRequest): Page<PersonRow> {
  const behind = String(after?.[0] ?? '')
  const rows = people.byName().filter(({ name_key }) => bytes(name_key, behind) > 0)
  return pageOf(rows, limit, ({ name_key }) => [name_key])
}
