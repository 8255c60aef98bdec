// What people's access needs from outside: rows of the ledger and how it is asked for them, and the hash of a password.
import type { Role } from '@ngtb/protocol'
import type { Page, PageRequest } from './ports.ts'

export interface PersonRow {
  readonly person_id: string
  readonly name: string
  /** The name as it is compared: one for upper and lower case. */
  readonly name_key: string
  readonly role: Role
  /** argon2id with its salt; null: nobody has chosen one yet. */
  readonly password_hash: string | null
  /** Of the second factor that holds; null: none. */
  readonly totp_secret: string | null
  /** Of one that was offered and not confirmed yet. */
  readonly totp_offered: string | null
  /** The newest step whose code was used: none is used twice. */
  readonly totp_step: number | null
  /** Hashes of those that were not used yet. */
  readonly recovery_hashes: readonly string[]
  readonly created_at: number
  readonly last_login_at: number | null
  readonly disabled_at: number | null
}

export interface PersonSessionRow {
  readonly session_id: string
  readonly person_id: string
  /** Hash of the token in the cookie. */
  readonly token_hash: string
  /** Of the token before, until requests that were under way are over. */
  readonly previous_hash: string | null
  readonly previous_until: number | null
  readonly csrf_token: string
  readonly created_at: number
  readonly last_seen_at: number
  readonly expires_at: number
  readonly confirmed_until: number | null
  readonly address: string
  readonly agent: string
  readonly ended_at: number | null
}

/** A one-time link: the token itself is in the link alone. */
export interface InvitationRow {
  readonly token_hash: string
  /** Null: whoever comes with it becomes the first admin. */
  readonly person_id: string | null
  readonly created_by: string
  readonly created_at: number
  readonly expires_at: number
  /** Used, or replaced by a newer one. */
  readonly spent_at: number | null
}

export interface PolicyRow {
  readonly name: 'confirm_volume'
  readonly value: number | null
}

/** Of a step of the system's own account. */
export interface PeopleChanges {
  readonly people: readonly PersonRow[]
  readonly person_sessions: readonly PersonSessionRow[]
  readonly invitations: readonly InvitationRow[]
  readonly policies: readonly PolicyRow[]
}

export interface PeopleStore {
  person(person_id: string): Promise<PersonRow | null>
  personByName(name_key: string): Promise<PersonRow | null>
  /** By name. */
  people(page: PageRequest): Promise<Page<PersonRow>>
  /** Those who can log in as such: not disabled, and with a password. */
  admins(): Promise<PersonRow[]>
  /** By the hash of its token, or of the one before; ended ones, too. */
  personSession(token_hash: string): Promise<PersonSessionRow | null>
  /** That are neither ended nor past their end, the newest first. @param person_id null: of everybody */
  personSessions(person_id: string | null, now: number): Promise<PersonSessionRow[]>
  personSessionById(session_id: string): Promise<PersonSessionRow | null>
  touchPersonSession(session_id: string, at: number): Promise<void>
  invitation(token_hash: string): Promise<InvitationRow | null>
  /** Those that are not spent; past their end, too. @param person_id null: those of nobody yet */
  invitationsOf(person_id: string | null): Promise<InvitationRow[]>
  policies(): Promise<PolicyRow[]>
}

/** What the system's chain tells of. */
export interface PeopleSnapshot {
  allPeople(): Promise<PersonRow[]>
  allPolicies(): Promise<PolicyRow[]>
}

/** argon2id (security: People). */
export interface Passwords {
  /** @param salt chance from outside, base64url */
  hash(password: string, salt: string): Promise<string>
  verify(hash: string, password: string): Promise<boolean>
}
