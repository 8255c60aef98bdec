// The existing EA's code page: its strings leave and arrive as Windows-1252 bytes, never as UTF-8.
// A table of our own: not every Node's TextDecoder keeps 0x80-0x9f apart from Latin-1.

const C1 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

const letterOf = (byte: number): string =>
  byte >= 0x80 && byte < 0xa0 ? (C1[byte - 0x80] ?? '') : String.fromCharCode(byte)

const LETTERS = Array.from({ length: 256 }, (_, byte) => letterOf(byte))
const BYTES = new Map(LETTERS.map((letter, byte) => [letter, byte]))
/** What Windows writes for a letter that the code page does not have. */
const UNKNOWN = 0x3f

/** By UTF-16 unit, as the terminal does: a letter outside the page is `?`, one outside the BMP two of them. */
export function encodeAnsi(text: string): Buffer {
  const bytes = Buffer.alloc(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = BYTES.get(text[at] ?? '') ?? UNKNOWN
  return bytes
}

export function decodeAnsi(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += LETTERS[byte]
  return text
}
