// `npm run e2e`: the dashboard in a real Chromium, against the real server and the simulated EA.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/lab/e2e/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['packages/server/test/support/global.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
