// The filing clerk: small files that must be whole, or absent, after any crash.

import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

export const randomName = (): string => randomBytes(6).toString('hex')

/** The files in NGTB_DATA_DIR that belong to the embedded database. */
export const fileIn = {
  cluster: (dataDir: string): string => path.join(dataDir, 'postgres'),
  lock: (dataDir: string): string => path.join(dataDir, 'server.lock'),
  log: (dataDir: string): string => path.join(dataDir, 'postgres.log'),
  password: (dataDir: string): string => path.join(dataDir, 'postgres.password'),
  place: (dataDir: string): string => path.join(dataDir, 'postgres.place'),
  port: (dataDir: string): string => path.join(dataDir, 'postgres.port'),
}

/** Temporary name, fsync, rename, fsync of the folder: a reader sees the old text or the new one. */
export function writeWhole(file: string, text: string, mode: number): void {
  const temporary = `${file}.${randomName()}.tmp`
  const descriptor = fs.openSync(temporary, 'wx', mode)
  try {
    fs.writeSync(descriptor, text)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
  fs.renameSync(temporary, file)
  syncFolder(path.dirname(file))
}

/** A rename is durable once its folder is. Windows cannot open a folder; it keeps its own journal. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(folder, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

export const errorCode = (error: unknown): string => String((error as NodeJS.ErrnoException).code ?? '')

export const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
