// Times as callers may write them (contract §3): seconds, milliseconds from 1e11 on, or ISO 8601 text.

/** In ms of broker time, which is written as if it were UTC; null when it is no time. */
export function brokerTimeMs(value: unknown): number | null {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0)
    return value >= 1e11 ? value : value * 1000
  if (typeof value !== 'string') return null
  const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(value)
  const ms = Date.parse(zoned ? value : `${value}Z`)
  return Number.isNaN(ms) ? null : ms
}
