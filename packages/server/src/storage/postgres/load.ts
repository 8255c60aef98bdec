// Writing a whole ledger into an empty database: one transaction, all of it or nothing.
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import copyStreams from 'pg-copy-streams'
import type { ChangeSet, LoadedAccount } from '../../ports.ts'
import { commitStatement } from './commit.ts'
import { documentOf } from './document.ts'
import { list, quote, SCHEMA, type SequencePicture } from './dump.ts'
import { migrateWithin } from './migrate.ts'
import { readAccount } from './reads/accounts.ts'
import { typeParsers } from './rows.ts'
import { connectionOf } from './session.ts'
import { makeTickDay } from './tick-upkeep.ts'

export class EmptyLedger {
  readonly #client: pg.Client

  private constructor(client: pg.Client) {
    this.#client = client
  }

  /** @param url of the owner of the tables */
  static async open(url: string): Promise<EmptyLedger> {
    const client = new pg.Client({
      ...connectionOf({ url }, 'synchronous_commit=on'),
      application_name: 'ngtb restore',
      connectionTimeoutMillis: 5_000,
      types: typeParsers(pg.types),
    })
    client.on('error', () => {}) // said by the query that it breaks
    await client.connect()
    return new EmptyLedger(client)
  }

  /** Null: nothing of ours is there. */
  async migrations(): Promise<string[] | null> {
    const { rows } = await this.#client.query<{ known: boolean }>(
      "select to_regclass('ngtb_migration') is not null as known",
    )
    if (!rows[0]?.known) return null
    const { rows: names } = await this.#client.query<{ name: string }>(
      'select name from ngtb_migration order by name',
    )
    return names.map(({ name }) => name)
  }

  /** The first of our tables that holds something; null: it is empty. */
  async firstFilled(): Promise<string | null> {
    const { rows } = await this.#client.query<{ name: string }>(
      `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = ${SCHEMA} and c.relkind in ('r', 'p') and not c.relispartition
         and c.relname <> 'ngtb_migration' order by 1`,
    )
    for (const { name } of rows) {
      // The system's own account is made with the table.
      const where = name === 'account' ? 'where account_id <> 0 or audit_no > 0' : ''
      const { rowCount } = await this.#client.query(`select from ${quote(name)} ${where} limit 1`)
      if (rowCount) return name
    }
    return null
  }

  /** Others of ours who are connected to this database. */
  async others(): Promise<string[]> {
    const { rows } = await this.#client.query<{ name: string }>(
      `select distinct application_name as name from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and application_name like 'ngtb %' order by 1`,
    )
    return rows.map(({ name }) => name)
  }

  /** From here on until `commit`. Whoever writes meanwhile waits, and finds the ledger filled. */
  async begin(): Promise<void> {
    await this.#client.query('begin')
    await this.#client.query('lock table account in access exclusive mode')
  }

  async clear(): Promise<void> {
    await this.#client.query('delete from account')
  }

  makeTickDay(day: number): Promise<void> {
    return makeTickDay(this.#client, day)
  }

  /** @returns how many rows it were */
  async copy(table: string, columns: readonly string[], rows: Readable): Promise<number> {
    const into = this.#client.query(copyStreams.from(`copy ${quote(table)} (${list(columns)}) from stdin`))
    await pipeline(rows, into)
    return into.rowCount
  }

  async setSequence({ name, last_value }: SequencePicture): Promise<void> {
    if (last_value === null) return
    await this.#client.query(`select setval(format('%I.%I', ${SCHEMA}, $1::text)::regclass, $2::bigint)`, [
      name,
      last_value,
    ])
  }

  /** What the archive's version did not have yet. */
  migrateRest(applied: readonly string[]): Promise<void> {
    return migrateWithin(this.#client, applied)
  }

  load(account_id: number): Promise<LoadedAccount | null> {
    return readAccount(this.#client, account_id)
  }

  async write(change: ChangeSet): Promise<void> {
    const document = documentOf([change])
    const { rowCount } = await this.#client.query({
      ...commitStatement(document),
      values: [document.steps, ...document.rows.values()],
    })
    if (rowCount !== 1) throw new Error(`account ${change.account.account_id} could not be written`)
  }

  commit(): Promise<unknown> {
    return this.#client.query('commit')
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {})
  }
}
