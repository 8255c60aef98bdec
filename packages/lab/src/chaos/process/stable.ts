// Spare processes: loaded and waiting, so that a killed one is followed at once and loading costs no time of a cycle.
import { Child, type ChildOptions } from './child.ts'

export class Stable {
  readonly #options: ChildOptions
  readonly #onStarted: (child: Child) => void
  #spare: Child | null = null
  #count = 0
  #closed = false

  constructor(options: ChildOptions, onStarted: (child: Child) => void) {
    this.#options = options
    this.#onStarted = onStarted
  }

  /** A child that is loaded, and waits for its first order. The next spare starts in its stead. */
  take(): Child {
    const child = this.#spare ?? this.#start()
    this.#spare = this.#closed ? null : this.#start()
    return child
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#spare?.kill()
    this.#spare = null
  }

  #start(): Child {
    const child = new Child({ ...this.#options, name: `${this.#options.name} ${++this.#count}` })
    this.#onStarted(child)
    return child
  }
}
