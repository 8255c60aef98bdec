// Making accounts known: with a key at once, or by arming the enrolment of their EA.
import { Refusal } from '@ngtb/protocol'
import type { Context } from './context.ts'
import { meet } from './legacy-meeting.ts'

export class Accounts {
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** Adds an account and its EA key. @throws {Refusal} NGTB_ACCOUNT_EXISTS */
  async add(login: string, broker: string, actor: string) {
    const { desks, keys } = this.#ctx
    const known = await desks.byNumber(login)
    if (known && (await keys.isEnrolled(known.account_id)))
      throw new Refusal('NGTB_ACCOUNT_EXISTS', `login ${login} is account ${known.account_id} and has a key`)
    const desk = known ?? (await desks.enrol(login, broker, actor))
    const { api_key, row } = await keys.create(
      { account_id: desk.account_id, scopes: ['ea:session'], label: 'EA' },
      actor,
    )
    return { desk, api_key, key_id: row.key_id }
  }

  /**
   * An account of another server, with the key that its EA has, so that the EA need not be touched. The same again
   * changes nothing.
   * @throws {Refusal} NGTB_ACCOUNT_EXISTS where another key is known, NGTB_BODY_INVALID for a key that is none
   */
  async takeOver(
    taken: { login: string; api_key: string; broker: string; account_id?: number },
    actor: string,
  ): Promise<{ account_id: number; key_id: string; known: boolean }> {
    const { desks, keys, store } = this.#ctx
    const { login, api_key, broker, account_id } = taken
    const before = await keys.resolve(api_key)
    const desk = (await desks.byNumber(login)) ?? (await desks.enrol(login, broker, actor, account_id))
    if (before?.account_id === desk.account_id)
      return { account_id: desk.account_id, key_id: before.key_id, known: true }
    if (before !== null)
      throw new Refusal('NGTB_ACCOUNT_EXISTS', `this key is that of account ${before.account_id}`)
    if ((await store.keysOf(desk.account_id)).some((key) => key.scopes.includes('ea:session')))
      throw new Refusal('NGTB_ACCOUNT_EXISTS', `login ${login} is account ${desk.account_id} and has a key`)
    const row = await desk.run((step) => {
      // Before its first heartbeat, too, it must be handed nothing in other words.
      meet(step, actor, this.#ctx.log)
      return keys.adopt(step, desk.account_id, api_key, actor)
    })
    return { account_id: desk.account_id, key_id: row.key_id, known: false }
  }

  /** Lets this login enrol by its next keyless connect; for a known login: one re-issue of its key. */
  async arm(login: string, for_ms: number, actor: string): Promise<number> {
    const { store, clock, desks } = this.#ctx
    const armed_until = clock.now() + for_ms
    await store.armEnrolment(login, armed_until, actor)
    await desks.system.run((step) => step.audit('enrolment.armed', actor, login, { armed_until }))
    return armed_until
  }
}
