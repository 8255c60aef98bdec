// Measurements as columns for a chart: seconds, and one column a line; a gap where nothing was measured. Pure.

interface Point {
  readonly at: string
}
export type Columns = [seconds: number[], ...lines: (number | null)[][]]
/** Where more than this many steps lie between two points, nobody measured. */
const GAP_STEPS = 1.5

export function columnsOf<P extends Point>(
  points: readonly P[],
  lines: readonly ((point: P) => number | null)[],
  step_ms: number,
): Columns {
  const columns: Columns = [[], ...lines.map((): (number | null)[] => [])]
  const [seconds, ...values] = columns
  let before: number | null = null
  for (const point of points) {
    const ms = Date.parse(point.at)
    if (before !== null && ms - before > GAP_STEPS * step_ms) {
      seconds.push((before + step_ms) / 1_000)
      for (const column of values) column.push(null)
    }
    seconds.push(ms / 1_000)
    lines.forEach((line, index) => {
      values[index]?.push(line(point))
    })
    before = ms
  }
  return columns
}

export interface Summary {
  readonly newest: number | null
  readonly low: number | null
  readonly high: number | null
}

export function summaryOf(column: readonly (number | null)[]): Summary {
  const known = column.filter((value) => value !== null)
  if (known.length === 0) return { newest: null, low: null, high: null }
  const reach = (pick: (a: number, b: number) => number) => known.reduce((a, b) => pick(a, b))
  return { newest: known.at(-1) ?? null, low: reach(Math.min), high: reach(Math.max) }
}

/** Spans to choose from, in hours; the server makes at most a thousand points of each. */
export const SPANS = { '1 h': 1, '6 h': 6, '24 h': 24, '7 d': 168, '30 d': 720 } as const
export type SpanName = keyof typeof SPANS
const HOUR_MS = 3_600_000

export const spanOf = (name: SpanName, now_ms: number): { from: number; to: number } => ({
  from: now_ms - SPANS[name] * HOUR_MS,
  to: now_ms,
})
