// What an archive says of itself: its last page. What it does not say was never finished.
import type { AccountPicture, SequencePicture } from '../storage/postgres/dump.ts'

export const FORMAT = 1

export interface Part {
  /** In the archive. */
  readonly name: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

export interface TableEntry {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: number
  readonly parts: readonly Part[]
}

export interface Manifest {
  readonly format: typeof FORMAT
  /** ISO: the moment that it holds. */
  readonly at: string
  readonly postgres: string
  /** The newest of `migrations`. */
  readonly schema: string
  readonly migrations: readonly string[]
  readonly newest_seq: number
  readonly accounts: readonly AccountPicture[]
  readonly sequences: readonly SequencePicture[]
  readonly tick_days: readonly number[]
  readonly tables: readonly TableEntry[]
  readonly rows: number
}

/** It can't be made, or can't be used: a sentence for a person. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

/** @throws {BackupError} */
export function readManifest(text: string): Manifest {
  let manifest: Partial<Manifest>
  try {
    manifest = JSON.parse(text) as Partial<Manifest>
  } catch {
    throw new BackupError('The archive’s manifest is damaged: it is no JSON.')
  }
  if (manifest.format !== FORMAT)
    throw new BackupError(
      `The archive has format ${String(manifest.format)}; this version reads format ${FORMAT}. Use the version that made it, or a newer one.`,
    )
  for (const name of ['migrations', 'accounts', 'sequences', 'tick_days', 'tables'] as const)
    if (!Array.isArray(manifest[name]))
      throw new BackupError(`The archive’s manifest is damaged: it has no ${name}.`)
  return manifest as Manifest
}
