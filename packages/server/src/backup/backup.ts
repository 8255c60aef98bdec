// A backup: one archive of the whole ledger as it was at one moment, made while the server works (docs/adr/0028).
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Config } from '../config.ts'
import { silentLog } from '../platform/log.ts'
import type { Log } from '../ports.ts'
import { dumpLedger, type LedgerPicture, NoLedger, type TablePicture } from '../storage/postgres/dump.ts'
import { sha256, writeArchive } from './archive.ts'
import { BackupError, FORMAT, type Manifest, type Part, type TableEntry } from './manifest.ts'
import { findDatabase, reached } from './source.ts'

export interface BackupReport {
  readonly file: string
  readonly bytes: number
  readonly manifest: Manifest
}

export interface BackupOptions {
  readonly config: Config
  readonly file: string
  readonly log?: Log
  /** Told of each part: the table, and how many rows are in the archive so far. */
  onProgress?(table: string, rows: number): void
}

type Add = (name: string, bytes: Buffer) => Promise<void>

/** Of rows, before they are packed. */
const PART_BYTES = 4 * 1024 * 1024
const pack = promisify(gzip)
/** Ticks are most of it: a higher level takes three times as long for a tenth less. */
const LEVEL = 4
const NEWLINE = 0x0a

/** @throws {BackupError} */
export async function makeBackup({
  config,
  file,
  log = silentLog,
  onProgress = () => {},
}: BackupOptions): Promise<BackupReport> {
  const found = await findDatabase(config, log)
  try {
    let manifest: Manifest | null = null
    const bytes = await reached(found, () =>
      dumpLedger(found.url, (picture, rowsOf) =>
        writeArchive(file, async (add) => {
          manifest = manifestOf(picture, await allTables(picture, rowsOf, add, onProgress))
          return manifest
        }),
      ),
    )
    if (manifest === null) throw new BackupError('The backup has no end.')
    return { file, bytes, manifest }
  } catch (error) {
    if (error instanceof NoLedger) throw new BackupError(error.message)
    if ((error as { code?: string }).code === '42501') throw mayNotRead(error as Error)
    throw error
  } finally {
    await found.stop()
  }
}

const mayNotRead = ({ message }: Error) =>
  new BackupError(
    `The user of DATABASE_URL may not read all of the ledger (${message}): name the owner of its tables there for the backup.`,
  )

async function allTables(
  { tables }: LedgerPicture,
  rowsOf: (table: TablePicture, source: string) => Readable,
  add: Add,
  onProgress: (table: string, rows: number) => void,
): Promise<TableEntry[]> {
  const entries: TableEntry[] = []
  let before = 0
  for (const table of tables) {
    const parts: Part[] = []
    let rows = 0
    for (const source of table.sources)
      for await (const { bytes, rows: count } of cut(rowsOf(table, source))) {
        const packed = await pack(bytes, { level: LEVEL })
        const name = `tables/${table.name}/${String(parts.length + 1).padStart(6, '0')}.copy.gz`
        await add(name, packed)
        parts.push({ name, rows: count, bytes: packed.length, sha256: sha256(packed) })
        rows += count
        onProgress(table.name, before + rows)
      }
    before += rows
    entries.push({ name: table.name, columns: table.columns, rows, parts })
  }
  return entries
}

interface Cut {
  readonly bytes: Buffer
  readonly rows: number
}

/** Pieces of whole rows. In COPY's text a row ends with a newline, and none is inside of one. */
async function* cut(rows: Readable): AsyncGenerator<Cut> {
  let chunks: Buffer[] = []
  let size = 0
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    const end = size < PART_BYTES ? 0 : chunk.lastIndexOf(NEWLINE) + 1
    if (end === 0) continue
    const rest = chunk.subarray(end)
    const bytes = Buffer.concat(chunks).subarray(0, size - rest.length)
    yield { bytes, rows: countRows(bytes) }
    chunks = [rest]
    size = rest.length
  }
  const bytes = Buffer.concat(chunks)
  if (bytes.length > 0) yield { bytes, rows: countRows(bytes) }
}

function countRows(bytes: Buffer): number {
  let rows = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) rows++
  return rows
}

function manifestOf(picture: LedgerPicture, tables: TableEntry[]): Manifest {
  const { at, postgres, migrations, newest_seq, accounts, sequences, tick_days } = picture
  return {
    format: FORMAT,
    at: new Date(at).toISOString(), // sim-ok: formats
    postgres,
    schema: migrations.at(-1) ?? '',
    migrations,
    newest_seq,
    accounts,
    sequences,
    tick_days,
    tables,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  }
}
