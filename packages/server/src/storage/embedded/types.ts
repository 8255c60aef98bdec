// What the embedded database shows to the rest of the server, and what its rooms hand to one another.

import type { Binaries } from './binaries.ts'
import type { RunAs } from './run-as.ts'

export type EmbeddedLog = (
  level: 'info' | 'warn' | 'error',
  message: string,
  details?: Record<string, unknown>,
) => void

export interface EmbeddedPostgresOptions {
  /** NGTB_DATA_DIR; may be relative. */
  dataDir: string
  log?: EmbeddedLog
  /** For tests: otherwise the last port is used again, or a free one is found. */
  port?: number
  /** PostgreSQL settings on top of ours. Those that keep data safe cannot be turned off. */
  settings?: Record<string, string>
}

export interface EmbeddedPostgres {
  /** postgres://ngtb:<password>@127.0.0.1:<port>/ngtb. It stays the same when PostgreSQL is restarted. */
  readonly url: string
  /** Of the postmaster that runs now. */
  readonly pid: number
  /** True when this postmaster was left by an earlier server process and was found running. */
  readonly adopted: boolean
  /** True when the data were brought up by crash recovery, now or at a restart since. */
  readonly recovered: boolean
  stop(): Promise<void>
  /** Called when PostgreSQL ended without being asked to. It is restarted without further action. */
  onExit(listener: (reason: string) => void): void
}

/** Everything settled before the first postmaster is looked for. */
export interface House {
  readonly dataDir: string
  readonly cluster: string
  readonly binaries: Binaries
  readonly runAs: RunAs | null
  readonly password: string
  readonly settings: Readonly<Record<string, string>>
  readonly log: EmbeddedLog
}
