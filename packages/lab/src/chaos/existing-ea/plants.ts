// Bugs to plant in the server of a run, as texts that are changed while its program is made: each must be found.
import type { Mutant } from '../../support/mutant.ts'
import type { Rule } from '../audit/evidence.ts'

export interface Plant {
  /** One of these must be broken by it. */
  readonly rules: readonly Rule[]
  /** And says this: of what only this bug can bring about. */
  readonly says: string
  /** For so long it may come to rest: much never does with a bug in it. */
  readonly patience_ms: number
  readonly bugs: readonly Mutant[]
}

const OPEN = 'packages/protocol/src/commands/open-trade.ts'
const edit = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  file,
  find,
  replace,
})

export const PLANTS: Readonly<Record<string, Plant>> = {
  'double-open': {
    rules: ['double'],
    says: 'it opened',
    patience_ms: 10_000,
    bugs: [
      edit('an OPEN may be repeated', OPEN, 'idempotent: false', 'idempotent: true'),
      edit('and goes to whoever asks', OPEN, "resend: 'never'", "resend: 'repeat'"),
      edit('for a minute', OPEN, "ttl_ms: 'default_timeout'", 'ttl_ms: 60_000'),
    ],
  },
  'gone-stays-open': {
    rules: ['trade_table'],
    says: 'gone at the broker',
    patience_ms: 45_000,
    bugs: [
      edit(
        'absence proves nothing',
        'packages/core/src/trades/reconcile-tickets.ts',
        'const MISSING_LISTS = 3',
        'const MISSING_LISTS = 3_000_000',
      ),
    ],
  },
}
