// T2. Numbers of ticks, which only rise: one counter for all writers of a process, in whichever thread they are.

/** Hands out numbers. */
export interface TickSequence {
  /**
   * @param now ms UTC: a clock in the high part, so that they go on rising after a restart without being stored
   * @returns the first of `count` numbers
   */
  take(count: number, now: number): number
}

/** What the threads share: the last number that was taken. */
export const sharedSequence = (): SharedArrayBuffer => new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)

export function sequenceOn(shared: SharedArrayBuffer): TickSequence {
  const last = new BigInt64Array(shared)
  return {
    take(count, now) {
      const clock = BigInt(now) * 1_000n
      for (;;) {
        const before = Atomics.load(last, 0)
        const first = (before > clock ? before : clock) + 1n
        if (Atomics.compareExchange(last, 0, before, first + BigInt(count) - 1n) === before)
          return Number(first)
      }
    },
  }
}
