// The reference page of the settings, from the server's own table.
import { SETTINGS } from '@ngtb/server'
import { table } from './markdown.ts'

interface Row {
  readonly kind: string
  readonly default: unknown
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
  readonly about: string
}

export function settings(): string {
  const rows = Object.entries(SETTINGS as Record<string, Row>).map(([name, row]) => [
    `\`${name}\``,
    row.default === null ? '–' : `\`${row.default}\``,
    row.choices ? row.choices.join(', ') : row.min === undefined ? row.kind : `${row.min} … ${row.max}`,
    row.about,
  ])
  return table(['setting', 'default', 'values', 'what it is'], rows)
}
