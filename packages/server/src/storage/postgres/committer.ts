// Group commit without a timer: what arrives while one commit runs is the next group.
//
//   G1. `commit` resolves after the log is flushed, never before (P1).
//   G2. Steps of one account are committed in their order; a failed step takes its successors with it, for they
//       were decided on top of it.
//   G3. The outcome of a broken commit is unknown: it is reported as "away", never as done.
//   G4. A step that the ledger refuses takes nobody else's with it: its group is committed again, one by one.
import { Refusal } from '@ngtb/protocol'
import pg from 'pg'
import { type ChangeSet, VersionConflict } from '../../ports.ts'
import { type CommitDocument, commitStatement } from './commit.ts'
import { isAway } from './pool.ts'
import { type TableName, toRow, typeParsers } from './rows.ts'

interface Waiting {
  change: ChangeSet
  resolve(): void
  reject(error: Error): void
}

const GROUP_MAX = 2_000

export class Committer {
  #waiting: Waiting[] = []
  #running = false
  #client: pg.Client | null = null
  #closed = false
  readonly #url: string
  readonly #onError: (error: Error) => void

  constructor(url: string, onError: (error: Error) => void) {
    this.#url = url
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
    while (this.#waiting.length > 0) {
      const group = this.#chained(this.#waiting.splice(0, GROUP_MAX))
      if (group.length > 0) await this.#group(group)
    }
    this.#running = false
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

  async #group(group: Waiting[]): Promise<void> {
    try {
      const client = await this.#connected()
      const document = documentOf(group.map((waiting) => waiting.change))
      const { rows } = await client.query<{ account_id: number }>({
        ...commitStatement(document),
        values: [JSON.stringify(document)],
      })
      const written = new Set(rows.map((row) => row.account_id))
      const conflicted = new Set<number>()
      for (const { change, resolve } of group)
        if (written.has(change.account.account_id)) resolve()
        else conflicted.add(change.account.account_id)
      if (conflicted.size > 0)
        this.#fail(group, conflicted, new VersionConflict('another server wrote first'))
    } catch (error) {
      this.#onError(error as Error)
      if (isAway(error)) await this.#disconnect()
      else if (!isDeadlock(error) && group.length > 1) return this.#oneByOne(group)
      const accounts = new Set(group.map(({ change }) => change.account.account_id))
      this.#fail(group, accounts, meaningOf(error))
    }
  }

  /** G4. The successors of the refused one were decided on top of it: they are decided again (G2). */
  async #oneByOne(group: Waiting[]): Promise<void> {
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
      else await this.#group([watched])
    }
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
      connectionString: this.#url,
      application_name: 'ngtb commit',
      connectionTimeoutMillis: 2_000,
      // A write is never cancelled: past this the connection is dropped and the outcome called unknown.
      query_timeout: 30_000,
      types: typeParsers(pg.types),
      options: '-c timezone=UTC -c synchronous_commit=on',
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

/** The group as one JSON document. Of several images of one row the last is written; events are all kept. */
function documentOf(changes: readonly ChangeSet[]): CommitDocument {
  const last = <T extends object>(table: TableName, rows: readonly T[], key: (row: T) => string) => [
    ...new Map(rows.map((row) => [key(row), toRow(table, row)])).values(),
  ]
  const all = <T>(pick: (change: ChangeSet) => readonly T[]) => changes.flatMap(pick)
  const steps = new Map<number, Record<string, unknown>>()
  for (const { account, expected_version, new_commands, new_trades } of changes) {
    const first = steps.get(account.account_id)
    const with_earlier = (list: 'new_commands' | 'new_trades', more: readonly string[]) => {
      const all = [...((first?.[list] as string[] | undefined) ?? []), ...more]
      return all.length > 0 ? { [list]: all } : {}
    }
    steps.set(account.account_id, {
      ...accountRow(account),
      expected_version: first ? first.expected_version : expected_version,
      ...with_earlier('new_commands', new_commands),
      ...with_earlier('new_trades', new_trades),
    })
  }
  return {
    steps: [...steps.values()],
    account: all((change) => change.accounts).map(accountRow),
    ea_connection: last(
      'ea_connection',
      all((change) => change.connections),
      (row) => `${row.account_id}`,
    ),
    broker_offset: last(
      'broker_offset',
      all((change) => change.offsets),
      (row) => `${row.account_id} ${row.valid_from}`,
    ),
    api_key: last(
      'api_key',
      all((change) => change.keys),
      (row) => row.key_id,
    ),
    symbol_spec: last(
      'symbol_spec',
      all((change) => change.specs),
      (row) => `${row.account_id} ${row.symbol}`,
    ),
    command: last(
      'command',
      all((change) => change.commands),
      (row) => `${row.account_id} ${row.command_id}`,
    ),
    command_attempt: last(
      'command_attempt',
      all((change) => change.attempts),
      (row) => `${row.account_id} ${row.command_id} ${row.attempt}`,
    ),
    trade: last(
      'trade',
      all((change) => change.trades),
      (row) => `${row.account_id} ${row.ticket}`,
    ),
    audit_event: all((change) => change.audit).map((row) => toRow('audit_event', row)),
    ea_log: all((change) => change.logs).map((row) => toRow('ea_log', row)),
    interaction_minute: mergedMinutes(all((change) => change.minutes)),
    ea_journal: last(
      'ea_journal',
      all((change) => change.journals),
      (row) => `${row.account_id} ${row.journal_id}`,
    ),
    generation: last(
      'generation',
      all((change) => change.generations),
      (row) => `${row.account_id} ${row.scope}`,
    ),
    orphan_result: last(
      'orphan_result',
      all((change) => change.orphans),
      (row) => `${row.account_id} ${row.command_id}`,
    ),
    strategy: last(
      'strategy',
      all((change) => change.strategies),
      (row) => `${row.account_id} ${row.strategy_no}`,
    ),
  }
}

const accountRow = (account: ChangeSet['account']) => toRow('account', account)

function mergedMinutes(rows: readonly ChangeSet['minutes'][number][]): Record<string, unknown>[] {
  const merged = new Map<string, ChangeSet['minutes'][number]>()
  for (const row of rows) {
    const key = `${row.account_id} ${row.minute} ${row.kind}`
    const before = merged.get(key)
    merged.set(
      key,
      before
        ? {
            ...before,
            count: before.count + row.count,
            first_at: Math.min(before.first_at, row.first_at),
            last_at: Math.max(before.last_at, row.last_at),
            longest_gap_ms: Math.max(before.longest_gap_ms, row.longest_gap_ms),
          }
        : row,
    )
  }
  return [...merged.values()].map((row) => ({
    ...toRow('interaction_minute', row),
    longest_gap_ms: Math.round(row.longest_gap_ms),
  }))
}
