// Chance, as a value. Every draw of the simulated market comes from here, so a seed is a whole day.
//
//   C1. The same seed gives the same draws, on every machine.
//   C2. fork() gives a part its own stream: a new draw in one part does not reshuffle the others.

/** A seeded source of chance (mulberry32: small, fast, good enough for prices and jitter). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** A number in [0, 1). */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** True with the given probability (0 … 1). */
  chance(ratio: number): boolean {
    return this.unit() < ratio
  }

  /** A whole number from min to max, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1))
  }

  /** Roughly normal with mean 0 and deviation 1: the sum of twelve draws needs no logarithm or cosine. */
  normal(): number {
    let sum = -6
    for (let draw = 0; draw < 12; draw++) sum += this.unit()
    return sum
  }

  /** A stream of its own for one part of the simulation. */
  fork(): Random {
    return new Random(this.between(0, 2 ** 31 - 1))
  }
}
