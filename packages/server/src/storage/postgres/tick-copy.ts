// Runs of ticks as PostgreSQL's binary COPY rows: the fastest way into the table. No parsing on the other side.
import type { TickRun } from './tick-runs.ts'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const HEADER_BYTES = SIGNATURE.length + 8
/** Field count; then, each after its length: account and symbol int4; first, last and seq int8. */
const FIXED_BYTES = 2 + 2 * (4 + 4) + 3 * (4 + 8)
/** Of an array of one dimension: dimensions, flags, type, length, lower bound. */
const ARRAY_BYTES = 20
const INT8 = 20
const FLOAT8 = 701

export const TICK_COPY_SQL =
  'copy tick (account_id, symbol_id, first_ms, last_ms, seq, time_ms, bid, ask, volume) from stdin (format binary)'

export function encodeTicks(runs: readonly TickRun[]): Buffer {
  const size = runs.reduce(
    (sum, { time_ms }) => sum + FIXED_BYTES + 4 * (4 + ARRAY_BYTES + 12 * time_ms.length),
    0,
  )
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + size + 2)
  SIGNATURE.copy(bytes)
  bytes.fill(0, SIGNATURE.length, HEADER_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = HEADER_BYTES
  for (const run of runs) at = encodeRun(view, at, run)
  view.setInt16(at, -1)
  return bytes
}

function encodeRun(view: DataView, start: number, run: TickRun): number {
  view.setInt16(start, 9)
  let at = start + 2
  for (const value of [run.account_id, run.symbol_id]) {
    view.setInt32(at, 4)
    view.setInt32(at + 4, value)
    at += 8
  }
  for (const value of [run.first_ms, run.last_ms, run.seq]) {
    view.setInt32(at, 8)
    setInt64(view, at + 4, value)
    at += 12
  }
  at = arrayHead(view, at, INT8, run.time_ms.length)
  for (const value of run.time_ms) {
    view.setInt32(at, 8)
    setInt64(view, at + 4, value)
    at += 12
  }
  for (const values of [run.bid, run.ask, run.volume]) {
    at = arrayHead(view, at, FLOAT8, values.length)
    for (const value of values) {
      view.setInt32(at, 8)
      view.setFloat64(at + 4, value)
      at += 12
    }
  }
  return at
}

function arrayHead(view: DataView, at: number, type: number, length: number): number {
  view.setInt32(at, ARRAY_BYTES + 12 * length)
  view.setInt32(at + 4, 1)
  view.setInt32(at + 8, 0)
  view.setInt32(at + 12, type)
  view.setInt32(at + 16, length)
  view.setInt32(at + 20, 1)
  return at + 4 + ARRAY_BYTES
}

/** Moments and numbers are below 2^53, so two halves say them exactly; BigInt would be ten times slower. */
function setInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / 4_294_967_296))
  view.setUint32(at + 4, value % 4_294_967_296)
}
