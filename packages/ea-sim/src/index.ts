// An EA without MetaTrader: what other packages may hold.

import { SimulatedEa } from './driver.ts'
import { RunningNativeEa } from './driver-native.ts'
import type { NativeDriverOptions } from './native-options.ts'
import type { SimulatedEaOptions } from './options.ts'

/**
 * A simulated EA against a server, over the plain endpoints. It does nothing before `start()`.
 * @example
 * const ticks = readTickFile('eurusd-2020-01-01.csv')
 * const ea = createSimulatedEa({ account: 12345678, url: 'http://127.0.0.1:9900', ticks, speed: 0 })
 * await ea.start()
 * await ea.idle()
 * await ea.stop()
 */
export const createSimulatedEa = (options: SimulatedEaOptions): SimulatedEa => new SimulatedEa(options)

/**
 * A native EA against a server: journal on a disk, commands by socket or poll. It does nothing before `start()`.
 * @example
 * const trade_server = new TradeServer(new SimulatedBroker(), { login: '12345678' })
 * const broker = localBroker(trade_server, systemClock)
 * const ea = createNativeEa({ account: 12345678, api_key, broker, journal_path: 'ea/journal.log', push: true })
 * await ea.start()
 * await ea.stop()
 */
export const createNativeEa = (options: NativeDriverOptions): RunningNativeEa => new RunningNativeEa(options)

export { type Clock, systemClock } from './clock.ts'
export type { SimulatedEa } from './driver.ts'
export type { RunningNativeEa } from './driver-native.ts'
export { JournalFile, JournalInUse } from './journal-file.ts'
export { ConnectRefused } from './link.ts'
export { localBroker } from './local-broker.ts'
export { type BackoffPolicy, backoffMs } from './model/backoff.ts'
export { SimulatedBroker } from './model/broker.ts'
export type * from './model/broker-types.ts'
export { Retcode } from './model/checks.ts'
export { type EaAnswer, type EaCommand, ReferenceEa } from './model/ea.ts'
export type * from './model/native/api.ts'
export type * from './model/native/broker-port.ts'
export { type Decoded, decodeJournal, encodeRecord, encodeRecords } from './model/native/codec.ts'
export { dealEvent } from './model/native/deal-cursor.ts'
export { JournalState, type OpenedJournal, openedFrom } from './model/native/journal-state.ts'
export { MemoryJournal } from './model/native/memory-journal.ts'
export { NativeEa } from './model/native/native-ea.ts'
export type * from './model/native/records.ts'
export type { NativeEaOptions } from './model/native/settings.ts'
export { agreementOf, endOf } from './model/native/snapshots.ts'
export { type Deadline, elapsedMs, type Stamp } from './model/native/stamp.ts'
export { Random } from './model/random.ts'
export { DEFAULT_SYMBOLS, findSymbol, type SymbolSpec, TradeMode } from './model/symbols.ts'
export {
  mergeTicks,
  parseTickLine,
  parseTickLines,
  type RandomWalkOptions,
  randomWalk,
  type Tick,
  TickFormatError,
} from './model/ticks.ts'
export {
  type OrderFault,
  portOf,
  TradeServer,
  type TradeServerOptions,
} from './model/trade-server.ts'
export type { NativeCadence, NativeDriverOptions, NativeEvent, TerminalPort } from './native-options.ts'
export type { Cadence, EaEvent, SimulatedEaOptions } from './options.ts'
export type { EaStats, LatencySeries } from './stats.ts'
export { readTickFile, symbolOfFile } from './tick-file.ts'
export { rowOf, tradeEvent } from './wire.ts'
