// Who is it? Logging in, saying it again, and what a person changes about how he is known (docs/spec/people.md).
//
//   N1. Whatever was wrong, the answer is one sentence, and it takes the same work: an unknown name is compared with a
//       hash that nobody's password has.
//   N2. Attempts count by person and by address; nobody is locked out for good.
//   N3. A code is used once: that is decided on the newest row, in the step that uses it.
//   N4. Each login, and each failure, is an event.
import { CONFIRMED_MS, passwordFault } from '@ngtb/core'
import { type ConfirmBody, type LoginBody, Refusal } from '@ngtb/protocol'
import type { PersonRow } from '../ports.ts'
import type { From, PeopleContext } from './people-context.ts'
import { actorOfPerson, hasTotp, nameKey, type PersonSession, savePerson } from './people-rows.ts'
import { newRecoveryCodes, newTotpSecret, totpStep, totpUri, useSecondFactor } from './people-totp.ts'
import type { Step } from './step.ts'

/** A session that was opened or renewed: its token goes into the cookie. */
export interface Opened {
  readonly session: PersonSession
  readonly token: string
}

export class Logins {
  readonly #ctx: PeopleContext
  #dummy: Promise<string> | undefined

  constructor(ctx: PeopleContext) {
    this.#ctx = ctx
  }

  /**
   * @param before the session of the cookie that came along: a login takes its place
   * @throws {Refusal} NGTB_LOGIN, NGTB_CODE_NEEDED, NGTB_LOGIN_LATER
   */
  async login(body: LoginBody, from: From, before: PersonSession | null): Promise<Opened> {
    const { store, throttle, clock, desks } = this.#ctx
    const name_key = nameKey(body.name)
    const attempt = throttle.begin(name_key, from.address, clock.now())
    const person = await store.personByName(name_key)
    const right = await this.#passwordRight(person, body.password)
    if (!person || !right || person.disabled_at !== null)
      throw await this.#failed(person, from, right ? 'disabled' : 'password')
    if (hasTotp(person) && body.code === undefined && body.recovery_code === undefined) {
      attempt.back()
      throw new Refusal('NGTB_CODE_NEEDED')
    }
    const opened = await desks.system.run(async (step) => {
      const row = await this.#current(step, person)
      const used = useSecondFactor(row, body, step.now, this.#ctx.ids)
      return used && this.#opened(step, { ...row, ...used }, from, before)
    })
    if (!opened) throw await this.#failed(person, from, 'code')
    attempt.right()
    return opened
  }

  #opened(step: Step, row: PersonRow, from: From, before: PersonSession | null): Opened {
    const { sessions, ids } = this.#ctx
    const person = { ...row, last_login_at: step.now }
    if (before) sessions.end(step, before.row, 'login', actorOfPerson(before.person))
    const { row: session, token } = sessions.begin(step, person, from)
    savePerson(step, ids, person, {
      kind: 'person.logged_in',
      actor: actorOfPerson(person),
      data: { session_id: session.session_id, ...from, recovery_codes_left: row.recovery_hashes.length },
    })
    return { session: { row: session, person }, token }
  }

  /** N1. */
  async #passwordRight(person: PersonRow | null, password: string): Promise<boolean> {
    const { passwords, ids } = this.#ctx
    this.#dummy ??= passwords.hash(ids.secret(), ids.secret())
    const hash = person?.password_hash ?? (await this.#dummy)
    const equal = await passwords.verify(hash, password)
    return equal && person?.password_hash != null
  }

  /** N4. Of a name that nobody has nothing is kept: people type passwords into the wrong field. */
  async #failed(person: PersonRow | null, { address, agent }: From, wrong: string): Promise<Refusal> {
    await this.#ctx.desks.system.run((step) =>
      step.audit(
        'person.login_failed',
        person ? actorOfPerson(person) : 'nobody',
        person?.person_id ?? null,
        { wrong: person ? wrong : 'name', address, agent },
      ),
    )
    this.#ctx.log.warn('a login failed', { person: person?.name ?? null, peer: address })
    return new Refusal('NGTB_LOGIN')
  }

  async logout({ row, person }: PersonSession): Promise<void> {
    const { desks, sessions } = this.#ctx
    await desks.system.run((step) => sessions.end(step, row, 'logout', actorOfPerson(person)))
  }

  /** The person says again who he is, and the session gets another token. */
  async confirm(session: PersonSession, { password, code }: ConfirmBody, from: From): Promise<Opened> {
    if ((password === undefined) === (code === undefined))
      throw new Refusal('NGTB_BODY_INVALID', 'send password or code: one of the two')
    const { throttle, clock, desks, sessions, ids } = this.#ctx
    const { person } = session
    const attempt = throttle.begin(person.name_key, from.address, clock.now())
    if (password !== undefined && !(await this.#passwordRight(person, password)))
      throw await this.#failed(person, from, 'password')
    const opened = await desks.system.run(async (step) => {
      const now = await this.#current(step, person)
      if (code !== undefined && !hasTotp(now)) return null
      const used = code === undefined ? {} : useSecondFactor(now, { code }, step.now, ids)
      if (!used) return null
      const row = await sessions.current(step, session.row.session_id)
      const renewed = sessions.renew(step, row, { confirmed_until: step.now + CONFIRMED_MS })
      const saved = savePerson(
        step,
        ids,
        { ...now, ...used },
        {
          kind: 'person.confirmed',
          actor: actorOfPerson(person),
          data: { session_id: row.session_id, by: code === undefined ? 'password' : 'code' },
        },
      )
      return { session: { row: renewed.row, person: saved }, token: renewed.token }
    })
    if (!opened) throw await this.#failed(person, from, 'code')
    attempt.right()
    return opened
  }

  /** @throws {Refusal} NGTB_LOGIN for another old password, NGTB_PASSWORD */
  async changePassword(
    session: PersonSession,
    old_password: string,
    password: string,
    from: From,
  ): Promise<Opened> {
    const { throttle, clock, desks, sessions, ids } = this.#ctx
    const { person } = session
    const attempt = throttle.begin(person.name_key, from.address, clock.now())
    if (!(await this.#passwordRight(person, old_password))) throw await this.#failed(person, from, 'password')
    attempt.right()
    const password_hash = await this.newHash(password, person.name)
    const actor = actorOfPerson(person)
    return desks.system.run(async (step) => {
      const now = await this.#current(step, person)
      const row = await sessions.current(step, session.row.session_id)
      const renewed = sessions.renew(step, row)
      const saved = savePerson(step, ids, { ...now, password_hash }, { kind: 'person.password', actor })
      await sessions.endAll(step, person.person_id, 'password', actor, row.session_id)
      return { session: { row: renewed.row, person: saved }, token: renewed.token }
    })
  }

  /** @throws {Refusal} NGTB_PASSWORD */
  async newHash(password: string, name: string): Promise<string> {
    const fault = passwordFault(password, name)
    if (fault !== null) throw new Refusal('NGTB_PASSWORD', fault)
    return this.#ctx.passwords.hash(password, this.#ctx.ids.secret())
  }

  /** A second factor that holds once a code of it was confirmed; the one before holds until then. */
  async offerTotp({ person }: PersonSession): Promise<{ secret: string; uri: string }> {
    const { desks, ids } = this.#ctx
    const secret = newTotpSecret(ids)
    await desks.system.run(async (step) => {
      const now = await this.#current(step, person)
      savePerson(
        step,
        ids,
        { ...now, totp_offered: secret },
        {
          kind: 'person.totp_offered',
          actor: actorOfPerson(person),
        },
      )
    })
    return { secret, uri: totpUri(person.name, secret) }
  }

  /** @throws {Refusal} NGTB_LOGIN for another code */
  async confirmTotp(session: PersonSession, code: string, from: From) {
    const { throttle, clock, desks, sessions, ids } = this.#ctx
    const { person } = session
    const attempt = throttle.begin(person.name_key, from.address, clock.now())
    const { codes, hashes } = newRecoveryCodes(ids)
    const actor = actorOfPerson(person)
    const opened = await desks.system.run(async (step) => {
      const now = await this.#current(step, person)
      if (now.totp_offered === null)
        throw new Refusal(
          'NGTB_BODY_INVALID',
          'no second factor was offered: POST /api/v1/session/totp first',
        )
      const used = totpStep(now.totp_offered, code, step.now, null)
      if (used === null) return null
      const totp = { totp_secret: now.totp_offered, totp_offered: null, totp_step: used }
      const row = await sessions.current(step, session.row.session_id)
      // It may do more from now on: another token, and no other session that began with less.
      const renewed = sessions.renew(step, row)
      const changed = { ...now, ...totp, recovery_hashes: hashes }
      const saved = savePerson(step, ids, changed, { kind: 'person.totp', actor })
      await sessions.endAll(step, person.person_id, 'totp', actor, row.session_id)
      return { session: { row: renewed.row, person: saved }, token: renewed.token }
    })
    if (!opened) throw await this.#failed(person, from, 'code')
    attempt.right()
    return { opened, recovery_codes: codes }
  }

  /** The person's row with every step before this one in it (N3). */
  async #current(step: Step, { person_id }: PersonRow): Promise<PersonRow> {
    await step.caughtUp()
    const row = await this.#ctx.store.person(person_id)
    if (!row || row.disabled_at !== null) throw new Refusal('NGTB_SESSION')
    return row
  }
}
