// What an EA counted in one run. Plain numbers, read at any time.

import type { EndpointName } from './wire.ts'

/** Latest samples kept per endpoint; older ones are overwritten, the counters go on. */
const SAMPLES_MAX = 100_000

/** Latencies of one endpoint in ms: from sending to the complete reply, refused ones included. */
export class LatencySeries {
  count = 0
  max = 0
  readonly samples: number[] = []

  add(latency_ms: number): void {
    this.samples[this.count % SAMPLES_MAX] = latency_ms
    this.count++
    if (latency_ms > this.max) this.max = latency_ms
  }

  /** The p-quantile (0 … 1) of the kept samples; null when there are none. */
  quantile(p: number): number | null {
    const sorted = this.samples.toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? null
  }
}

export class EaStats {
  /** Read from the source and shown to the broker. */
  ticks_read = 0
  /** Put into a batch that was sent at least once. */
  ticks_sent = 0
  ticks_acked = 0
  /** Given up because the buffer was full while the server was away: a reported loss, never a silent one. */
  ticks_dropped = 0
  batches_sent = 0
  batches_acked = 0
  /** Sent again under the same batch_id. */
  batches_resent = 0
  commands_received = 0
  commands_executed = 0
  commands_failed = 0
  /** Answered from memory: the server handed the id out again. */
  commands_repeated = 0
  /** Left for the next delivery, because too many answers were waiting for the server. */
  commands_deferred = 0
  /** Without a usable id or type: nobody to answer to. */
  commands_malformed = 0
  responses_acked = 0
  trade_events_acked = 0
  logs_acked = 0
  heartbeats = 0
  polls = 0
  syncs = 0
  connects = 0
  /** Connections after the first that followed a lost link. */
  reconnects = 0
  /** Messages that the server will never take (400, 413, 422 …); dropped, with an event each. */
  refused = 0
  /** Requests without a 2xx: no answer, 5xx, locked out, refused. */
  requests_failed = 0
  readonly latency_ms: Partial<Record<EndpointName, LatencySeries>> = {}

  measured(endpoint: EndpointName, latency_ms: number): void {
    const series = this.latency_ms[endpoint] ?? new LatencySeries()
    this.latency_ms[endpoint] = series
    series.add(latency_ms)
  }
}
