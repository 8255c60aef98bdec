// All desks, and the two names of an account (published: account_id and account_number).
import { GENESIS_HASH } from '@ngtb/core'
import { Refusal, toInt64 } from '@ngtb/protocol'
import type { Account } from '../ports.ts'
import { Desk, type DeskPorts } from './desk.ts'

/** Account 0: what concerns no single account — enrolments, keys without an account. */
export const SYSTEM = 0

export interface AccountName {
  account_id?: number | undefined
  /** The MT5 login. */
  account_number?: string | number | undefined
}

export class Desks {
  readonly ports: DeskPorts
  readonly #desks = new Map<number, Desk>()
  readonly #ids = new Map<string, number>()
  readonly #logins = new Map<number, string>()

  constructor(ports: DeskPorts) {
    this.ports = ports
  }

  get(account_id: number): Desk {
    const desk = this.#desks.get(account_id) ?? new Desk(account_id, this.ports)
    this.#desks.set(account_id, desk)
    return desk
  }

  get system(): Desk {
    return this.get(SYSTEM)
  }

  /** Desks of real accounts that have been opened in this process. */
  opened(): Desk[] {
    return [...this.#desks.values()].filter((desk) => desk.account_id !== SYSTEM)
  }

  /**
   * The login of an account that was met before; its account_id in text otherwise. One that another process enrolled is
   * met by its key alone: then its desk knows it.
   */
  login(account_id: number): string {
    const state = this.#desks.get(account_id)?.state
    return this.#logins.get(account_id) ?? state?.account.account_number ?? String(account_id)
  }

  /** The login of any account of the ledger; null: the system's own has none. */
  async numberOf(account_id: number): Promise<string | null> {
    return this.#logins.get(account_id) ?? (await this.get(account_id).ready()).account.account_number
  }

  /** Opens every account of the ledger, so that deadlines and silence are watched from the start. */
  async openAll(): Promise<void> {
    for (const account of await this.ports.store.accounts()) {
      this.#remember(account)
      await this.get(account.account_id).ready()
    }
  }

  /** The desk of a login, or null when the ledger does not know it. */
  async byNumber(account_number: string): Promise<Desk | null> {
    const known = this.#ids.get(account_number)
    if (known !== undefined) return this.get(known)
    const account = await this.ports.store.accountByNumber(account_number)
    if (!account) return null
    this.#remember(account)
    return this.get(account.account_id)
  }

  /** @throws {Refusal} NGTB_ACCOUNT_UNKNOWN, NGTB_LOGIN_INVALID */
  async byName({ account_id, account_number }: AccountName): Promise<Desk> {
    if (account_number !== undefined) {
      const desk = await this.byNumber(loginOf(account_number))
      if (!desk || (account_id !== undefined && desk.account_id !== account_id))
        throw new Refusal('NGTB_ACCOUNT_UNKNOWN', `there is no account with the login ${account_number}`)
      return desk
    }
    if (account_id === undefined)
      throw new Refusal('NGTB_ACCOUNT_UNKNOWN', 'name the account: account_id or account_number')
    if (!this.#desks.has(account_id)) await this.openAll()
    if (account_id === SYSTEM || !this.#desks.has(account_id))
      throw new Refusal('NGTB_ACCOUNT_UNKNOWN', `there is no account with the account_id ${account_id}`)
    return this.get(account_id)
  }

  /** The desk of a login, made if need be; the system's chain says who made it. */
  async enrol(account_number: string, broker: string, actor: string, wanted_id?: number): Promise<Desk> {
    const known = await this.byNumber(account_number)
    if (known) return known
    const account = await this.system.run(async (step) => {
      // Accounts that are on their way to the ledger count: of several first connects one makes the account.
      await step.caughtUp()
      const accounts = await this.ports.store.accounts()
      const found = accounts.find((row) => row.account_number === account_number)
      if (found) return found
      const taken = new Set(accounts.map((row) => row.account_id))
      if (wanted_id !== undefined && taken.has(wanted_id))
        throw new Refusal('NGTB_ACCOUNT_EXISTS', `account_id ${wanted_id} belongs to another login`)
      const account_id = wanted_id ?? Math.max(0, ...taken) + 1
      const made = newAccount(account_id, account_number, broker, step.now)
      step.createAccount(made)
      step.audit('account.added', actor, account_number, { account_id, account_number, broker })
      return made
    })
    this.#remember(account)
    const desk = this.get(account.account_id)
    await desk.ready()
    return desk
  }

  #remember(account: Account): void {
    if (account.account_number === null) return
    this.#ids.set(account.account_number, account.account_id)
    this.#logins.set(account.account_id, account.account_number)
  }
}

/** @throws {Refusal} NGTB_LOGIN_INVALID */
export function loginOf(account: unknown): string {
  const login = toInt64(account)
  if (login === null)
    throw new Refusal(
      'NGTB_LOGIN_INVALID',
      `${String(account).slice(0, 60)} is not a login: a number from 1 to 2^63−1`,
    )
  return login
}

const newAccount = (
  account_id: number,
  account_number: string,
  broker: string,
  created_at: number,
): Account => ({
  account_id,
  account_number,
  broker,
  subscribed_symbols: null,
  created_at,
  version: 0,
  command_no: 0,
  audit_no: 0,
  audit_hash: GENESIS_HASH,
  commands_completed: 0,
  commands_failed: 0,
  commands_timeout: 0,
  commands_expired: 0,
  commands_cancelled: 0,
  epoch: 0,
  incarnation: 1,
  rev: 0,
  limits: null,
})
