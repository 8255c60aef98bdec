// Where the batches of a group stand: known, the next of their run, behind a gap, or refused (P11).
import { placeTicks } from '@ngtb/protocol'
import type { TickBatch, TickGap, TickOutcome } from '../../ports.ts'
import type { Closing, Opening } from './tick-statements.ts'

export interface Placed extends Closing {
  /** For each batch of the group. */
  readonly outcomes: readonly TickOutcome[]
}

const KNOWN: TickOutcome = { fresh: false, lost: null, expected_seq: null }

/** @param opening what is new and where the runs stood, as of the group's own transaction */
export function place(batches: readonly TickBatch[], { claimed, runs }: Opening): Placed {
  // Of two batches with one id in the same group only the first is new.
  const fresh = new Set(claimed.map(({ account_id, batch_id }) => `${account_id} ${batch_id}`))
  const next = new Map(
    runs.map(({ account_id, run, next_seq }) => [`${account_id} ${run}`, Number(next_seq)]),
  )
  const stands = new Map<string, Closing['runs'][number]>()
  const [stored, refused, losses]: [TickBatch[], TickBatch[], Closing['losses'][number][]] = [[], [], []]
  const outcomes = batches.map((batch): TickOutcome => {
    const { account_id, batch_id, numbers, ticks, received_at } = batch
    const known = batch_id !== null && !fresh.delete(`${account_id} ${batch_id}`)
    if (numbers === null) {
      if (known) return KNOWN
      stored.push(batch)
      return { ...KNOWN, fresh: true }
    }
    const { run, first_seq } = numbers
    const name = `${account_id} ${run}`
    const placed = placeTicks(next.get(name) ?? 1, { first_seq, count: ticks.length, known })
    if (placed.kind === 'known') return KNOWN
    if (placed.kind === 'taken') {
      if (!known) refused.push(batch)
      return { ...KNOWN, expected_seq: placed.expected }
    }
    const lost: TickGap | null =
      placed.kind === 'gap' ? { run, first_seq: placed.from, last_seq: placed.to } : null
    const next_seq = first_seq + ticks.length
    next.set(name, next_seq)
    stands.set(name, { account_id, run, next_seq, last_at: received_at })
    if (lost) losses.push({ ...lost, account_id, received_at })
    stored.push(batch)
    return { fresh: true, lost, expected_seq: null }
  })
  return { outcomes, stored, refused, losses, runs: [...stands.values()] }
}
