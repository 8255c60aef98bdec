// Which database a backup reads, and a restore fills: DATABASE_URL, that of the running server, or the embedded one.
import { type Config, ConfigError } from '../config.ts'
import { readRunFile } from '../platform/environment.ts'
import type { Log } from '../ports.ts'
import { unreachable } from '../start.ts'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../storage/embedded/index.ts'

export interface Found {
  /** Of the owner of the tables. */
  readonly url: string
  /** The embedded one. */
  readonly ours: boolean
  /** A server runs on this data folder. */
  readonly served: boolean
  stop(): Promise<void>
}

/** Started only if nobody else has, and then stopped again; nothing is migrated. */
export async function findDatabase(config: Config, log: Log): Promise<Found> {
  const running = readRunFile(config.NGTB_DATA_DIR)
  const served = running !== null
  const stop = async () => {}
  if (config.DATABASE_URL !== null) return { url: config.DATABASE_URL, ours: false, served, stop }
  // What run.json names is the server's own role, which owns nothing.
  const found = await findEmbeddedPostgres(config.NGTB_DATA_DIR)
  if (found !== null && (!running || isSamePlace(found, running.database_url)))
    return { url: found, ours: true, served, stop }
  if (running) return { url: running.database_url, ours: false, served, stop }
  const postgres = await startEmbeddedPostgres({
    dataDir: config.NGTB_DATA_DIR,
    log: (level, message, details) => log[level](message, details),
  })
  return { url: postgres.url, ours: true, served, stop: () => postgres.stop() }
}

const isSamePlace = (a: string, b: string): boolean => new URL(a).host === new URL(b).host

/** A database that can't be reached is a sentence about the setting. */
export async function reached<T>({ ours }: Found, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const said = ours ? error : unreachable(error)
    throw said instanceof ConfigError ? said : error
  }
}
