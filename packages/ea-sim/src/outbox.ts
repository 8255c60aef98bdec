// Messages that must arrive: kept, sent in order, and sent again until the server takes them.
//
//   O1. A message leaves the outbox only by a 2xx, or, reported, by a refusal that repeating can't change.
//   O2. With concurrency 1 the order of arrival is the order of pushing.

import { Bell } from './clock.ts'
import type { Line, Sent } from './link.ts'
import { backoffMs } from './model/backoff.ts'

/** Repeats one message until it is settled. Shared by all senders, so that one ring wakes them all. */
export class Courier {
  readonly #link: Line
  readonly #signal: AbortSignal
  readonly #waiting = new Set<Bell>()

  constructor(link: Line, signal: AbortSignal) {
    this.#link = link
    this.#signal = signal
  }

  /** The server is back: whoever waits tries now. */
  wake(): void {
    for (const bell of this.#waiting) bell.ring()
  }

  /** The settling answer, or null when the EA was stopped first. */
  async deliver(attempt: () => Promise<Sent>): Promise<Sent | null> {
    for (let tries = 0; !this.#signal.aborted; tries++) {
      const sent = await attempt()
      if (this.#signal.aborted) return null
      if (sent.verdict === 'taken' || sent.verdict === 'refused') return sent
      const { backoff, random, clock } = this.#link
      const wait_ms = Math.max(backoffMs(tries, backoff, random), sent.reply?.retry_after_ms ?? 0)
      const bell = new Bell()
      this.#waiting.add(bell)
      await bell.wait(wait_ms, clock, this.#signal)
      this.#waiting.delete(bell)
    }
    return null
  }
}

export interface OutboxOptions<T> {
  courier: Courier
  /** Messages under way at a time; 1 keeps the order. */
  concurrency: number
  attempt: (message: T) => Promise<Sent>
  /** The message has left the outbox. */
  onSettled: (message: T, sent: Sent) => void
}

export class Outbox<T> {
  readonly #options: OutboxOptions<T>
  #queue: T[] = []
  #under_way = 0
  #running = false

  constructor(options: OutboxOptions<T>) {
    this.#options = options
  }

  /** Not yet taken by the server. */
  get pending(): number {
    return this.#queue.length + this.#under_way
  }

  push(message: T): void {
    this.#queue.push(message)
    this.#pump()
  }

  /** Messages may be pushed before; they go out from here on, because only now there is a key. */
  start(): void {
    this.#running = true
    this.#pump()
  }

  /** Forgets everything: the EA died. */
  clear(): void {
    this.#running = false
    this.#queue = []
  }

  #pump(): void {
    while (this.#running && this.#under_way < this.#options.concurrency) {
      const message = this.#queue.shift()
      if (message === undefined) return
      this.#under_way++
      void this.#deliver(message)
    }
  }

  async #deliver(message: T): Promise<void> {
    const { courier, attempt, onSettled } = this.#options
    const sent = await courier.deliver(() => attempt(message))
    this.#under_way--
    if (sent !== null) onSettled(message, sent)
    this.#pump()
  }
}
