// A trailing stop, decided: where the stop loss of a position belongs now. Pure; prices in whole points of the symbol.
//
//   T1. Never looser: a stop that is there is moved toward the price, or not at all.
//   T2. Never before the position has gained `start_points`, and never nearer than `distance_points`.
//   T3. Not for less than `step_points`: a broker is not to be asked for every tick.
//   T4. The same facts give the same level, so asking twice is asking once.

export interface Trail {
  readonly start_points: number
  readonly distance_points: number
  readonly step_points: number
}

export interface Stops {
  readonly direction: string | null
  readonly open_price: number | null
  /** The tightest that is set or asked for; null or 0: none. */
  readonly sl: number | null
}

export interface Quote {
  readonly bid: number
  readonly ask: number
}

export interface PointSpec {
  readonly digits: number | null
  readonly point_value: number | null
  /** Points that a stop must keep from the price. */
  readonly stops_level: number | null
}

/** The size of a point; null when the symbol does not say. */
export function point({ digits, point_value }: Pick<PointSpec, 'digits' | 'point_value'>): number | null {
  if (point_value !== null && point_value > 0) return point_value
  return digits === null ? null : 10 ** -digits
}

/** The new stop loss, or null: it stays. */
export function trail(position: Stops, quote: Quote, spec: PointSpec, rule: Trail): number | null {
  const size = point(spec)
  const { direction, open_price, sl } = position
  if (size === null || open_price === null || (direction !== 'BUY' && direction !== 'SELL')) return null
  const sign = direction === 'BUY' ? 1 : -1
  // Whole points, seen from the side that gains: larger is better for both directions.
  const inPoints = (price: number) => sign * Math.round(price / size)
  const now = inPoints(direction === 'BUY' ? quote.bid : quote.ask)
  if (now - inPoints(open_price) < rule.start_points) return null
  // A stop exactly at the broker's limit is refused as soon as the price moves: one point more.
  const kept = spec.stops_level === null || spec.stops_level === 0 ? 0 : spec.stops_level + 1
  const wanted = now - Math.max(Math.ceil(rule.distance_points), kept)
  if (sl !== null && sl !== 0 && wanted < inPoints(sl) + Math.max(1, rule.step_points)) return null
  return priceOf(sign * wanted, size)
}

/** Points as a price, without the dust of binary fractions. */
function priceOf(points: number, size: number): number {
  const decimals = Math.max(0, Math.ceil(-Math.log10(size) - 1e-9))
  return Number((points * size).toFixed(Math.min(12, decimals)))
}
