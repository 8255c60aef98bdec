// The ledger without doors: what the command line needs to handle keys and accounts, server up or down.
import { type Config, readConfig } from './config.ts'
import { Feed } from './live/feed.ts'
import { Tape } from './live/tape.ts'
import { systemCards } from './platform/cards.ts'
import { systemClock } from './platform/clock.ts'
import { type Environment, readEnvironment, readRunFile } from './platform/environment.ts'
import { systemIds } from './platform/ids.ts'
import { silentLog } from './platform/log.ts'
import { systemPasswords } from './platform/passwords.ts'
import { systemTimers } from './platform/timers.ts'
import type { Log } from './ports.ts'
import {
  type AuditVerdict,
  anchorsOf,
  type NewAnchor,
  type VerifyOptions,
  verifyAudit,
} from './services/audit.ts'
import { createServices, type Services } from './services/services.ts'
import { enter, type OpenDatabase, openDatabase } from './start.ts'
import { findEmbeddedPostgres } from './storage/embedded/index.ts'
import type { AuditGuard } from './storage/postgres/roles.ts'
import { createPostgresStore } from './storage/postgres/store.ts'

export interface Ledger {
  readonly services: Services
  /** True when a server is running on this ledger. */
  readonly served: boolean
  readonly database_url: string
  /** What keeps the audit trail as it is. */
  readonly guard: AuditGuard
  verify: (options?: VerifyOptions) => Promise<AuditVerdict>
  /** The heads of the chains, to be kept elsewhere. */
  anchors: (account_id?: number) => Promise<NewAnchor[]>
  close(): Promise<void>
}

/** Opens the ledger of DATABASE_URL or NGTB_DATA_DIR; starts the embedded database only if nobody else has. */
export async function openLedger(
  env: Environment = readEnvironment(),
  log: Log = silentLog,
): Promise<Ledger> {
  const config = readConfig(env)
  const running = readRunFile(config.NGTB_DATA_DIR)
  const database = await find(config, running?.database_url ?? null, log)
  const store = createPostgresStore({
    url: database.url,
    role: database.role ?? null,
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
  const parts = { store, log, clock: systemClock(newest), timers: systemTimers }
  const services = createServices({
    config,
    ...parts,
    ids: systemIds,
    passwords: systemPasswords,
    cards: systemCards,
    onCommitted() {},
    feed: () => new Feed({ ...parts, login: String }),
    tape: () => new Tape({ ...parts, login: String, others: () => 0 }),
  })
  if (running) services.pairing.listening(running.ports)
  return {
    services,
    served: running !== null,
    database_url: database.url,
    guard: database.guard,
    verify: (options) => verifyAudit(store, systemIds, options),
    anchors: (account_id) => anchorsOf(store, services.clock.now(), account_id),
    close,
  }
}

/** What somebody else runs is never stopped by us. */
async function find(config: Config, running_url: string | null, log: Log): Promise<OpenDatabase> {
  const told = config.DATABASE_URL ?? running_url
  const found = told ?? (await findEmbeddedPostgres(config.NGTB_DATA_DIR))
  if (found === null) return openDatabase(config, log)
  return { ...(await enter(found, told === null, log)), stop: async () => {} }
}
