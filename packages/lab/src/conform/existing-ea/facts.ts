// The fake terminal's nouns: symbols, quotes, positions, deals, bars, orders and what the broker makes of them.

export type Direction = 'BUY' | 'SELL'
export type Filling = 'FOK' | 'IOC' | 'RETURN'

export interface SymbolInfo {
  readonly symbol: string
  readonly volume_min: number
  readonly volume_max: number
  readonly volume_step: number
  /** In points. */
  readonly stops_level: number
  readonly freeze_level: number
  /** ENUM_SYMBOL_TRADE_MODE: 0 disabled, 1 long only, 2 short only, 3 close only, 4 full. */
  readonly trade_mode: number
  readonly digits: number
  readonly point: number
  readonly contract_size: number
  /** What SYMBOL_FILLING_MODE flags; RETURN is always tried. */
  readonly fillings: readonly ('FOK' | 'IOC')[]
}

/** What SymbolInfo… functions say of a symbol that the broker does not have: zeros, and no error. */
export const NO_SYMBOL: SymbolInfo = {
  symbol: '',
  volume_min: 0,
  volume_max: 0,
  volume_step: 0,
  stops_level: 0,
  freeze_level: 0,
  trade_mode: 0,
  digits: 0,
  point: 0,
  contract_size: 0,
  fillings: [],
}

/** A usual forex symbol, five digits, both filling flags; fields over it. */
export const forex = (symbol: string, over: Partial<SymbolInfo> = {}): SymbolInfo => ({
  symbol,
  volume_min: 0.01,
  volume_max: 100,
  volume_step: 0.01,
  stops_level: 10,
  freeze_level: 0,
  trade_mode: 4,
  digits: 5,
  point: 0.00001,
  contract_size: 100_000,
  fillings: ['FOK', 'IOC'],
  ...over,
})

export interface Quote {
  readonly bid: number
  readonly ask: number
}

export interface Position {
  readonly ticket: bigint
  readonly symbol: string
  readonly direction: Direction
  volume: number
  readonly open_price: number
  /** Broker wall clock, in seconds. */
  readonly open_time: number
  sl: number
  tp: number
  swap: number
  readonly magic: number
  readonly comment: string
  /** The broker has it, the terminal can't select it yet. */
  hidden: boolean
}

export const BOOKINGS = [
  'BALANCE',
  'CREDIT',
  'CHARGE',
  'CORRECTION',
  'BONUS',
  'COMMISSION',
  'COMMISSION_DAILY',
  'COMMISSION_MONTHLY',
  'INTEREST',
] as const
export type Booking = (typeof BOOKINGS)[number]

export interface Deal {
  readonly ticket: bigint
  /** 0n for a booking. */
  readonly position: bigint
  readonly symbol: string
  readonly type: Direction | Booking
  readonly entry: 'IN' | 'OUT' | 'INOUT' | 'OUT_BY'
  readonly volume: number
  readonly price: number
  readonly profit: number
  readonly swap: number
  readonly commission: number
  /** Broker wall clock, in seconds. */
  readonly time: number
  readonly comment: string
}

export const TIMEFRAMES = { M1: 60, M5: 300, M15: 900, H1: 3_600, H4: 14_400, D1: 86_400 } as const
export type Timeframe = keyof typeof TIMEFRAMES

export interface Bar {
  /** When the bar opened: broker wall clock, in seconds. */
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly tick_volume: number
}

export interface DealRequest {
  readonly action: 'DEAL'
  readonly symbol: string
  readonly direction: Direction
  readonly volume: number
  readonly sl: number
  readonly tp: number
  readonly filling: Filling
  readonly magic: number
  readonly comment: string
  /** The position that it closes; an opening one has none. */
  readonly position?: bigint
}

export interface LevelsRequest {
  readonly action: 'SLTP'
  readonly position: bigint
  readonly sl: number
  readonly tp: number
}

export type OrderRequest = DealRequest | LevelsRequest

export interface OrderSent {
  /** What OrderSend returned. */
  readonly sent: boolean
  /** GetLastError() after it. */
  readonly last_error: number
  readonly retcode: number
  readonly order: bigint
  readonly price: number
  readonly volume: number
}

/** What becomes of one of the next orders. What is left out follows from the retcode. */
export interface Fault {
  readonly retcode: number
  /** What OrderSend returns: true for 10008, 10009, 10010 and 10012. */
  readonly sent?: boolean
  /** After an OrderSend that returned false: 4756, which is what MT5 says of every refusal. */
  readonly last_error?: number
  /** What the broker does all the same: 10008, 10009 and 10012 all, 10010 half of the volume, others nothing. */
  readonly effect?: 'all' | 'half' | 'nothing'
  /** A position that it opens can't be selected until `hidden` is taken from it. */
  readonly hidden?: boolean
}

export type TerminalEvent =
  | { readonly kind: 'QUOTE'; readonly symbol: string }
  | { readonly kind: 'DEAL_ADD'; readonly deal: Deal }
  | { readonly kind: 'HISTORY_ADD'; readonly position: bigint; readonly order_type: Direction }
  /** OnTrade: something of the account's trades changed. */
  | { readonly kind: 'TRADE' }
