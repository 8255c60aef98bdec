// The lab's ruler: latencies into a histogram, events into windows of time, both out as median and p99.
import { build } from 'hdr-histogram-js'

/** ms on a clock that only rises. */
export const nowMs = (): number => performance.now()

export interface Summary {
  readonly count: number
  readonly p50: number
  /** The figure that 99 of 100 keep: for a latency the 99th percentile, for a rate the 1st. */
  readonly p99: number
  readonly worst: number
}

/** Latencies in ms, kept to the microsecond with three digits. */
export class Latencies {
  readonly #histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 600_000_000,
    numberOfSignificantValueDigits: 3,
  })

  record(ms: number): void {
    this.#histogram.recordValue(Math.max(1, Math.round(ms * 1000)))
  }

  get count(): number {
    return this.#histogram.totalCount
  }

  summary(): Summary {
    const at = (percentile: number) => this.#histogram.getValueAtPercentile(percentile) / 1000
    if (this.count === 0) return { count: 0, p50: Number.NaN, p99: Number.NaN, worst: Number.NaN }
    return { count: this.count, p50: at(50), p99: at(99), worst: at(100) }
  }
}

/** Events per second, window by window: a rate that is reached on average may still stand still in between. */
export class Rate {
  readonly #window_ms: number
  readonly #counts: number[] = []
  readonly #began: number
  #total = 0

  constructor(window_ms: number, began = nowMs()) {
    this.#window_ms = window_ms
    this.#began = began
  }

  add(events: number, at = nowMs()): void {
    const window = Math.floor((at - this.#began) / this.#window_ms)
    if (window < 0) return
    while (this.#counts.length <= window) this.#counts.push(0)
    this.#counts[window] = (this.#counts[window] ?? 0) + events
    this.#total += events
  }

  /** @param until end of the measurement; a window that it cuts off is left out, an empty one counts */
  summary(until = nowMs()): Summary {
    const whole = Math.max(1, Math.floor((until - this.#began) / this.#window_ms))
    const rates = Array.from(
      { length: whole },
      (_, at) => ((this.#counts[at] ?? 0) / this.#window_ms) * 1000,
    ).sort((a, b) => b - a)
    return { count: this.#total, p50: ranked(rates, 50), p99: ranked(rates, 99), worst: ranked(rates, 100) }
  }
}

/** The smallest value of `sorted` that at least `percentile` of 100 do not lie behind (nearest rank). */
export function ranked(sorted: readonly number[], percentile: number): number {
  if (sorted.length === 0) return Number.NaN
  const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length))
  return sorted[rank - 1] ?? Number.NaN
}

/** A number for a person: three digits that matter. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
