// How to start a simulated EA: every setting, its unit and its default.

import { plainInt64, toInt64 } from '@ngtb/protocol'
import type { Clock } from './clock.ts'
import type { BackoffPolicy } from './model/backoff.ts'
import type { SimulatedBroker } from './model/broker.ts'
import type { BrokerEvent, BrokerOptions } from './model/broker-types.ts'
import type { EaAnswer, EaCommand } from './model/ea.ts'
import type { Tick } from './model/ticks.ts'
import type { Account, EndpointName, Plane } from './wire.ts'

/** How often things happen. What is not given comes from connect's `settings`, then from the defaults. */
export interface Cadence {
  heartbeat_ms: number
  poll_ms: number
  sync_ms: number
  /** A batch is sent at the latest with so many ticks … */
  tick_batch_size: number
  /** … or after so long. */
  tick_interval_ms: number
  /** Most ticks of one batch: what gathered while the last one was under way goes together. */
  tick_batch_max: number
}

export const DEFAULT_CADENCE: Cadence = {
  heartbeat_ms: 30_000,
  poll_ms: 1_000,
  sync_ms: 30_000,
  tick_batch_size: 100,
  tick_interval_ms: 100,
  tick_batch_max: 1_000,
}

/** What happened, for tests, load tools and the command line. `at_ms` is UTC in ms with fractions. */
export type EaEvent = { at_ms: number } & (
  | { type: 'connected'; again: boolean; enrolled: boolean }
  | { type: 'link_lost'; cause: string }
  | { type: 'command'; command: EaCommand; answer: EaAnswer; repeated: boolean }
  | { type: 'response_acked'; command_id: string }
  | { type: 'trade'; event: BrokerEvent }
  | { type: 'ticks_acked'; batch_id: string; count: number; reply: unknown }
  | { type: 'ticks_dropped'; count: number; first_ms: number; last_ms: number }
  | { type: 'request_failed'; endpoint: EndpointName; cause: string }
  | { type: 'refused'; endpoint: EndpointName; status: number; body: string; reply: unknown }
  | { type: 'feed_ended' }
  | { type: 'feed_failed'; cause: string }
  | { type: 'disconnected'; clean: boolean }
)

export interface SimulatedEaOptions {
  /** The MT5 login; text or bigint beyond 2^53−1. */
  account: number | string | bigint
  /** Base of the command port, e.g. http://127.0.0.1:9900; ticks, trades, logs are the next three. */
  url?: string
  /** Ports that are not consecutive (as in `run.json`); on the host of `url`. */
  ports?: Partial<Record<Plane, number>>
  broker_name?: string
  /** Without: the first connect enrols the login and receives a key. */
  api_key?: string
  /** A broker that outlives this EA (a restarted terminal); else one is made from `broker_options`. */
  broker?: SimulatedBroker
  broker_options?: BrokerOptions
  /** Where ticks come from; nothing by default. */
  ticks?: Iterable<Tick> | AsyncIterable<Tick>
  /** The source never ends: `idle()` does not wait for its end. */
  endless?: boolean
  /** 1 = at the times of the ticks, 10 = ten times as fast, 0 = as fast as they are acknowledged. */
  speed?: number
  cadence?: Partial<Cadence>
  /** A full sync right after every trade event, beside the regular one. */
  sync_after_trade?: boolean
  /** Ticks kept while the server is away; beyond, the oldest are dropped, counted and reported. */
  tick_buffer_max?: number
  /** Answers waiting for the server; beyond, new commands are left for their next delivery. */
  answers_max?: number
  request_timeout_ms?: number
  backoff?: BackoffPolicy
  /** How long `stop()` tries to deliver what is waiting. */
  stop_timeout_ms?: number
  onEvent?: (event: EaEvent) => void
  /** One line of text for a person. */
  log?: (line: string) => void
  /** Injectable for tests. */
  clock?: Clock
  /** Chance in [0, 1) for the jitter. */
  random?: () => number
  /** Prefix of the batch ids; unique per run. */
  run_id?: string
}

/** The login as decimal text would be rounded by nobody; as JSON it is a number where that is exact (R1). */
export function accountOf(account: SimulatedEaOptions['account']): Account {
  const text = toInt64(account)
  if (text === null) throw new RangeError(`account ${String(account)} is not a login from 1 to 2^63−1`)
  return plainInt64(text)
}

/** The base URL of each port: given ports first, else counted up from the command port. */
export function planeUrls(options: Pick<SimulatedEaOptions, 'url' | 'ports'>): Record<Plane, URL> {
  const base = new URL(options.url ?? 'http://127.0.0.1:9900')
  const command = options.ports?.command ?? Number(base.port || 9900)
  const at = (plane: Plane, offset: number) => {
    const url = new URL('/', base)
    url.port = String(options.ports?.[plane] ?? command + offset)
    return url
  }
  return { command: at('command', 0), ticks: at('ticks', 1), trades: at('trades', 2), logs: at('logs', 3) }
}

/** The cadence from connect's `settings` (in seconds), overridden by what the caller wants. */
export function cadenceOf(settings: unknown, wanted: Partial<Cadence> = {}): Cadence {
  const table = (settings ?? {}) as Record<string, unknown>
  const positive = (name: string) => {
    const value = table[name]
    return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null
  }
  const ms = (name: string, fallback: number) => {
    const seconds = positive(name)
    return seconds === null ? fallback : seconds * 1000
  }
  const advised: Cadence = {
    ...DEFAULT_CADENCE,
    heartbeat_ms: ms('heartbeat_interval_sec', DEFAULT_CADENCE.heartbeat_ms),
    poll_ms: ms('command_poll_interval_sec', DEFAULT_CADENCE.poll_ms),
    sync_ms: ms('trade_sync_interval_sec', DEFAULT_CADENCE.sync_ms),
    tick_batch_size: Math.ceil(positive('tick_batch_size') ?? DEFAULT_CADENCE.tick_batch_size),
  }
  const cadence = { ...advised, ...wanted }
  return { ...cadence, tick_batch_max: Math.max(cadence.tick_batch_max, cadence.tick_batch_size) }
}
