// What became of a load: nothing lost, nothing doubled, said from the two ends that can't know each other's books.
//
//   L1. A command that the server acknowledged must be settled, and `completed` means one execution at the broker.
//   L2. More than one execution of a command, or one of a command that failed, is a doubling.
//   L3. Ticks are counted per symbol: a loss here and a doubling there must not cancel out.
import { type Summary, short } from '../support/measure.ts'

export interface Findings {
  readonly lost: string[]
  readonly doubled: string[]
}

export function auditCommands(
  acknowledged: Iterable<string>,
  statusOf: ReadonlyMap<string, string>,
  executionsOf: (command_id: string) => number,
): Findings {
  const lost: string[] = []
  const doubled: string[] = []
  const known = new Set(acknowledged)
  for (const id of known) {
    const status = statusOf.get(id)
    const executions = executionsOf(id)
    if (executions > 1 || (status === 'failed' && executions > 0)) doubled.push(id)
    else if (status === 'failed') continue
    else if (status !== 'completed' || executions === 0) lost.push(id)
  }
  // What nobody asked for, on accounts that are this run's own.
  for (const id of statusOf.keys()) if (!known.has(id)) doubled.push(id)
  return { lost, doubled }
}

export function auditTicks(
  acknowledged: ReadonlyMap<string, number>,
  stored: ReadonlyMap<string, number>,
): { lost: number; doubled: number } {
  let lost = 0
  let doubled = 0
  for (const symbol of new Set([...acknowledged.keys(), ...stored.keys()])) {
    const missing = (acknowledged.get(symbol) ?? 0) - (stored.get(symbol) ?? 0)
    if (missing > 0) lost += missing
    else doubled -= missing
  }
  return { lost, doubled }
}

export interface LoadReport {
  readonly held: boolean
  readonly sentence: string
  readonly counts: Readonly<Record<string, number>>
  readonly latency_ms: Readonly<Record<string, Summary>>
}

/** Counts, then latencies, then the verdict as the last line. */
export function linesOf({ counts, latency_ms, sentence }: LoadReport): string {
  const width = Math.max(...[...Object.keys(counts), ...Object.keys(latency_ms)].map((name) => name.length))
  return [
    ...Object.entries(counts).map(
      ([name, value]) => `${name.replaceAll('_', ' ').padEnd(width)}  ${value.toLocaleString('en-US')}`,
    ),
    ...Object.entries(latency_ms).map(
      ([name, { p50, p99, worst }]) =>
        `${name.replaceAll('_', ' ').padEnd(width)}  median ${short(p50)} ms  p99 ${short(p99)} ms  worst ${short(worst)} ms`,
    ),
    sentence,
  ].join('\n')
}
