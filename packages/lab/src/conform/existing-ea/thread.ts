// The existing EA's one thread: events wait in a queue and are handled one after the other, each to its end.

/** Thrown into whatever the EA was doing when it was killed or stopped; nobody needs to hear of it. */
export class Gone extends Error {
  override readonly name = 'Gone'
}

interface Job {
  readonly kind: string
  readonly work: () => Promise<void>
  readonly done: Promise<void>
  readonly finish: () => void
}

export class Thread {
  #waiting: Job[] = []
  #current: Job | null = null
  #ended = false
  readonly #onDeath: (error: Error) => void

  constructor(onDeath: (error: Error) => void) {
    this.#onDeath = onDeath
  }

  /** @returns when it was handled, or dropped */
  add(kind: string, work: () => Promise<void>): Promise<void> {
    if (this.#ended) return Promise.resolve()
    let finish = () => {}
    const done = new Promise<void>((resolve) => {
      finish = resolve
    })
    this.#waiting.push({ kind, work, done, finish })
    if (!this.#current) void this.#run()
    return done
  }

  /** As MT5 queues timers and ticks: not while one of that kind waits or is being handled. */
  addOnce(kind: string, work: () => Promise<void>): Promise<void> {
    const there = [this.#current, ...this.#waiting].find((job) => job?.kind === kind)
    return there ? there.done : this.add(kind, work)
  }

  /** When nothing waits any more, also nothing that came meanwhile. */
  async idle(): Promise<void> {
    for (let last = this.#last(); last; last = this.#last()) await last.done
  }

  /** What waits is forgotten; what is being handled goes on. */
  drop(): void {
    for (const job of this.#waiting.splice(0)) job.finish()
  }

  end(): void {
    this.#ended = true
    this.drop()
  }

  #last = (): Job | null => this.#waiting.at(-1) ?? this.#current

  async #run(): Promise<void> {
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      this.#current = job
      try {
        await job.work()
      } catch (error) {
        this.end()
        if (!(error instanceof Gone)) this.#onDeath(error as Error)
      }
      this.#current = null
      job.finish()
    }
  }
}
