import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tools/*/test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['packages/server/test/support/global.ts'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
})
