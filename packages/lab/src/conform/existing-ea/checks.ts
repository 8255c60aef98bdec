// The fake broker's refusals: the retcode that a request would get from a real one, or null.
import type {
  DealRequest,
  Direction,
  LevelsRequest,
  OrderRequest,
  Position,
  Quote,
  SymbolInfo,
} from './facts.ts'

export interface Situation {
  readonly spec: SymbolInfo | undefined
  readonly quote: Quote | undefined
  /** The position that the request names. */
  readonly position: Position | undefined
  readonly free_margin: number
  readonly margin_needed: number
}

const INVALID = 10013
const INVALID_VOLUME = 10014
const INVALID_STOPS = 10016
const TRADE_DISABLED = 10017
const NO_MONEY = 10019
const PRICE_OFF = 10021
const NO_CHANGES = 10025
const POSITION_CLOSED = 10036
const LONG_ONLY = 10042
const SHORT_ONLY = 10043
const CLOSE_ONLY = 10044
/** ENUM_SYMBOL_TRADE_MODE that refuses to open, in each direction. */
const MODES: Readonly<Record<number, Partial<Record<Direction, number>>>> = {
  1: { SELL: LONG_ONLY },
  2: { BUY: SHORT_ONLY },
  3: { BUY: CLOSE_ONLY, SELL: CLOSE_ONLY },
}

export function refusal(request: OrderRequest, now: Situation): number | null {
  if (request.action === 'SLTP') return levelsRefusal(request, now)
  const { spec, quote } = now
  if (!spec) return INVALID
  if (!quote) return PRICE_OFF
  if (spec.trade_mode === 0) return TRADE_DISABLED
  if (request.position !== undefined) return now.position ? null : POSITION_CLOSED
  return openRefusal(request, spec, quote, now)
}

function openRefusal(request: DealRequest, spec: SymbolInfo, quote: Quote, now: Situation): number | null {
  const mode = MODES[spec.trade_mode]?.[request.direction]
  if (mode !== undefined) return mode
  if (request.volume < spec.volume_min || request.volume > spec.volume_max) return INVALID_VOLUME
  if (!stopsFit(request.direction, request, spec, quote)) return INVALID_STOPS
  return now.margin_needed > now.free_margin ? NO_MONEY : null
}

function levelsRefusal({ sl, tp }: LevelsRequest, { position, spec, quote }: Situation): number | null {
  if (!position) return POSITION_CLOSED
  if (position.sl === sl && position.tp === tp) return NO_CHANGES
  if (!spec || !quote) return PRICE_OFF
  return stopsFit(position.direction, { sl, tp }, spec, quote) ? null : INVALID_STOPS
}

/** Levels are held against the price that closes: the bid of a BUY, the ask of a SELL. */
function stopsFit(
  direction: Direction,
  levels: { readonly sl: number; readonly tp: number },
  spec: SymbolInfo,
  quote: Quote,
): boolean {
  const up = direction === 'BUY' ? 1 : -1
  const price = direction === 'BUY' ? quote.bid : quote.ask
  // A tenth of a point: what binary fractions may add or take.
  const least = (spec.stops_level - 0.1) * spec.point
  const fits = (distance: number) => distance > 0 && distance >= least
  return (
    (levels.sl === 0 || fits((price - levels.sl) * up)) && (levels.tp === 0 || fits((levels.tp - price) * up))
  )
}
