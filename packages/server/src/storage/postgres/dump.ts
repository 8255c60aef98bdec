// Reading a whole ledger as it was at one moment, table by table, while servers go on writing.
//
//   One transaction, REPEATABLE READ and read only: what it sees is what was committed when it began. It takes no lock
//   that a writer waits for: partitions of ticks are read by their own names, for a lock on the table above them would
//   let the next day of ticks wait for the end of the backup.
import type { Readable } from 'node:stream'
import pg from 'pg'
import copyStreams from 'pg-copy-streams'
import { connectionOf } from './session.ts'
import { tickDays } from './tick-upkeep.ts'

export interface TablePicture {
  readonly name: string
  readonly columns: readonly string[]
  /** What is read for it, in order: itself, or its partitions. */
  readonly sources: readonly string[]
}

export interface LedgerPicture {
  /** ms UTC by the database's clock: the moment. */
  readonly at: number
  readonly postgres: string
  readonly migrations: readonly string[]
  readonly newest_seq: number
  readonly tick_days: readonly number[]
  readonly accounts: readonly AccountPicture[]
  readonly sequences: readonly SequencePicture[]
  /** Each behind those that its rows refer to. */
  readonly tables: readonly TablePicture[]
}

export interface AccountPicture {
  readonly account_id: number
  readonly account_number: string | null
  readonly incarnation: number
  readonly audit_no: number
  readonly audit_hash: string
}

export interface SequencePicture {
  readonly name: string
  /** Null: never asked. */
  readonly last_value: string | null
}

/** What is good for minutes or hours must not come to life again: links, sessions, opened enrolments. */
const PASSING: ReadonlySet<string> = new Set(['person_session', 'invitation', 'enrolment'])
const MIGRATIONS = 'ngtb_migration'

export class NoLedger extends Error {
  override readonly name = 'NoLedger'
}

/**
 * @param take is handed the picture, and reads what it wants of it, one source after the other
 * @throws {NoLedger}
 */
export async function dumpLedger<T>(
  url: string,
  take: (picture: LedgerPicture, rowsOf: (table: TablePicture, source: string) => Readable) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...connectionOf({ url }),
    application_name: 'ngtb backup',
    connectionTimeoutMillis: 5_000,
  })
  let lost: Error | undefined
  client.on('error', (error) => {
    lost = error // the running query says it
  })
  await client.connect()
  try {
    await client.query('begin transaction isolation level repeatable read read only')
    const picture = await look(client)
    return await take(picture, ({ columns }, source) =>
      client.query(copyStreams.to(`copy (select ${list(columns)} from ${quote(source)}) to stdout`)),
    )
  } catch (error) {
    throw lost ?? error
  } finally {
    await client.end().catch(() => {})
  }
}

export const quote = (name: string): string => pg.escapeIdentifier(name)
export const list = (columns: readonly string[]): string => columns.map(quote).join(', ')

async function look(client: pg.Client): Promise<LedgerPicture> {
  const { rows: known } = await client.query<{ known: boolean }>(
    `select to_regclass('${MIGRATIONS}') is not null and to_regclass('account') is not null as known`,
  )
  if (!known[0]?.known) throw new NoLedger('There is no ledger in this database: nothing to back up.')
  const { rows: heads } = await client.query<{ at: string; postgres: string; seq: string }>(
    `select (extract(epoch from now()) * 1000)::bigint as at, current_setting('server_version') as postgres,
       greatest((select max(seq) from audit_event), (select max(seq) from ea_log), 0) as seq`,
  )
  const { rows: migrations } = await client.query<{ name: string }>(
    `select name from ${MIGRATIONS} order by name`,
  )
  const { rows: accounts } = await client.query<Record<keyof AccountPicture, string>>(
    'select account_id, account_number, incarnation, audit_no, audit_hash from account order by account_id',
  )
  const { rows: sequences } = await client.query<SequencePicture>(
    `select sequencename as name, last_value::text from pg_sequences
     where schemaname = ${SCHEMA} and sequencename not like '${MIGRATIONS}%' order by 1`,
  )
  return {
    at: Number(heads[0]?.at),
    postgres: heads[0]?.postgres ?? '',
    newest_seq: Number(heads[0]?.seq),
    migrations: migrations.map(({ name }) => name),
    tick_days: await tickDays(client),
    accounts: accounts.map((row) => ({
      account_id: Number(row.account_id),
      account_number: row.account_number,
      incarnation: Number(row.incarnation),
      audit_no: Number(row.audit_no),
      audit_hash: row.audit_hash,
    })),
    sequences,
    tables: await tablesOf(client),
  }
}

/** Where our tables are. */
export const SCHEMA = `(select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = 'account'::regclass)`

/** All that hold data of ours, whatever version made them. Partitions are held as they are now until the end. */
async function tablesOf(client: pg.Client): Promise<TablePicture[]> {
  const { rows } = await client.query<{
    name: string
    parted: boolean
    columns: string[]
    parts: string[]
    needs: string[]
  }>(
    `select c.relname as name, c.relkind = 'p' as parted,
       array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
         and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
       array(select p.relname::text from pg_inherits i join pg_class p on p.oid = i.inhrelid
         where i.inhparent = c.oid order by 1) as parts,
       array(select distinct f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as needs
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = ${SCHEMA} and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  const ours = rows.filter(({ name }) => name !== MIGRATIONS && !PASSING.has(name))
  for (const part of ours.flatMap(({ parts }) => parts))
    await client.query(`lock table ${quote(part)} in access share mode`)
  return inOrder(ours).map(({ name, parted, columns, parts }) => ({
    name,
    columns,
    sources: parted ? parts : [name],
  }))
}

/** Each behind those that it needs. */
function inOrder<T extends { name: string; needs: string[] }>(tables: readonly T[]): T[] {
  const done = new Map<string, T>()
  const put = (table: T, asked: readonly string[]): void => {
    if (done.has(table.name) || asked.includes(table.name)) return
    for (const need of tables.filter(({ name }) => table.needs.includes(name)))
      put(need, [...asked, table.name])
    done.set(table.name, table)
  }
  for (const table of tables) put(table, [])
  return [...done.values()]
}
