// `npm run e2e`: the dashboard in a real browser, on the real server. All else goes to vitest as it is.
//
//   npm run e2e -- --screenshots    writes docs/tour/*.png anew
//   npm run e2e -- viewer           only the files that are called so
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findChromium, NO_CHROMIUM } from './chromium.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
process.exitCode = main(process.argv.slice(2))

function main(args: string[]): number {
  const executable = findChromium()
  if (executable === null) {
    const in_ci = process.env.CI === 'true'
    console.error(`${in_ci ? 'FAIL' : 'skipped: npm run e2e'}. ${NO_CHROMIUM}`)
    return in_ci ? 1 : 0
  }
  const built = node(['packages/dashboard/build.mjs'])
  if (built !== 0) return built
  const pictures = args.includes('--screenshots')
  const rest = args.filter((arg) => arg !== '--screenshots')
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.e2e.config.ts']
  return node([...vitest, ...rest], {
    E2E_CHROMIUM: executable,
    ...(pictures ? { E2E_SCREENSHOTS: '1' } : {}),
  })
}

function node(args: string[], env: Record<string, string> = {}): number {
  const { status } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return status ?? 1
}
