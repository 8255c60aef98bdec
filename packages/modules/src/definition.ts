// A module as its author writes it: a name, what its key may do, and what is called when something happens.
//
//   M1. One thing at a time: no function of a module is called before the one before it has ended.
//   M2. An event is handed over at least once, in the order of `seq`, also across the module's own death.
//   M3. Ticks and candles are the newest: a module that is slow is told how many it did not see.
import type { Timeframe } from '@ngtb/protocol'
import type { Client, Int64Like, LiveEvent } from '@ngtb/sdk'
import type { Settings } from './settings.ts'

/** What a module's key may do. `alerts:write` comes by itself; an EA's scope is for EAs. */
export const MODULE_SCOPES = ['commands:read', 'commands:open', 'commands:close', 'admin'] as const
export type ModuleScope = (typeof MODULE_SCOPES)[number]

/** A value, or how it follows from the settings. */
export type Or<S, T> = T | ((settings: S) => T)

export interface TicksWish {
  /** Left out: all that the EAs stream. */
  symbols?: readonly string[] | undefined
  /** `latest` (the default): the newest of each symbol; `every`: each one, as long as you keep up. */
  mode?: 'latest' | 'every' | undefined
}

export interface CandleSeries {
  /** The MT5 login; may be left out when the module has one account. */
  account?: string
  symbol: string
  timeframe: Timeframe
}

export interface ModuleTick {
  /** The MT5 login. */
  account: string
  symbol: string
  bid: number
  ask: number
  /** Broker time. */
  time_ms: number
  volume?: number
  /** How many ticks of this symbol came before it and were not handed over: you were busy (M3). */
  conflated: number
}

export interface ModuleCandle {
  account: string
  symbol: string
  timeframe: Timeframe
  /** Its start, broker time. */
  time_ms: number
  open: number
  high: number
  low: number
  close: number
  ticks: number
  /** A newer one has begun. */
  complete: boolean
}

export type Severity = 'info' | 'warning' | 'critical'

export interface RaiseOptions {
  severity?: Severity
  /** The MT5 login that it is about. */
  account_number?: string
  /** What makes it the same alert: raised once until it is cleared. Left out: the text. */
  name?: string
}

type Details = Readonly<Record<string, unknown>>

export interface ModuleLog {
  info(message: string, details?: Details): void
  warn(message: string, details?: Details): void
  error(message: string, details?: Details): void
}

/** What a module holds while it runs. */
export interface ModuleContext<S = Settings> {
  readonly name: string
  readonly settings: S
  /** The MT5 logins that it was given; none: every account. */
  readonly accounts: readonly string[]
  /** The client of its only account, by its own key. */
  readonly client: Client
  /** The client of one of its accounts: the one that an event or a tick names. */
  clientOf(account: Int64Like): Client
  /** Tells a person. It never throws: what could not be told is in the log, and the answer is false. */
  alert(text: string, options?: RaiseOptions): Promise<boolean>
  /** Clears what this module raised under this name (or text). */
  clear(name: string): Promise<void>
  readonly log: ModuleLog
  /** Aborts when the module is to end. */
  readonly signal: AbortSignal
}

type Done = void | Promise<void>
type OnEvent<S> = (event: LiveEvent, context: ModuleContext<S>) => Done

export interface ModuleDefinition<S extends Settings = Settings> {
  /** Its key is shown as `module:NAME`. Small letters, digits and `-`. */
  name: string
  /** A line for `ngtb module list`. */
  about?: string
  /** What it needs, and no more. */
  scopes: readonly ModuleScope[]
  /** MT5 logins; one: the key is bound to it. Left out: every account. `--set NAME.accounts=LOGIN` chooses others. */
  accounts?: readonly Int64Like[]
  /** What may be set, with its defaults. */
  settings?: S
  /** What is wrong with these settings, and what would be right; null: nothing. */
  check?: (settings: S) => string | null
  ticks?: Or<S, TicksWish>
  candles?: Or<S, readonly CandleSeries[]>
  /** Before anything else, at each start. */
  onStart?: (context: ModuleContext<S>) => Done
  onTick?: (tick: ModuleTick, context: ModuleContext<S>) => Done
  onCandle?: (candle: ModuleCandle, context: ModuleContext<S>) => Done
  onTrade?: OnEvent<S>
  onCommand?: OnEvent<S>
  onConnection?: OnEvent<S>
  every?: { seconds: Or<S, number>; run: (context: ModuleContext<S>) => Done }
  /** When it is to end; it has five seconds. */
  onStop?: (context: ModuleContext<S>) => Done
}

/** Marks what `defineModule` made, whichever copy of this file did. */
export const DEFINED = Symbol.for('ngtb.module')

/**
 * Says what a module is; a file's default export is one.
 * @example
 * export default defineModule({
 *   name: 'hello',
 *   scopes: ['commands:read'],
 *   onTick(tick, { log }) { log.info(`${tick.symbol} ${tick.bid}`) },
 * })
 */
export function defineModule<S extends Settings>(definition: ModuleDefinition<S>): ModuleDefinition<S> {
  return Object.assign(definition, { [DEFINED]: true })
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/
const HANDLERS = [
  'onStart',
  'onTick',
  'onCandle',
  'onTrade',
  'onCommand',
  'onConnection',
  'onStop',
  'check',
] as const

/**
 * What a file exported, as a definition.
 * @throws {TypeError} with a sentence about what to change
 */
export function readDefinition(exported: unknown): ModuleDefinition {
  const definition = exported as ModuleDefinition & { [DEFINED]?: true }
  if (typeof exported !== 'object' || exported === null || definition[DEFINED] !== true)
    throw new TypeError('it has no module: write `export default defineModule({ … })`')
  const problem = problemOf(definition)
  if (problem !== null) throw new TypeError(problem)
  return definition
}

function problemOf(definition: ModuleDefinition): string | null {
  const { name, scopes, every } = definition
  if (typeof name !== 'string' || !NAME.test(name))
    return `name ${JSON.stringify(name)} is not 1 to 40 small letters, digits and "-", a letter first`
  if (!Array.isArray(scopes) || scopes.length === 0)
    return `scopes: name at least one of ${MODULE_SCOPES.join(', ')}`
  const strange = scopes.find((scope) => !MODULE_SCOPES.includes(scope))
  if (strange !== undefined)
    return `scopes: there is no ${JSON.stringify(strange)} for a module; use ${MODULE_SCOPES.join(', ')}`
  const unfit = HANDLERS.find((key) => definition[key] !== undefined && typeof definition[key] !== 'function')
  if (unfit !== undefined) return `${unfit} is not a function`
  if (every !== undefined && typeof every.run !== 'function')
    return 'every: { seconds, run } needs a function'
  if (definition.onCandle !== undefined && definition.candles === undefined)
    return 'onCandle needs candles: [{ symbol, timeframe }]'
  return null
}

/** The value of something that may follow from the settings. */
export const wished = <S, T>(wish: Or<S, T>, settings: S): T =>
  typeof wish === 'function' ? (wish as (settings: S) => T)(settings) : wish
