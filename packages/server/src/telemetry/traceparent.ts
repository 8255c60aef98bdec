// W3C Trace Context, the one header of it that we read and write: version, trace, span, flags.

export interface TraceParent {
  readonly trace_id: string
  readonly span_id: string
  readonly flags: number
}

const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/**
 * Null for what is none: a caller's mistake in it costs him his trace, not his command. Of several the last counts:
 * what sends for a program may have put its own behind the program's.
 */
export function readTraceparent(text: unknown): TraceParent | null {
  const last = typeof text === 'string' ? (text.split(',').at(-1) ?? '').trim() : ''
  const [, trace_id, span_id, flags] = FORM.exec(last) ?? []
  if (trace_id === undefined || span_id === undefined || flags === undefined) return null
  return /^0+$/.test(trace_id) || /^0+$/.test(span_id)
    ? null
    : { trace_id, span_id, flags: Number.parseInt(flags, 16) }
}

export const writeTraceparent = ({ trace_id, span_id, flags }: TraceParent): string =>
  `00-${trace_id}-${span_id}-${flags.toString(16).padStart(2, '0')}`
