// Ticks as PostgreSQL's binary COPY rows: the fastest way into the table. No parsing on the other side.
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const HEADER_BYTES = SIGNATURE.length + 8
/** Field count, then length and value of: account int4, symbol int4, time int8, seq int8, bid, ask, volume float8. */
const ROW_BYTES = 2 + 7 * 4 + 4 + 4 + 5 * 8

export interface CopyRow {
  account_id: number
  symbol_id: number
  time_ms: number
  seq: number
  bid: number
  ask: number
  volume: number
}

export const TICK_COPY_SQL =
  'copy tick (account_id, symbol_id, time_ms, seq, bid, ask, volume) from stdin (format binary)'

export function encodeTicks(rows: readonly CopyRow[]): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + rows.length * ROW_BYTES + 2)
  SIGNATURE.copy(bytes)
  bytes.fill(0, SIGNATURE.length, HEADER_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = HEADER_BYTES
  for (const row of rows) at = encodeRow(view, at, row)
  view.setInt16(at, -1)
  return bytes
}

function encodeRow(view: DataView, start: number, row: CopyRow): number {
  view.setInt16(start, 7)
  let at = start + 2
  for (const value of [row.account_id, row.symbol_id]) {
    view.setInt32(at, 4)
    view.setInt32(at + 4, value)
    at += 8
  }
  for (const value of [row.time_ms, row.seq]) {
    view.setInt32(at, 8)
    // Both are below 2^53, so two halves say them exactly; BigInt would be ten times slower.
    view.setInt32(at + 4, Math.floor(value / 4_294_967_296))
    view.setUint32(at + 8, value % 4_294_967_296)
    at += 12
  }
  for (const value of [row.bid, row.ask, row.volume]) {
    view.setInt32(at, 8)
    view.setFloat64(at + 4, value)
    at += 12
  }
  return at
}
