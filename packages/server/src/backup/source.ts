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
  const told = config.DATABASE_URL ?? running?.database_url ?? null
  if (told !== null) return { url: told, ours: config.DATABASE_URL === null, served, async stop() {} }
  const found = await findEmbeddedPostgres(config.NGTB_DATA_DIR)
  if (found !== null) return { url: found, ours: true, served, async stop() {} }
  const postgres = await startEmbeddedPostgres({
    dataDir: config.NGTB_DATA_DIR,
    log: (level, message, details) => log[level](message, details),
  })
  return { url: postgres.url, ours: true, served, stop: () => postgres.stop() }
}

/** A database that can't be reached is a sentence about the setting. */
export async function reached<T>({ ours }: Found, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const said = ours ? error : unreachable(error)
    throw said instanceof ConfigError ? said : error
  }
}
