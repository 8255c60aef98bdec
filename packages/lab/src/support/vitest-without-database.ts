// The tests that need no PostgreSQL, for a machine for which there is no native package: see run-tests.mjs.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      ...['protocol', 'core', 'sdk', 'ea-sim'].map((name) => `packages/${name}/test/**/*.test.ts`),
      'tools/*/test/**/*.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
  },
})
