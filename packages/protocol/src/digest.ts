// The digest of an account's open positions (R13): both ends compute it, and compare 16 letters instead of a list.
//
//   D1. One line a position, by ticket: `ticket;symbol;B|S;volume;sl;tp`, volumes and prices in whole units of 1e-8.
//   D2. FNV-1a over the lines' UTF-16 units (of plain names: their bytes), 64 bits, written as 16 hex digits. A
//       few lines in any language, MQL5's included.

export interface DigestedPosition {
  readonly ticket: string
  readonly symbol: string | null
  readonly direction: 'BUY' | 'SELL' | null
  readonly volume: number | null
  /** Null and 0: none. */
  readonly sl?: number | null | undefined
  readonly tp?: number | null | undefined
}

const UNIT = 1e8
const units = (value: number | null | undefined): string => String(Math.round((value ?? 0) * UNIT))

/** The digest of these positions, in whatever order they come; of none it is the hash of nothing. */
export function positionsDigest(positions: Iterable<DigestedPosition>): string {
  const lines = [...positions].sort(byTicket).map(lineOf)
  return fnv1a(lines.join(''))
}

function lineOf({ ticket, symbol, direction, volume, sl, tp }: DigestedPosition): string {
  const side = direction === null ? '' : direction.charAt(0)
  return `${[ticket, symbol ?? '', side, units(volume), units(sl), units(tp)].join(';')}\n`
}

/** Tickets are decimal text without leading zeros: the longer one is the larger. */
const byTicket = (a: DigestedPosition, b: DigestedPosition): number =>
  a.ticket.length - b.ticket.length || (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : 0)

/** 64 bits as two halves: the prime is 2^40 + 0x1b3. */
function fnv1a(text: string): string {
  let high = 0xcbf29ce4
  let low = 0x84222325
  for (let at = 0; at < text.length; at++) {
    low = (low ^ text.charCodeAt(at)) >>> 0
    const product = low * 0x1b3
    const carry = Math.floor(product / 2 ** 32)
    high = (Math.imul(high, 0x1b3) + (low << 8) + carry) >>> 0
    low = product >>> 0
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}
