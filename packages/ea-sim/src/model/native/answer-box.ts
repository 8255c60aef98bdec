// Answers on their way: each comes again with backoff until the server has acknowledged it.
//
//   A1. An answer that rests on a record leaves only when the record is on the disk.
//   A2. An acknowledgement counts for the very answer that was sent, not for a later one of the same command.
//   A3. Progress is said once and not repeated: it only renews a lease.

import type { Answer } from '@ngtb/protocol'
import { type BackoffPolicy, backoffMs } from '../backoff.ts'
import type { Stamp } from './stamp.ts'
import type { TimesAtEa } from './times.ts'

interface Item {
  answer: Answer
  /** Its record is not on the disk yet. */
  held: boolean
  due_mono_ms: number
  tries: number
  /** A batch with it was refused: it goes alone, so that it holds up no other. */
  alone: boolean
}

export class AnswerBox {
  readonly #backoff: BackoffPolicy
  readonly #random: () => number
  readonly #times: TimesAtEa
  /** By command id: the newest answer is the one that counts. */
  readonly #items = new Map<string, Item>()
  #progress: Answer[] = []

  constructor(backoff: BackoffPolicy, random: () => number, times: TimesAtEa) {
    this.#times = times
    this.#backoff = backoff
    this.#random = random
  }

  get size(): number {
    return this.#items.size
  }

  has(command_id: string): boolean {
    return this.#items.has(command_id)
  }

  put(bare: Answer, held: boolean): void {
    // What is told again of another time has no times of this one.
    const answer = bare.replay ? bare : { ...bare, ...this.#times.of(bare.command_id) }
    this.#items.delete(answer.command_id)
    this.#items.set(answer.command_id, { answer, held, due_mono_ms: 0, tries: 0, alone: false })
  }

  /** The records are on the disk. */
  release(command_ids: Iterable<string>): void {
    for (const id of command_ids) {
      const item = this.#items.get(id)
      if (item !== undefined) item.held = false
    }
  }

  /** It was handed out again: the server does not know the answer yet. */
  again(command_id: string, attempt: number): void {
    const item = this.#items.get(command_id)
    if (item !== undefined) Object.assign(item, { answer: { ...item.answer, attempt }, due_mono_ms: 0 })
  }

  progress(answer: Answer): void {
    if (!this.#items.has(answer.command_id)) this.#progress.push(answer)
  }

  /** A new session: whatever waits is said now. */
  allDue(): void {
    for (const item of this.#items.values()) Object.assign(item, { due_mono_ms: 0, tries: 0 })
  }

  due(now: Stamp, max: number): Answer[] {
    const answers = this.#progress.splice(0, max)
    for (const item of this.#items.values()) {
      if (answers.length >= max) break
      if (item.held || item.due_mono_ms > now.mono_ms || (item.alone && answers.length > 0)) continue
      item.due_mono_ms = now.mono_ms + backoffMs(item.tries++, this.#backoff, this.#random)
      answers.push(item.answer)
      if (item.alone) break
    }
    return answers
  }

  /** These were refused together: nobody knows which of them was the reason. */
  separate(answers: readonly Answer[]): void {
    for (const { command_id } of answers) {
      const item = this.#items.get(command_id)
      if (item !== undefined) item.alone = true
    }
  }

  /** True when this very answer was waiting, and is done now. */
  acked(answer: Answer): boolean {
    if (this.#items.get(answer.command_id)?.answer !== answer) return false
    this.#items.delete(answer.command_id)
    this.#times.forget(answer.command_id)
    return true
  }

  forget(): void {
    this.#items.clear()
    this.#progress = []
  }

  /** On the monotonic clock; Infinity: nothing waits. */
  nextDue(): number {
    if (this.#progress.length > 0) return 0
    let next = Number.POSITIVE_INFINITY
    for (const { held, due_mono_ms } of this.#items.values()) if (!held) next = Math.min(next, due_mono_ms)
    return next
  }
}
