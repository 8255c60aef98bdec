// The lab's own server: a child process on free ports with a data folder of its own, gone when the work is done.
import { type ChildProcess, fork } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { PortNumbers } from '@ngtb/server'
import { type ChildModules, childModules } from './server-modules.ts'

export interface ChildOrder {
  readonly data_dir: string
  /** Settings by their published names; nothing of the environment or of .env gets in between. */
  readonly settings: Readonly<Record<string, string>>
}

export interface ChildReady {
  readonly url: string
  readonly ports: PortNumbers
  readonly database_url: string
  readonly admin_key: string
}

export interface OwnServer extends ChildReady, ChildModules {
  readonly pid: number
  stop(): Promise<void>
}

/** The server's limits per key protect it from strangers; a measurement would only measure them. */
export const NO_RATE_LIMITS: Readonly<Record<string, string>> = Object.fromEntries(
  ['POLL', 'TICKS', 'CREATE', 'SAFETY', 'KEYLESS'].map((kind) => [`NGTB_RATE_${kind}`, '1000000']),
)

const START_MS_MAX = 180_000
const STOP_MS_MAX = 20_000

/** @param settings beside the defaults; the log goes to a file as a service's does. */
export async function startOwnServer(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-lab-'))
  chmodSync(folder, 0o755) // PostgreSQL may have to run as another user
  const log = join(folder, 'server.log')
  const fd = openSync(log, 'a')
  const child = fork(fileURLToPath(new URL('./server-child.ts', import.meta.url)), [], {
    execArgv: [...profiling(), '--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
    stdio: ['ignore', fd, fd, 'ipc'],
  })
  closeSync(fd)
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  try {
    const ready = await readyOf(child, { data_dir: join(folder, 'data'), settings })
    return {
      ...ready,
      ...childModules(child),
      pid: child.pid ?? 0,
      async stop() {
        await stopChild(child)
        remove()
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    const said = readFileSync(log, 'utf8').trim().slice(-2_000)
    remove()
    throw new Error(`the server did not start: ${(error as Error).message}\n${said}`)
  }
}

function readyOf(child: ChildProcess, order: ChildOrder): Promise<ChildReady> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not ready after ${START_MS_MAX} ms`)), START_MS_MAX)
    child.once('message', (ready: ChildReady) => {
      clearTimeout(late)
      resolve(ready)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`it ended with ${signal ?? code}`)))
    child.send(order)
  })
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
  await ended
  clearTimeout(late)
}

/** LAB_CPU_PROFILE=folder writes a .cpuprofile of the server there when it stops. */
function profiling(): string[] {
  const folder = process.env.LAB_CPU_PROFILE
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}

/** Runs `work` with a server of its own, which is stopped also when the work fails or is interrupted. */
export async function withOwnServer<T>(
  settings: Readonly<Record<string, string>>,
  work: (server: OwnServer) => Promise<T>,
): Promise<T> {
  const server = await startOwnServer(settings)
  const interrupted = (signal: NodeJS.Signals) =>
    void server.stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143))
  process.once('SIGINT', interrupted)
  process.once('SIGTERM', interrupted)
  try {
    return await work(server)
  } finally {
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', interrupted)
    await server.stop()
  }
}
