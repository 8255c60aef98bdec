// What the plain endpoints are told: bodies as text. Tickets and logins beyond 2^53−1 go as text (R1); times
// of ticks and trades in ms.

import { commandEndpoints, logEndpoints, plainInt64, tickEndpoints, tradeEndpoints } from '@ngtb/protocol'
import type { AccountFigures, BrokerEvent, Position } from './model/broker-types.ts'
import type { BarsSent } from './model/candles.ts'
import type { EaAnswer } from './model/ea.ts'
import type { SymbolSpec } from './model/symbols.ts'
import type { Tick } from './model/ticks.ts'

export type Plane = 'command' | 'ticks' | 'trades' | 'logs'

/** Every endpoint that an EA calls: its port and its path. */
export const EA_ENDPOINTS = {
  connect: { plane: 'command', path: commandEndpoints.connect.path },
  heartbeat: { plane: 'command', path: commandEndpoints.heartbeat.path },
  get_commands: { plane: 'command', path: commandEndpoints.get_commands.path },
  command_response: { plane: 'command', path: commandEndpoints.command_response.path },
  command_responses: { plane: 'command', path: commandEndpoints.command_responses.path },
  disconnect: { plane: 'command', path: commandEndpoints.disconnect.path },
  ticks_batch: { plane: 'ticks', path: tickEndpoints.ticks_batch.path },
  bars: { plane: 'ticks', path: tickEndpoints.bars.path },
  trades_sync: { plane: 'trades', path: tradeEndpoints.trades_sync.path },
  events: { plane: 'trades', path: tradeEndpoints.events.path },
  trade_opened: { plane: 'trades', path: tradeEndpoints.trade_opened.path },
  trade_closed: { plane: 'trades', path: tradeEndpoints.trade_closed.path },
  trade_modified: { plane: 'trades', path: tradeEndpoints.trade_modified.path },
  log: { plane: 'logs', path: logEndpoints.log.path },
} as const satisfies Record<string, { plane: Plane; path: string }>

export type EndpointName = keyof typeof EA_ENDPOINTS

/** A message ready to go; the text stays the same however often it is sent. */
export interface Message {
  endpoint: EndpointName
  body: string
}

/** The login as it stands in every body. */
export type Account = number | string

/** The plain fields of a connect; a native EA adds its own. */
export function connectFields(
  account: Account,
  broker: string,
  now_ms: number,
  symbols: Iterable<SymbolSpec>,
): Record<string, unknown> {
  const available_symbols = Array.from(symbols, (spec) => ({
    symbol: spec.symbol,
    description: spec.description,
    volume_min: spec.volume_min,
    volume_max: spec.volume_max,
    volume_step: spec.volume_step,
    stops_level: spec.stops_level,
    freeze_level: spec.freeze_level,
    trade_mode: spec.trade_mode,
    digits: spec.digits,
    point_value: spec.point,
    ...worthOf(spec),
  }))
  return { account, broker, platform: 'MT5', timestamp: Math.floor(now_ms / 1000), available_symbols }
}

/** What a tick is worth, where the terminal knows it. */
const worthOf = ({ tick_value, contract_size, point, quote_currency }: SymbolSpec) =>
  tick_value === undefined
    ? {}
    : { contract_size, tick_size: point, tick_value, currency_profit: quote_currency }

export const connectBody = (...plain: Parameters<typeof connectFields>): string =>
  JSON.stringify(connectFields(...plain))

export function heartbeatBody(account: Account, figures: AccountFigures, latency_ms: number): string {
  return JSON.stringify({ account, ...figures, latency_ms: Math.round(latency_ms * 1000) / 1000 })
}

export const accountBody = (account: Account): string => JSON.stringify({ account })

export const disconnectBody = (account: Account, reason: string): string =>
  JSON.stringify({ account, reason })

export function responseMessage(account: Account, command_id: string, answer: EaAnswer): Message {
  return { endpoint: 'command_response', body: JSON.stringify({ account, command_id, ...answer }) }
}

/** @param native what a native EA's list says of itself */
export function syncBody(account: Account, positions: readonly Position[], native: object = {}): string {
  return JSON.stringify({ account, ...native, trades: positions.map(rowOf) })
}

/** A position as a list has it. */
export const rowOf = (position: Position) => ({
  ticket: plainInt64(position.ticket),
  symbol: position.symbol,
  direction: position.direction,
  volume: position.volume,
  open_price: position.open_price,
  open_time: position.open_time_ms,
  sl: position.sl,
  tp: position.tp,
  profit: position.profit,
  swap: position.swap,
  commission: position.commission,
  comment: position.comment,
  ...magicOf(position),
})

/** One trade event for `/api/trades/opened`, `/closed` or `/modified`. */
export function tradeMessage(account: Account, event: Exclude<BrokerEvent, { kind: 'changed' }>): Message {
  const { kind, ...fields } = tradeEvent(event)
  return { endpoint: `trade_${event.kind}`, body: JSON.stringify({ account, ...fields }) }
}

/** The same as an event of a native EA's stream. */
export function tradeEvent(event: BrokerEvent): { kind: string } & Record<string, unknown> {
  const { kind, position } = event
  const ticket = plainInt64(position.ticket)
  if (kind === 'changed') return { kind, ...rowOf(position) }
  if (kind === 'modified') return { kind, ticket, sl: position.sl, tp: position.tp, timestamp: event.time_ms }
  if (kind === 'closed') {
    const { close_price, close_reason, profit, swap, commission, close_time_ms } = event.position
    return { kind, ticket, close_price, close_reason, profit, swap, commission, timestamp: close_time_ms }
  }
  const { symbol, direction, volume, open_price, sl, tp, comment, open_time_ms } = position
  const opened = { symbol, direction, volume, open_price, sl, tp, comment, ...magicOf(position) }
  return { kind, ticket, ...opened, timestamp: open_time_ms }
}

export function logMessage(account: Account, level: string, message: string, details: unknown): Message {
  return { endpoint: 'log', body: JSON.stringify({ account, level, message, details }) }
}

/**
 * A tick batch. The prices go as the literals of the source: JSON.stringify would write 1.121200 as 1.1212,
 * and two texts can be compared to the last digit where two doubles only seem equal.
 */
/** @param numbers of a native EA: its run, and the number of the first tick in it (P11) */
export function ticksBody(
  account: Account,
  batch_id: string,
  ticks: readonly Tick[],
  numbers: { run: string; first_seq: number } | null = null,
): string {
  const rows = ticks.map(
    ({ symbol, bid_text, ask_text, time_ms, volume }) =>
      `{"symbol":${JSON.stringify(symbol)},"bid":${bid_text},"ask":${ask_text},` +
      `"timestamp":${time_ms},"volume":${volume}}`,
  )
  // Run and first number are a name, too, and the same over every line.
  const head = JSON.stringify({ account, ...(numbers ?? { batch_id }) }).slice(0, -1)
  return `${head},"ticks":[${rows.join(',')}]}`
}

/** Bars of the terminal's history. @param forming the last of them is not finished */
export const barsBody = (account: Account, { symbol, timeframe, bars, forming }: BarsSent): string =>
  JSON.stringify({
    account,
    ...{ symbol, timeframe, forming },
    bars: bars.map(({ time_ms, open, high, low, close, ticks }) => ({
      ...{ time: time_ms, open, high, low, close },
      tick_volume: ticks,
    })),
  })

// 0 means "set by hand or by nobody" and is no 64-bit number by R1.
const magicOf = ({ magic }: Position) => (magic === '0' ? {} : { magic: plainInt64(magic) })
