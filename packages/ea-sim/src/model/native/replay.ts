// The ledger went back: every result of the journal is told again, then the new incarnation is named (contract §4).

import type { AnswerBox } from './answer-box.ts'
import { answerOf, type Office } from './office.ts'

export class Replay {
  readonly #office: Office
  readonly #box: AnswerBox
  #incarnation = 0
  readonly #waiting = new Set<string>()

  constructor(office: Office, box: AnswerBox) {
    this.#office = office
    this.#box = box
  }

  /** The server named its incarnation. @returns true when it is a new one to a journal that knew another */
  heard(incarnation: number): boolean {
    const { journal } = this.#office
    const known = Math.max(journal.incarnation, this.#incarnation)
    if (incarnation <= known) return false
    this.#incarnation = incarnation
    this.#waiting.clear()
    for (const final of journal.finals()) {
      this.#waiting.add(final.command_id)
      this.#box.put({ ...answerOf(final), replay: true }, false)
    }
    this.#over()
    return known > 0
  }

  acked(command_id: string): void {
    if (this.#waiting.delete(command_id)) this.#over()
  }

  #over(): void {
    if (this.#waiting.size === 0) this.#office.record({ kind: 'incarnation', incarnation: this.#incarnation })
  }
}
