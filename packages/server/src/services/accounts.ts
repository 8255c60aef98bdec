// Making accounts known: with a key at once, or by arming the enrolment of their EA.
import { Refusal } from '@ngtb/protocol'
import type { Context } from './context.ts'

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

  /** Lets this login enrol by its next keyless connect; for a known login: one re-issue of its key. */
  async arm(login: string, for_ms: number, actor: string): Promise<number> {
    const { store, clock, desks } = this.#ctx
    const armed_until = clock.now() + for_ms
    await store.armEnrolment(login, armed_until, actor)
    await desks.system.run((step) => step.audit('enrolment.armed', actor, login, { armed_until }))
    return armed_until
  }
}
