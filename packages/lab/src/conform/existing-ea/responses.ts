// What the existing EA answers to a command: the `response` object, to the byte. Tickets here are `%d`: 32 bits.
import { dec, int } from './wording.ts'

const price = (value: number): string => dec(value, 5)

export interface Filled {
  readonly ticket: bigint
  readonly price: number
  readonly volume: number
  readonly sl: number
  readonly tp: number
  readonly tpsl_verified: boolean
}

export const opened = (filled: Filled): string =>
  `{"ticket":${int(filled.ticket)},"price":${price(filled.price)},"volume":${dec(filled.volume, 2)},` +
  `"sl":${price(filled.sl)},"tp":${price(filled.tp)},"tpsl_verified":${filled.tpsl_verified}}`

/** The levels that were asked for: they are not read again. */
export const modified = (ticket: bigint, sl: number, tp: number): string =>
  `{"ticket":${int(ticket)},"sl":${price(sl)},"tp":${price(tp)}}`

export const closed = (ticket: bigint, close_price: number): string =>
  `{"ticket":${int(ticket)},"close_price":${price(close_price)}}`

export const historySent = (symbol: string, timeframe: string, bars: number): string =>
  `{"symbol":"${symbol}","timeframe":"${timeframe}","bars_sent":${int(bars)}}`

export const failure = (error: string): string => `{"error":"${error}"}`

export const failureCode = (error: string, error_code: number): string =>
  `{"error":"${error}","error_code":${int(error_code)}}`

export const failureRetcode = (error: string, retcode: number): string =>
  `{"error":"${error}","retcode":${int(retcode)}}`

export const sendFailed = (error_code: number): string =>
  `{"error":"OrderSend failed","error_code":${int(error_code)},"error_desc":"${describe(error_code)}"}`

export const stopsRefused = (retcode: number, sl: number, tp: number): string =>
  `{"error":"Broker rejected SL/TP","error_code":${int(retcode)},"error_desc":"${describe(retcode)}",` +
  `"sl":${price(sl)},"tp":${price(tp)}}`

export const ratesMissing = (symbol: string, bars_copied: number): string =>
  `{"error":"Failed to copy rates for ${symbol}","bars_copied":${int(bars_copied)}}`

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  4752: 'Trading by Expert Advisors prohibited',
  4753: 'Position not found',
  4754: 'Order not found',
  4755: 'Deal not found',
  4756: 'Trade request sending failed',
  10016: 'Invalid stops',
  10017: 'Trade disabled',
}

export const describe = (code: number): string => DESCRIPTIONS[code] ?? `Error ${code}`
