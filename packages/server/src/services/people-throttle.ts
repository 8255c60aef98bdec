// Who may try now: failures by person and by address, in this process (the rule: core/people/throttle.ts).
import { givenBack, isForgotten, NO_TRIES, type Tries, tried, waitOf } from '@ngtb/core'
import { Refusal } from '@ngtb/protocol'

/** More than will be at it together; beyond, the oldest are forgotten. */
const KEPT_MAX = 20_000

/** An attempt under way: it counts as failed until it is known what it was. */
export interface Attempt {
  /** The person has shown who he is: what others failed by his name is forgotten. */
  right(): void
  /** It was no failure, and proves nothing: a right password without its code must not buy more guesses at codes. */
  back(): void
}

export class Throttle {
  readonly #tries = new Map<string, Tries>()

  /**
   * @param person whose secret is tried; a name that nobody has is throttled like any other
   * @throws {Refusal} NGTB_LOGIN_LATER
   */
  begin(person: string, address: string, now: number): Attempt {
    const names = [`person ${person}`, `address ${network(address)}`]
    const wait_ms = Math.max(...names.map((name) => waitOf(this.#tries.get(name) ?? NO_TRIES, now)))
    if (wait_ms > 0) {
      const retry_after_s = Math.ceil(wait_ms / 1000)
      throw new Refusal('NGTB_LOGIN_LATER', `wait ${retry_after_s} seconds before the next attempt`, {
        retry_after_s,
      })
    }
    const giveBack = names.map((name) => this.#count(name, now))
    return {
      right: () => {
        for (const undo of giveBack) undo()
        this.#tries.delete(names[0] as string)
      },
      back: () => {
        for (const undo of giveBack) undo()
      },
    }
  }

  /** @returns takes it back, but not what others failed since */
  #count(name: string, now: number): () => void {
    const before = this.#tries.get(name) ?? NO_TRIES
    const mine = tried(before, now)
    this.#keep(name, mine, now)
    return () => {
      const there = this.#tries.get(name)
      if (there) this.#tries.set(name, givenBack(there, mine, before))
    }
  }

  #keep(name: string, tries: Tries, now: number): void {
    this.#tries.delete(name)
    this.#tries.set(name, tries)
    if (this.#tries.size <= KEPT_MAX) return
    for (const [old, its] of this.#tries) if (isForgotten(its, now)) this.#tries.delete(old)
    for (const [old] of this.#tries) {
      if (this.#tries.size <= KEPT_MAX) break
      this.#tries.delete(old)
    }
  }
}

/** Of IPv6 the first half: the rest is chosen freely by whoever has one. */
export function network(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address.replace(/^::ffff:/i, '')
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0')
  return `${[...groups, ...zeros, ...after].slice(0, 4).join(':')}::/64`
}
