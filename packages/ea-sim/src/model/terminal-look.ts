// Reading the terminal: PositionsTotal, OrdersTotal, HistorySelect and CopyRates in one call.

import { readTag, TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
import type { SimulatedBroker } from './broker.ts'
import { brokerTimeMs } from './broker-time.ts'
import type { LookQuery, LookResult, TerminalState } from './native/broker-port.ts'
import type { TerminalView } from './terminal-view.ts'

export function readTerminal(
  broker: SimulatedBroker,
  view: TerminalView,
  query: LookQuery,
  terminal: TerminalState,
  at_ms: number,
): LookResult {
  const nothing = emptyLook(terminal)
  switch (query.what) {
    case 'command':
      return {
        ...nothing,
        ...byTag(broker, view, query.magic, at_ms),
        ...byTicket(broker, view, query, at_ms),
      }
    case 'scope': {
      const inScope = (one: { symbol: string; magic: string }) =>
        (query.symbol === null || one.symbol === query.symbol) &&
        (query.strategy_no === null || strategyOf(one.magic) === query.strategy_no)
      const positions = view.positions(at_ms).filter(inScope)
      return { ...nothing, positions, orders: view.orders(at_ms).filter(inScope) }
    }
    case 'deals': {
      const { deals } = broker.ledger
      const after = BigInt(query.after ?? 0)
      const at = deals.findIndex(({ deal }) => BigInt(deal) > after)
      const from = at === -1 ? deals.length : at
      return { ...nothing, deals: view.deals(deals.slice(Math.max(0, from - query.overlap)), at_ms) }
    }
    case 'orders': {
      const { history } = broker
      const named = query.tickets.flatMap((ticket) => history.order(ticket) ?? [])
      const ended = [...new Set([...history.endedSince(query.ended_since_ms), ...named])]
      return { ...nothing, orders: view.orders(at_ms), history_orders: view.historyOrders(ended, at_ms) }
    }
    case 'highest_tag':
      return { ...nothing, highest_command_no: view.highestCommandNo(at_ms) }
    case 'history': {
      const from_ms = brokerTimeMs(query.from) ?? 0
      const to_ms = brokerTimeMs(query.to) ?? Number.MAX_SAFE_INTEGER
      const timeframe = query.timeframe as Timeframe
      const candles = broker.candles.read(query.symbol, timeframe, from_ms, to_ms, query.max)
      const end_ms = (candles.at(-1)?.time_ms ?? 0) + TIMEFRAMES[timeframe] * 1000
      return { ...nothing, candles, forming: candles.length > 0 && end_ms > broker.time_ms }
    }
  }
}

/** What has no tag has no strategy, and that is strategy 0. */
export const strategyOf = (magic: string): number => readTag(magic)?.strategy_no ?? 0

export const emptyLook = (terminal: TerminalState): LookResult => ({
  terminal,
  positions: [],
  orders: [],
  history_orders: [],
  deals: [],
  position: null,
  order: null,
  opposite: null,
  ticket_deals: [],
  ticket_order: null,
  digits: 8,
  volume_step: 1e-8,
  highest_command_no: 0,
  candles: [],
  forming: false,
})

function byTag(broker: SimulatedBroker, view: TerminalView, magic: string | null, at_ms: number) {
  if (magic === null) return {}
  const { history } = broker
  return {
    positions: view.positions(at_ms).filter((position) => position.magic === magic),
    orders: view.orders(at_ms).filter((order) => order.magic === magic),
    history_orders: view.historyOrders(history.ordersByMagic(magic), at_ms),
    deals: view.deals(history.dealsByMagic(magic), at_ms),
  }
}

function byTicket(
  broker: SimulatedBroker,
  view: TerminalView,
  query: LookQuery & { what: 'command' },
  at_ms: number,
) {
  const { ticket, opposite_ticket } = query
  if (ticket === null) return {}
  const { history } = broker
  const position = view.position(ticket, at_ms)
  const order = view.order(ticket, at_ms)
  const gone = history.order(ticket)
  const ticket_deals = view.deals(history.dealsOfPosition(ticket), at_ms)
  const symbol = position?.symbol ?? order?.symbol ?? ticket_deals[0]?.symbol ?? gone?.symbol
  const spec = symbol === undefined ? undefined : broker.symbols.get(symbol)
  return {
    position,
    order,
    opposite: opposite_ticket === null ? null : view.position(opposite_ticket, at_ms),
    ticket_deals,
    ticket_order: gone !== null && view.shows('order', ticket, at_ms) ? gone : null,
    ...(spec && { digits: spec.digits, volume_step: spec.volume_step }),
  }
}
