// Ticks of an EA's run are numbered from 1 without a gap: what is missing was lost, and is counted (P11).
export type Placed =
  | { readonly kind: 'next' }
  /** All of it is stored already: it is acknowledged again. */
  | { readonly kind: 'known' }
  /** Numbers from … to never came, and will not: the sender had to let them go. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** Some of it is stored, or its numbers were given to other ticks: the sender goes on from `expected`. */
  | { readonly kind: 'taken'; readonly expected: number }
  /** The run was opened on another line since: what this one still has under way must not come in between (P9). */
  | { readonly kind: 'fenced' }

/** How far a run is. */
export interface TickRunState {
  /** The number behind the last that is stored; 1 for a run that is new. */
  readonly next_seq: number
  /** How often it was opened on a line. */
  readonly opened: number
}

export const NEW_TICK_RUN: TickRunState = { next_seq: 1, opened: 0 }

/** What a sender says of its batch. */
export interface NumberedTicks {
  readonly first_seq: number
  readonly count: number
  /** A batch of this name was stored before. */
  readonly known: boolean
  /** The line that it came over, by the number of its opening; null: over no line, one request at a time. */
  readonly opened: number | null
}

/**
 * Where a batch stands in its run. Its name alone proves nothing of what came under it: a sender that lost the answer
 * may have put more ticks into it, and acknowledged without being stored they would be lost (P1).
 */
export function placeTicks(run: TickRunState, { first_seq, count, known, opened }: NumberedTicks): Placed {
  const { next_seq } = run
  if (opened !== null && opened !== run.opened) return { kind: 'fenced' }
  if (known) return first_seq + count <= next_seq ? { kind: 'known' } : { kind: 'taken', expected: next_seq }
  if (first_seq < next_seq) return { kind: 'taken', expected: next_seq }
  if (first_seq === next_seq) return { kind: 'next' }
  return { kind: 'gap', from: next_seq, to: first_seq - 1 }
}
