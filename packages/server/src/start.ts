// startServer: choose the real adapters, start them in their order, and stop them in the other.
import { readFileSync } from 'node:fs'
import { setLocalServer } from '@ngtb/protocol'
import { channelsOf, secretOf, telegramOf } from './alerts/index.ts'
import type { BotParts, TelegramBot } from './alerts/telegram-bot.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { CoreComm, setCoreComm } from './in-process/core-comm.ts'
import { requireFreePorts } from './listen.ts'
import { openBell } from './open-bell.ts'
import { systemCards } from './platform/cards.ts'
import { systemClock } from './platform/clock.ts'
import { systemCrashPoint } from './platform/crash-points.ts'
import { type Environment, readEnvironment, removeRunFile, writeRunFile } from './platform/environment.ts'
import { systemGauges } from './platform/gauges.ts'
import { systemIds } from './platform/ids.ts'
import { type OpenLog, openLog } from './platform/log.ts'
import { systemMachine } from './platform/machine.ts'
import { systemTimers } from './platform/timers.ts'
import { openTracing } from './platform/tracing.ts'
import type { Log, PortNumbers, Store } from './ports.ts'
import { createServer, type Server } from './server.ts'
import type { Services } from './services/services.ts'
import { appLoginOf, startEmbeddedPostgres } from './storage/embedded/index.ts'
import { migrate } from './storage/postgres/migrate.ts'
import { APP_ROLE, type AuditGuard, type Entrance, enterAsApp } from './storage/postgres/roles.ts'
import { createPostgresStore } from './storage/postgres/store.ts'
import { sharedSequence } from './storage/postgres/tick-sequence.ts'
import { TickDoor } from './tick-thread/door.ts'

export interface StartOptions {
  /** Settings by their published names; default: the process's environment and .env. */
  env?: Environment
  data_dir?: string
  /** Any free port for all five: tests, and a second server on one machine. */
  any_port?: boolean
  log?: Log
}

export interface RunningServer {
  readonly url: string
  readonly ports: PortNumbers
  readonly database_url: string
  readonly config: Config
  readonly comm: CoreComm
  /** The assembled server, for tests and tools that run in its process. */
  readonly server: Server
  stop(): Promise<void>
}

/**
 * Starts the server in this process.
 * @throws {ConfigError} naming the setting and the remedy
 */
export async function startServer(options: StartOptions = {}): Promise<RunningServer> {
  const config = configOf(options)
  // A log that was handed in is its owner's to close.
  const log = options.log ? { ...options.log, close: async () => {} } : await openLog(config)
  let database: OpenDatabase | undefined
  try {
    await requireFreePorts(config)
    database = await openDatabase(config, log)
    return await startOn(database, config, log)
  } catch (error) {
    await database?.stop()
    await log.close()
    throw error
  }
}

function configOf({ env = readEnvironment(), data_dir, any_port }: StartOptions): Config {
  const ports = ['PORT_COMMAND', 'PORT_TICKS', 'PORT_TRADES', 'PORT_LOGS', 'PORT_WEBUI']
  return readConfig({
    ...env,
    ...(data_dir === undefined ? {} : { NGTB_DATA_DIR: data_dir }),
    ...(any_port ? Object.fromEntries(ports.map((name) => [name, '0'])) : {}),
  })
}

/** The way in for the server's own connections; `url` is what others are told. */
export interface OpenDatabase extends Entrance {
  stop(): Promise<void>
}

/** DATABASE_URL's server, or the embedded one; migrated and ready. */
export async function openDatabase(config: Config, log: Log): Promise<OpenDatabase> {
  const database =
    config.DATABASE_URL === null
      ? await embedded(config, log)
      : { url: config.DATABASE_URL, stop: async () => {} }
  try {
    return { ...(await enter(database.url, config.DATABASE_URL === null, log)), stop: database.stop }
  } catch (error) {
    await database.stop()
    throw error
  }
}

/**
 * Migrates as the url's own user, and works as the server's role from then on (P13).
 * @param ours the embedded database: the role has a login of its own there
 */
export async function enter(url: string, ours: boolean, log: Log): Promise<Entrance> {
  try {
    await migrate(url, (message) => log.info(message))
    const entrance = await enterAsApp(url, ours ? appLoginOf(url, APP_ROLE) : null)
    sayGuard(entrance.guard, log)
    return entrance
  } catch (error) {
    throw ours ? error : unreachable(error)
  }
}

function sayGuard({ kind, role, why }: AuditGuard, log: Log): void {
  if (kind === 'trigger')
    log.warn('the audit trail is guarded by its trigger alone: the server works as the owner of the tables', {
      role,
      why,
    })
}

async function embedded(config: Config, log: Log): Promise<Pick<OpenDatabase, 'url' | 'stop'>> {
  const postgres = await startEmbeddedPostgres({
    dataDir: config.NGTB_DATA_DIR,
    log: (level, message, details) => log[level](message, details),
  })
  postgres.onExit((reason) => log.error('the database process ended; it is started again', { reason }))
  return { url: postgres.url, stop: () => postgres.stop() }
}

/** DATABASE_URL's server said no, or nothing: a sentence about the setting. Other errors pass. */
export function unreachable(error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string }
  if (code === undefined || !/^(E|28|3D|57P03)/.test(code)) return error
  return new ConfigError(
    `DATABASE_URL can not be used: ${message}. Check host, port, user, password and database, or remove it to use the embedded one.`,
  )
}

async function startOn(database: OpenDatabase, config: Config, log: OpenLog): Promise<RunningServer> {
  const address = { url: database.url, role: database.role ?? null }
  const sequence = sharedSequence()
  const store = createPostgresStore({
    ...address,
    sequence,
    onError: (error) => log.warn('database', { error: String(error) }),
  })
  try {
    const clock = await startClock(store, log)
    const ids = systemIds
    const timers = systemTimers
    const bell = await openBell({ ...address, config, ids, timers, log })
    const tracing = await openTracing(config, log)
    const real = {
      ...(tracing && { tracer: tracing.tracer }),
      store,
      clock,
      ids,
      log,
      timers,
      crashPoint: systemCrashPoint,
      gauges: systemGauges(),
      cards: systemCards,
      machine: systemMachine(config),
      channels: await channelsOf(config, { clock, log, readFile }),
      ...(await listenerOf(config, { store, clock, timers, ids, log })),
      ...bell,
    }
    const tickDoor = (services: Services) =>
      new TickDoor({ config, address, clock: clock.origin, sequence, log, timers }, services)
    const server = await createServer({ ...real, ...(config.NGTB_TICK_WORKERS > 0 && { tickDoor }) }, config)
    if (clock.started_early) await expireUndelivered(server, log)
    const ports = await server.start()
    const url = `${config.NGTB_TLS_CERT_FILE ? 'https' : 'http'}://${localHost(config.NGTB_BIND)}:${ports.webui}`
    writeRunFile(config.NGTB_DATA_DIR, { pid: process.pid, ports, url, database_url: database.url })
    const comm = new CoreComm(server.services)
    setCoreComm(comm)
    setLocalServer(comm.local)
    const stop = async () => {
      setCoreComm(undefined)
      setLocalServer(undefined)
      await server.stop()
      await tracing?.close()
      await store.close()
      await database.stop()
      removeRunFile(config.NGTB_DATA_DIR)
      await log.close()
    }
    return { url, ports, database_url: database.url, config, comm, server, stop: once(stop) }
  } catch (error) {
    await store.close()
    throw error
  }
}

const readFile = (path: string): string => readFileSync(path, 'utf8')

/** Listens to chats, where a bot is set up and may be asked something. */
async function listenerOf(
  config: Config,
  parts: Omit<BotParts, 'token' | 'api_root'>,
): Promise<{ listener?: TelegramBot }> {
  if (config.NGTB_ALERT_TELEGRAM_COMMANDS === 'off') return {}
  const telegram = telegramOf(config, (name) => secretOf(config, name, readFile))
  if (telegram === null) return {}
  const bot = await import('./alerts/telegram-bot.ts')
  return { listener: new bot.TelegramBot({ ...parts, ...telegram }) }
}

/** How this machine itself reaches what is bound to `bind`. */
function localHost(bind: string): string {
  if (bind === '0.0.0.0' || bind === '::' || bind === 'localhost') return '127.0.0.1'
  return bind.includes(':') ? `[${bind}]` : bind
}

async function startClock(store: Store, log: Log) {
  const newest = await store.newestMoment()
  const clock = systemClock(newest)
  if (clock.started_early)
    log.error(
      'the clock of this machine is behind the newest entry of the ledger: set it right; meanwhile time goes on from there',
      { newest: new Date(newest).toISOString() },
    )
  return clock
}

async function expireUndelivered(server: Server, log: Log): Promise<void> {
  const { desks, delivery } = server.services
  await desks.openAll()
  for (const desk of desks.opened()) await desk.run((step) => delivery.expireUndelivered(step))
  log.warn('undelivered commands with a time to live were expired: their time can not be known')
}

function once(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined
  return () => {
    stopped ??= stop()
    return stopped
  }
}
