// A planted bug as data: which rule it breaks, and where. The product has no switch for any of them.
import type { Rule } from '../auditor/complaint.ts'
import type { Day } from '../day.ts'
import type { Theme } from '../themes.ts'

export interface Edit {
  /** From the root of the repository. */
  readonly file: string
  /** Stands there exactly once, else the mutant is stale. */
  readonly find: string
  readonly replace: string
}

export interface Mutant {
  readonly name: string
  /** The rule that it breaks: what catches it may be another one's complaint. */
  readonly rule: Rule
  readonly edits: readonly Edit[]
  /** Caught within so many seeds, from 1 on. */
  readonly seeds_max: number
  /** Days that can show it: the others are passed over, which saves their time. Left out: any day. */
  readonly days?: (day: Day) => boolean
  /** Every day is one of this theme. */
  readonly theme?: Theme
}
