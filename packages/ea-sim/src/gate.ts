// Who may speak at the same time: facts side by side, a full list of positions alone.
//
// A plain server believes a full sync: a ticket it knows and that is missing in the list is closed at once
// (contract §7). The real EA has one thread, so its list can't be older than a fact it sent before. With
// several requests in flight it could:
//   1. the list is taken
//   2. a command opens ticket 7
//   3. the answer with ticket 7 arrives
//   4. the list arrives
//   -> ticket 7 is "missing" and closed, though it is open.
// So the list is taken only when no fact is under way, and facts wait until it was answered.

export class Gate {
  #inside = 0
  #alone = false
  #waiting: { alone: boolean; enter: () => void }[] = []

  /** Runs beside other facts, never beside a list. */
  shared<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(false, work)
  }

  /** Runs alone. Later facts queue behind it, so that it gets its turn. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(true, work)
  }

  async #run<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ alone, enter })
      this.#admit()
    })
    try {
      return await work()
    } finally {
      this.#inside--
      this.#alone = false
      this.#admit()
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#alone || (next.alone && this.#inside > 0)) return
      this.#waiting.shift()
      this.#inside++
      this.#alone = next.alone
      next.enter()
    }
  }
}
