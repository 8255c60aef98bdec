// MQL5 host, the text: a source file as MetaEditor may have saved it.
import { readFileSync } from 'node:fs'

/** UTF-8 with or without its mark, or UTF-16 with it. */
export function readSource(path: string): string {
  const bytes = readFileSync(path)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le')
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return bytes.subarray(marked ? 3 : 0).toString('utf8')
}
