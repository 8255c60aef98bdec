// The process's surroundings: .env, environment variables, and the file that says where a server runs.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { PortNumbers } from '../ports.ts'

export type Environment = Record<string, string | undefined>

/** The variables of this process, with those of `.env` behind them. NAME_FILE reads a secret from a file. */
export function readEnvironment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const env: Environment = { ...process.env }
  for (const name of ['DATABASE_URL', 'NGTB_API_KEY']) {
    const file = env[`${name}_FILE`]
    if (file !== undefined && env[name] === undefined) env[name] = readFileSync(file, 'utf8').trim()
    delete env[`${name}_FILE`]
  }
  return env
}

/** Where a running server is to be found: written at start, removed at stop. */
export interface RunFile {
  readonly pid: number
  readonly ports: PortNumbers
  readonly url: string
  readonly database_url: string
}

const pathOf = (data_dir: string) => join(resolve(data_dir), 'run.json')

export function writeRunFile(data_dir: string, run: RunFile): void {
  mkdirSync(resolve(data_dir), { recursive: true, mode: 0o700 })
  const temporary = `${pathOf(data_dir)}.${process.pid}`
  // It names the database's password: for its owner alone.
  writeFileSync(temporary, `${JSON.stringify(run)}\n`, { mode: 0o600 })
  renameSync(temporary, pathOf(data_dir))
}

export const removeRunFile = (data_dir: string): void => rmSync(pathOf(data_dir), { force: true })

/** What run.json says, or null; a server that was killed leaves it behind, so its pid is asked. */
export function readRunFile(data_dir: string): RunFile | null {
  try {
    const run = JSON.parse(readFileSync(pathOf(data_dir), 'utf8')) as RunFile
    process.kill(run.pid, 0)
    return run
  } catch {
    return null
  }
}

/** The newest backup that was made of this data folder's ledger. */
export interface BackupNote {
  readonly file: string
  /** ISO: the moment that it holds. */
  readonly at: string
  readonly bytes: number
}

const notePath = (data_dir: string) => join(resolve(data_dir), 'backup.json')

export function noteBackup(data_dir: string, note: BackupNote): void {
  mkdirSync(resolve(data_dir), { recursive: true, mode: 0o700 })
  writeFileSync(notePath(data_dir), `${JSON.stringify(note)}\n`, { mode: 0o600 })
}

/** Null: none was made, as far as this folder knows. */
export function readBackupNote(data_dir: string): BackupNote | null {
  try {
    return JSON.parse(readFileSync(notePath(data_dir), 'utf8')) as BackupNote
  } catch {
    return null
  }
}
