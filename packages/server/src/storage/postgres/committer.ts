// Group commit without a timer: what arrives while one commit runs is the next group (limits.md: faster at every rate).
//
//   G1. `commit` resolves after the log is flushed, never before (P1).
//   G2. Steps of one account are committed in their order; a failed step takes its successors with it, for they
//       were decided on top of it.
//   G3. The outcome of a broken commit is unknown: it is reported as "away", never as done.
import { Refusal } from '@ngtb/protocol'
import pg from 'pg'
import { type ChangeSet, VersionConflict } from '../../ports.ts'
import { COMMIT_SQL } from './commit.ts'
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
    while (this.#waiting.length > 0) await this.#group(this.#waiting.splice(0, GROUP_MAX))
    this.#running = false
  }

  async #group(group: Waiting[]): Promise<void> {
    try {
      const client = await this.#connected()
      const { rows } = await client.query<{ account_id: number }>({
        name: 'commit',
        text: COMMIT_SQL,
        values: [JSON.stringify(documentOf(group.map((waiting) => waiting.change)))],
      })
      const written = new Set(rows.map((row) => row.account_id))
      const conflicted = new Set<number>()
      for (const { change, resolve } of group)
        if (written.has(change.account.account_id)) resolve()
        else conflicted.add(change.account.account_id)
      if (conflicted.size > 0)
        this.#fail(group, conflicted, new VersionConflict('another server wrote first'))
    } catch (error) {
      if (isAway(error)) await this.#disconnect()
      const accounts = new Set(group.map(({ change }) => change.account.account_id))
      this.#onError(error as Error)
      this.#fail(group, accounts, isAway(error) ? new Refusal('NGTB_DATABASE_AWAY') : (error as Error))
    }
  }

  /** Rejects the steps of these accounts, those still waiting included (G2). */
  #fail(group: Waiting[], accounts: ReadonlySet<number>, error: Error): void {
    const concerned = ({ change }: Waiting) => accounts.has(change.account.account_id)
    const successors = this.#waiting.filter(concerned)
    this.#waiting = this.#waiting.filter((waiting) => !concerned(waiting))
    for (const waiting of [...group.filter(concerned), ...successors]) waiting.reject(error)
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

/** The group as one JSON document. Of several images of one row the last is written; events are all kept. */
function documentOf(changes: readonly ChangeSet[]): Record<string, unknown> {
  const last = <T extends object>(table: TableName, rows: readonly T[], key: (row: T) => string) => [
    ...new Map(rows.map((row) => [key(row), toRow(table, row)])).values(),
  ]
  const all = <T>(pick: (change: ChangeSet) => readonly T[]) => changes.flatMap(pick)
  const steps = new Map<number, Record<string, unknown>>()
  for (const { account, expected_version } of changes) {
    const first = steps.get(account.account_id)
    steps.set(account.account_id, {
      ...accountRow(account),
      expected_version: first ? first.expected_version : expected_version,
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
