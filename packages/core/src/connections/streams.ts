// A stream of one journal (P10): which of the events that came are new.
//
//   Q1. Numbers begin at 1 and have no gap: what was stored last says what comes next.
//   Q2. What comes again is acknowledged again, and not taken twice.

/** Where the events of a message stand. `skip`: so many of them are known. */
export type StreamVerdict = { kind: 'take'; skip: number } | { kind: 'gap'; expected_seq: number }

export function judgeEvents(last_seq: number, first_seq: number, count: number): StreamVerdict {
  if (first_seq > last_seq + 1) return { kind: 'gap', expected_seq: last_seq + 1 }
  return { kind: 'take', skip: Math.min(count, last_seq + 1 - first_seq) }
}
