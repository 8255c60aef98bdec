// createServer: ports in, a server that can be started and stopped out. Building is not listening (rule 12).
import type { Tracer } from '@opentelemetry/api'
import type { FastifyInstance } from 'fastify'
import { logChannel } from './alerts/log.ts'
import type { Config } from './config.ts'
import { inProcessBell } from './delivery/in-process.ts'
import { type Door, doorsOf, listen } from './listen.ts'
import { Feed } from './live/feed.ts'
import { Tape } from './live/tape.ts'
import { commandPlane } from './planes/command.ts'
import { logsPlane } from './planes/logs.ts'
import { managementPlane } from './planes/management.ts'
import { ticksPlane } from './planes/ticks.ts'
import { tradesPlane } from './planes/trades.ts'
import { systemPasswords } from './platform/passwords.ts'
import type {
  Bell,
  Channel,
  ChatListener,
  Clock,
  CrashPoint,
  Gauges,
  Ids,
  Log,
  Machine,
  NetworkCard,
  Passwords,
  PortName,
  PortNumbers,
  QueueMirror,
  Store,
  Timers,
} from './ports.ts'
import { queueSource } from './services/queue-source.ts'
import { createServices, type Services } from './services/services.ts'
import { WireWriter } from './services/wire-tap.ts'
import type { Traces } from './telemetry/ports.ts'
import { PrometheusMetrics } from './telemetry/registry.ts'
import { CommandTraces, NO_TRACER } from './telemetry/traces.ts'
import { AlertDispatch } from './workers/alert-dispatch.ts'
import { AlertWatch } from './workers/alert-watch.ts'
import { Deadlines } from './workers/deadlines.ts'
import { Flush } from './workers/flush.ts'
import { Neighbours } from './workers/neighbours.ts'
import { Retention } from './workers/retention.ts'
import { Sampler } from './workers/sampler.ts'

export interface ServerPorts {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly timers: Timers
  readonly crashPoint?: CrashPoint
  /** Left out: argon2id. */
  readonly passwords?: Passwords
  /** The bell to other servers on this ledger; left out: there are none. */
  readonly bell?: Bell
  readonly mirror?: QueueMirror
  readonly gauges?: Gauges
  readonly cards?: () => readonly NetworkCard[]
  readonly redis?: () => boolean
  readonly machine?: Machine
  /** Where alerts go; left out: the log. */
  readonly channels?: readonly Channel[]
  /** By which alerts are looked for and sent; left out: `timers`. */
  readonly hornTimers?: Timers
  /** Who listens to chats; left out: nobody. */
  readonly listener?: ChatListener
  /** Left out: a caller's traceparent is kept, no spans are made. */
  readonly tracer?: Tracer
  /** Port 9901 in threads of its own; left out: in this one. */
  readonly tickDoor?: (services: Services) => Door
}

export interface Server {
  readonly services: Services
  /** Those that live in this thread. */
  readonly planes: Planes
  /** Opens the accounts, starts the clocks, listens. @throws {ConfigError} when a port is taken */
  start(): Promise<PortNumbers>
  stop(): Promise<void>
}

type Planes = Record<Exclude<PortName, 'ticks'>, FastifyInstance> & { readonly ticks?: FastifyInstance }

export async function createServer(ports: ServerPorts, config: Config): Promise<Server> {
  const { bell = inProcessBell, mirror, tickDoor } = ports
  const channels = ports.channels ?? [logChannel(ports.log)]
  const late: { deadlines?: Deadlines; watch?: AlertWatch } = {}
  const metrics = new PrometheusMetrics()
  const services = createServices({
    metrics,
    traces: tracesOf(ports),
    passwords: systemPasswords,
    ...ports,
    config,
    alert_channels: channels.map(({ name: channel, about, min_severity }) => ({
      channel,
      about,
      min_severity,
    })),
    others: () => bell.others,
    onCommitted(account_id, version) {
      services.feed.ring()
      late.watch?.ring()
      if (account_id !== 0) {
        late.deadlines?.changed(account_id)
        mirror?.changed(account_id)
      }
      if (version !== undefined) bell.ring(account_id, version)
    },
    feed: (desks) => new Feed({ ...ports, login: (account_id) => desks.login(account_id) }),
    tape: (desks) =>
      new Tape({
        ...ports,
        login: (account_id) => desks.login(account_id),
        others: () => bell.others,
        onDowngrade: () => metrics.count('ngtb_window_downgrades_total'),
      }),
  })
  const deadlines = new Deadlines({ ...services, timers: ports.timers })
  late.deadlines = deadlines
  const flush = new Flush({
    ...services,
    timers: ports.timers,
    keep_settled_ms: config.COMMAND_TRACKER_MAX_AGE_HOURS * 3_600_000,
  })
  const retention = new Retention({
    ...services,
    timers: ports.timers,
    keep_days: config.TICK_RETENTION_DAYS,
    keep: {
      ea_log: config.NGTB_EA_LOG_DAYS,
      person_session: config.NGTB_SESSION_DAYS,
      invitation: config.NGTB_SESSION_DAYS,
      interaction_minute: config.NGTB_MINUTES_DAYS,
    },
  })
  const server = `${ports.gauges?.host ?? ''}:${config.PORT_WEBUI}`
  const sampler = new Sampler({
    ...services,
    gauges: ports.gauges ?? null,
    redis: ports.redis ?? null,
    server,
    sockets: () => services.lines.size,
    every_ms: config.NGTB_HISTORY_EVERY_SEC * 1_000,
    keep_days: config.NGTB_HISTORY_DAYS,
  })
  const wire = new WireWriter({ ...services })
  const neighbours = new Neighbours({ ...services, bell })
  tellQuotes(services)
  const horn = hornOf(services, { ...ports, channels, server })
  late.watch = horn.watch
  const planes: Planes = {
    command: await commandPlane(services),
    trades: await tradesPlane(services),
    logs: await logsPlane(services),
    webui: await managementPlane(services),
    ...(!tickDoor && { ticks: await ticksPlane(services) }),
  }
  const doors = { ...doorsOf(planes, config), ...(tickDoor && { ticks: tickDoor(services) }) }
  return {
    services,
    planes,
    async start() {
      await neighbours.start()
      try {
        await services.desks.openAll()
        await services.ticks.start()
        const ports = await listen(doors, config)
        services.pairing.listening(ports)
        mirror?.start(queueSource(services.desks))
        deadlines.start()
        flush.start()
        retention.start()
        sampler.start()
        wire.start()
        horn.start()
        return ports
      } catch (error) {
        await neighbours.stop()
        throw error
      }
    },
    async stop() {
      deadlines.stop()
      // First the doors: what was let in is finished, and answered, before the ledger closes.
      await Promise.all(Object.values(doors).map((door) => door.close()))
      await horn.stop()
      await flush.stop()
      await retention.stop()
      await sampler.stop()
      await wire.stop()
      await mirror?.stop()
      await neighbours.stop()
    },
  }
}

/** What looks for alerts, and what carries them out. */
function hornOf(
  services: Services,
  ports: Pick<ServerPorts, 'machine' | 'listener' | 'timers' | 'hornTimers'> & {
    channels: readonly Channel[]
    server: string
  },
) {
  const { config, alertFacts: facts } = services
  const { machine = null, channels, server, hornTimers: timers = ports.timers } = ports
  const dispatch = new AlertDispatch({ ...services, channels, timers })
  services.alerts.onMessages = () => dispatch.ring()
  const watch = new AlertWatch({
    ...{ ...services, facts, machine, server, timers },
    every_ms: config.NGTB_ALERT_EVERY_SEC * 1_000,
    keep_ms: config.NGTB_ALERT_HISTORY_DAYS * DAY_MS,
    limits: {
      disk_free_bytes_min: config.NGTB_ALERT_DISK_FREE_MB * 2 ** 20,
      certificate_ms_min: config.NGTB_ALERT_CERTIFICATE_DAYS * DAY_MS,
    },
  })
  return {
    watch,
    start() {
      dispatch.start()
      watch.start()
      ports.listener?.start(services.alertChat)
    },
    async stop() {
      await ports.listener?.stop()
      await watch.stop()
      await dispatch.stop()
    },
  }
}

const DAY_MS = 86_400_000

/** T2: the traceparent of a command stands with its creation. */
function tracesOf({ tracer, store }: ServerPorts): Traces {
  if (!tracer) return NO_TRACER
  return new CommandTraces({
    tracer,
    async kept(account_id, command_id) {
      const created = { kind: 'command.created', subject: command_id }
      const { items } = await store.auditOf(account_id, { limit: 1, after: null }, created)
      return items[0]?.data.trace
    },
  })
}

/** Quotes and heartbeat figures go to the window as they come: the latest only, never stored for it. */
function tellQuotes(services: Services): void {
  const iso = (ms: number) => new Date(ms).toISOString() // sim-ok: formats
  services.ticks.onQuotes = (account_id, quotes) => {
    services.tape.hear(account_id, quotes)
    if (!services.feed.watched) return
    for (const quote of quotes) {
      const { symbol, bid, ask, time_ms } = quote
      services.feed.tellNow('quote', account_id, iso(quote.received_at), { symbol, bid, ask, time_ms })
    }
  }
  services.sessions.onHeartbeat = (state, now) => {
    if (!services.feed.watched) return
    const view = services.status.view(state, now)
    services.feed.tellNow('connection', state.account.account_id, iso(now), { ...view })
  }
}
