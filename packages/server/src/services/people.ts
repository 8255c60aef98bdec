// Who there is: invited, let in by a one-time link, given another role, reset; and the policy.
//
//   I1. A link is used once, and for 24 hours; the ledger has the hash of its token.
//   I2. While there is no admin, whoever starts the server makes one: by a link that each start prints anew.
//   I3. There is always an admin who can log in (W4 of core/people/roles.ts).
import { INVITATION_MS, isLastAdmin } from '@ngtb/core'
import { limits, Refusal, type Role } from '@ngtb/protocol'
import type { InvitationRow, Page, PageRequest, PersonRow, PolicyRow } from '../ports.ts'
import type { From, PeopleContext } from './people-context.ts'
import type { Logins, Opened } from './people-login.ts'
import { actorOfPerson, nameKey, newPerson, savePerson } from './people-rows.ts'
import type { Step } from './step.ts'

export interface Invited {
  readonly person: PersonRow
  /** Of the link; shown once. */
  readonly token: string
  readonly expires_at: number
}

const POLICY_CACHE_MS = 1_000

export class People {
  readonly logins: Logins
  readonly #ctx: PeopleContext
  #policy: { value: number | null; read_at: number } | null = null

  constructor(ctx: PeopleContext, logins: Logins) {
    this.#ctx = ctx
    this.logins = logins
  }

  get sessions() {
    return this.#ctx.sessions
  }

  list(page: PageRequest): Promise<Page<PersonRow>> {
    return this.#ctx.store.people(page)
  }

  /** @throws {Refusal} NGTB_PERSON_UNKNOWN */
  async byName(name: string): Promise<PersonRow> {
    const person = await this.#ctx.store.personByName(nameKey(name))
    if (!person) throw new Refusal('NGTB_PERSON_UNKNOWN', `there is nobody called ${name.slice(0, 64)}`)
    return person
  }

  /** @throws {Refusal} NGTB_PERSON_EXISTS */
  async invite(name: string, role: Role, actor: string): Promise<Invited> {
    const { desks, store, ids } = this.#ctx
    return desks.system.run(async (step) => {
      await step.caughtUp()
      const { items } = await store.people({ limit: limits.people_max, after: null })
      if (items.some(({ name_key }) => name_key === nameKey(name)))
        throw new Refusal('NGTB_PERSON_EXISTS', `there is somebody called ${name}`)
      if (items.length >= limits.people_max)
        throw new Refusal('NGTB_PERSON_EXISTS', `there are ${limits.people_max} people: that is the most`)
      const person = newPerson(ids.keyId(), name, role, step.now)
      savePerson(step, ids, person, { kind: 'person.invited', actor, data: { role } })
      return this.#link(step, person, actor)
    })
  }

  /**
   * Password and second factor are gone, and so are the sessions; a new link takes their place.
   * @param even_last the last admin, too: for whoever stands at the machine (I3)
   */
  async reset(person_id: string, actor: string, even_last = false): Promise<Invited> {
    const { desks, ids, sessions } = this.#ctx
    return desks.system.run(async (step) => {
      const person = await this.#current(step, person_id)
      const admins = (await this.#ctx.store.admins()).map((admin) => admin.person_id)
      if (!even_last && isLastAdmin(admins, person_id)) throw new Refusal('NGTB_LAST_ADMIN')
      const bare = { password_hash: null, totp_secret: null, totp_offered: null, recovery_hashes: [] }
      const changed = savePerson(step, ids, { ...person, ...bare }, { kind: 'person.reset', actor })
      await sessions.endAll(step, person_id, 'reset', actor)
      for (const old of await this.#ctx.store.invitationsOf(person_id))
        step.saveInvitation({ ...old, spent_at: step.now })
      step.effects.push(() => sessions.forget())
      return this.#link(step, changed, actor)
    })
  }

  /** @throws {Refusal} NGTB_LAST_ADMIN, NGTB_PERSON_UNKNOWN */
  async change(
    person_id: string,
    { role, disabled }: { role?: Role | undefined; disabled?: boolean | undefined },
    actor: string,
  ): Promise<PersonRow> {
    const { desks, store, ids, sessions } = this.#ctx
    return desks.system.run(async (step) => {
      const person = await this.#current(step, person_id)
      const disabled_at =
        disabled === undefined ? person.disabled_at : disabled ? (person.disabled_at ?? step.now) : null
      const changed = { ...person, role: role ?? person.role, disabled_at }
      if (changed.role === person.role && disabled_at === person.disabled_at) return person
      const stays = changed.role === 'admin' && disabled_at === null
      const admins = (await store.admins()).map((admin) => admin.person_id)
      if (!stays && isLastAdmin(admins, person_id)) throw new Refusal('NGTB_LAST_ADMIN')
      const was = { role: person.role, disabled: person.disabled_at !== null }
      savePerson(step, ids, changed, { kind: 'person.changed', actor, data: { was } })
      // What they may do has changed: they begin anew.
      await sessions.endAll(step, person_id, disabled_at === null ? 'role' : 'disabled', actor)
      step.effects.push(() => sessions.forget())
      return changed
    })
  }

  #link(step: Step, person: PersonRow, actor: string): Invited {
    const { token, row } = this.#invitation(step, person.person_id, actor)
    return { person, token, expires_at: row.expires_at }
  }

  #invitation(step: Step, person_id: string | null, actor: string): { token: string; row: InvitationRow } {
    const { ids } = this.#ctx
    const token = ids.secret()
    const row = {
      ...{ token_hash: ids.sha256(token), person_id, created_by: actor },
      ...{ created_at: step.now, expires_at: step.now + INVITATION_MS, spent_at: null },
    }
    step.saveInvitation(row)
    step.audit('person.link', actor, person_id, { expires_at: row.expires_at })
    return { token, row }
  }

  /**
   * I2. The token of a link for the first admin; null: there is an admin, or somebody was invited to be one. Those of
   * earlier starts are spent.
   */
  async firstLink(): Promise<{ token: string; expires_at: number } | null> {
    const { desks, store } = this.#ctx
    return desks.system.run(async (step) => {
      await step.caughtUp()
      if ((await store.admins()).length > 0 || (await this.#isAwaited(step.now))) return null
      for (const old of await store.invitationsOf(null)) step.saveInvitation({ ...old, spent_at: step.now })
      const { token, row } = this.#invitation(step, null, 'server')
      return { token, expires_at: row.expires_at }
    })
  }

  /** Is an invitation of an admin open? */
  async #isAwaited(now: number): Promise<boolean> {
    const { store } = this.#ctx
    const { items } = await store.people({ limit: limits.people_max, after: null })
    for (const { role, disabled_at, person_id } of items)
      if (role === 'admin' && disabled_at === null)
        if ((await store.invitationsOf(person_id)).some(({ expires_at }) => expires_at > now)) return true
    return false
  }

  /**
   * What a link is for, so that a page asks for no more than is needed; it stays unused.
   * @throws {Refusal} NGTB_LINK_SPENT
   */
  async lookAtLink(token: string, from: From): Promise<{ link: InvitationRow; person: PersonRow | null }> {
    const { store, ids, throttle, clock } = this.#ctx
    const attempt = throttle.begin(`link from ${from.address}`, from.address, clock.now())
    const link = await this.#open(ids.sha256(token), clock.now())
    const person = link.person_id === null ? null : await store.person(link.person_id)
    if (person?.disabled_at != null || (person === null && (await store.admins()).length > 0))
      throw new Refusal('NGTB_LINK_SPENT')
    // Looking proves nothing, and is no failure.
    attempt.back()
    return { link, person }
  }

  /**
   * I1. Who comes with a link chooses his password and is in.
   * @throws {Refusal} NGTB_LINK_SPENT, NGTB_PASSWORD, NGTB_BODY_INVALID for another name
   */
  async setup(
    { token, name, password }: { token: string; name?: string | undefined; password: string },
    from: From,
  ): Promise<Opened> {
    const { desks, store, ids, throttle, clock } = this.#ctx
    // Guessing tokens is hopeless; that many are tried from one address is no reason to hash their passwords.
    const attempt = throttle.begin(`link from ${from.address}`, from.address, clock.now())
    const hash = ids.sha256(token)
    const known = await this.#open(hash, clock.now())
    attempt.right()
    const invited = known.person_id === null ? null : await store.person(known.person_id)
    const password_hash = await this.logins.newHash(password, invited?.name ?? name ?? '')
    return desks.system.run(async (step) => {
      await step.caughtUp()
      const link = await this.#open(hash, step.now)
      const person = await this.#whoComes(step, link, name)
      step.saveInvitation({ ...link, spent_at: step.now })
      const changed = { ...person, password_hash, last_login_at: step.now }
      const { row, token: cookie } = this.#ctx.sessions.begin(step, changed, from)
      savePerson(step, ids, changed, {
        kind: 'person.joined',
        actor: actorOfPerson(person),
        data: { session_id: row.session_id, ...from },
      })
      return { session: { row, person: changed }, token: cookie }
    })
  }

  async #open(token_hash: string, now: number): Promise<InvitationRow> {
    const link = await this.#ctx.store.invitation(token_hash)
    if (!link || link.spent_at !== null || link.expires_at <= now) throw new Refusal('NGTB_LINK_SPENT')
    return link
  }

  async #whoComes(step: Step, { person_id }: InvitationRow, name: string | undefined): Promise<PersonRow> {
    const { store, ids } = this.#ctx
    if (person_id !== null) {
      const person = await store.person(person_id)
      if (!person || person.disabled_at !== null) throw new Refusal('NGTB_LINK_SPENT')
      if (name !== undefined && nameKey(name) !== person.name_key)
        throw new Refusal(
          'NGTB_BODY_INVALID',
          `this link is for ${person.name}: leave name out, or send that`,
        )
      return person
    }
    if ((await store.admins()).length > 0) throw new Refusal('NGTB_LINK_SPENT')
    if (name === undefined) throw new Refusal('NGTB_BODY_INVALID', 'name is missing: choose one')
    if (await store.personByName(nameKey(name)))
      throw new Refusal('NGTB_PERSON_EXISTS', `there is somebody called ${name}`)
    return newPerson(ids.keyId(), name, 'admin', step.now)
  }

  /** From which volume on a person must confirm an order; null: never. */
  async confirmVolume(): Promise<number | null> {
    const now = this.#ctx.clock.now()
    if (this.#policy && now - this.#policy.read_at < POLICY_CACHE_MS) return this.#policy.value
    const rows: PolicyRow[] = await this.#ctx.store.policies()
    const value = rows.find((row) => row.name === 'confirm_volume')?.value ?? null
    this.#policy = { value, read_at: now }
    return value
  }

  async setConfirmVolume(value: number | null, actor: string): Promise<void> {
    await this.#ctx.desks.system.run((step) => {
      step.savePolicy({ name: 'confirm_volume', value })
      step.audit('policy.changed', actor, 'confirm_volume', { name: 'confirm_volume', value })
    })
    this.#policy = null
  }

  async #current(step: Step, person_id: string): Promise<PersonRow> {
    await step.caughtUp()
    const person = await this.#ctx.store.person(person_id)
    if (!person) throw new Refusal('NGTB_PERSON_UNKNOWN', `there is no person ${person_id.slice(0, 64)}`)
    return person
  }
}
