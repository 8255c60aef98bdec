// What follows from positions and quotes: pure, so that it is tested. Money is the EA's word; where the terminal said
// what a tick is worth, it moves with the quotes, and says so when that worth itself moves (another currency).
import type { SymbolView, TradeView } from '@ngtb/sdk'

export interface Quote {
  readonly bid: number
  readonly ask: number
  /** Broker time, ms. */
  readonly time_ms: number
  /** Our clock when it came. */
  readonly heard_at: number
}

export type Side = 'buy' | 'sell'

export function sideOf(direction: string | null): Side | null {
  const word = direction?.toLowerCase() ?? ''
  if (word.includes('buy')) return 'buy'
  return word.includes('sell') ? 'sell' : null
}

/** The price at which it would be closed now: a buy at the bid, a sell at the ask. */
export const closingPrice = (side: Side | null, quote: Quote | undefined): number | null =>
  quote === undefined || side === null ? null : side === 'buy' ? quote.bid : quote.ask

/** How far it has gone in its own favour, in points of the symbol. */
export function pointsOf(
  trade: Pick<TradeView, 'direction' | 'open_price'>,
  quote: Quote | undefined,
  digits: number | null | undefined,
): number | null {
  const side = sideOf(trade.direction)
  const price = closingPrice(side, quote)
  if (price === null || trade.open_price === null || digits === null || digits === undefined) return null
  const distance = side === 'buy' ? price - trade.open_price : trade.open_price - price
  return Math.round(distance * 10 ** digits)
}

export interface Worth {
  readonly amount: number
  /** False: the tick's worth moves with another price, and was told at the EA's connect. */
  readonly exact: boolean
}

/** What a position gained or lost at this quote, in the account's currency; null where nobody can know. */
export function worthNow(
  { direction, open_price, volume }: Pick<TradeView, 'direction' | 'open_price' | 'volume'>,
  quote: Quote | undefined,
  spec: SymbolView | undefined,
  currency: string | null | undefined,
): Worth | null {
  const side = sideOf(direction)
  const price = closingPrice(side, quote)
  if (price === null || open_price === null || volume === null || !spec?.tick_size || !spec.tick_value)
    return null
  const distance = side === 'buy' ? price - open_price : open_price - price
  return {
    amount: (distance / spec.tick_size) * spec.tick_value * volume,
    exact: spec.currency_profit !== null && spec.currency_profit === currency,
  }
}

/** All that is open, by the newest quotes where they say it, else as the EA told it; with swap. Null: nobody said. */
export function openWorth(
  trades: readonly TradeView[] | undefined,
  quoteOf: (symbol: string) => Quote | undefined,
  specs: ReadonlyMap<string, SymbolView>,
  currency: string | null | undefined,
): (Worth & { readonly live: boolean }) | null {
  const open = trades?.filter(({ status }) => status === 'open') ?? []
  let amount = 0
  let exact = true
  // Nothing open is worth nothing, whatever the EA's last word of the account was.
  let live = open.length === 0
  for (const trade of open) {
    const worth = worthNow(trade, quoteOf(trade.symbol ?? ''), specs.get(trade.symbol ?? ''), currency)
    if (worth === null && trade.profit === null) return null
    amount += (worth?.amount ?? trade.profit ?? 0) + (trade.swap ?? 0)
    exact &&= worth?.exact ?? true
    live ||= worth !== null
  }
  return trades === undefined ? null : { amount, exact, live }
}

export interface Exposure {
  readonly symbol: string
  readonly long: number
  readonly short: number
  /** Lots; above zero is long. */
  readonly net: number
  readonly positions: number
  /** The EA's word; null when it said none. */
  readonly profit: number | null
}

const lots = (value: number) => Number(value.toFixed(8))

/** What is open, by symbol, the heaviest first. */
export function exposureOf(trades: readonly TradeView[]): Exposure[] {
  const found = new Map<string, { long: number; short: number; positions: number; profit: number | null }>()
  for (const trade of trades) {
    if (trade.status !== 'open' || trade.symbol === null) continue
    const row = found.get(trade.symbol) ?? { long: 0, short: 0, positions: 0, profit: null }
    const side = sideOf(trade.direction)
    if (side === 'buy') row.long += trade.volume ?? 0
    if (side === 'sell') row.short += trade.volume ?? 0
    row.positions += 1
    if (trade.profit !== null) row.profit = (row.profit ?? 0) + trade.profit
    found.set(trade.symbol, row)
  }
  return [...found]
    .map(([symbol, { long, short, positions, profit }]) => ({
      symbol,
      long: lots(long),
      short: lots(short),
      net: lots(long - short),
      positions,
      profit,
    }))
    .sort((a, b) => Math.abs(b.net) - Math.abs(a.net) || a.symbol.localeCompare(b.symbol))
}

/** Money that is open: what the EA said of the account, else the sum of what it said of its positions. */
export function openProfit(
  { balance, equity }: { balance: number | null; equity: number | null },
  trades: readonly TradeView[] | undefined,
): number | null {
  if (balance !== null && equity !== null) return equity - balance
  const told = trades?.flatMap(({ status, profit }) => (status === 'open' && profit !== null ? [profit] : []))
  return told && told.length > 0 ? told.reduce((sum, one) => sum + one, 0) : null
}
