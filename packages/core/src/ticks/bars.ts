// Bars as a terminal's history has them (MT5's MqlRates), stored by their beginning.
//
//   B1. A bar that is told again replaces the one that is there, if it is another: brokers correct their history.
//   B2. One that is still forming never replaces a finished one: it is older news.
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

/** Why these prices are no bar; null: they are. */
export function barProblem({ open, high, low, close }: Bar): string | null {
  if (high < Math.max(open, close)) return `high ${high} is below open ${open} or close ${close}`
  return low > Math.min(open, close) ? `low ${low} is above open ${open} or close ${close}` : null
}

/** B1, B2. @returns the same object as `known` where nothing changes */
export function barAfter(known: Bar | undefined, told: Bar): Bar {
  if (known === undefined) return told
  if (known.complete && !told.complete) return known
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
