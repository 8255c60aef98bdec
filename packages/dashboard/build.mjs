// Builds the dashboard when it is not built, or older than what it is made of. `--force`: in any case.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const SOURCES = [
  'src',
  'public',
  'index.html',
  'package.json',
  'vite.config.ts',
  'no-schemas.ts',
  '../sdk/src',
  '../protocol/src',
]

const newest = (path) => {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

const built = join(here, 'dist/web/index.html')
const needed =
  !existsSync(built) || Math.max(...SOURCES.map((name) => newest(join(here, name)))) > statSync(built).mtimeMs
if (needed || process.argv.includes('--force')) {
  try {
    const { build } = await import('vite')
    console.error('Building the dashboard (once; it takes some seconds) …')
    await build({ root: here, logLevel: process.argv.includes('--force') ? 'info' : 'error' })
  } catch (error) {
    // The server runs without: its page says what to do.
    console.error(`The dashboard could not be built: ${error.message}`)
    if (process.argv.includes('--force')) process.exitCode = 1
  }
}
