// The time that a history is asked for, in steps that make no more points than a picture has room for.
import { historyStep } from '@ngtb/core'
import { Refusal } from '@ngtb/protocol'
import type { Span } from '../ports.ts'

const SPAN_MAX_MS = 3_660 * 86_400_000

/** @throws {Refusal} NGTB_QUERY_INVALID for a time that ends before it begins */
export function historySpan(from: number, to: number, step_s: number, every_ms: number): Span {
  if (from < 0 || from >= to || to - from > SPAN_MAX_MS)
    throw new Refusal('NGTB_QUERY_INVALID', 'from must be before to, and at most ten years before')
  return { from, to, step_ms: historyStep(from, to, step_s * 1_000, every_ms) }
}
