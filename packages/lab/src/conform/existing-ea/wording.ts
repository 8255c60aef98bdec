// The existing EA's mouth: every request body to the byte. Strings are spliced in as they are: nothing is escaped.
import type { Bar, Direction, SymbolInfo } from './facts.ts'

/** printf's `%.<digits>f`, with the minus of a negative zero. */
export const dec = (value: number, digits: number): string =>
  (Object.is(value, -0) ? '-' : '') + value.toFixed(digits)

/** printf's `%d` of whatever came: the low 32 bits, signed. Larger accounts and tickets are mutilated by it. */
export const int = (value: bigint | number): string =>
  BigInt.asIntN(32, typeof value === 'bigint' ? value : BigInt(Math.trunc(value))).toString()

/** printf's `%llu`. */
export const unsigned = (value: bigint): string => BigInt.asUintN(64, value).toString()

const money = (value: number): string => dec(value, 2)
const price = (value: number): string => dec(value, 5)

export interface Caller {
  readonly account: bigint
  readonly api_key: string
}

export interface Funds {
  readonly balance: number
  readonly equity: number
  readonly margin: number
  readonly free_margin: number
}

export interface Profits {
  readonly profit_today: number
  readonly profit_week: number
  readonly profit_month: number
  readonly profit_year: number
}

const FUNDS = ['balance', 'equity', 'margin', 'free_margin'] as const
const PROFITS = ['profit_today', 'profit_week', 'profit_month', 'profit_year'] as const
const DEPOSITS = ['deposits_today', 'deposits_week', 'deposits_month', 'deposits_year'] as const

type Money<K extends string> = Readonly<Record<K, number>>

function moneys<K extends string>(names: readonly K[], of: Money<K>): string {
  return names.map((name) => `"${name}":${money(of[name])}`).join(',')
}

const head = ({ account, api_key }: Caller): string => `{"account":${int(account)},"api_key":"${api_key}"`

export function connectBody(
  account: bigint,
  broker: string,
  timestamp: number,
  symbols: readonly string[],
): string {
  const names = symbols.map((symbol) => `"${symbol}"`).join(',')
  return (
    `{"account":${int(account)},"broker":"${broker}","platform":"MT5","timestamp":${int(timestamp)},` +
    `"available_symbols":[${names}]}`
  )
}

/** Of `/api/symbols` and of `/api/get_commands`. */
export const bareBody = (caller: Caller): string => `${head(caller)}}`

const specOf = (spec: SymbolInfo): string =>
  `{"symbol":"${spec.symbol}","volume_min":${dec(spec.volume_min, 2)},"volume_max":${dec(spec.volume_max, 2)},` +
  `"volume_step":${dec(spec.volume_step, 2)},"stops_level":${int(spec.stops_level)},` +
  `"freeze_level":${int(spec.freeze_level)},"trade_mode":${int(spec.trade_mode)},"digits":${int(spec.digits)},` +
  `"point_value":${dec(spec.point, 10)}`

export function specsBody(caller: Caller, specs: readonly SymbolInfo[]): string {
  const items = specs.map((spec) => `${specOf(spec)},"contract_size":${dec(spec.contract_size, 2)}}`)
  return `${head(caller)},"symbols":[${items.join(',')}]}`
}

/** Of a symbol that a heartbeat's answer brought: without `contract_size`. */
export const oneSpecBody = (caller: Caller, spec: SymbolInfo): string =>
  `${head(caller)},"symbols":[${specOf(spec)}}]}`

export const coverageBody = (symbol: string, timeframe: string, required_bars: number): string =>
  `{"symbol":"${symbol}","timeframe":"${timeframe}","required_bars":${int(required_bars)}}`

export function historicalBody(
  account: bigint,
  symbol: string,
  timeframe: string,
  bars: readonly Bar[],
): string {
  const candles = bars.map(
    (bar) =>
      `{"timestamp":${int(bar.time)},"open":${price(bar.open)},"high":${price(bar.high)},` +
      `"low":${price(bar.low)},"close":${price(bar.close)},"volume":${int(bar.tick_volume)}}`,
  )
  return (
    `{"account":${int(account)},"symbol":"${symbol}","timeframe":"${timeframe}",` +
    `"candles":[${candles.join(',')}]}`
  )
}

export const heartbeatBody = (
  caller: Caller,
  timestamp: number,
  values: Funds & Profits & Money<(typeof DEPOSITS)[number]>,
): string =>
  `${head(caller)},"timestamp":${int(timestamp)},${moneys([...FUNDS, ...PROFITS, ...DEPOSITS], values)}}`

/** @param response an object as `responses.ts` spells it */
export const commandResponseBody = (
  caller: Caller,
  command_id: string,
  status: 'completed' | 'failed',
  response: string,
): string => `${head(caller)},"command_id":"${command_id}","status":"${status}","response":${response}}`

export const profitUpdateBody = (
  caller: Caller,
  values: Profits & Pick<Funds, 'balance' | 'equity'>,
): string => `${head(caller)},${moneys(['balance', 'equity', ...PROFITS], values)}}`

export interface Transaction {
  readonly ticket: bigint
  readonly transaction_type: string
  readonly amount: number
  readonly timestamp: number
  readonly comment: string
  /** Of now, not after that deal. */
  readonly balance: number
}

export const transactionBody = (caller: Caller, told: Transaction): string =>
  `${head(caller)},"ticket":${unsigned(told.ticket)},"transaction_type":"${told.transaction_type}",` +
  `"amount":${money(told.amount)},"timestamp":${int(told.timestamp)},"comment":"${told.comment}",` +
  `"balance":${money(told.balance)}}`

export interface Tick {
  readonly symbol: string
  readonly bid: number
  readonly ask: number
  readonly volume: number
  readonly timestamp: number
  readonly tz_offset: number
  readonly tradeable: boolean
}

/** One tick: the EA keeps these texts until a batch of them was answered. */
export const tickText = (tick: Tick): string =>
  `{"symbol":"${tick.symbol}","bid":${price(tick.bid)},"ask":${price(tick.ask)},` +
  `"spread":${price(tick.ask - tick.bid)},"volume":${int(tick.volume)},"timestamp":${int(tick.timestamp)},` +
  `"tz_offset":${int(tick.tz_offset)},"tradeable":${tick.tradeable}}`

export interface OpenPosition {
  readonly ticket: bigint
  readonly profit: number
  readonly swap: number
}

export function ticksBody(
  caller: Caller,
  ticks: readonly string[],
  positions: readonly OpenPosition[],
  values: Funds & Profits,
): string {
  const held = positions.map(
    ({ ticket, profit, swap }) =>
      `{"ticket":${unsigned(ticket)},"profit":${money(profit)},"swap":${money(swap)}}`,
  )
  return (
    `${head(caller)},"ticks":[${ticks.join(',')}],"positions":[${held.join(',')}],` +
    `${moneys([...FUNDS, ...PROFITS], values)}}`
  )
}

/** One shape for open, changed, synchronised and closed. */
export interface TradeUpdate {
  readonly ticket: bigint
  readonly symbol: string
  readonly direction: Direction
  readonly volume: number
  readonly open_price: number
  readonly open_time: number
  readonly close_price: number
  readonly close_time: number
  readonly sl: number
  readonly tp: number
  readonly profit: number
  readonly commission: number
  readonly swap: number
  readonly status: 'open' | 'closed'
  readonly close_reason: string
}

export const tradeUpdateBody = (caller: Caller, trade: TradeUpdate): string =>
  `${head(caller)},"ticket":${unsigned(trade.ticket)},"symbol":"${trade.symbol}",` +
  `"direction":"${trade.direction}","volume":${money(trade.volume)},"open_price":${price(trade.open_price)},` +
  `"open_time":${int(trade.open_time)},"close_price":${price(trade.close_price)},` +
  `"close_time":${int(trade.close_time)},"sl":${price(trade.sl)},"tp":${price(trade.tp)},` +
  `"profit":${money(trade.profit)},"commission":${money(trade.commission)},"swap":${money(trade.swap)},` +
  `"status":"${trade.status}","source":"MT5","close_reason":"${trade.close_reason}"}`

export type Level = 'INFO' | 'WARNING' | 'ERROR'

export const logBody = (caller: Caller, level: Level, message: string, info: string): string =>
  `${head(caller)},"level":"${level}","message":"${message}","details":{"info":"${info}"}}`
