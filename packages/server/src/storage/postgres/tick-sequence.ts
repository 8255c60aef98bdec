// T2. Numbers of ticks, which only rise: one counter for all writers of a process, in whichever thread they are.
// T11. Up to which number everything is settled: stored, or never to be. Who reads on behind a number must not read
//      beyond it, for a later group may be committed first.

/** Hands out numbers. */
export interface TickSequence {
  /**
   * @param now ms UTC: a clock in the high part, so that they go on rising after a restart without being stored
   * @returns the first of `count` numbers, and what to call when they are stored, or never will be
   */
  take(count: number, now: number): { first: number; settle(): void }
  /** @param now ms UTC: with nothing under way, no number up to its own will be given any more */
  settled(now: number): number
}

/** Groups of one thread that may be under way at once: two are, and one may wait for its turn. */
const SLOTS = 4
/** The house's own, and as many threads as may be (NGTB_TICK_WORKERS). */
const LANES = 17

/** What the threads share: the last number that was taken, and the first of each group that is under way. */
export const sharedSequence = (): SharedArrayBuffer =>
  new SharedArrayBuffer((1 + LANES * SLOTS) * BigInt64Array.BYTES_PER_ELEMENT)

const slotsOf = (shared: SharedArrayBuffer, lane: number, lanes: number) =>
  new BigInt64Array(shared, (1 + lane * SLOTS) * BigInt64Array.BYTES_PER_ELEMENT, lanes * SLOTS)

/** A thread died: what it had under way is committed or never will be. Its lane is another's. */
export const clearLane = (shared: SharedArrayBuffer, lane: number): void => {
  const slots = slotsOf(shared, lane, 1)
  for (let slot = 0; slot < SLOTS; slot++) Atomics.store(slots, slot, 0n)
}

/** @param lane 0: the house itself; its threads from 1 on */
export function sequenceOn(shared: SharedArrayBuffer, lane = 0): TickSequence {
  const last = new BigInt64Array(shared, 0, 1)
  const slots = slotsOf(shared, lane, 1)
  const all = slotsOf(shared, 0, LANES)

  /** Taken before the numbers are, so that nobody sees them settled in between. */
  function reserve(): number {
    for (let slot = 0; slot < SLOTS; slot++) {
      const lowest = Atomics.load(last, 0) + 1n
      if (Atomics.compareExchange(slots, slot, 0n, lowest) === 0n) return slot
    }
    throw new Error(`more than ${SLOTS} groups of ticks are under way`)
  }

  return {
    take(count, now) {
      const slot = reserve()
      const clock = BigInt(now) * 1_000n
      for (;;) {
        const before = Atomics.load(last, 0)
        const first = (before > clock ? before : clock) + 1n
        if (Atomics.compareExchange(last, 0, before, first + BigInt(count) - 1n) !== before) continue
        Atomics.store(slots, slot, first)
        return { first: Number(first), settle: () => void Atomics.store(slots, slot, 0n) }
      }
    },
    settled(now) {
      const clock = BigInt(now) * 1_000n
      for (;;) {
        const before = Atomics.load(last, 0)
        const under_way = lowestOf(all)
        if (under_way !== null) return Number(under_way - 1n)
        const upto = before > clock ? before : clock
        if (Atomics.compareExchange(last, 0, before, upto) === before) return Number(upto)
      }
    },
  }
}

function lowestOf(slots: BigInt64Array): bigint | null {
  let lowest: bigint | null = null
  for (let slot = 0; slot < slots.length; slot++) {
    const first = Atomics.load(slots, slot)
    if (first !== 0n && (lowest === null || first < lowest)) lowest = first
  }
  return lowest
}
