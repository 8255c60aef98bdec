// One command's way, hop by hop, from its audit events: what each took, and for which attempt. The hops of a command
// sum to its whole life so far, for each begins where the one before ended.
//
//   H1. What an answer tells of its way (`way`: when it was durable and handed out, and the EA's own times, put on the
//       server's clock) cuts the hop in front of it. A cut outside of the hop is none: the sum stays the whole.
//   H2. An EA that tells no times has fewer hops, not other ones.

export interface Hop {
  /** The event that ended the hop before: `created`, `delivered`, `lease_expired`, … */
  readonly from: string
  readonly to: string
  /** 0: before the first hand-out. */
  readonly attempt: number
  /** When it ended, ms UTC. */
  readonly at: number
  readonly ms: number
  /** Where this hop begins or ends by the EA's clock: by how much that moment may be off. */
  readonly uncertainty_ms?: number
}

interface Told {
  readonly kind: string
  readonly at: number
  readonly data?: Readonly<Record<string, unknown>>
}

interface Point {
  readonly name: string
  readonly at: number
  readonly uncertainty_ms?: number
}

/** @param events of one command, oldest first */
export function hopsOf(events: readonly Told[]): Hop[] {
  const hops: Hop[] = []
  let attempt = 0
  let before: Point | null = null
  for (const { kind, at, data } of events) {
    if (!kind.startsWith('command.') || BESIDE.has(kind)) continue
    const name = kind.slice('command.'.length)
    const end: Point = { name, at }
    const cuts = before?.name === 'delivered' ? cutsOf(data?.way) : []
    for (const point of [...cuts, end]) {
      if (before && (point === end || isWithin(point, before.at, at))) {
        hops.push(hopOf(before, point, attempt))
        before = point
      }
    }
    if (name === 'delivered') attempt += 1
    before = end
  }
  return hops
}

function hopOf(before: Point, { name, at, uncertainty_ms: own }: Point, attempt: number): Hop {
  const uncertainty_ms = own ?? before.uncertainty_ms
  const hop = { from: before.name, to: name, attempt, at, ms: at - before.at }
  return uncertainty_ms === undefined ? hop : { ...hop, uncertainty_ms }
}

const isWithin = ({ at }: Point, from: number, to: number): boolean => at >= from && at <= to

/** H1. */
function cutsOf(way: unknown): Point[] {
  if (typeof way !== 'object' || way === null) return []
  const told = way as Record<string, unknown>
  const unsure = typeof told.uncertainty_ms === 'number' ? { uncertainty_ms: told.uncertainty_ms } : {}
  return CUTS.flatMap(({ field, name, by_ea }) => {
    const at = told[field]
    return typeof at === 'number' ? [{ name, at, ...(by_ea && unsure) }] : []
  })
}

const CUTS = [
  { field: 'handed_out_at', name: 'handed_out', by_ea: false },
  { field: 'ea_received_at', name: 'ea_received', by_ea: true },
  { field: 'order_sent_at', name: 'order_sent', by_ea: true },
  { field: 'executed_at', name: 'executed', by_ea: true },
] as const

/** No steps of its life. */
const BESIDE: ReadonlySet<string> = new Set(['command.noted', 'command.contradicted', 'command.acknowledged'])
