// The reference page of the metrics, from the server's own table.
import { METRICS } from '@ngtb/server'
import { code, table } from './markdown.ts'

interface Row {
  readonly kind: string
  readonly about: string
  readonly labels?: readonly string[]
  readonly buckets?: readonly number[]
}

export function metrics(): string {
  const rows = Object.entries(METRICS as Record<string, Row>).map(([name, { kind, about, labels = [] }]) => [
    code(name),
    kind,
    labels.map(code).join(' ') || '–',
    about,
  ])
  return table(['metric', 'kind', 'labels', 'what it says'], rows)
}
