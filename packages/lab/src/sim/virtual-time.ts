// Time that moves only when the next thing happens. Ties run in the order in which they were scheduled, and after each
// thing every promise that it set going is followed to its end: a seed names exactly one history.

interface Task {
  readonly at: number
  readonly order: number
  run: (() => void) | null
}

export interface Alarm {
  cancel(): void
}

export class VirtualTime {
  /** ms of true time since the world began; nobody in the world can read it but the world itself. */
  now = 0
  happened = 0
  #order = 0
  #stirred = false
  readonly #heap: Task[] = []
  readonly #quiet: () => Promise<void>

  /** @param settle follows every promise that is on its way to its end */
  constructor(settle: () => Promise<void> = quiet) {
    this.#quiet = settle
  }

  after(delay_ms: number, run: () => void): Alarm {
    const task: Task = { at: this.now + Math.max(0, Math.ceil(delay_ms)), order: this.#order++, run }
    this.#push(task)
    // Cancelled tasks stay in the heap and pass by as nothing: cheaper than to look for them.
    return {
      cancel() {
        task.run = null
      },
    }
  }

  every(period_ms: number, run: () => void): void {
    const again = () => {
      run()
      this.after(period_ms, again)
    }
    this.after(period_ms, again)
  }

  /** Promises are on their way: they are followed to their end before anything else happens. */
  stir(): void {
    this.#stirred = true
  }

  /** @param stopped asked after each thing that happens */
  async runUntil(end: number, stopped: () => boolean = () => false): Promise<void> {
    await this.#quiet()
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop()
      if (next.run === null) continue
      this.now = next.at
      this.happened += 1
      next.run()
      if (this.#stirred) {
        this.#stirred = false
        await this.#quiet()
      }
      if (stopped()) return
    }
    this.now = Math.max(this.now, end)
  }

  #push(task: Task): void {
    const heap = this.#heap
    let at = heap.push(task) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent] as Task
      if (!before(task, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = task
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Task, heap[child] as Task)) child += 1
      if (!before(heap[child] as Task, last)) break
      heap[at] = heap[child] as Task
      at = child
    }
    heap[at] = last
  }
}

const before = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/**
 * Resolves when no promise can go on by itself any more. Called out of a promise's turn, Node drains all such turns
 * before the next tick: an eighth of the price of going around the event loop.
 */
async function quiet(): Promise<void> {
  await undefined
  await new Promise<void>((resolve) => process.nextTick(resolve))
}
