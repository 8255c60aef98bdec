// Records on their way to the disk: gathered, so that several need one flush.

import type { Effect } from './api.ts'
import { compactedRecords, worthCompacting } from './compaction.ts'
import type { JournalState } from './journal-state.ts'
import { isFinal, type JournalRecord } from './records.ts'
import type { Stamp } from './stamp.ts'

/** Acknowledgements may be lost (the answer is repeated then): they wait for company. */
const ACKS_MAX = 200
const ACKS_WAIT_MS = 1_000

export class Writer {
  readonly #journal: JournalState
  #unwritten: JournalRecord[] = []
  /** Finals of the append that is under way. */
  #writing: string[] = []
  #urgent = false
  #acked: string[] = []
  #acked_since: Stamp | null = null

  constructor(journal: JournalState) {
    this.#journal = journal
  }

  get has_unwritten(): boolean {
    return this.#unwritten.length > 0
  }

  get is_urgent(): boolean {
    return this.#urgent
  }

  /** Part of the state at once; its effects outside wait for the disk. */
  add(record: JournalRecord): void {
    this.#journal.apply(record)
    this.#unwritten.push(record)
  }

  /** What was recorded is written before anything else is done. */
  hurry(): void {
    this.#urgent = this.has_unwritten
  }

  acked(command_id: string, now: Stamp): void {
    this.#acked.push(command_id)
    this.#acked_since ??= now
  }

  wantsWriting(now: Stamp): boolean {
    return this.has_unwritten || now.mono_ms >= this.#acksAt()
  }

  wakeAt(): number {
    return this.has_unwritten ? 0 : this.#acksAt()
  }

  take(): Effect {
    const durable = this.has_unwritten
    if (this.#acked_since !== null) {
      const { mark } = this.#journal
      const record: JournalRecord = {
        kind: 'acked',
        command_ids: this.#acked,
        ...(mark && { mark }),
        at: this.#acked_since,
      }
      this.#journal.apply(record)
      this.#unwritten.push(record)
    }
    this.#acked = []
    this.#acked_since = null
    const records = this.#unwritten
    this.#unwritten = []
    this.#urgent = false
    this.#writing = records.flatMap((record) => (isFinal(record) ? [record.command_id] : []))
    return { kind: 'append', records, durable }
  }

  /** The append is done: the commands whose finals it held. */
  written(): readonly string[] {
    return this.#writing
  }

  compaction(now: Stamp): JournalRecord[] | null {
    return worthCompacting(this.#journal) ? compactedRecords(this.#journal, now) : null
  }

  #acksAt(): number {
    if (this.#acked_since === null) return Number.POSITIVE_INFINITY
    return this.#acked.length >= ACKS_MAX ? 0 : this.#acked_since.mono_ms + ACKS_WAIT_MS
  }
}

/** One whose failure leaves a journal that nobody can trust. */
export const isWriting = ({ kind }: Effect): boolean =>
  kind === 'append' || kind === 'replace_journal' || kind === 'rewrite_journal'
