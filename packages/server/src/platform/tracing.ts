// The OpenTelemetry SDK, loaded only when traces are wanted: without it, or without its packages, all else works.
import { hostname } from 'node:os'
import type { Tracer } from '@opentelemetry/api'
import type { Config } from '../config.ts'
import type { Log } from '../ports.ts'

export interface Tracing {
  readonly tracer: Tracer
  /** Sends what waits. */
  flush(): Promise<void>
  /** The same for the last time; a receiver that is away holds up no stop for long. */
  close(): Promise<void>
}

/** Null: no traces are configured, or their packages are not installed (which is said). */
export async function openTracing(config: Config, log: Log): Promise<Tracing | null> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config
  if (endpoint === null) return null
  try {
    return await load(`${endpoint.replace(/\/+$/, '')}/v1/traces`, config)
  } catch (error) {
    log.warn('traces are configured and can not be sent: npm install brings their packages', {
      error: String(error),
    })
    return null
  }
}

async function load(url: string, config: Config): Promise<Tracing> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const { BasicTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base')
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const headers = headersOf(config.OTEL_EXPORTER_OTLP_HEADERS)
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: 5_000 })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': config.OTEL_SERVICE_NAME, 'host.name': hostname() }),
    spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: 5_000 })],
  })
  return {
    tracer: provider.getTracer('ngtradingbot'),
    flush: () => provider.forceFlush().catch(() => {}),
    close: () => provider.shutdown().catch(() => {}),
  }
}

/** `name=value,name=value`, values as in a URL. */
function headersOf(text: string | null): Record<string, string> {
  const pairs = (text ?? '').split(',').map((pair) => pair.trim().split(/=(.*)/s))
  return Object.fromEntries(
    pairs.flatMap(([name = '', value = '']) => (name === '' ? [] : [[name, decodeURIComponent(value)]])),
  )
}
