// Ticks of an EA's run are numbered from 1 without a gap: what is missing was lost, and is counted (P11).
export type Placed =
  | { readonly kind: 'next' }
  /** All of it is stored already: it is acknowledged again. */
  | { readonly kind: 'known' }
  /** Numbers from … to never came, and will not: the sender had to let them go. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number }
  /** Some of it is stored, or its numbers were given to other ticks: the sender goes on from `expected`. */
  | { readonly kind: 'taken'; readonly expected: number }

/** What a sender says of its batch. */
export interface NumberedTicks {
  readonly first_seq: number
  readonly count: number
  /** A batch of this name was stored before. */
  readonly known: boolean
}

/**
 * Where a batch stands in its run. Its name alone proves nothing of what came under it: a sender that lost the answer
 * may have put more ticks into it, and acknowledged without being stored they would be lost (P1).
 * @param next_seq the number behind the last that is stored; 1 for a run that is new
 */
export function placeTicks(next_seq: number, { first_seq, count, known }: NumberedTicks): Placed {
  if (known) return first_seq + count <= next_seq ? { kind: 'known' } : { kind: 'taken', expected: next_seq }
  if (first_seq < next_seq) return { kind: 'taken', expected: next_seq }
  if (first_seq === next_seq) return { kind: 'next' }
  return { kind: 'gap', from: next_seq, to: first_seq - 1 }
}
