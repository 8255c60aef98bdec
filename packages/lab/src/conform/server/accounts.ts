// The accounts of one play: a login of its own for every `@name`, so that plays never meet each other.
import { randomInt } from 'node:crypto'
import type { Json } from '../language/dialogue.ts'
import { LeftOut, type Transcript } from '../outcome.ts'
import { ask, type ServerTarget } from './target.ts'

export interface AccountAtHand {
  readonly login: number
  ea_key: string | null
}

/** The account of whoever names none. */
export const HOME = 'home'

export class Accounts {
  readonly #target: ServerTarget
  readonly #transcript: Transcript
  readonly #accounts = new Map<string, AccountAtHand>()
  readonly #signal: AbortSignal

  constructor(target: ServerTarget, transcript: Transcript, signal: AbortSignal) {
    this.#target = target
    this.#transcript = transcript
    this.#signal = signal
  }

  /** Its login; nothing is asked of the server. */
  of(name: string): AccountAtHand {
    const known = this.#accounts.get(name)
    if (known) return known
    // Nine digits: far from anybody's demo account, and a safe integer.
    const account: AccountAtHand = { login: randomInt(100_000_000, 1_000_000_000), ea_key: null }
    this.#accounts.set(name, account)
    return account
  }

  /**
   * With an EA key: an admin adds it where there is one; else its EA enrols by its first connect, which
   * returns null.
   */
  async withKey(name: string): Promise<string | null> {
    const account = this.of(name)
    if (account.ea_key !== null) return account.ea_key
    const { admin_key } = this.#target
    if (admin_key === null) return null
    const body = { account: account.login, broker: 'Conformance' }
    const request = {
      plane: 'management',
      method: 'POST',
      path: '/api/v1/accounts',
      headers: { authorization: `Bearer ${admin_key}` },
      body,
    } as const
    this.#transcript.say('-', 'an account is added', body)
    const { http, body: answer } = await ask(this.#target, request, this.#signal)
    const key = (answer as { api_key?: Json } | null)?.api_key
    if (http !== 201 || typeof key !== 'string')
      throw new Error(`the account could not be added: ${http} ${JSON.stringify(answer)}`)
    account.ea_key = key
    return key
  }

  /** For a client's request: the account must be there before. */
  async existing(name: string): Promise<AccountAtHand> {
    const account = this.of(name)
    if (account.ea_key === null && (await this.withKey(name)) === null)
      throw new LeftOut('its account must exist before an EA connects: give --admin-key')
    return account
  }
}
