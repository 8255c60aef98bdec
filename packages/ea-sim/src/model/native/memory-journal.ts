// A journal in memory that can lose its tail, tear it, or rot: what a disk does when the power goes.

import { encodeRecords } from './codec.ts'
import type { JournalPort, JournalRecord } from './records.ts'

export class MemoryJournal implements JournalPort {
  /** Journals that were put aside, oldest first. */
  readonly kept: string[] = []
  syncs = 0
  #durable = ''
  #unsynced = ''

  constructor(text = '') {
    this.#durable = text
  }

  append(records: readonly JournalRecord[], durable: boolean): void {
    this.write(records)
    if (durable) this.sync()
  }

  /** Written, not yet on the disk: a crash may take any part of it. */
  write(records: readonly JournalRecord[]): void {
    const before = this.text()
    const fresh_line = before === '' || before.endsWith('\n') ? '' : '\n'
    this.#unsynced += fresh_line + encodeRecords(records)
  }

  sync(): void {
    this.syncs++
    this.#durable += this.#unsynced
    this.#unsynced = ''
  }

  replace(): void {
    const text = this.text()
    if (text !== '') this.kept.push(text)
    this.#durable = ''
    this.#unsynced = ''
  }

  rewrite(records: readonly JournalRecord[]): void {
    this.#durable = encodeRecords(records)
    this.#unsynced = ''
    this.syncs++
  }

  /** What a program reads now. */
  text(): string {
    return this.#durable + this.#unsynced
  }

  get unsynced_bytes(): number {
    return this.#unsynced.length
  }

  /** The machine went down: of what was not synced only the first bytes are there. */
  crash(keep_bytes = 0): void {
    this.#durable += this.#unsynced.slice(0, keep_bytes)
    this.#unsynced = ''
  }

  /** An image of another time or another disk is put in place. */
  restore(text: string): void {
    this.#durable = text
    this.#unsynced = ''
  }

  /** Rot: one bit of one byte. */
  flip(byte: number, bit: number): void {
    const text = this.text()
    const flipped = String.fromCharCode(text.charCodeAt(byte) ^ (1 << bit))
    this.#durable = text.slice(0, byte) + flipped + text.slice(byte + 1)
    this.#unsynced = ''
  }
}
