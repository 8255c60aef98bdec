// What a trade server refuses, each with MT5's retcode and a sentence. Nothing is changed here.

import type { Direction } from '@ngtb/protocol'
import { fromPoints, toPoints, toUnits } from './decimal.ts'
import type { Quote } from './quotes.ts'
import { type SymbolSpec, TradeMode } from './symbols.ts'

/** MT5's TRADE_RETCODE_* that this broker says. */
export const Retcode = {
  REQUOTE: 10004,
  REJECT: 10006,
  PLACED: 10008,
  DONE: 10009,
  DONE_PARTIAL: 10010,
  INVALID: 10013,
  INVALID_VOLUME: 10014,
  INVALID_PRICE: 10015,
  INVALID_STOPS: 10016,
  TRADE_DISABLED: 10017,
  MARKET_CLOSED: 10018,
  NO_MONEY: 10019,
  PRICE_OFF: 10021,
  INVALID_EXPIRATION: 10022,
  NO_CHANGES: 10025,
  SERVER_DISABLES_AT: 10026,
  CLIENT_DISABLES_AT: 10027,
  FROZEN: 10029,
  CONNECTION: 10031,
  LIMIT_ORDERS: 10033,
  INVALID_ORDER: 10035,
  POSITION_CLOSED: 10036,
  INVALID_CLOSE_VOLUME: 10038,
  LIMIT_POSITIONS: 10040,
  LONG_ONLY: 10042,
  SHORT_ONLY: 10043,
  CLOSE_ONLY: 10044,
} as const

/** A definite no. Null from a check means: nothing to say against it. */
export interface Refusal {
  retcode: number
  comment: string
}

/** A refusal as a value. */
export const refuse = (retcode: number, comment: string): Refusal => ({ retcode, comment })

/** May this symbol be bought or sold at all (SYMBOL_TRADE_MODE)? */
export function refuseDirection(spec: SymbolSpec, direction: Direction): Refusal | null {
  const { trade_mode, symbol } = spec
  if (trade_mode === TradeMode.DISABLED) return refuse(Retcode.TRADE_DISABLED, `${symbol} is not traded`)
  if (trade_mode === TradeMode.CLOSE_ONLY)
    return refuse(Retcode.CLOSE_ONLY, `${symbol} positions can only be closed`)
  if (trade_mode === TradeMode.LONG_ONLY && direction === 'SELL')
    return refuse(Retcode.LONG_ONLY, `${symbol} can only be bought`)
  if (trade_mode === TradeMode.SHORT_ONLY && direction === 'BUY')
    return refuse(Retcode.SHORT_ONLY, `${symbol} can only be sold`)
  return null
}

/** Minimum, maximum and step of a volume in lots. */
export function refuseVolume(spec: SymbolSpec, volume: number): Refusal | null {
  const { symbol, volume_min, volume_max, volume_step } = spec
  const no = (why: string) => refuse(Retcode.INVALID_VOLUME, `volume ${volume} of ${symbol}: ${why}`)
  if (!Number.isFinite(volume) || volume <= 0) return no('must be a number above 0')
  const units = toUnits(volume)
  if (units < toUnits(volume_min)) return no(`the minimum is ${volume_min}`)
  if (units > toUnits(volume_max)) return no(`the maximum is ${volume_max}`)
  // 1e-9: an input like 0.1 + 0.2 carries the noise of binary fractions, 0.0100001 does not.
  const noise = Math.abs(volume * 1e8 - units) > Math.max(1e-3, units * 1e-9)
  return noise || units % toUnits(volume_step) !== 0 ? no(`the step is ${volume_step}`) : null
}

/**
 * Are SL and TP on the right side and far enough away? A buy is measured at the bid, a sell at the ask:
 * that is where it would be closed. `sl`, `tp` in points, 0 = none. Even at stops_level 0 a level must not be
 * at or beyond the price: it would be hit before the trader saw it.
 */
export function refuseStops(
  spec: SymbolSpec,
  quote: Quote,
  direction: Direction,
  levels: { sl: number; tp: number },
): Refusal | null {
  const sign = direction === 'BUY' ? 1 : -1
  const price = direction === 'BUY' ? quote.bid : quote.ask
  const distance_min = Math.max(spec.stops_level, 1)
  const too_close = (name: string, level: number) =>
    refuse(
      Retcode.INVALID_STOPS,
      `${name} ${fromPoints(level, spec.digits)} of a ${direction} must be at least ${distance_min} points ` +
        `${(name === 'sl') === (sign === 1) ? 'below' : 'above'} ${fromPoints(price, spec.digits)}`,
    )
  if (levels.sl !== 0 && sign * (price - levels.sl) < distance_min) return too_close('sl', levels.sl)
  if (levels.tp !== 0 && sign * (levels.tp - price) < distance_min) return too_close('tp', levels.tp)
  return null
}

/** Is the price so close to SL or TP that the position can't be touched any more? */
export function refuseFrozen(
  spec: SymbolSpec,
  quote: Quote,
  direction: Direction,
  levels: { sl: number; tp: number },
): Refusal | null {
  if (spec.freeze_level === 0) return null
  const price = direction === 'BUY' ? quote.bid : quote.ask
  const near = (level: number) => level !== 0 && Math.abs(price - level) <= spec.freeze_level
  if (!near(levels.sl) && !near(levels.tp)) return null
  return refuse(
    Retcode.FROZEN,
    `the price is within the freeze level (${spec.freeze_level} points) of SL or TP`,
  )
}

/** A level from a request as points; null where it is no price at all. */
export function levelPoints(level: number | null | undefined, digits: number): number | null {
  if (level === null || level === undefined || level === 0) return 0
  return Number.isFinite(level) && level > 0 ? toPoints(level, digits) : null
}

/** May so many lots be taken off a position of `units`? What is left must be tradable. */
export function refusePart(spec: SymbolSpec, units: number, volume: number): Refusal | null {
  const bad = refuseVolume(spec, volume)
  if (bad !== null) return bad
  const left = units - toUnits(volume)
  if (left < 0) return refuse(Retcode.INVALID_CLOSE_VOLUME, `${volume} lots are more than there are`)
  if (left > 0 && left < toUnits(spec.volume_min))
    return refuse(Retcode.INVALID_CLOSE_VOLUME, 'what is left would be below the minimum volume')
  return null
}
