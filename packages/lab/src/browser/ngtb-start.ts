// `ngtb start` as a user types it: a process of its own on a fresh folder, and the line that it prints when ready.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const NGTB = fileURLToPath(new URL('../../../cli/bin/ngtb.mjs', import.meta.url))

export interface Started {
  readonly url: string
  /** While there is no admin. */
  readonly setup_link?: string
  stop(): Promise<void>
}

export interface OwnFolder {
  start(): Promise<Started>
  remove(): void
}

/** A folder on which `ngtb start` can be called again and again. */
export function ownFolder(): OwnFolder {
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-start-'))
  chmodSync(folder, 0o755) // PostgreSQL may have to run as another user
  return {
    start: () => start(join(folder, 'data')),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

async function start(data_dir: string): Promise<Started> {
  // As on a machine where nothing was set: a developer's own settings must not get in between.
  const { PATH, HOME, TMPDIR } = process.env
  const child = spawn(process.execPath, [NGTB, 'start', '--any-port', '--json'], {
    env: { PATH, HOME, TMPDIR, NGTB_DATA_DIR: data_dir, NGTB_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (part) => {
    said += part
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as { event: string; url: string; setup_link?: string }
    if (told.event === 'ready') return { ...told, stop: () => stop(child) }
  }
  throw new Error(`ngtb start ended before it was ready: ${said.slice(-2_000)}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}
