// A simulated EA of either kind, held alike: plain (the published endpoints), or native (journal on disk, push).
import { setTimeout as pause } from 'node:timers/promises'
import {
  createNativeEa,
  createSimulatedEa,
  type EaStats,
  localBroker,
  type NativeDriverOptions,
  type NativeEvent,
  SimulatedBroker,
  type SimulatedEaOptions,
  systemClock,
  type Tick,
  TradeServer,
} from '@ngtb/ea-sim'

/** What both kinds are told. */
export interface SimEaOptions
  extends Pick<SimulatedEaOptions, 'account' | 'url' | 'ports' | 'broker_name' | 'api_key' | 'cadence'> {
  ticks: Iterable<Tick> | AsyncIterable<Tick>
  /** The source never ends: `idle()` does not wait for it. */
  endless?: boolean
  /** 0: as fast as it goes. */
  speed?: number
  broker?: SimulatedBroker
}

export interface SimEa {
  readonly broker: SimulatedBroker
  readonly stats: EaStats
  readonly connected: boolean
  /** Commands that the server has the answers of. */
  readonly answered: number
  readonly reconnects: number
  /** Connects, and begins to work. */
  start(): Promise<void>
  /** Resolves when the ticks have ended and are acknowledged. */
  idle(): Promise<void>
  syncSoon(): void
  stop(): Promise<boolean>
  /** Dies on the spot. The broker lives on, and can be given to a new EA. */
  kill(): Promise<void>
}

export function plainEa(
  options: SimEaOptions & Pick<SimulatedEaOptions, 'sync_after_trade' | 'onEvent'>,
): SimEa {
  const ea = createSimulatedEa(options)
  return {
    broker: ea.broker,
    stats: ea.stats,
    get connected() {
      return ea.connected
    },
    get answered() {
      return ea.stats.commands_executed
    },
    get reconnects() {
      return ea.stats.reconnects
    },
    start: () => ea.start(),
    idle: () => ea.idle(),
    syncSoon: () => ea.syncSoon(),
    stop: () => ea.stop(),
    kill: async () => ea.kill(),
  }
}

/** How soon a session that began by polling asks for the socket: with a key of its own, after enrolment, at once. */
const PUSH_RETRY_MS = 5_000

export function nativeEa(
  options: SimEaOptions &
    Pick<NativeDriverOptions, 'journal_path' | 'settle_ms' | 'around'> & {
      onEvent?: (event: NativeEvent) => void
    },
): SimEa {
  const { ticks, endless, speed, broker = new SimulatedBroker(), ...rest } = options
  const trade_server = new TradeServer(broker, { login: String(options.account) })
  const ea = createNativeEa({
    ...rest,
    broker: localBroker(trade_server, systemClock),
    push: true,
    push_retry_ms: PUSH_RETRY_MS,
  } satisfies NativeDriverOptions)
  const { stats } = ea
  let fed: Promise<void> = Promise.resolve()
  let stopped = false
  const settled = () => stats.ticks_acked + stats.ticks_dropped >= stats.ticks_read
  return {
    broker,
    stats,
    get connected() {
      return ea.online
    },
    get answered() {
      return stats.responses_acked
    },
    get reconnects() {
      return Math.max(0, stats.connects - 1)
    },
    async start() {
      await ea.start()
      fed = ea.feed(ticks, speed)
      // Told by idle(); until somebody asks it is no crash.
      fed.catch(() => {})
    },
    async idle() {
      if (endless !== true) await fed
      while (!stopped && !settled()) await pause(10)
    },
    syncSoon: () => ea.syncSoon(),
    async stop() {
      stopped = true
      return ea.stop()
    },
    async kill() {
      stopped = true
      await ea.kill()
    },
  }
}
