// Ticks that are committed together, put together: one row for a run of one symbol's ticks (adr 0008).
//
//   T7. A run keeps the order in which its ticks came; the next run of its symbol begins when it is full.
//   T8. A run lies within one day of broker time, so that a day can be dropped, and within SPAN_MS, so that whoever
//       reads from a moment on knows how far before it a run may have begun.
import type { TickBatch } from '../../ports.ts'

export interface TickRun {
  readonly account_id: number
  readonly symbol_id: number
  /** ms of broker time: the earliest and the latest. */
  first_ms: number
  last_ms: number
  /** Of its first tick. */
  seq: number
  readonly time_ms: number[]
  readonly bid: number[]
  readonly ask: number[]
  readonly volume: number[]
}

const DAY_MS = 86_400_000
/** Four arrays of so many numbers stay below the size at which PostgreSQL begins to compress a row. */
const TICKS_MAX = 50
export const SPAN_MS = 3_600_000

/**
 * @param symbolId the number of a symbol's name
 * @param first_seq the first of as many numbers as there are ticks
 */
export function runsOf(
  batches: readonly TickBatch[],
  symbolId: (name: string) => number,
  first_seq: number,
): TickRun[] {
  const runs: TickRun[] = []
  const open = new Map<number, Map<string, TickRun>>()
  for (const { account_id, ticks } of batches) {
    const symbols = open.get(account_id) ?? new Map<string, TickRun>()
    open.set(account_id, symbols)
    for (const { symbol, time_ms, bid, ask, volume } of ticks) {
      let run = symbols.get(symbol)
      if (!run || !fits(run, time_ms)) {
        run = begun(account_id, symbolId(symbol), time_ms)
        symbols.set(symbol, run)
        runs.push(run)
      }
      run.first_ms = Math.min(run.first_ms, time_ms)
      run.last_ms = Math.max(run.last_ms, time_ms)
      run.time_ms.push(time_ms)
      run.bid.push(bid)
      run.ask.push(ask)
      run.volume.push(volume)
    }
  }
  let seq = first_seq
  for (const run of runs) {
    run.seq = seq
    seq += run.time_ms.length
  }
  return runs
}

function fits({ time_ms: { length }, first_ms, last_ms }: TickRun, time_ms: number): boolean {
  const [first, last] = [Math.min(first_ms, time_ms), Math.max(last_ms, time_ms)]
  return (
    length < TICKS_MAX && last - first < SPAN_MS && Math.floor(first / DAY_MS) === Math.floor(last / DAY_MS)
  )
}

const begun = (account_id: number, symbol_id: number, time_ms: number): TickRun => ({
  account_id,
  symbol_id,
  first_ms: time_ms,
  last_ms: time_ms,
  seq: 0,
  time_ms: [],
  bid: [],
  ask: [],
  volume: [],
})
