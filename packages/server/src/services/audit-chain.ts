// One account's chain from its first event to its head: every link, every anchor, and what it says of the account.
import { type AccountImage, brokenLink, type ChainPoint, foldAccount, newAccountImage } from '@ngtb/core'
import type { Account, Ids, Snapshot, StoredAudit } from '../ports.ts'
import type { Problems } from './audit-problems.ts'

/** A head that was written down elsewhere. */
export interface Anchor extends ChainPoint {
  readonly account_id: number
  /** ISO: when it was written down. */
  readonly at: string
}

/** The head of a chain as it is written down. */
export interface NewAnchor extends Anchor {
  readonly account_number: string | null
  /** Of the head's event; null: nothing has happened yet. */
  readonly seq: number | null
}

export const AUDIT_PAGE = 2_000

export class ChainWalk {
  readonly image: AccountImage = newAccountImage()
  walked = 0
  readonly #at: Snapshot
  readonly #account: Account
  readonly #ids: Ids
  readonly #problems: Problems
  readonly #anchors: Map<number, Anchor>
  readonly #hashes: Set<string>
  #head: ChainPoint | undefined
  #last_seq = 0
  #broken = false
  #out_of_order = false

  constructor(
    at: Snapshot,
    account: Account,
    anchors: readonly Anchor[],
    { ids, problems, hashes }: { ids: Ids; problems: Problems; hashes: Set<string> },
  ) {
    this.#at = at
    this.#account = account
    this.#ids = ids
    this.#problems = problems
    this.#hashes = hashes
    const own = anchors.filter(
      ({ account_id, audit_no }) => account_id === account.account_id && audit_no > 0,
    )
    this.#anchors = new Map(own.map((anchor) => [anchor.audit_no, anchor]))
  }

  /** @param onPage told after each page how many events it had */
  async run(onPage: (events: number) => void): Promise<void> {
    for (;;) {
      const after_no = this.#head?.audit_no ?? 0
      const page = await this.#at.auditChain(this.#account.account_id, after_no, AUDIT_PAGE)
      this.#check(page)
      const last = page.at(-1)
      if (last) this.#head = { audit_no: last.audit_no, hash: last.hash }
      this.walked += page.length
      onPage(page.length)
      if (page.length < AUDIT_PAGE) break
    }
    this.#end()
  }

  #check(page: readonly StoredAudit[]): void {
    // Behind a broken link every other is as it may be: the first is told, the rest is folded all the same.
    const broken = this.#broken ? null : brokenLink(page, this.#ids.sha256, this.#head)
    if (broken) {
      this.#broken = true
      this.#problems.add(this.#account.account_id, { ...broken })
    }
    for (const event of page) {
      foldAccount(this.image, event)
      this.#inOrder(event)
      this.#hashes.delete(event.hash)
      const anchor = this.#anchors.get(event.audit_no)
      if (anchor) this.#anchored(event, anchor)
    }
  }

  /** seq is no part of the hash, for the ledger gives it; it must rise as audit_no does. */
  #inOrder({ audit_no, seq }: StoredAudit): void {
    if (seq <= this.#last_seq && !this.#out_of_order) {
      this.#out_of_order = true
      this.#problems.add(this.#account.account_id, {
        audit_no,
        reason: `its seq ${seq} is not above the ${this.#last_seq} of the event before it`,
      })
    }
    this.#last_seq = seq
  }

  #anchored({ audit_no, hash }: StoredAudit, anchor: Anchor): void {
    this.#anchors.delete(audit_no)
    if (hash === anchor.hash) return
    this.#problems.add(this.#account.account_id, {
      audit_no,
      reason: `its hash is not the one that was written down on ${anchor.at}: it, or an event before it, was rewritten`,
    })
  }

  #end(): void {
    const { account_id, audit_no, audit_hash } = this.#account
    const { audit_no: end, hash } = this.#head ?? { audit_no: 0, hash: audit_hash }
    if (end !== audit_no)
      this.#problems.add(account_id, {
        audit_no: end,
        reason: `the chain ends at event ${end}, but the account has written ${audit_no}`,
      })
    else if (hash !== audit_hash)
      this.#problems.add(account_id, {
        audit_no: end,
        reason: 'the last event’s hash is not the one that the account says',
      })
    for (const anchor of this.#anchors.values())
      this.#problems.add(account_id, {
        audit_no: anchor.audit_no,
        reason: `it was there on ${anchor.at}, and is missing: the chain ends at event ${end}`,
      })
  }
}
