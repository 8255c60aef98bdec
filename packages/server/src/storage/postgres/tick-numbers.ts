// Where the batches of a group stand: known, the next of their run, behind a gap, or refused (P11).
import { NEW_TICK_RUN, placeTicks } from '@ngtb/protocol'
import type { TickBatch, TickGap, TickOutcome } from '../../ports.ts'
import type { Closing, Opening } from './tick-statements.ts'

export interface Placed extends Closing {
  /** For each batch of the group. */
  readonly outcomes: readonly TickOutcome[]
}

const KNOWN: TickOutcome = { fresh: false, lost: null, expected_seq: null, fenced: false }

/** @param opening what is new and where the runs stood, as of the group's own transaction */
export function place(batches: readonly TickBatch[], { claimed, runs }: Opening): Placed {
  // Of two batches with one id in the same group only the first is new.
  const fresh = new Set(claimed.map(({ account_id, batch_id }) => `${account_id} ${batch_id}`))
  const next = new Map(
    runs.map(({ account_id, run, next_seq, opened }) => [
      `${account_id} ${run}`,
      { next_seq: Number(next_seq), opened },
    ]),
  )
  const stands = new Map<string, Closing['runs'][number]>()
  const [stored, refused, losses]: [TickBatch[], TickBatch[], Closing['losses'][number][]] = [[], [], []]
  const outcomes = batches.map((batch): TickOutcome => {
    const { account_id, batch_id, numbers, ticks, received_at } = batch
    const id = `${account_id} ${batch_id}`
    const known = batch_id !== null && !fresh.delete(id)
    if (numbers === null) {
      if (known) return KNOWN
      stored.push(batch)
      return { ...KNOWN, fresh: true }
    }
    const { run, first_seq, opened } = numbers
    const name = `${account_id} ${run}`
    const stood = next.get(name) ?? NEW_TICK_RUN
    const placed = placeTicks(stood, { first_seq, count: ticks.length, known, opened })
    if (placed.kind === 'known') return KNOWN
    if (placed.kind === 'taken' || placed.kind === 'fenced') {
      // Its name is not used up: another of that name in this group may be the right one.
      if (!known) fresh.add(id)
      refused.push(batch)
      return placed.kind === 'taken'
        ? { ...KNOWN, expected_seq: placed.expected }
        : { ...KNOWN, fenced: true }
    }
    const lost: TickGap | null =
      placed.kind === 'gap' ? { run, first_seq: placed.from, last_seq: placed.to } : null
    const next_seq = first_seq + ticks.length
    next.set(name, { ...stood, next_seq })
    stands.set(name, { account_id, run, next_seq, last_at: received_at })
    if (lost) losses.push({ ...lost, account_id, received_at })
    stored.push(batch)
    return { ...KNOWN, fresh: true, lost }
  })
  const unused = refused.filter(({ account_id, batch_id }) => fresh.has(`${account_id} ${batch_id}`))
  return { outcomes, stored, refused: unused, losses, runs: [...stands.values()] }
}
