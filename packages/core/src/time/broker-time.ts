// Broker time: wall clock written as if it were UTC (contract §8). Stored raw; UTC is computed beside it.
import { limits } from '@ngtb/protocol'

/** The broker's moment in ms as sent: seconds, ms when ≥ 1e11, or ISO text; null when it can't be read or is 0. */
export function brokerTimeMs(value: number | string | null | undefined): number | null {
  const ms = readTime(value)
  // Beyond 2100 it is a unit mistake, and the ledger's columns could not hold it.
  return ms !== null && ms > 0 && ms <= limits.time_ms_max ? ms : null
}

/** Date.parse alone would read a date into almost any text. */
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?([zZ]|[+-]\d\d:?\d\d)?)?$/

function readTime(value: number | string | null | undefined): number | null {
  if (typeof value === 'number') return tickTimeMs(value)
  if (typeof value !== 'string' || value === '') return null
  if (/^[0-9]+(\.[0-9]+)?$/.test(value)) return readTime(Number(value))
  // MetaTrader prints 2025.11.05 10:00:00; without a zone it is the broker's wall clock.
  const text = value.replace(/^(\d{4})\.(\d{2})\.(\d{2})/, '$1-$2-$3').replace(' ', 'T')
  if (!ISO.test(text)) return null
  const ms = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`) // sim-ok: parses text, reads no clock
  return Number.isFinite(ms) ? ms : null
}

/** A tick's timestamp: seconds, or milliseconds when ≥ 1e11 (contract §3). */
export const tickTimeMs = (timestamp: number): number =>
  timestamp >= 1e11 ? Math.round(timestamp) : Math.round(timestamp * 1000)

export type TimeBasis = 'utc' | 'broker' | 'replay' | 'unknown'

export interface BrokerOffset {
  /** Minutes that broker time is ahead of UTC, a multiple of 15. */
  readonly minutes: number
  readonly basis: TimeBasis
  /** Agreeing samples of `candidate` so far. */
  readonly agreed: number
  readonly candidate: number
}

export const UNKNOWN_OFFSET: BrokerOffset = { minutes: 0, basis: 'unknown', agreed: 0, candidate: 0 }

const STEP_MIN = 15
const OFFSET_MAX_MIN = 14 * 60
const SAMPLES_NEEDED = 3
/** A fresh quote is at most this much older, or newer, than its arrival. */
const LATE_MS_MAX = 60_000
const EARLY_MS_MAX = 10_000

/**
 * The offset after one more batch whose newest tick moved on to `tick_ms` and arrived at `received_at`.
 * Only fresh quotes teach: frozen ones (weekend) would drift with the clock.
 */
export function learnOffset(offset: BrokerOffset, tick_ms: number, received_at: number): BrokerOffset {
  const minutes = Math.round((tick_ms - received_at) / 60_000 / STEP_MIN) * STEP_MIN || 0 // never -0
  if (Math.abs(minutes) > OFFSET_MAX_MIN) return { minutes: 0, basis: 'replay', agreed: 0, candidate: 0 }
  const lead = tick_ms - received_at - minutes * 60_000
  if (lead < -LATE_MS_MAX || lead > EARLY_MS_MAX) return offset
  const agreed = minutes === offset.candidate ? Math.min(offset.agreed + 1, SAMPLES_NEEDED) : 1
  const sure = agreed >= SAMPLES_NEEDED || offset.basis === 'unknown' || offset.basis === 'replay'
  if (!sure) return { ...offset, agreed, candidate: minutes }
  return { minutes, basis: minutes === 0 ? 'utc' : 'broker', agreed, candidate: minutes }
}

export const brokerToUtc = (broker_ms: number, offset_min: number): number => broker_ms - offset_min * 60_000
