// A command's trace (OpenTelemetry): asked for, handed out, at the EA, answered; each span is made of what was
// committed, once it is, so that none tells of what did not happen.
//
//   T1. The span of the asking is the parent of all that follows; its traceparent stands in `command.created`, so a
//       server that was restarted, or another one, goes on with the same trace.
//   T2. What lies beyond one process' memory is read from the ledger, behind the command's back. If it can't be, the
//       trace ends there.
//   T3. Bounded: of too many open spans the oldest are forgotten.
import type { AuditEvent } from '@ngtb/core'
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { Traces } from './ports.ts'
import { readTraceparent, writeTraceparent } from './traceparent.ts'

/** Without a tracer a caller's traceparent is kept all the same: it may be looked for. */
export const NO_TRACER: Traces = {
  asked(traceparent) {
    const parent = readTraceparent(traceparent)
    return parent && writeTraceparent(parent)
  },
  stepped() {},
}

interface Known {
  /** Of the asking. */
  readonly root: SpanContext
  /** Of the newest handing out, by this process. */
  handed_out: SpanContext | null
}

export interface TracePorts {
  readonly tracer: Tracer
  /** The traceparent that the ledger keeps of a command. */
  kept(account_id: number, command_id: string): Promise<unknown>
}

const OPEN_MAX = 10_000

export class CommandTraces implements Traces {
  readonly #ports: TracePorts
  /** Askings that are not committed yet, by their own traceparent. */
  readonly #asked = new Map<string, Span>()
  readonly #known = new Map<string, Promise<Known | null>>()

  constructor(ports: TracePorts) {
    this.#ports = ports
  }

  asked(traceparent: string | undefined, type: string, at: number): string | null {
    const parent = contextOf(readTraceparent(traceparent))
    const facts = { kind: SpanKind.SERVER, startTime: at, attributes: { 'ngtb.command.type': type } }
    const span = this.#ports.tracer.startSpan('command asked for', facts, within(parent))
    const own = textOf(span.spanContext())
    remember(this.#asked, own, span)
    return own
  }

  stepped(event: AuditEvent, command_id: string, now: number): void {
    const name = event.kind.slice('command.'.length)
    if (name === 'created') this.#created(event, command_id, now)
    else {
      const known = this.#known.get(command_id) ?? this.#read(event.account_id, command_id)
      remember(this.#known, command_id, known)
      void known.then((of) => of && this.#tell(of, name, event, command_id, now))
    }
    if (ENDS.has(name)) this.#known.delete(command_id)
  }

  #created({ data }: AuditEvent, command_id: string, now: number): void {
    const kept = String(data.trace)
    const span = this.#asked.get(kept)
    this.#asked.delete(kept)
    span?.setAttribute('ngtb.command.id', command_id).end(now)
    const root = contextOf(readTraceparent(data.trace))
    remember(this.#known, command_id, Promise.resolve(root && { root, handed_out: null }))
  }

  /** T2. */
  async #read(account_id: number, command_id: string): Promise<Known | null> {
    const kept = await this.#ports.kept(account_id, command_id).catch(() => null)
    const root = contextOf(readTraceparent(kept))
    return root && { root, handed_out: null }
  }

  #tell(known: Known, name: string, event: AuditEvent, command_id: string, now: number): void {
    const { at, data } = event
    const attributes: Attributes = {
      'ngtb.command.id': command_id,
      ...(typeof data.attempt === 'number' && { 'ngtb.command.attempt': data.attempt }),
      ...(typeof data.status === 'string' && { 'ngtb.command.status': data.status }),
    }
    if (name === 'delivered') {
      const facts = { kind: SpanKind.PRODUCER, startTime: at, attributes }
      known.handed_out = this.#span('command handed out', facts, known.root, now)
      return
    }
    const parent = known.handed_out ?? known.root
    this.#atEa(data.way, parent, attributes)
    const facts = { kind: SpanKind.CONSUMER, startTime: at, attributes }
    const error = typeof data.error === 'string' ? data.error : null
    this.#span(`command ${name.replaceAll('_', ' ')}`, facts, parent, now, error)
  }

  /** What the EA told of its own part, on the server's clock. */
  #atEa(way: unknown, parent: SpanContext, attributes: Attributes): void {
    const { ea_received_at, order_sent_at, executed_at, uncertainty_ms } = (way ?? {}) as Record<
      string,
      number | undefined
    >
    if (ea_received_at === undefined) return
    const unsure = { ...attributes, 'ngtb.clock.uncertainty_ms': uncertainty_ms ?? 0 }
    const end = executed_at ?? ea_received_at
    const facts = { startTime: ea_received_at, attributes: unsure }
    const ea = this.#span('command at the EA', { ...facts, kind: SpanKind.INTERNAL }, parent, end)
    if (order_sent_at === undefined || executed_at === undefined) return
    const order = { kind: SpanKind.CLIENT, startTime: order_sent_at, attributes: unsure }
    this.#span('order at the broker', order, ea, executed_at)
  }

  #span(
    name: string,
    facts: { kind: SpanKind; startTime: number; attributes: Attributes },
    parent: SpanContext,
    end: number,
    error: string | null = null,
  ): SpanContext {
    const span = this.#ports.tracer.startSpan(name, facts, within(parent))
    if (error !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
    span.end(end)
    return span.spanContext()
  }
}

/** Nothing more comes of them. */
const ENDS: ReadonlySet<string> = new Set(['completed', 'refused', 'expired', 'cancelled', 'superseded'])

function remember<V>(map: Map<string, V>, name: string, value: V): void {
  map.set(name, value)
  const [oldest] = map.keys()
  if (map.size > OPEN_MAX && oldest !== undefined) map.delete(oldest)
}

function contextOf(parent: ReturnType<typeof readTraceparent>): SpanContext | null {
  if (!parent) return null
  const { trace_id: traceId, span_id: spanId, flags: traceFlags } = parent
  return { traceId, spanId, traceFlags, isRemote: true }
}

const within = (parent: SpanContext | null): Context =>
  parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT

const textOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  writeTraceparent({ trace_id: traceId, span_id: spanId, flags: traceFlags })
