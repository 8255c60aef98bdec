// Group commit without a timer: what arrives while one commit runs is the next group.
//
//   G1. `commit` resolves after the log is flushed, never before (P1).
//   G2. Steps of one account are committed in their order; a failed step takes its successors with it, for they
//       were decided on top of it.
//   G3. The outcome of a broken commit is unknown: it is reported as "away", never as done.
//   G4. A step that the ledger refuses takes nobody else's with it: its group is committed again, one by one.
//   G5. What a commit looks up is found by an index from the first row on. The statement is planned once, while its
//       tables may be empty, and a plan that reads a whole table would stay until somebody gathers statistics.
import { Refusal } from '@ngtb/protocol'
import pg from 'pg'
import { type ChangeSet, VersionConflict } from '../../ports.ts'
import { commitStatement } from './commit.ts'
import { documentOf } from './document.ts'
import { isAway } from './pool.ts'
import { typeParsers } from './rows.ts'
import { connectionOf, type DatabaseAddress } from './session.ts'

interface Waiting {
  change: ChangeSet
  resolve(): void
  reject(error: Error): void
}

const GROUP_MAX = 2_000
/** G5. A few accounts, each found by itself: no plan that reads them all and sorts or hashes. */
const BY_INDEX = ['enable_seqscan=off', 'enable_mergejoin=off', 'enable_hashjoin=off', 'jit=off']

export class Committer {
  #waiting: Waiting[] = []
  #running = false
  #client: pg.Client | null = null
  #closed = false
  readonly #address: DatabaseAddress
  readonly #onError: (error: Error) => void

  constructor(address: DatabaseAddress, onError: (error: Error) => void) {
    this.#address = address
    this.#onError = onError
  }

  commit(change: ChangeSet): Promise<void> {
    if (this.#closed) return Promise.reject(new Refusal('NGTB_STOPPING'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    while (this.#running) await new Promise((resolve) => setImmediate(resolve)) // sim-ok: storage adapter
    await this.#client?.end().catch(() => {})
  }

  async #run(): Promise<void> {
    this.#running = true
    // One turn of the loop lets requests of the same instant join the first group.
    await Promise.resolve()
    let tell = () => {}
    while (this.#waiting.length > 0) {
      const group = this.#chained(this.#waiting.splice(0, GROUP_MAX))
      const running = group.length > 0 ? this.#group(group) : null
      tell() // the database works on the next group while we tell of the last
      tell = (await running) ?? (() => {})
    }
    this.#running = false
    tell()
  }

  /** A step that was not decided on top of the one before it in its group is stale (L1 sees only the first). */
  #chained(group: Waiting[]): Waiting[] {
    const heads = new Map<number, number>()
    const stale = new Set<number>()
    return group.filter(({ change: { account, expected_version }, reject }) => {
      const { account_id, version } = account
      if (expected_version !== (heads.get(account_id) ?? expected_version)) stale.add(account_id)
      if (stale.has(account_id)) reject(new VersionConflict('decided on an older picture'))
      else heads.set(account_id, version)
      return !stale.has(account_id)
    })
  }

  /** @returns tells those whose steps were committed; the others know already */
  async #group(group: Waiting[]): Promise<() => void> {
    try {
      const client = this.#client ?? (await this.#connected())
      const document = documentOf(group.map((waiting) => waiting.change))
      const { rows } = await client.query<{ account_id: number }>({
        ...commitStatement(document),
        values: [document.steps, ...document.rows.values()],
      })
      const written = new Set(rows.map((row) => row.account_id))
      const conflicted = new Set<number>()
      for (const { change } of group)
        if (!written.has(change.account.account_id)) conflicted.add(change.account.account_id)
      if (conflicted.size > 0)
        this.#fail(group, conflicted, new VersionConflict('another server wrote first'))
      return () => {
        for (const { change, resolve } of group) if (written.has(change.account.account_id)) resolve()
      }
    } catch (error) {
      this.#onError(error as Error)
      if (isAway(error)) await this.#disconnect()
      else if (!isDeadlock(error) && group.length > 1) return this.#oneByOne(group)
      const accounts = new Set(group.map(({ change }) => change.account.account_id))
      this.#fail(group, accounts, meaningOf(error))
      return () => {}
    }
  }

  /** G4. The successors of the refused one were decided on top of it: they are decided again (G2). */
  async #oneByOne(group: Waiting[]): Promise<() => void> {
    const lost = new Set<number>()
    for (const waiting of group) {
      const { account_id } = waiting.change.account
      const { reject } = waiting
      const watched = {
        ...waiting,
        reject(error: Error) {
          lost.add(account_id)
          reject(error)
        },
      }
      if (lost.has(account_id)) reject(new VersionConflict('its predecessor was refused'))
      else (await this.#group([watched]))()
    }
    return () => {}
  }

  /** Rejects the steps of these accounts, those still waiting included (G2). */
  #fail(group: Waiting[], accounts: ReadonlySet<number>, error: Error): void {
    const concerned = ({ change }: Waiting) => accounts.has(change.account.account_id)
    const successors = this.#waiting.filter(concerned)
    this.#waiting = this.#waiting.filter((waiting) => !concerned(waiting))
    for (const waiting of group.filter(concerned)) waiting.reject(error)
    const theirs = error instanceof Refusal ? error : new VersionConflict('its predecessor was not committed')
    for (const waiting of successors) waiting.reject(theirs)
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client) return this.#client
    const client = new pg.Client({
      ...connectionOf(this.#address, 'synchronous_commit=on', ...BY_INDEX),
      application_name: 'ngtb commit',
      connectionTimeoutMillis: 2_000,
      // A write is never cancelled: past this the connection is dropped and the outcome called unknown.
      query_timeout: 30_000,
      types: typeParsers(pg.types),
    })
    client.on('error', (error) => {
      this.#onError(error)
      if (this.#client === client) this.#client = null
    })
    await client.connect()
    this.#client = client
    return client
  }

  async #disconnect(): Promise<void> {
    const client = this.#client
    this.#client = null
    await client?.end().catch(() => {})
  }
}

/** Two servers that lock the same accounts in another order: nothing was written, decide again. */
const isDeadlock = (error: unknown) => (error as { code?: string }).code === '40P01'

function meaningOf(error: unknown): Error {
  if (isAway(error)) return new Refusal('NGTB_DATABASE_AWAY')
  return isDeadlock(error) ? new VersionConflict('another server held the lock') : (error as Error)
}
