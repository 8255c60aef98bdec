// The journal as text: one record a line, `<length> <crc32> <json>`. ASCII only, so that a byte is a character.
//
//   C1. A record is read back only if its length and its checksum fit, to the bit.
//   C2. A last line that does not fit is a torn write: its record may have been acted on (K11).
//   C3. A line in the middle that does not fit is damage. Both are told, unless an `unproven` record after them
//       already did: the file itself is never repaired in place.

import type { JournalRecord } from './records.ts'

export type Damage = 'none' | 'torn' | 'damaged'

export interface Decoded {
  records: JournalRecord[]
  damage: Damage
  /** False: the next record must begin on a new line. */
  ends_with_newline: boolean
}

export function encodeRecord(record: JournalRecord): string {
  // Escaped, because a record must not depend on the encoding of a file.
  const json = JSON.stringify(record).replace(/[\u007f-\uffff]/g, escaped)
  return `${json.length} ${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

export const encodeRecords = (records: readonly JournalRecord[]): string => records.map(encodeRecord).join('')

/** Reads what can be read. `text`: the file's bytes as latin1. */
export function decodeJournal(text: string): Decoded {
  const records: JournalRecord[] = []
  let damage: Damage = 'none'
  const ends_with_newline = text === '' || text.endsWith('\n')
  const lines = text.split('\n')
  if (ends_with_newline) lines.pop()
  lines.forEach((line, index) => {
    if (line === '') return
    const record = decodeLine(line)
    if (record === null) damage = index === lines.length - 1 && !ends_with_newline ? 'torn' : 'damaged'
    else {
      // Written after the damage was seen: it stands for it from now on.
      if (record.kind === 'unproven') damage = 'none'
      records.push(record)
    }
  })
  return { records, damage, ends_with_newline }
}

const LINE = /^(\d{1,9}) ([0-9a-f]{8}) (.*)$/s

function decodeLine(line: string): JournalRecord | null {
  const [, length, sum, json = ''] = LINE.exec(line) ?? []
  if (Number(length) !== json.length || crc32(json) !== Number.parseInt(sum ?? '', 16)) return null
  try {
    return JSON.parse(json) as JournalRecord
  } catch {
    return null
  }
}

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 as in gzip, of a text of bytes. */
export function crc32(text: string): number {
  let value = 0xffffffff
  for (let index = 0; index < text.length; index++)
    value = (value >>> 8) ^ (TABLE[(value ^ text.charCodeAt(index)) & 0xff] ?? 0)
  return (value ^ 0xffffffff) >>> 0
}
