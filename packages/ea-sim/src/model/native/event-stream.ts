// What this EA tells by itself, numbered without a gap (P10): facts wait here until the server has stored them.
//
//   Q7. Numbers go on behind what the server says that it has of this journal; so a new process needs no memory
//       of them.
//   Q8. One message at a time, from the first event on that is not acknowledged; the same events again until they are.
//   Q6. What a ledger that went back wants again and nobody has any more is not invented: the stream goes on with what
//       there is, and lists and the terminal's history bring the rest.
import type { ServerReply } from './api.ts'
import { fieldsOf, whole } from './commands-in.ts'

export interface EventBatch {
  readonly stream: string
  readonly first_seq: number
  readonly events: readonly Record<string, unknown>[]
}

export class EventStream {
  readonly name: string
  /** Of the first event that waits; null: before the first accepted connect. */
  #first_seq: number | null = null
  #waiting: Record<string, unknown>[] = []
  #under_way = false
  /** The server wants what it had acknowledged: its ledger went back (Q6). */
  was_forgotten = false

  constructor(name: string) {
    this.name = name
  }

  /** Events that the server has not acknowledged. */
  get pending(): number {
    return this.#waiting.length
  }

  push(event: { kind: string } & Record<string, unknown>): void {
    this.#waiting.push(event)
  }

  /** A connect was accepted. @param last_seq what the server has of this journal (Q7) */
  begins(last_seq: number): void {
    this.#under_way = false
    if (this.#first_seq !== null) this.#stored(last_seq)
    this.#first_seq = last_seq + 1
  }

  /** The next message; null: nothing waits, or one is under way (Q8). */
  next(max = 500): EventBatch | null {
    if (this.#under_way || this.#first_seq === null || this.#waiting.length === 0) return null
    this.#under_way = true
    return { stream: this.name, first_seq: this.#first_seq, events: this.#waiting.slice(0, max) }
  }

  /** What came of it; null: no reply. @returns true: taken */
  told(reply: ServerReply | null): boolean {
    this.#under_way = false
    const body = fieldsOf(reply?.body)
    if (reply?.http === 200) {
      this.#stored(whole(body.last_seq) ?? 0)
      return true
    }
    const expected = whole(body.expected_seq)
    if (reply?.http === 409 && expected !== null) {
      this.was_forgotten = this.#first_seq !== null && expected < this.#first_seq
      this.#stored(expected - 1)
      this.#first_seq = expected
    }
    return false
  }

  /** Another journal begins without numbers; what waits is told under its own. */
  forget(): void {
    this.#first_seq = null
    this.#under_way = false
  }

  #stored(last_seq: number): void {
    if (this.#first_seq === null || last_seq < this.#first_seq) return
    this.#waiting = this.#waiting.slice(last_seq + 1 - this.#first_seq)
    this.#first_seq = last_seq + 1
  }
}
