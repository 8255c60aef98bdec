import { defineConfig } from 'vitest/config'

// Half of the time of a test file went into reading the same modules again. Where a test changes nothing that another
// one sees, files share a process one after the other; the others, which start processes of their own, have theirs.
const SHARED = ['protocol', 'core', 'ea-sim', 'dashboard', 'modules', 'server']
const each = { pool: 'forks', testTimeout: 90_000, hookTimeout: 120_000 } as const

export default defineConfig({
  test: {
    maxWorkers: 2,
    globalSetup: ['packages/server/test/support/global.ts'],
    projects: [
      {
        test: {
          ...each,
          name: 'shared',
          isolate: false,
          include: SHARED.map((name) => `packages/${name}/test/**/*.test.ts`),
        },
      },
      {
        test: {
          ...each,
          name: 'own',
          include: ['packages/*/test/**/*.test.ts', 'tools/*/test/**/*.test.ts'],
          exclude: SHARED.map((name) => `packages/${name}/test/**`),
        },
      },
    ],
  },
})
