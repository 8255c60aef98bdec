// Scenes side by side that share one event: when all have come, it happens once, and all go on.

export class Together {
  #parties: number
  #waiting: { go(): void; fail(error: unknown): void }[] = []
  #work: () => Promise<void> = async () => {}

  constructor(parties: number) {
    this.#parties = parties
  }

  /** Resolves when everybody came here and `work` was done, once. */
  all(work: () => Promise<void>): Promise<void> {
    this.#work = work
    return new Promise((go, fail) => {
      this.#waiting.push({ go, fail })
      this.#look()
    })
  }

  /** One who does not come any more is not waited for. */
  leave(): void {
    this.#parties--
    this.#look()
  }

  #look(): void {
    if (this.#waiting.length === 0 || this.#waiting.length < this.#parties) return
    const released = this.#waiting.splice(0)
    void this.#work().then(
      () => {
        for (const { go } of released) go()
      },
      (error: unknown) => {
        for (const { fail } of released) fail(error)
      },
    )
  }
}
