// The trade table against the broker: the same positions are open, and they look the same (I5, R8).
import {
  type BrokerPosition,
  type Evidence,
  type LedgerTrade,
  type Violation,
  violation,
} from './evidence.ts'

/** Prices and volumes are compared to eight decimals: finer than any symbol, coarser than a binary fraction. */
const same = (a: number, b: number) => Math.abs(a - b) < 5e-9

export function tableRules({ trades, books }: Evidence): Violation[] {
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
