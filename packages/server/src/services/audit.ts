// Checking the ledger against its own history (P13): the chain is whole, and state is the fold of its events.
//
//   H1. All of it is seen at one moment: a server may go on writing, and nothing is asked of it.
//   H2. Two walks, each in pages: along the chain, for links and the account; by subject, for commands and trades.
//   H3. Every finding is named: the first broken link, each field that differs, each row too few or too many.
import type { Account, Ids, Snapshot, Store } from '../ports.ts'
import { compareAccount, rowsBeside } from './audit-account.ts'
import { type Anchor, ChainWalk, type NewAnchor } from './audit-chain.ts'
import { type AuditProblem, Problems } from './audit-problems.ts'
import { RowCheck } from './audit-rows.ts'

export type { Anchor, NewAnchor } from './audit-chain.ts'
export type { AuditProblem } from './audit-problems.ts'

export interface AuditVerdict {
  readonly accounts: number
  readonly events: number
  /** The first thousand. */
  readonly problems: AuditProblem[]
  readonly problem_count: number
}

export interface VerifyOptions {
  /** Only this account's chain; 0: the system's. */
  readonly account_id?: number | undefined
  /** Heads that were written down elsewhere: the chains must still hold them. */
  readonly anchors?: readonly Anchor[]
  /** Of such heads only the hashes, of whichever chain. */
  readonly hashes?: readonly string[]
  /** Told of the steps done so far, and of all; each event is looked at twice (H2). */
  readonly onProgress?: (done: number, total: number) => void
}

export const verifyAudit = (store: Store, ids: Ids, options: VerifyOptions = {}): Promise<AuditVerdict> =>
  store.snapshot((at) => verify(at, ids, options))

async function verify(
  at: Snapshot,
  ids: Ids,
  { account_id, anchors = [], hashes = [], onProgress = () => {} }: VerifyOptions,
): Promise<AuditVerdict> {
  const all = await at.accounts()
  const accounts = all.filter((account) => account_id === undefined || account.account_id === account_id)
  const problems = new Problems()
  const missing = new Set(hashes)
  const total = 2 * accounts.reduce((sum, account) => sum + account.audit_no, 0)
  let done = 0
  let events = 0
  const step = (walked: number) => {
    done = Math.min(done + walked, total)
    onProgress(done, total)
  }
  for (const account of accounts) {
    const walk = new ChainWalk(at, account, anchors, { ids, problems, hashes: missing })
    await walk.run(step)
    const loaded = await at.load(account.account_id)
    const beside = await rowsBeside(at, account.account_id)
    if (loaded) compareAccount(walk.image, { loaded, ...beside, accounts: all }, ids, problems)
    await new RowCheck(at, account, problems).run(step)
    events += walk.walked
  }
  for (const anchor of anchors) missingAccount(anchor, all, problems)
  for (const hash of missing)
    problems.add(account_id ?? 0, {
      reason: `no event has the hash ${hash}, which was written down: its chain was rewritten, or cut`,
    })
  return { accounts: accounts.length, events, problems: problems.kept, problem_count: problems.count }
}

function missingAccount({ account_id, at }: Anchor, all: readonly Account[], problems: Problems): void {
  if (!all.some((account) => account.account_id === account_id))
    problems.add(account_id, { reason: `the account was there on ${at}, and is missing` })
}

/**
 * The head of every chain, to be kept where nobody who can change the ledger can change it.
 * @param account_id only this one's
 */
export const anchorsOf = (store: Store, now: number, account_id?: number): Promise<NewAnchor[]> =>
  store.snapshot(async (at) => {
    const anchors: NewAnchor[] = []
    for (const account of await at.accounts())
      if (account_id === undefined || account.account_id === account_id)
        anchors.push(await anchorOf(at, account, now))
    return anchors
  })

async function anchorOf(at: Snapshot, account: Account, now: number): Promise<NewAnchor> {
  const { account_id, account_number, audit_no, audit_hash: hash } = account
  const [head] = await at.auditChain(account_id, Math.max(0, audit_no - 1), 1)
  const seq = head?.seq ?? null
  return { account_id, account_number, audit_no, hash, seq, at: new Date(now).toISOString() } // sim-ok: formats
}
