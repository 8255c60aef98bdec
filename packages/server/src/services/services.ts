// All desks of the house, put together once.
import type { Config } from '../config.ts'
import type { ListedTickets } from '../legacy/reading.ts'
import type { Feed } from '../live/feed.ts'
import type { Tape } from '../live/tape.ts'
import type { Clock, CrashPoint, Gauges, Ids, Log, NetworkCard, Passwords, Store, Timers } from '../ports.ts'
import type { Metrics, Traces } from '../telemetry/ports.ts'
import { Accounts } from './accounts.ts'
import { AlertChat, type ChatRights } from './alert-chat.ts'
import { AlertFacts } from './alert-facts.ts'
import { type AlertChannel, Alerts } from './alerts.ts'
import { BarIntake } from './bar-intake.ts'
import { Bells } from './bells.ts'
import { BusinessLimits } from './business-limits.ts'
import { CommandAnswers } from './command-answers.ts'
import { CommandBooking } from './command-booking.ts'
import { CommandDelivery } from './command-delivery.ts'
import { CommandMoves } from './command-moves.ts'
import { Commands } from './commands.ts'
import { Connections } from './connections.ts'
import { arrivals, type Context, healthPolicy } from './context.ts'
import { Deals } from './deals.ts'
import { Desks } from './desks.ts'
import { EaLogs } from './ea-logs.ts'
import { Keys } from './keys.ts'
import { LegacyEa } from './legacy-ea.ts'
import { LegacyLists } from './legacy-lists.ts'
import { LegacyStops } from './legacy-stops.ts'
import { LegacyTrades } from './legacy-trades.ts'
import { Meter, metered } from './meter.ts'
import { NativeSessions } from './native-sessions.ts'
import { NO_METRICS, NO_TRACES } from './no-telemetry.ts'
import { Observer } from './observer.ts'
import { Orders } from './orders.ts'
import { Pairing } from './pairing.ts'
import { People } from './people.ts'
import { NO_PASSWORDS } from './people-context.ts'
import { Logins } from './people-login.ts'
import { PersonSessions } from './people-sessions.ts'
import { Throttle } from './people-throttle.ts'
import { PushLines } from './push-lines.ts'
import { Queries } from './queries.ts'
import { Replays } from './replays.ts'
import { Scrape } from './scrape.ts'
import { Sessions } from './sessions.ts'
import { Status } from './status.ts'
import { Streams } from './streams.ts'
import { Subscriptions } from './subscriptions.ts'
import { SystemHealth } from './system-health.ts'
import { TickIntake, type TickNews } from './tick-intake.ts'
import { Ticks } from './ticks.ts'
import { TradeBook } from './trade-book.ts'
import { TradeEvents } from './trade-events.ts'
import { TradeSync } from './trade-sync.ts'
import { Ways } from './ways.ts'
import { WireTap } from './wire-tap.ts'

export interface Services extends Context {
  readonly timers: Timers
  readonly accounts: Accounts
  /** An EA's key, and where it finds us. */
  readonly pairing: Pairing
  /** What went over the wire for commands. */
  readonly wire: WireTap
  /** How the whole does. */
  readonly system: SystemHealth
  /** What /metrics tells. */
  readonly scrape: Scrape
  /** What accounts may open at most. */
  readonly limits: BusinessLimits
  readonly connections: Connections
  readonly sessions: Sessions
  readonly native: NativeSessions
  readonly commands: Commands
  /** Which symbols EAs stream. */
  readonly subscriptions: Subscriptions
  readonly delivery: CommandDelivery
  readonly answers: CommandAnswers
  readonly tradeSync: TradeSync
  readonly tradeEvents: TradeEvents
  readonly streams: Streams
  /** Ticks on their way into the ledger; idle where threads of their own take them in. */
  readonly intake: TickIntake
  readonly bars: BarIntake
  readonly ticks: Ticks
  readonly eaLogs: EaLogs
  /** EAs of the older dialect. */
  readonly legacy: LegacyEa
  readonly legacyTrades: LegacyTrades
  /** What such an EA lists with its ticks; whoever tells it does not wait. */
  tickets(account_id: number, listed: ListedTickets): void
  /** Raised, acknowledged, cleared, told. */
  readonly alerts: Alerts
  readonly alertFacts: AlertFacts
  /** What chats may ask. */
  readonly alertChat: AlertChat
  readonly people: People
  readonly status: Status
  readonly queries: Queries
  readonly replays: Replays
  readonly feed: Feed
  readonly tape: Tape
}

export interface ServicePorts {
  readonly config: Config
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly timers: Timers
  /** Left out: nobody logs in here. */
  readonly passwords?: Passwords
  /** Left out: no address but the settings' own. */
  readonly cards?: () => readonly NetworkCard[]
  readonly gauges?: Gauges
  /** Left out: nobody counts. */
  readonly metrics?: Metrics
  /** Left out: no traces, and a caller's own is not kept. */
  readonly traces?: Traces
  /** Is it reachable? Left out: none is set. */
  readonly redis?: () => boolean
  readonly crashPoint?: CrashPoint
  /** Left out: alerts are told to nobody. */
  readonly alert_channels?: readonly AlertChannel[]
  /** See DeskPorts. */
  onCommitted(account_id: number, version?: number): void
  others?(): number
  feed(desks: Desks): Feed
  tape(desks: Desks): Tape
}

export function createServices(ports: ServicePorts): Services {
  const { config, clock, ids, log } = ports
  const meter = new Meter(clock.now())
  const { metrics = NO_METRICS, traces = NO_TRACES } = ports
  const ways = new Ways()
  const store = metered(ports.store, meter, new Observer(metrics, ways, traces), clock)
  const bells = new Bells(ports.timers)
  const arrival = arrivals()
  const desks = new Desks({
    store,
    arrival,
    clock,
    ids,
    log,
    watched_since: clock.now(),
    onCommitted(account_id, version) {
      bells.ring(account_id)
      ports.onCommitted(account_id, version)
    },
    ...(ports.others ? { others: ports.others } : {}),
  })
  const ctx: Context = {
    config,
    store,
    clock,
    ids,
    log,
    desks,
    keys: new Keys(store, clock, ids, desks),
    health: healthPolicy(config),
    bells,
    lines: new PushLines(),
    began_at: clock.now(),
    ...{ meter, metrics, traces, ways },
    crashPoint: ports.crashPoint ?? (() => {}),
    arrival,
  }
  const connections = new Connections(ctx)
  const ticks = new Ticks(ctx, connections)
  const status = new Status(ctx, connections, ticks)
  const tell = (news: readonly TickNews[]) => void ticks.hear(news)
  const moves = new CommandMoves(ctx)
  const limits = new BusinessLimits(ctx)
  const booking = new CommandBooking(ctx, moves, limits, (account_id, symbol) =>
    ticks.quote(account_id, symbol),
  )
  const delivery = new CommandDelivery(ctx, moves, booking)
  const answers = new CommandAnswers(ctx, moves)
  const commands = new Commands(ctx, { moves, booking, delivery, answers })
  const book = new TradeBook(ctx, moves)
  const native = new NativeSessions(ctx, connections)
  const deals = new Deals(ctx, book, moves)
  const bars = new BarIntake({ ...ctx, tell })
  const eaLogs = new EaLogs(connections)
  const stops = new LegacyStops(ctx, booking, moves)
  const legacyTrades = new LegacyTrades(ctx, { connections, book, stops, moves })
  const legacyLists = new LegacyLists(ctx, { book, stops, moves })
  booking.onEmergencyStop = (step) => stops.look(step)
  const tradeEvents = new TradeEvents(ctx, connections, book, moves)
  const feed = ports.feed(desks)
  const tape = ports.tape(desks)
  const accounts = new Accounts(ctx)
  const alerts = new Alerts(ctx, ports.timers, ports.alert_channels ?? [])
  const system = new SystemHealth(ctx, {
    gauges: ports.gauges ?? null,
    redis: ports.redis ?? null,
    sockets: () => ({ ea_push: ctx.lines.size, windows: feed.watched }),
  })
  return {
    ...ctx,
    timers: ports.timers,
    accounts,
    alertFacts: new AlertFacts(ctx, ticks),
    alertChat: chatOf(ctx, { commands, alerts }),
    alerts,
    pairing: new Pairing(ctx, accounts, ports.cards ?? (() => [])),
    limits,
    wire: new WireTap(clock),
    system,
    scrape: new Scrape(ctx, { metrics, status, ticks, system, feed, tape }),
    connections,
    ticks,
    intake: new TickIntake({ ...ctx, tell, tellUnsure: () => ticks.doubt() }),
    bars,
    commands,
    subscriptions: new Subscriptions(ctx, commands),
    delivery,
    answers,
    sessions: new Sessions(ctx, { connections, native, delivery, status }),
    native,
    tradeSync: new TradeSync(ctx, connections, book, moves),
    tradeEvents,
    streams: new Streams(ctx, connections, {
      ...{ trades: tradeEvents, book },
      deals,
      orders: new Orders(ctx, moves),
    }),
    eaLogs,
    legacy: new LegacyEa(ctx, { connections, delivery, answers, deals, bars, logs: eaLogs, stops }),
    legacyTrades,
    tickets: (account_id, listed) => void legacyLists.hear(desks.get(account_id), listed),
    people: peopleOf(ctx, ports.passwords ?? NO_PASSWORDS),
    status,
    queries: new Queries(ctx),
    replays: new Replays(ctx),
    feed,
    tape,
  }
}

function chatOf(ctx: Context, parts: { commands: Commands; alerts: Alerts }): AlertChat {
  const { NGTB_ALERT_TELEGRAM_CHATS: chats, NGTB_ALERT_TELEGRAM_COMMANDS: rights } = ctx.config
  const named = (chats ?? '').split(',').map((chat) => chat.trim())
  return new AlertChat(ctx, parts, named.filter(Boolean), rights as ChatRights)
}

function peopleOf(ctx: Context, passwords: Passwords): People {
  const people = { ...ctx, passwords, sessions: new PersonSessions(ctx), throttle: new Throttle() }
  return new People(people, new Logins(people))
}
