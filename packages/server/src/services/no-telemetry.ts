// Nobody counts and nobody traces: a house without telemetry does the same.
import type { Metrics, Traces } from '../telemetry/ports.ts'

export const NO_METRICS: Metrics = {
  count() {},
  observe() {},
  show() {},
  tell() {},
  text: async () => '',
  content_type: 'text/plain; charset=utf-8',
}

export const NO_TRACES: Traces = { asked: () => null, stepped() {} }
