// The ledger without doors: what the command line needs to handle keys and accounts, server up or down.
import { type Config, readConfig } from './config.ts'
import { Feed } from './live/feed.ts'
import { systemClock } from './platform/clock.ts'
import { type Environment, readEnvironment, readRunFile } from './platform/environment.ts'
import { systemIds } from './platform/ids.ts'
import { silentLog } from './platform/log.ts'
import { systemTimers } from './platform/timers.ts'
import type { Log } from './ports.ts'
import { type AuditVerdict, type VerifyOptions, verifyAudit } from './services/audit.ts'
import { createServices, type Services } from './services/services.ts'
import { type OpenDatabase, openDatabase, unreachable } from './start.ts'
import { findEmbeddedPostgres } from './storage/embedded/index.ts'
import { migrate } from './storage/postgres/migrate.ts'
import { createPostgresStore } from './storage/postgres/store.ts'

export interface Ledger {
  readonly services: Services
  /** True when a server is running on this ledger. */
  readonly served: boolean
  readonly database_url: string
  verify: (options?: VerifyOptions) => Promise<AuditVerdict>
  close(): Promise<void>
}

/** Opens the ledger of DATABASE_URL or NGTB_DATA_DIR; starts the embedded database only if nobody else has. */
export async function openLedger(
  env: Environment = readEnvironment(),
  log: Log = silentLog,
): Promise<Ledger> {
  const config = readConfig(env)
  const running = readRunFile(config.NGTB_DATA_DIR)
  const found =
    config.DATABASE_URL ?? running?.database_url ?? (await findEmbeddedPostgres(config.NGTB_DATA_DIR))
  const database = found === null ? await openDatabase(config, log) : await migrated(found, config, log)
  const store = createPostgresStore({
    url: database.url,
    onError: (error) => log.warn('database', { error: String(error) }),
  })
  const close = async () => {
    await store.close()
    await database.stop()
  }
  const newest = await store.newestMoment().catch(async (error) => {
    await close()
    throw error
  })
  const services = createServices({
    config,
    store,
    log,
    clock: systemClock(newest),
    ids: systemIds,
    timers: systemTimers,
    onCommitted() {},
    feed: () => new Feed(store, String, log),
  })
  return {
    services,
    served: running !== null,
    database_url: database.url,
    verify: (options) => verifyAudit(store, systemIds, options),
    close,
  }
}

/** A database that somebody else runs: brought to our schema, never stopped by us. */
async function migrated(url: string, config: Config, log: Log): Promise<OpenDatabase> {
  try {
    await migrate(url, (message) => log.info(message))
  } catch (error) {
    throw config.DATABASE_URL === null ? error : unreachable(error)
  }
  return { url, stop: async () => {} }
}
