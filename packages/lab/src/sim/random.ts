// Chance out of a seed. `fork` gives each part its own stream: a draw more in one part leaves the others' day alone.

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** mulberry32: small and fast, and good enough to schedule misfortune. 0 ≤ u < 1 */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  chance(ratio: number): boolean {
    // No draw where there is no choice: a fault that a seed switches off costs nothing.
    return ratio > 0 && this.unit() < ratio
  }

  /** A whole number, both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1))
  }

  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.between(0, choices.length - 1)]
    if (choice === undefined) throw new Error('nothing to pick from')
    return choice
  }

  /** Swarm: part of the seeds never see this fault, each of the others in its own strength. */
  sometimes(ratio_max: number, share = 0.5): number {
    const strength = this.unit() * ratio_max
    return this.unit() < share ? strength : 0
  }

  /** @param name of the part: another name, another stream */
  fork(name: string): Random {
    return streamOf(this.between(0, 2 ** 31 - 1), name)
  }

  /** A stream that costs this one no draw: what is added later leaves the days of kept seeds as they were. */
  aside(name: string): Random {
    return streamOf(this.#state, name)
  }

  uuid(): string {
    const hex = () => this.between(0, 0xffff_ffff).toString(16).padStart(8, '0')
    const text = hex() + hex() + hex() + hex()
    const [a, b, c, d] = [text.slice(0, 8), text.slice(8, 12), text.slice(13, 16), text.slice(17, 20)]
    return `${a}-${b}-4${c}-8${d}-${text.slice(20)}`
  }
}

function streamOf(from: number, name: string): Random {
  let hash = from
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return new Random(hash)
}
