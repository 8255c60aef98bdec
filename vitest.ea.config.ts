// `npm run ea:test`: the MQL5 host's long tests, and the shipped EA against the real server. Needs g++.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tools/mql5-host/heavy/**/*.test.ts', 'packages/lab/ea-test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['packages/server/test/support/global.ts'],
    testTimeout: 180_000,
    hookTimeout: 600_000,
  },
})
