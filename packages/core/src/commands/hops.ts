// One command's way, hop by hop, from its audit events: what each took, and for which attempt. The hops of a command
// sum to its whole life so far, for each begins where the one before ended.

export interface Hop {
  /** The event that ended the hop before: `created`, `delivered`, `lease_expired`, … */
  readonly from: string
  readonly to: string
  /** 0: before the first hand-out. */
  readonly attempt: number
  /** When it ended, ms UTC. */
  readonly at: number
  readonly ms: number
}

interface Told {
  readonly kind: string
  readonly at: number
}

/** @param events of one command, oldest first */
export function hopsOf(events: readonly Told[]): Hop[] {
  const hops: Hop[] = []
  let attempt = 0
  let before: { name: string; at: number } | null = null
  for (const { kind, at } of events) {
    if (!kind.startsWith('command.') || BESIDE.has(kind)) continue
    const name = kind.slice('command.'.length)
    if (before) hops.push({ from: before.name, to: name, attempt, at, ms: at - before.at })
    if (name === 'delivered') attempt += 1
    before = { name, at }
  }
  return hops
}

/** No steps of its life. */
const BESIDE: ReadonlySet<string> = new Set(['command.noted', 'command.contradicted', 'command.acknowledged'])
