// The demo's stage: a server on a temporary folder of its own, and nothing left when it is taken down.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLog, type RunningServer, readEnvironment, startServer } from '@ngtb/server'

export interface Stage {
  readonly dir: string
  readonly server: RunningServer
  /** An unbound admin key. */
  readonly api_key: string
  close(): Promise<void>
}

const GUARD = fileURLToPath(new URL('../../bin/demo-guard.mjs', import.meta.url))

export async function openStage(any_port: boolean): Promise<Stage> {
  const dir = join(realpathSync(tmpdir()), `ngtb-demo-${randomBytes(6).toString('hex')}`)
  // Root's PostgreSQL runs as a lesser user, who must be able to enter.
  mkdirSync(dir, { mode: process.getuid?.() === 0 ? 0o755 : 0o700 })
  const guard = spawn(process.execPath, [GUARD, dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  })
  const clear = async () => {
    removeAll(dir)
    await dismiss(guard)
  }
  try {
    const server = await startServer({ env: settings(), data_dir: dir, any_port, log: createLog('error', 2) })
    const { api_key } = await server.server.services.keys.create(
      { account_id: null, scopes: ['admin'], label: 'demo' },
      'demo',
    )
    const close = async () => {
      await server.stop()
      await clear()
    }
    return { dir, server, api_key, close }
  } catch (error) {
    await clear()
    throw error
  }
}

/** Only the ports are taken from the surroundings: a demo must never touch somebody's real database. */
function settings(): Record<string, string | undefined> {
  const env = readEnvironment()
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('PORT_')))
}

function removeAll(dir: string): void {
  const place = join(dir, 'postgres.place')
  const elsewhere = existsSync(place) ? readFileSync(place, 'utf8').trim() : ''
  if (basename(elsewhere).startsWith('data-')) rmSync(elsewhere, { recursive: true, force: true })
  rmSync(dir, { recursive: true, force: true })
}

async function dismiss(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return
  const gone = once(guard, 'exit')
  guard.stdin?.end()
  await gone
}
