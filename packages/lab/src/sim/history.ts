// What happened, line by line: hashed always, printed on demand, and counted by its kind. Two runs of a seed must agree
// in every line.
import { createHash } from 'node:crypto'
import type { Happening } from './coverage.ts'

const FLUSH_CHARACTERS = 32_768

export class History {
  readonly #hash = createHash('sha256')
  readonly #print: ((line: string) => void) | null
  readonly #now: () => number
  readonly counts = new Map<Happening, number>()
  #waiting = ''
  lines = 0

  /** @param print null: nobody reads along */
  constructor(now: () => number, print: ((line: string) => void) | null) {
    this.#now = now
    this.#print = print
  }

  /** @param kind what it is counted as */
  note(who: string, what: string, kind?: Happening): void {
    if (kind) this.count(kind)
    const line = `${this.#now()} ${who} ${what}\n`
    this.lines += 1
    this.#waiting += line
    if (this.#waiting.length > FLUSH_CHARACTERS) this.#flush()
    this.#print?.(`${(this.#now() / 1000).toFixed(3).padStart(9)}  ${who.padEnd(11)} ${what}`)
  }

  count(kind: Happening): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
  }

  digest(): string {
    this.#flush()
    return this.#hash.copy().digest('hex').slice(0, 16)
  }

  #flush(): void {
    this.#hash.update(this.#waiting)
    this.#waiting = ''
  }
}
