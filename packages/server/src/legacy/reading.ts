// What an EA of the older dialect says, in the words of the published messages (docs/spec/legacy-ea.md). Pure: a body
// as it was read in, values out; what can't be used is left out or named, and never guessed.

import { brokerTimeMs, tickTimeMs } from '@ngtb/core'
import { type DealEvent, type DealType, limits, type SymbolSpec, type Tick, toInt64 } from '@ngtb/protocol'

type Body = Readonly<Record<string, unknown>>

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
/** No longer than that, and no half of a letter at its end, which the ledger can't keep. */
const cut = (value: string, length_max: number): string =>
  value.slice(0, length_max).replace(/[\ud800-\udbff]$/, '')
const rows = (value: unknown): Body[] | null =>
  Array.isArray(value) ? value.filter((row) => typeof row === 'object' && row !== null) : null
const given = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
const named = (value: unknown): string | undefined => {
  const name = text(value)
  return name !== undefined && name !== '' && name.length <= limits.symbol_length_max ? name : undefined
}

export interface Figures {
  readonly balance?: number
  readonly equity?: number
  readonly margin?: number
  readonly free_margin?: number
}

/** Money of the account, as heartbeats, ticks and profit updates carry it. */
export const figuresOf = (body: Body): Figures =>
  given({
    balance: number(body.balance),
    equity: number(body.equity),
    margin: number(body.margin),
    free_margin: number(body.free_margin),
  }) as Figures

export interface ListedTickets {
  readonly tickets: readonly string[]
  readonly figures: Figures
}

export interface TicksRead {
  readonly ticks: readonly Tick[]
  /** Rows that are no ticks. */
  readonly dropped: number
  /** The tickets of all open positions; null: it can't be read whole, so it proves nothing (R10). */
  readonly listed: ListedTickets | null
}

/** More than any account can have open: a list that is longer proves nothing. */
const POSITIONS_MAX = 10_000

export function readTicksBody(body: Body): TicksRead {
  const told = rows(body.ticks) ?? []
  const ticks = told.flatMap((row) => readTick(row) ?? [])
  const positions = rows(body.positions)
  const tickets = positions?.map((row) => toInt64(row.ticket)) ?? null
  const whole = tickets !== null && positions?.length === (body.positions as unknown[]).length
  const known = tickets?.filter((ticket) => ticket !== null) ?? []
  return {
    ticks,
    dropped: told.length - ticks.length,
    listed:
      whole && known.length === tickets.length && known.length <= POSITIONS_MAX
        ? { tickets: known, figures: figuresOf(body) }
        : null,
  }
}

function readTick(row: Body): Tick | null {
  const symbol = named(row.symbol)
  const [bid, ask, timestamp] = [number(row.bid), number(row.ask), number(row.timestamp)]
  if (symbol === undefined || bid === undefined || ask === undefined || timestamp === undefined) return null
  const time_ms = tickTimeMs(timestamp)
  const in_time = time_ms >= limits.time_ms_min && time_ms < limits.time_ms_max
  if (!in_time || !isPrice(bid) || !isPrice(ask)) return null
  const volume = number(row.volume)
  return { symbol, bid, ask, timestamp, ...(volume !== undefined && volume >= 0 && { volume }) }
}

const isPrice = (value: number): boolean => value > 0 && value <= limits.price_max

/** `/api/trades/update`: a position as it is, or its end. */
export type TradeWord =
  | { readonly kind: 'open'; readonly ticket: string; readonly row: Body }
  | { readonly kind: 'closed'; readonly ticket: string; readonly end: TradeEnd }
  | { readonly kind: 'unreadable'; readonly why: string }

export interface TradeEnd {
  /** Of the deal that opened it: also where only a part was closed. */
  readonly volume: number | null
  readonly symbol: string | null
  readonly direction: 'BUY' | 'SELL' | null
  readonly open_price: number | null
  readonly open_time_ms: number | null
  readonly close_price: number | null
  readonly close_time_ms: number | null
  readonly profit: number | null
  readonly swap: number | null
  readonly commission: number | null
  /** As the EA guessed it. */
  readonly close_reason: string | null
}

export function readTrade(body: Body): TradeWord {
  const ticket = toInt64(body.ticket)
  if (ticket === null) return { kind: 'unreadable', why: `ticket ${cut(String(body.ticket), 40)} is none` }
  if (body.status === 'open') {
    const { account: _a, api_key: _k, source: _s, status: _t, close_price: _p, close_time: _c, ...row } = body
    return { kind: 'open', ticket, row: { ...row, ticket } }
  }
  if (body.status !== 'closed')
    return {
      kind: 'unreadable',
      why: `status ${cut(String(body.status), 40)} is neither open nor closed`,
    }
  const or_null = (value: unknown) => number(value) ?? null
  return {
    kind: 'closed',
    ticket,
    end: {
      volume: or_null(body.volume),
      symbol: named(body.symbol) ?? null,
      direction: body.direction === 'BUY' || body.direction === 'SELL' ? body.direction : null,
      open_price: or_null(body.open_price),
      open_time_ms: brokerTimeMs(number(body.open_time)),
      close_price: or_null(body.close_price) || null,
      close_time_ms: number(body.close_time) ? brokerTimeMs(number(body.close_time)) : null,
      profit: or_null(body.profit),
      swap: or_null(body.swap),
      commission: or_null(body.commission),
      close_reason: cut(text(body.close_reason) ?? '', limits.text_length_max) || null,
    },
  }
}

const BALANCE_TYPES: Readonly<Record<string, DealType>> = {
  BALANCE: 'DEAL_TYPE_BALANCE',
  CREDIT: 'DEAL_TYPE_CREDIT',
  CHARGE: 'DEAL_TYPE_CHARGE',
  CORRECTION: 'DEAL_TYPE_CORRECTION',
  BONUS: 'DEAL_TYPE_BONUS',
  COMMISSION: 'DEAL_TYPE_COMMISSION',
  COMMISSION_DAILY: 'DEAL_TYPE_COMMISSION_DAILY',
  COMMISSION_MONTHLY: 'DEAL_TYPE_COMMISSION_MONTHLY',
  INTEREST: 'DEAL_TYPE_INTEREST',
}

/** `/api/transaction`: what moves the balance alone. @returns a sentence where it is none */
export function readTransaction(body: Body): DealEvent | string {
  const type = BALANCE_TYPES[text(body.transaction_type) ?? '']
  const deal = toInt64(body.ticket)
  const amount = number(body.amount)
  if (type === undefined) return `transaction_type ${cut(String(body.transaction_type), 40)} is unknown`
  if (deal === null || amount === undefined) return 'ticket or amount is missing'
  const comment = cut(text(body.comment) ?? '', limits.text_length_max)
  return {
    kind: 'deal',
    deal,
    type,
    profit: amount,
    time: number(body.timestamp) ?? null,
    ...(comment && { comment }),
  }
}

/** `/api/symbol_specs`. Its `contract_size` is not told of a single symbol. */
export const readSpecs = (body: Body): SymbolSpec[] =>
  (rows(body.symbols) ?? []).flatMap((row) => {
    const symbol = named(row.symbol)
    if (symbol === undefined) return []
    const spec = given({
      volume_min: positive(row.volume_min),
      volume_max: positive(row.volume_max),
      volume_step: positive(row.volume_step),
      stops_level: number(row.stops_level),
      freeze_level: number(row.freeze_level),
      trade_mode: number(row.trade_mode),
      digits: number(row.digits),
      point_value: positive(row.point_value),
    })
    return [{ symbol, ...spec } as SymbolSpec]
  })

/** Two decimals cut a step of 0.001 to 0.00: then it says nothing. */
const positive = (value: unknown): number | undefined => {
  const told = number(value)
  return told !== undefined && told > 0 ? told : undefined
}

/** `/api/ohlc/historical`: chunks in any order, the newest bar perhaps unfinished. */
export function readCandles(body: Body): { symbol: string; timeframe: string; bars: CandleRow[] } | string {
  const symbol = named(body.symbol)
  const timeframe = text(body.timeframe)
  const candles = rows(body.candles)
  if (symbol === undefined || timeframe === undefined || candles === null)
    return 'symbol, timeframe or candles is missing'
  const bars = candles.flatMap((row) => {
    const [time, open, high] = [number(row.timestamp), number(row.open), number(row.high)]
    const [low, close, tick_volume] = [number(row.low), number(row.close), number(row.volume)]
    return time === undefined ||
      open === undefined ||
      high === undefined ||
      low === undefined ||
      close === undefined
      ? []
      : [{ time, open, high, low, close, tick_volume: tick_volume ?? 0 }]
  })
  return { symbol, timeframe, bars }
}

export interface CandleRow {
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly tick_volume: number
}

/** What a log line says of the EA itself: the only acknowledgement that it gives of a command. */
export type LogHint =
  | { readonly kind: 'received' | 'unknown_type'; readonly command_id: string }
  | { readonly kind: 'leaving' }

export function hintOf(body: Body): LogHint | null {
  if (body.message === 'EA disconnecting') return { kind: 'leaving' }
  const info = text((body.details as { info?: unknown } | null | undefined)?.info) ?? ''
  const command_id = /^Type: [^,]*, ID: ([A-Za-z0-9_-]{1,64})$/.exec(info)?.[1]
  if (command_id === undefined) return null
  if (body.message === 'Command received') return { kind: 'received', command_id }
  return body.message === 'Unknown command type' ? { kind: 'unknown_type', command_id } : null
}
