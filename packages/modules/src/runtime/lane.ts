// One thing at a time (M1): calls of a module queue here, and what is newer takes the place of what waits (M3).

/** Runs jobs one after the other. */
export class Lane {
  #tail: Promise<unknown> = Promise.resolve()
  #busy_since: number | null = null

  /** How long the current job has taken. */
  busyMs(now: number): number {
    return this.#busy_since === null ? 0 : now - this.#busy_since
  }

  run<T>(job: () => T | Promise<T>): Promise<T> {
    const mine = this.#tail.then(async () => {
      this.#busy_since = performance.now()
      try {
        return await job()
      } finally {
        this.#busy_since = null
      }
    })
    this.#tail = mine.catch(() => {})
    return mine
  }
}

/** What waits to be handed over, by name: at most `max` of them, the newest of each. */
export class Newest<T> {
  readonly #waiting = new Map<string, { value: T; passed: number }>()
  readonly #max: number
  #passed = 0

  constructor(max: number) {
    this.#max = max
  }

  /** How many were passed over for newer ones, ever. */
  get passed(): number {
    return this.#passed
  }

  put(name: string, value: T): void {
    const known = this.#waiting.get(name)
    if (known) this.#passed++
    this.#waiting.set(name, { value, passed: known ? known.passed + 1 : 0 })
    if (this.#waiting.size <= this.#max) return
    const [oldest] = this.#waiting.keys()
    if (oldest === undefined) return
    this.#waiting.delete(oldest)
    this.#passed++
  }

  /** The one that has waited longest. */
  take(): { value: T; passed: number } | null {
    for (const [name, one] of this.#waiting) {
      this.#waiting.delete(name)
      return one
    }
    return null
  }
}

/** Hands over what waits, one after the other, whenever there is something. */
export class Pump<T> {
  readonly #lane: Lane
  readonly #newest: Newest<T>
  readonly #hand: (value: T, passed: number) => void | Promise<void>
  readonly #fail: (error: unknown) => void
  #pumping = false

  constructor(
    lane: Lane,
    newest: Newest<T>,
    hand: (value: T, passed: number) => void | Promise<void>,
    fail: (error: unknown) => void,
  ) {
    this.#lane = lane
    this.#newest = newest
    this.#hand = hand
    this.#fail = fail
  }

  put(name: string, value: T): void {
    this.#newest.put(name, value)
    if (!this.#pumping) void this.#pump()
  }

  async #pump(): Promise<void> {
    this.#pumping = true
    try {
      for (;;) {
        // Looked at when its turn has come: what waits until then may be replaced by something newer.
        const more = await this.#lane.run(async () => {
          const next = this.#newest.take()
          if (next === null) return false
          await this.#hand(next.value, next.passed)
          return true
        })
        if (!more) break
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#pumping = false
    }
  }
}
