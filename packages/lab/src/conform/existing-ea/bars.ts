// The fake terminal's history: bars that a test gave it, or made ones, the same for the same moment every time.
import { type Bar, TIMEFRAMES, type Timeframe } from './facts.ts'

export class Bars {
  readonly #given = new Map<string, readonly Bar[]>()

  /** @param bars oldest first; they stand instead of the made ones, also when there are none */
  set(symbol: string, timeframe: Timeframe, bars: readonly Bar[]): void {
    this.#given.set(`${symbol} ${timeframe}`, bars)
  }

  /** CopyRates from one broker second to another, oldest first. */
  range(symbol: string, timeframe: Timeframe, from: number, to: number): Bar[] {
    const given = this.#given.get(`${symbol} ${timeframe}`)
    if (given) return given.filter(({ time }) => time >= from && time <= to)
    const step = TIMEFRAMES[timeframe]
    const bars: Bar[] = []
    for (let time = Math.ceil(from / step) * step; time <= to; time += step) bars.push(madeBar(time))
    return bars
  }

  /** CopyRates of the newest ones, the last still forming at `now`; oldest first. */
  newest(symbol: string, timeframe: Timeframe, count: number, now: number): Bar[] {
    const given = this.#given.get(`${symbol} ${timeframe}`)
    if (given) return given.slice(-count)
    return this.range(symbol, timeframe, now - TIMEFRAMES[timeframe] * count + 1, now)
  }
}

function madeBar(time: number): Bar {
  const wave = (shift: number) => Math.sin(time / 50_000 + shift) / 1_000
  const [open, close] = [1.09 + wave(0), 1.09 + wave(0.3)]
  const high = Math.max(open, close) + 0.0005
  const low = Math.min(open, close) - 0.0005
  return { time, open, high, low, close, tick_volume: 200 + ((time / 60) % 97) }
}
