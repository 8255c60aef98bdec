// How to start a native EA: every setting, its unit and its default.

import type { AccountInfo } from '@ngtb/protocol'
import type { Clock } from './clock.ts'
import type { BackoffPolicy } from './model/backoff.ts'
import type { AccountFigures, BrokerEvent, Position } from './model/broker-types.ts'
import type { Effect, EffectResult } from './model/native/api.ts'
import type { BrokerPort } from './model/native/broker-port.ts'
import type { SymbolSpec } from './model/symbols.ts'
import type { Tick } from './model/ticks.ts'
import type { Cadence, SimulatedEaOptions } from './options.ts'
import type { EndpointName } from './wire.ts'

/** The terminal as the driver holds it; may live in another process, so everything may be a promise. */
export interface TerminalPort extends BrokerPort {
  /** What the terminal's Trade tab shows. */
  positions(): readonly Position[] | Promise<readonly Position[]>
  account(): AccountFigures | Promise<AccountFigures>
  /** What AccountInfo* says beside the figures. */
  info?(): AccountInfo
  readonly symbols: readonly SymbolSpec[]
  /** Trades, also by hand and by the market; null ends it. */
  listen?(listener: ((event: BrokerEvent) => void) | null): void
  /** Pending orders: something happened to one; null ends it. */
  listenOrders?(listener: (() => void) | null): void
  /** The market moves. */
  onTick?(tick: Tick): void
}

/** What happened, for tests, load tools and the command line. `at_ms` is UTC in ms with fractions. */
export type NativeEvent = { at_ms: number } & (
  | { type: 'connected'; epoch: number; push: boolean }
  | { type: 'standby' | 'fenced' | 'copy' | 'halted' }
  | { type: 'link_lost'; cause: string }
  | { type: 'received'; count: number; push: boolean }
  | { type: 'effect'; effect: Effect; result: EffectResult }
  | { type: 'answered'; command_ids: readonly string[] }
  | { type: 'trade'; event: BrokerEvent }
  | { type: 'subscribed'; symbols: readonly string[] }
  | { type: 'request_failed'; endpoint: EndpointName; cause: string }
  | { type: 'disconnected'; clean: boolean }
)

export type Emit = (
  event: NativeEvent extends infer E ? (E extends NativeEvent ? Omit<E, 'at_ms'> : never) : never,
) => void

export interface NativeCadence extends Cadence {
  /** How long a poll may wait at the server for something to do; 0: it is answered at once. */
  wait_ms: number
  /** How often the terminal is asked for its state. */
  terminal_ms: number
}

export interface NativeDriverOptions
  extends Pick<
    SimulatedEaOptions,
    'account' | 'url' | 'ports' | 'broker_name' | 'api_key' | 'request_timeout_ms'
  > {
  broker: TerminalPort
  /** The journal's file; its folder is made. */
  journal_path: string
  /** With the login and the folder of the file the journal's binding. */
  trade_server?: string
  /** Commands come by WebSocket where the server takes it; else, and by default if false, by polling. */
  push?: boolean
  /** A poll-only session tries the socket again after so long. */
  push_retry_ms?: number
  /** A socket that said nothing for so long is dead. */
  silence_ms?: number
  cadence?: Partial<NativeCadence>
  settle_ms?: number
  look_every_ms?: number
  backoff?: BackoffPolicy
  stop_timeout_ms?: number
  onEvent?: (event: NativeEvent) => void
  log?: (line: string) => void
  clock?: Clock
  random?: () => number
  /** Names the machine's run; found out by default. */
  boot_id?: string
  /** Around every effect: for tests that kill in between. */
  around?: (effect: Effect, perform: () => Promise<EffectResult>) => Promise<EffectResult>
  tick_buffer_max?: number
}

export const NATIVE_CADENCE = { wait_ms: 0, terminal_ms: 500 } as const
