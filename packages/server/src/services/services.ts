// All desks of the house, put together once.
import type { Config } from '../config.ts'
import type { Feed } from '../live/feed.ts'
import type { Clock, Ids, Log, Store } from '../ports.ts'
import { Accounts } from './accounts.ts'
import { Commands } from './commands.ts'
import { Connections } from './connections.ts'
import { arrivals, type Context, healthPolicy } from './context.ts'
import { Desks } from './desks.ts'
import { EaLogs } from './ea-logs.ts'
import { Keys } from './keys.ts'
import { Queries } from './queries.ts'
import { Sessions } from './sessions.ts'
import { Status } from './status.ts'
import { Ticks } from './ticks.ts'
import { TradeBook } from './trade-book.ts'
import { TradeEvents } from './trade-events.ts'
import { TradeSync } from './trade-sync.ts'

export interface Services extends Context {
  readonly accounts: Accounts
  readonly connections: Connections
  readonly sessions: Sessions
  readonly commands: Commands
  readonly tradeSync: TradeSync
  readonly tradeEvents: TradeEvents
  readonly ticks: Ticks
  readonly eaLogs: EaLogs
  readonly status: Status
  readonly queries: Queries
  readonly feed: Feed
}

export interface ServicePorts {
  readonly config: Config
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  onCommitted(account_id: number): void
  feed(desks: Desks): Feed
}

export function createServices(ports: ServicePorts): Services {
  const { config, store, clock, ids, log } = ports
  const arrival = arrivals()
  const desks = new Desks({
    store,
    arrival,
    clock,
    ids,
    log,
    watched_since: clock.now(),
    onCommitted: ports.onCommitted,
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
    retry: { backoff_base_s: config.RETRY_BACKOFF_BASE },
    arrival,
  }
  const connections = new Connections(ctx)
  const ticks = new Ticks(ctx, connections)
  const commands = new Commands(ctx, (account_id, symbol) => ticks.quote(account_id, symbol))
  const book = new TradeBook(ctx, commands)
  return {
    ...ctx,
    accounts: new Accounts(ctx),
    connections,
    ticks,
    commands,
    sessions: new Sessions(ctx, connections, commands),
    tradeSync: new TradeSync(ctx, connections, book),
    tradeEvents: new TradeEvents(ctx, connections, book),
    eaLogs: new EaLogs(connections),
    status: new Status(ctx, ticks),
    queries: new Queries(ctx),
    feed: ports.feed(desks),
  }
}
