// What happened, line by line: hashed always, printed on demand. Two runs of a seed must agree in every line.
import { createHash } from 'node:crypto'

const FLUSH_CHARACTERS = 32_768

export class History {
  readonly #hash = createHash('sha256')
  readonly #print: ((line: string) => void) | null
  readonly #now: () => number
  #waiting = ''
  lines = 0

  /** @param print null: nobody reads along */
  constructor(now: () => number, print: ((line: string) => void) | null) {
    this.#now = now
    this.#print = print
  }

  note(who: string, what: string): void {
    const line = `${this.#now()} ${who} ${what}\n`
    this.lines += 1
    this.#waiting += line
    if (this.#waiting.length > FLUSH_CHARACTERS) this.#flush()
    this.#print?.(`${(this.#now() / 1000).toFixed(3).padStart(9)}  ${who.padEnd(11)} ${what}`)
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
