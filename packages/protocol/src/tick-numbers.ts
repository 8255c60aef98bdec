// Ticks of an EA's run are numbered from 1 without a gap: what is missing was lost, and is counted (P11).
export type Placed =
  | { readonly kind: 'next' }
  /** Numbers from … to never came, and will not: the sender had to let them go. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** Some of these numbers were given to other ticks before. */
  | { readonly kind: 'taken'; readonly expected: number }

/**
 * Where a new batch stands in its run; one that comes again is known by its batch_id, and is not asked about.
 * @param next_seq the number behind the last that is stored; 1 for a run that is new
 */
export function placeTicks(next_seq: number, first_seq: number): Placed {
  if (first_seq < next_seq) return { kind: 'taken', expected: next_seq }
  if (first_seq === next_seq) return { kind: 'next' }
  return { kind: 'gap', from: next_seq, to: first_seq - 1 }
}
