// What can be traded: the symbol specifications that a broker publishes and an EA reads with SymbolInfo*.

/** MT5's ENUM_SYMBOL_TRADE_MODE. */
export const TradeMode = { DISABLED: 0, LONG_ONLY: 1, SHORT_ONLY: 2, CLOSE_ONLY: 3, FULL: 4 } as const
export type TradeMode = (typeof TradeMode)[keyof typeof TradeMode]

/** One symbol. Volumes in lots, levels in points, `point` = 10^−digits. */
export interface SymbolSpec {
  symbol: string
  description: string
  base_currency: string
  quote_currency: string
  digits: number
  point: number
  volume_min: number
  volume_max: number
  volume_step: number
  /** SL and TP must stay this many points away from the price (SYMBOL_TRADE_STOPS_LEVEL). */
  stops_level: number
  /** Closer than this to SL or TP a position can't be changed (SYMBOL_TRADE_FREEZE_LEVEL). */
  freeze_level: number
  /** Units of the base currency in one lot. */
  contract_size: number
  /** What a point of one lot is worth now in the account's currency: only a terminal with quotes knows. */
  tick_value?: number
  trade_mode: TradeMode
  /** Start of a random walk, and the price for conversions while the symbol has no quote yet. */
  reference_price: number
  /** Usual distance of ask and bid. */
  spread_points: number
}

type Row = readonly [symbol: string, description: string, reference_price: number, spread_points: number]

const FOREX: readonly Row[] = [
  ['EURUSD', 'Euro vs US Dollar', 1.09, 8],
  ['GBPUSD', 'Great Britain Pound vs US Dollar', 1.27, 12],
  ['USDJPY', 'US Dollar vs Japanese Yen', 150, 10],
  ['USDCHF', 'US Dollar vs Swiss Franc', 0.88, 12],
  ['AUDUSD', 'Australian Dollar vs US Dollar', 0.66, 10],
  ['USDCAD', 'US Dollar vs Canadian Dollar', 1.36, 14],
  ['NZDUSD', 'New Zealand Dollar vs US Dollar', 0.61, 14],
  ['EURGBP', 'Euro vs Great Britain Pound', 0.86, 12],
  ['EURJPY', 'Euro vs Japanese Yen', 163.5, 16],
  ['GBPJPY', 'Great Britain Pound vs Japanese Yen', 190.5, 22],
  ['EURCHF', 'Euro vs Swiss Franc', 0.96, 16],
  ['EURAUD', 'Euro vs Australian Dollar', 1.65, 20],
  ['EURCAD', 'Euro vs Canadian Dollar', 1.48, 20],
  ['AUDJPY', 'Australian Dollar vs Japanese Yen', 99, 16],
  ['CADJPY', 'Canadian Dollar vs Japanese Yen', 110, 18],
  ['CHFJPY', 'Swiss Franc vs Japanese Yen', 170, 20],
  ['GBPCHF', 'Great Britain Pound vs Swiss Franc', 1.12, 22],
  ['AUDNZD', 'Australian Dollar vs New Zealand Dollar', 1.08, 20],
]

const METALS: readonly Row[] = [
  ['XAUUSD', 'Gold vs US Dollar', 2050, 20],
  ['XAGUSD', 'Silver vs US Dollar', 24, 20],
]

/** A forex pair: 100,000 units a lot; 3 digits where the quote is in yen, else 5. */
function forex([symbol, description, reference_price, spread_points]: Row): SymbolSpec {
  const digits = symbol.endsWith('JPY') ? 3 : 5
  return {
    ...currencies(symbol),
    symbol,
    description,
    digits,
    point: 1 / 10 ** digits,
    volume_min: 0.01,
    volume_max: 100,
    volume_step: 0.01,
    stops_level: 10,
    freeze_level: 0,
    contract_size: 100_000,
    trade_mode: TradeMode.FULL,
    reference_price,
    spread_points,
  }
}

function metal(row: Row): SymbolSpec {
  const digits = row[0] === 'XAUUSD' ? 2 : 3
  const contract_size = row[0] === 'XAUUSD' ? 100 : 5_000
  return { ...forex(row), digits, point: 1 / 10 ** digits, contract_size, volume_max: 50, stops_level: 20 }
}

const currencies = (symbol: string) => ({
  base_currency: symbol.slice(0, 3),
  quote_currency: symbol.slice(3, 6),
})

/** Twenty symbols, EURUSD first. */
export const DEFAULT_SYMBOLS: readonly SymbolSpec[] = [...FOREX.map(forex), ...METALS.map(metal)]

/** The default specification of a symbol, or undefined for one that is not among the twenty. */
export const findSymbol = (symbol: string): SymbolSpec | undefined =>
  DEFAULT_SYMBOLS.find((spec) => spec.symbol === symbol)
