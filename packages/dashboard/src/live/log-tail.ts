// Log lines: those that were read, and those that came live since, each once, newest first. Pure.
//
//   G1. Told twice (by the list and by the stream) is shown once: its seq says so.
//   G2. The stream is filtered as the server filters: the level as it is, the words anywhere, in either case.
import type { LiveEvent, LogView } from '@ngtb/sdk'

export interface LogFilter {
  readonly level: string
  readonly search: string
}

/** Null: it is no line, or the filter leaves it out. */
export function lineOf(event: LiveEvent, { level, search }: LogFilter): LogView | null {
  const { level: said, message, details } = event.data
  if (event.topic !== 'log' || typeof said !== 'string' || typeof message !== 'string') return null
  if (level !== '' && said !== level) return null
  if (!message.toLowerCase().includes(search.toLowerCase())) return null
  return {
    seq: event.seq,
    account_id: 0,
    account_number: event.account,
    level: said,
    message,
    details: details ?? null,
    received_at: event.at,
  }
}

export function merged(...parts: readonly (readonly LogView[])[]): LogView[] {
  const by_seq = new Map(parts.flat().map((line) => [line.seq, line] as const))
  return [...by_seq.values()].sort((a, b) => b.seq - a.seq)
}
