// A restore: an archive into an empty ledger, in one transaction or not at all; and what keeps it safe (docs/adr/0028).
//
//   E1. Every checksum is compared before anything is written, and again while it is.
//   E2. Only into an empty ledger that nobody works on, of the schema that the archive has; an older archive makes its
//       own schema first, and is migrated in the same transaction.
//   E3. Rows and what a restore means for each account (services/restored.ts) are one transaction.
//   E4. The audit trail is checked afterwards, as `ngtb audit verify` does.
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Config } from '../config.ts'
import { systemClock } from '../platform/clock.ts'
import { systemIds } from '../platform/ids.ts'
import { silentLog } from '../platform/log.ts'
import type { Log } from '../ports.ts'
import { type AuditVerdict, verifyAudit } from '../services/audit.ts'
import { DeskState } from '../services/desk-state.ts'
import { enterRestored } from '../services/restored.ts'
import { Step } from '../services/step.ts'
import { enter } from '../start.ts'
import { EmptyLedger } from '../storage/postgres/load.ts'
import { migrate, ownMigrations } from '../storage/postgres/migrate.ts'
import { createPostgresStore } from '../storage/postgres/store.ts'
import { readEntries, sha256, verifyArchive } from './archive.ts'
import { BackupError, type Manifest, type Part } from './manifest.ts'
import { type Found, findDatabase, reached } from './source.ts'

export interface RestoreOptions {
  readonly config: Config
  readonly file: string
  /** Who, for the audit trail. */
  readonly actor: string
  readonly log?: Log
  /** Told the bytes that were checked, then the rows that are in. */
  onProgress?(step: 'check' | 'fill', done: number, total: number): void
}

export interface RestoreReport {
  readonly manifest: Manifest
  /** Commands that were under way in the backup: nobody here knows what became of them. */
  readonly unknown: number
  readonly audit: AuditVerdict
}

const unpack = promisify(gunzip)

/** @throws {BackupError} */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { config, file, log = silentLog, onProgress = () => {} } = options
  const manifest = await verifyArchive(file, (done, total) => onProgress('check', done, total))
  requireKnown(manifest)
  const found = await findDatabase(config, log)
  try {
    if (found.served)
      throw new BackupError(
        `A server runs on ${config.NGTB_DATA_DIR}. Stop it, or name an empty folder in NGTB_DATA_DIR.`,
      )
    return await reached(found, async () => {
      const unknown = await fill(found, manifest, options)
      return { manifest, unknown, audit: await check(found, log) }
    })
  } finally {
    await found.stop()
  }
}

function requireKnown({ migrations }: Manifest): void {
  const ours = ownMigrations()
  const strange = migrations.filter((name, at) => ours[at] !== name)
  if (strange.length > 0)
    throw new BackupError(
      `The archive was made by a newer version: this one does not know ${strange.join(', ')}. Restore it with that version (git pull && npm ci).`,
    )
}

async function fill(found: Found, manifest: Manifest, options: RestoreOptions): Promise<number> {
  const ledger = await EmptyLedger.open(found.url)
  try {
    await requireEmpty(ledger, manifest, found.url)
    await ledger.begin()
    const filled = await ledger.firstFilled()
    if (filled !== null) throw notEmpty(filled)
    await ledger.clear()
    await rows(ledger, manifest, options)
    await ledger.migrateRest(manifest.migrations)
    const unknown = await enterAll(ledger, manifest, options)
    await ledger.commit()
    return unknown
  } finally {
    await ledger.close() // without a commit nothing happened
  }
}

const notEmpty = (table: string) =>
  new BackupError(
    `This ledger is not empty: its table ${table} has rows. A restore fills only an empty one: name an empty folder in NGTB_DATA_DIR, or an empty database in DATABASE_URL.`,
  )

async function requireEmpty(ledger: EmptyLedger, { migrations }: Manifest, url: string): Promise<void> {
  const is = await ledger.migrations()
  if (is === null) return migrate(url, () => {}, migrations.length)
  const filled = await ledger.firstFilled()
  if (filled !== null) throw notEmpty(filled)
  const others = (await ledger.others()).filter((name) => name !== 'ngtb restore')
  if (others.length > 0)
    throw new BackupError(`A server works on this database (${others.join(', ')}). Stop it first.`)
  if (is.join() !== migrations.join())
    throw new BackupError(
      `The archive has the schema ${migrations.at(-1)}, this database ${is.at(-1)}. Restore it into a database that no version has opened yet: it is brought to this version with the restore.`,
    )
}

async function rows(ledger: EmptyLedger, manifest: Manifest, options: RestoreOptions): Promise<void> {
  for (const day of manifest.tick_days) await ledger.makeTickDay(day)
  const place = new Map(
    manifest.tables.flatMap((table) => table.parts.map((part) => [part.name, { table, part }])),
  )
  let done = 0
  await readEntries(options.file, async (name, bytes) => {
    const found = place.get(name)
    if (!found) return // the manifest itself
    const { table, part } = found
    const copied = await ledger.copy(table.name, table.columns, await rowsOf(part, bytes))
    if (copied !== part.rows) throw changed(part)
    done += copied
    options.onProgress?.('fill', done, manifest.rows)
  })
  if (done !== manifest.rows)
    throw new BackupError('The archive changed while it was read: nothing was restored.')
  for (const sequence of manifest.sequences) await ledger.setSequence(sequence)
}

const changed = ({ name }: Part) =>
  new BackupError(`${name} changed while the archive was read: nothing was restored.`)

async function rowsOf(part: Part, bytes: Buffer): Promise<Readable> {
  if (sha256(bytes) !== part.sha256) throw changed(part)
  return Readable.from([await unpack(bytes)])
}

/** E3. */
async function enterAll(ledger: EmptyLedger, manifest: Manifest, options: RestoreOptions): Promise<number> {
  const { at: backup_at, newest_seq } = manifest
  // A clock that is behind goes on from the backup's moment.
  const now = systemClock(Date.parse(backup_at)).now()
  let unknown = 0
  for (const { account_id } of manifest.accounts) {
    const loaded = await ledger.load(account_id)
    if (!loaded) throw new BackupError(`account ${account_id} is in the manifest, and not in the archive`)
    const step = new Step(new DeskState(loaded, now), now, systemIds)
    unknown += enterRestored(step, { backup_at, newest_seq }, options.config, options.actor).unknown
    await ledger.write(step.changeSet())
  }
  return unknown
}

/** E4. */
async function check(found: Found, log: Log): Promise<AuditVerdict> {
  const { url, role } = await enter(found.url, found.ours, log)
  const store = createPostgresStore({ url, role: role ?? null, onError() {} })
  try {
    return await verifyAudit(store, systemIds)
  } finally {
    await store.close()
  }
}
