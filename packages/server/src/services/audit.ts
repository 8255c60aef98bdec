// Checking the ledger against its own history (P13): the chain is whole, and state is the fold of its events.
import { brokenLink, type Folded, foldEvent, newFold } from '@ngtb/core'
import type { Account, Ids, Store, StoredAudit } from '../ports.ts'

export interface AuditProblem {
  readonly account_id: number
  readonly audit_no: number | null
  readonly subject: string | null
  readonly reason: string
}

export interface AuditVerdict {
  readonly accounts: number
  readonly events: number
  readonly problems: AuditProblem[]
}

const PAGE = 2_000
const ROUNDS = 5

/** Walks every chain. @param onProgress called with the events walked so far and their total */
export async function verifyAudit(
  store: Store,
  ids: Ids,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<AuditVerdict> {
  const accounts = await store.accounts()
  const total = accounts.reduce((sum, account) => sum + account.audit_no, 0)
  let events = 0
  const problems: AuditProblem[] = []
  for (const account of accounts) {
    const walk = new ChainWalk(store, ids, account)
    problems.push(...(await walk.run((walked) => onProgress(events + walked, total))))
    events += walk.walked
  }
  return { accounts: accounts.length, events, problems }
}

class ChainWalk {
  walked = 0
  readonly #store: Store
  readonly #ids: Ids
  readonly #account: Account
  #head: { audit_no: number; hash: string } | undefined
  readonly #folded: Folded = newFold()

  constructor(store: Store, ids: Ids, account: Account) {
    this.#store = store
    this.#ids = ids
    this.#account = account
  }

  async run(onProgress: (walked: number) => void): Promise<AuditProblem[]> {
    const broken = await this.#toTheEnd(onProgress)
    if (broken) return [broken]
    // The account's own head names the last event: a chain that ends before it lost its tail.
    if (this.walked < this.#account.audit_no)
      return [
        this.#problem(
          null,
          `the chain ends at event ${this.walked}, but the account has written ${this.#account.audit_no}`,
        ),
      ]
    return this.#compare(onProgress)
  }

  async #toTheEnd(onProgress: (walked: number) => void): Promise<AuditProblem | null> {
    for (;;) {
      const page = await this.#store.auditChain(this.#account.account_id, this.walked, PAGE)
      const broken = brokenLink(page, this.#ids.sha256, this.#head)
      if (broken) return { ...this.#problem(null, broken.reason), audit_no: broken.audit_no }
      for (const event of page) foldEvent(this.#folded, event)
      const headed = page.find((event) => event.audit_no === this.#account.audit_no)
      if (headed && headed.hash !== this.#account.audit_hash)
        return {
          ...this.#problem(null, 'its hash is not the one that the account says'),
          audit_no: headed.audit_no,
        }
      const last: StoredAudit | undefined = page.at(-1)
      if (last) this.#head = { audit_no: last.audit_no, hash: last.hash }
      this.walked += page.length
      onProgress(this.walked)
      if (page.length < PAGE) return null
    }
  }

  /** The server may be writing meanwhile: a difference counts only if it outlives newer events. */
  async #compare(onProgress: (walked: number) => void): Promise<AuditProblem[]> {
    let problems: AuditProblem[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const rows = await this.#store.statusesOf(this.#account.account_id)
      const broken = await this.#toTheEnd(onProgress)
      if (broken) return [broken]
      problems = [
        ...this.#differences('command', this.#folded.commands, rows.commands),
        ...this.#differences('trade', this.#folded.trades, rows.trades),
      ]
      if (problems.length === 0) break
    }
    return problems
  }

  #differences(what: string, folded: Map<string, string>, rows: Map<string, string>): AuditProblem[] {
    const problems: AuditProblem[] = []
    for (const [subject, status] of rows)
      if (folded.get(subject) !== status)
        problems.push(
          this.#problem(
            subject,
            `${what} ${subject} is ${status}, its events say ${folded.get(subject) ?? 'nothing'}`,
          ),
        )
    for (const subject of folded.keys())
      if (!rows.has(subject))
        problems.push(this.#problem(subject, `${what} ${subject} has events, but no row`))
    return problems
  }

  #problem(subject: string | null, reason: string): AuditProblem {
    return { account_id: this.#account.account_id, audit_no: null, subject, reason }
  }
}
