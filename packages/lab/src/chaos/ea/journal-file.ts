// The EA's journal as a file: appended, flushed where it must be, put aside or rewritten whole.
import { randomUUID } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { encodeRecords, type JournalRecord } from '@ngtb/ea-sim'

export class JournalFile {
  readonly #path: string
  #fd: number
  /** What was torn stays as it is: the next record begins on a line of its own. */
  #torn: boolean

  constructor(folder: string) {
    this.#path = join(folder, 'journal.log')
    this.#fd = openSync(this.#path, 'a')
    const before = this.text()
    this.#torn = before !== '' && !before.endsWith('\n')
  }

  /** As latin1: a byte is a character. */
  text(): string {
    return existsSync(this.#path) ? readFileSync(this.#path, 'latin1') : ''
  }

  append(records: readonly JournalRecord[], durable: boolean): void {
    writeSync(this.#fd, this.#line(encodeRecords(records)), null, 'latin1')
    if (durable) fdatasyncSync(this.#fd)
  }

  /** The first half of what should be written: a process that dies in the middle of it. */
  tear(records: readonly JournalRecord[]): void {
    const text = this.#line(encodeRecords(records))
    appendFileSync(this.#path, text.slice(0, text.length / 2), 'latin1')
  }

  replace(): string {
    closeSync(this.#fd)
    renameSync(this.#path, `${this.#path}.${randomUUID()}`)
    this.#fd = openSync(this.#path, 'a')
    this.#torn = false
    return randomUUID()
  }

  rewrite(records: readonly JournalRecord[]): void {
    const fresh = `${this.#path}.new`
    writeFileSync(fresh, encodeRecords(records), { encoding: 'latin1', flush: true })
    closeSync(this.#fd)
    renameSync(fresh, this.#path)
    this.#fd = openSync(this.#path, 'a')
    this.#torn = false
  }

  #line(text: string): string {
    const line = this.#torn ? `\n${text}` : text
    this.#torn = false
    return line
  }
}
