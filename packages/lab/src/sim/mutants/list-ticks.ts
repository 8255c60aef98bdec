// Planted bugs of the ticks' way: stored before they are acknowledged, and what is lost is told (P11).
import type { Mutant } from './mutant.ts'

const SERVICES = 'packages/server/src/services'

export const TICK_MUTANTS: readonly Mutant[] = [
  {
    name: 'ticks-acknowledged-before-they-are-stored',
    rule: 'P11',
    seeds_max: 500,
    edits: [
      {
        file: `${SERVICES}/tick-intake.ts`,
        find: 'const { fresh, lost, expected_seq, fenced } = await this.#enqueue(batch, actor)',
        replace:
          'void this.#enqueue(batch, actor).catch(() => {})\n    const [fresh, lost, expected_seq, fenced] = [true, null, null, false]',
      },
    ],
  },
  {
    name: 'a-gap-in-the-ticks-is-not-told',
    rule: 'P11',
    seeds_max: 500,
    edits: [
      {
        file: 'packages/protocol/src/tick-numbers.ts',
        find: 'if (first_seq === next_seq)',
        replace: 'if (first_seq >= next_seq)',
      },
    ],
  },
]
