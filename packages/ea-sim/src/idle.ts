// Waiting until nothing is pending, without asking again and again.

export class IdleWatch {
  readonly #isIdle: () => boolean
  #waiters: { resolve: () => void; reject: (error: Error) => void }[] = []
  #failure: Error | null = null

  constructor(isIdle: () => boolean) {
    this.#isIdle = isIdle
  }

  /** Resolves when idle, at once if it is; rejects after a failure. */
  async wait(): Promise<void> {
    if (this.#failure !== null) throw this.#failure
    await this.drained()
  }

  /** As wait(), but an earlier failure does not matter. */
  async drained(): Promise<void> {
    if (this.#isIdle()) return
    await new Promise<void>((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /** To be called whenever something became less. */
  changed(): void {
    if (this.#waiters.length === 0 || !this.#isIdle()) return
    for (const { resolve } of this.#waiters.splice(0)) resolve()
  }

  /** It will never be idle any more. */
  fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#waiters.splice(0)) reject(error)
  }
}
