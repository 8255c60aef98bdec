// Planted bugs of the business limits.
import type { Mutant } from './mutant.ts'

export const LIMIT_MUTANTS: readonly Mutant[] = [
  {
    name: 'in-doubt-openings-uncounted',
    rule: 'S7',
    seeds_max: 500,
    edits: [
      {
        file: 'packages/server/src/services/business-limits.ts',
        find: 'for (const command of state.unsettled.values()) if (isOpening(command.type)) count += 1',
        replace:
          "for (const command of state.unsettled.values()) if (isOpening(command.type) && command.status === 'pending') count += 1",
      },
    ],
  },
  {
    name: 'openings-of-a-dead-server-uncounted',
    rule: 'S7',
    seeds_max: 2_000,
    edits: [
      {
        file: 'packages/server/src/services/business-limits.ts',
        find: 'state.openings = new Map(made.map(({ command_no, created_at }) => [command_no, created_at]))',
        replace:
          'state.openings = new Map(made.slice(0, 0).map(({ command_no, created_at }) => [command_no, created_at]))',
      },
    ],
  },
]
