// Bars as a terminal's history has them (MT5's MqlRates), stored by their beginning.
//
//   B1. A bar that is told again replaces the one that is there, if it is another: brokers correct their history.
//   B2. One that is still forming never replaces a finished one, nor one that has grown further: it is older news.
export interface Bar {
  /** Start, broker time in ms. */
  readonly time_ms: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly tick_volume: number
  readonly real_volume: number
  /** Points. */
  readonly spread: number
  /** False: it was still forming when it was told. */
  readonly complete: boolean
}

/** Prices may be negative: oil was. */
const PRICE_MAX = 1e12
const isCount = (value: number, max: number): boolean => Number.isInteger(value) && value >= 0 && value <= max

/** Why this is no bar; null: it is one. */
export function barProblem(bar: Bar): string | null {
  const { open, high, low, close, tick_volume, real_volume, spread } = bar
  if (![open, high, low, close].every((price) => Math.abs(price) <= PRICE_MAX)) return 'a price is none'
  if (!isCount(tick_volume, Number.MAX_SAFE_INTEGER)) return `tick_volume ${tick_volume} is no count`
  if (!isCount(spread, 1e9)) return `spread ${spread} is no number of points`
  if (!(real_volume >= 0 && real_volume <= 1e18)) return `real_volume ${real_volume} is no volume`
  if (high < Math.max(open, close)) return `high ${high} is below open ${open} or close ${close}`
  return low > Math.min(open, close) ? `low ${low} is above open ${open} or close ${close}` : null
}

/** B1, B2. @returns the same object as `known` where nothing changes */
export function barAfter(known: Bar | undefined, told: Bar): Bar {
  if (known === undefined) return told
  if (!told.complete && (known.complete || told.tick_volume < known.tick_volume)) return known
  return FIELDS.every((field) => known[field] === told[field]) ? known : told
}

/** One of each beginning, as if they had been told one after the other. */
export function mergeBars(told: Iterable<Bar>): Bar[] {
  const bars = new Map<number, Bar>()
  for (const bar of told) bars.set(bar.time_ms, barAfter(bars.get(bar.time_ms), bar))
  return [...bars.values()]
}

const FIELDS = [
  'open',
  'high',
  'low',
  'close',
  'tick_volume',
  'real_volume',
  'spread',
  'complete',
] as const satisfies readonly (keyof Bar)[]
