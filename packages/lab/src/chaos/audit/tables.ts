// The tables against the broker: the same positions are open, the same orders wait, and look the same (I5, P7, R8).
import {
  type BrokerPosition,
  type Evidence,
  type LedgerTrade,
  type Violation,
  violation,
  type WaitingOrder,
} from './evidence.ts'

/** What the ledger calls open, and what is. */
interface Shown {
  readonly trades: readonly LedgerTrade[]
  readonly books: { readonly positions: readonly BrokerPosition[] }
}

/** Prices and volumes are compared to eight decimals: finer than any symbol, coarser than a binary fraction. */
const same = (a: number, b: number) => Math.abs(a - b) < 5e-9

export const tableRules = (evidence: Evidence): Violation[] => [
  ...tradeRules(evidence),
  ...orderRules(evidence),
]

export function tradeRules({ trades, books }: Shown): Violation[] {
  const told = new Map(trades.map((trade) => [trade.ticket, trade]))
  const there = new Set(books.positions.map(({ ticket }) => ticket))
  return [
    ...books.positions.flatMap((position) => {
      const what = difference(position, told.get(position.ticket))
      return what === null ? [] : [violation('trade_table', position.ticket, what)]
    }),
    ...trades
      .filter(({ ticket, status }) => status === 'open' && !there.has(ticket))
      .map(({ ticket }) =>
        violation('trade_table', ticket, 'it is open in the table, and gone at the broker'),
      ),
  ]
}

function difference(position: BrokerPosition, trade: LedgerTrade | undefined): string | null {
  if (!trade) return 'it is open at the broker, and not in the table'
  if (trade.status !== 'open') return 'it is open at the broker, and closed in the table'
  if (trade.symbol !== position.symbol) return `it is ${position.symbol}, and ${trade.symbol} in the table`
  if (trade.direction !== position.direction)
    return `it is a ${position.direction}, and ${trade.direction} in the table`
  for (const field of ['volume', 'open_price', 'sl', 'tp'] as const)
    if (!same(trade[field] ?? 0, position[field]))
      return `its ${field} is ${position[field]}, and ${trade[field]} in the table`
  return null
}

/** Only a native EA tells of its orders. */
function orderRules({ native, orders, books }: Evidence): Violation[] {
  if (!native) return []
  const told = new Map(orders.map((order) => [order.ticket, order]))
  const there = new Set(books.pending.map(({ ticket }) => ticket))
  return [
    ...books.pending.flatMap((order) => {
      const what = orderDifference(order, told.get(order.ticket))
      return what === null ? [] : [violation('order_table', order.ticket, what)]
    }),
    ...orders
      .filter(({ ticket }) => !there.has(ticket))
      .map(({ ticket }) =>
        violation('order_table', ticket, 'it waits in the table, and is gone at the broker'),
      ),
  ]
}

function orderDifference(order: WaitingOrder, row: WaitingOrder | undefined): string | null {
  if (!row) return 'it waits at the broker, and not in the table'
  if (row.symbol !== order.symbol) return `it is ${order.symbol}, and ${row.symbol} in the table`
  for (const field of ['volume', 'price', 'sl', 'tp'] as const)
    if (!same(row[field] ?? 0, order[field] ?? 0))
      return `its ${field} is ${order[field]}, and ${row[field]} in the table`
  return null
}
