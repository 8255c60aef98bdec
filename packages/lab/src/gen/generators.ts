// What is generated, and where it stands. A new table is one row here and one pair of markers in its page:
// `<!-- gen:NAME -->` and `<!-- /gen:NAME -->`.
import { settings } from './config.ts'
import {
  commandLife,
  connectionLife,
  listVerdicts,
  offsets,
  snapshotVerdicts,
  tickBounds,
} from './life-tables.ts'
import { metrics } from './metrics.ts'
import { commands, eaMessages, endpoints, errors, retcodes } from './reference.ts'

export interface Generator {
  /** The page, from the root of the repository. */
  readonly page: string
  readonly name: string
  readonly render: () => string
}

export const GENERATORS: readonly Generator[] = [
  { page: 'docs/spec/command-lifecycle.md', name: 'command-life', render: commandLife },
  { page: 'docs/spec/connection-health.md', name: 'connection-life', render: connectionLife },
  { page: 'docs/spec/trade-reconciliation.md', name: 'list-verdicts', render: listVerdicts },
  { page: 'docs/spec/trade-reconciliation.md', name: 'snapshot-verdicts', render: snapshotVerdicts },
  { page: 'docs/spec/time.md', name: 'offsets', render: offsets },
  { page: 'docs/spec/tick-batching.md', name: 'tick-bounds', render: tickBounds },
  { page: 'docs/reference/endpoints.md', name: 'endpoints', render: endpoints },
  { page: 'docs/reference/endpoints.md', name: 'ea-messages', render: eaMessages },
  { page: 'docs/reference/commands.md', name: 'commands', render: commands },
  { page: 'docs/reference/commands.md', name: 'retcodes', render: retcodes },
  { page: 'docs/reference/config.md', name: 'settings', render: settings },
  { page: 'docs/reference/metrics.md', name: 'metrics', render: metrics },
  { page: 'docs/reference/errors.md', name: 'errors', render: errors },
]
