// A seeded bug: what is changed, and the dialogues that must fail with it.
import type { Mutant } from '../../support/mutant.ts'

export interface SeededBug extends Mutant {
  /** Numbers of dialogues of the bug's role; each of them must fail. */
  readonly caught_by: readonly string[]
}
