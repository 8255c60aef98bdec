// Sessions of people: opened, found by their token, given a new one, ended (docs/spec/people.md).
//
//   S1. The ledger has the hash of a token of 256 bits; what is in the cookie is in no row.
//   S2. A session that was ended lets nobody in: here at once, on other servers within a second.
//   S3. Each end is an event: whoever listens at /ws by that session is dismissed by it.
import { CONFIRMED_MS, idleEnd, isAlive, PREVIOUS_TOKEN_MS, SESSION_MS } from '@ngtb/core'
import { Refusal } from '@ngtb/protocol'
import type { Clock, Ids, PersonRow, PersonSessionRow, Store } from '../ports.ts'
import type { Desks } from './desks.ts'
import type { From } from './people-context.ts'
import type { PersonSession } from './people-rows.ts'
import type { Step } from './step.ts'

const CACHE_MS = 1_000
const CACHE_MAX = 5_000
const SEEN_EVERY_MS = 60_000
const TOKEN = /^[A-Za-z0-9_-]{43}$/
const AGENT_LENGTH_MAX = 200

/** Why a session ended, for the audit trail. */
export type EndedBy = 'logout' | 'revoked' | 'password' | 'role' | 'disabled' | 'reset' | 'login' | 'totp'

export class PersonSessions {
  readonly #store: Store
  readonly #clock: Clock
  readonly #ids: Ids
  readonly #desks: Desks
  readonly #cache = new Map<string, { session: PersonSession | null; read_at: number }>()
  #forgotten = 0

  constructor({ store, clock, ids, desks }: { store: Store; clock: Clock; ids: Ids; desks: Desks }) {
    this.#store = store
    this.#clock = clock
    this.#ids = ids
    this.#desks = desks
  }

  /** Whose session this is, and that he was here; null for any token that is not good right now. */
  async resolve(token: string): Promise<PersonSession | null> {
    if (!TOKEN.test(token)) return null
    const hash = this.#ids.sha256(token)
    const session = await this.#found(hash, () => this.#store.personSession(hash))
    const now = this.#clock.now()
    if (!session || !isAlive(session.row, now)) return null
    const { token_hash, previous_until, session_id, last_seen_at } = session.row
    if (token_hash !== hash && (previous_until === null || now >= previous_until)) return null
    if (now - last_seen_at < SEEN_EVERY_MS) return session
    const seen = { ...session, row: { ...session.row, last_seen_at: now } }
    this.#cache.set(hash, { session: seen, read_at: now })
    // Once a minute; a ledger that is away for it refuses what is asked in words of its own.
    await this.#store.touchPersonSession(session_id, now).catch(() => {})
    return seen
  }

  /** The same of a session that is known, for whoever only listens: it is no sign of life. */
  async look(session_id: string): Promise<PersonSession | null> {
    const session = await this.#found(`id ${session_id}`, () => this.#store.personSessionById(session_id))
    return session && isAlive(session.row, this.#clock.now()) ? session : null
  }

  /** A new session; its token is in the cookie alone (S1). */
  begin(step: Step, person: PersonRow, { address, agent }: From): { row: PersonSessionRow; token: string } {
    const token = this.#ids.secret()
    const row: PersonSessionRow = {
      session_id: this.#ids.uuid(),
      person_id: person.person_id,
      token_hash: this.#ids.sha256(token),
      ...{ previous_hash: null, previous_until: null, csrf_token: this.#ids.secret() },
      ...{ created_at: step.now, last_seen_at: step.now, expires_at: step.now + SESSION_MS },
      // He has just said who he is.
      confirmed_until: step.now + CONFIRMED_MS,
      ...{ address, agent: agent.slice(0, AGENT_LENGTH_MAX), ended_at: null },
    }
    return { row: step.savePersonSession(row), token }
  }

  /** Another token for the same session: what it may do has changed. */
  renew(
    step: Step,
    row: PersonSessionRow,
    fields: Partial<Pick<PersonSessionRow, 'confirmed_until'>> = {},
  ): { row: PersonSessionRow; token: string } {
    const token = this.#ids.secret()
    step.effects.push(() => this.forget())
    const renewed = step.savePersonSession({
      ...row,
      ...fields,
      last_seen_at: step.now,
      token_hash: this.#ids.sha256(token),
      previous_hash: row.token_hash,
      previous_until: step.now + PREVIOUS_TOKEN_MS,
    })
    return { row: renewed, token }
  }

  /** The row as every step before this one left it; one that ended meanwhile ends this step, too. */
  async current(step: Step, session_id: string): Promise<PersonSessionRow> {
    await step.caughtUp()
    const row = await this.#store.personSessionById(session_id)
    if (!row || !isAlive(row, step.now)) throw new Refusal('NGTB_SESSION')
    return row
  }

  end(step: Step, row: PersonSessionRow, by: EndedBy, actor: string): void {
    if (row.ended_at !== null) return
    step.savePersonSession({ ...row, ended_at: step.now, confirmed_until: null })
    step.audit('session.ended', actor, row.session_id, { person_id: row.person_id, by })
    step.effects.push(() => this.forget())
  }

  /** All of a person's, but for `except`. */
  async endAll(step: Step, person_id: string, by: EndedBy, actor: string, except?: string): Promise<void> {
    await step.caughtUp()
    for (const row of await this.#store.personSessions(person_id, step.now))
      if (row.session_id !== except) this.end(step, row, by, actor)
  }

  /** Those that are alive, with their people. @param person_id null: of everybody */
  async list(person_id: string | null): Promise<PersonSession[]> {
    const now = this.#clock.now()
    const rows = (await this.#store.personSessions(person_id, now)).filter((row) => now < idleEnd(row))
    const sessions = await Promise.all(rows.map((row) => this.#with(row)))
    return sessions.filter((session) => session !== null)
  }

  /** @param own only his: another's does not exist for him (P15); null: an admin may end any */
  async revoke(session_id: string, own: string | null, actor: string): Promise<void> {
    await this.#desks.system.run(async (step) => {
      await step.caughtUp()
      const row = await this.#store.personSessionById(session_id)
      if (!row || row.ended_at !== null || (own !== null && row.person_id !== own))
        throw new Refusal('NGTB_SESSION_UNKNOWN')
      this.end(step, row, 'revoked', actor)
    })
  }

  /** What was remembered of sessions and people is old. */
  forget(): void {
    this.#forgotten += 1
    this.#cache.clear()
  }

  async #found(name: string, read: () => Promise<PersonSessionRow | null>): Promise<PersonSession | null> {
    const now = this.#clock.now()
    const cached = this.#cache.get(name)
    if (cached && now - cached.read_at < CACHE_MS) return cached.session
    const forgotten = this.#forgotten
    const row = await read()
    const session = row && (await this.#with(row))
    // Ended while it was read: what was read may be older than its end.
    if (forgotten !== this.#forgotten) return this.#found(name, read)
    if (this.#cache.size >= CACHE_MAX) this.#cache.clear()
    this.#cache.set(name, { session, read_at: now })
    return session
  }

  async #with(row: PersonSessionRow): Promise<PersonSession | null> {
    const person = await this.#store.person(row.person_id)
    return person && person.disabled_at === null ? { row, person } : null
  }
}
