// The metrics of one server, counted here and told as text. prom-client lives only in this file: it knows the format.
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { METRICS, type Metric, type MetricName, type NameOf } from './metrics.ts'
import type { Metrics, Series } from './ports.ts'

export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry()
  readonly #made = new Map<MetricName, Counter | Gauge | Histogram>()
  /** Found once: to look a series up by its labels costs more than to count. */
  readonly #series = new Map<string, { inc(by?: number): void } | { observe(value: number): void }>()

  constructor() {
    for (const [name, metric] of Object.entries(METRICS) as [MetricName, Metric][])
      this.#made.set(name, make(name, metric, this.#registry))
  }

  count(name: NameOf<'counter'>, by = 1, ...values: string[]): void {
    if (by > 0) (this.#at(name, values) as { inc(by?: number): void }).inc(by)
  }

  observe(name: NameOf<'histogram'>, value: number, ...values: string[]): void {
    ;(this.#at(name, values) as { observe(value: number): void }).observe(Math.max(0, value))
  }

  /** All series of a gauge at once: one that is not named is gone (M3). */
  show(name: NameOf<'gauge'>, series: Iterable<Series>): void {
    const gauge = this.#made.get(name) as Gauge
    this.#replace(gauge, series, (labels, value) => gauge.set(labels, value))
  }

  /** The same of a counter that is kept elsewhere: its value is told as it stands there. */
  tell(name: NameOf<'counter'>, series: Iterable<Series>): void {
    const counter = this.#made.get(name) as Counter
    this.#replace(counter, series, (labels, value) => counter.inc(labels, value))
  }

  async text(): Promise<string> {
    return this.#registry.metrics()
  }

  get content_type(): string {
    return this.#registry.contentType
  }

  #replace(
    metric: Counter | Gauge,
    series: Iterable<Series>,
    put: (labels: Record<string, string>, value: number) => void,
  ): void {
    metric.reset()
    // One without labels has a zero from the start.
    if (labelsOf(metric).length === 0) metric.remove()
    for (const [value, ...values] of series)
      if (value !== null && Number.isFinite(value)) put(labelled(metric, values), value)
  }

  #at(name: MetricName, values: readonly string[]) {
    const key = values.length === 0 ? name : `${name} ${values.join(' ')}`
    const known = this.#series.get(key)
    if (known) return known
    const metric = this.#made.get(name) as Counter | Histogram
    const series = metric.labels(...values)
    this.#series.set(key, series)
    return series
  }
}

function make(name: MetricName, { kind, about, labels = [], buckets = [] }: Metric, registry: Registry) {
  const facts = { name, help: about, labelNames: [...labels], registers: [registry] }
  if (kind === 'counter') return new Counter(facts)
  if (kind === 'gauge') return new Gauge(facts)
  return new Histogram({ ...facts, buckets: [...buckets] })
}

const labelled = (metric: Counter | Gauge, values: readonly (string | number)[]): Record<string, string> => {
  return Object.fromEntries(labelsOf(metric).map((label, at) => [label, String(values[at] ?? '')]))
}

const labelsOf = (metric: Counter | Gauge): string[] =>
  (metric as unknown as { labelNames: string[] }).labelNames
