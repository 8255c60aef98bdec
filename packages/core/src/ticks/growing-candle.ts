// The newest candle of a series while it grows tick by tick; what does not fit behind it must be computed anew.
import type { Timeframe } from '@ngtb/protocol'
import { type Candle, candleStart, growCandles, type TickPoint } from './candles.ts'

export interface GrowingCandle extends Candle {
  /** Time of its newest tick, ms. */
  readonly last_ms: number
}

/**
 * The candle with one more tick, which came behind all that it is made of; null: the tick belongs to another candle, or
 * in front of a newer one of this: first and last would be wrong.
 */
export function withTick(
  candle: GrowingCandle | null,
  tick: TickPoint,
  timeframe: Timeframe,
): GrowingCandle | null {
  if (candle === null || tick.time_ms < candle.last_ms) return null
  if (candleStart(tick.time_ms, timeframe) !== candle.time_ms) return null
  const { last_ms: _before, ...known } = candle
  const [grown = known] = growCandles([known], [tick], timeframe)
  return { ...grown, last_ms: tick.time_ms }
}
