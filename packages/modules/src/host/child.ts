// A worker process: lowered priority, a heap of its own, and nothing of the server's environment but the harmless.
import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { setPriority } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Limits } from './life.ts'

const MAIN = fileURLToPath(new URL('../runtime/main.ts', import.meta.url))
const NICE = ['/usr/bin/nice', '/bin/nice'].find((path) => existsSync(path))
/** Of the memory that it may take, the part that is JavaScript's own heap. */
const HEAP_SHARE = 0.6
/** The database's address and other secrets of the server stay with the server. */
const HARMLESS =
  /^(?:PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SystemRoot|NODE_EXTRA_CA_CERTS|NGTB_MODULE_\w+)$/

export function spawnWorker({ memory_mb, niceness }: Pick<Limits, 'memory_mb' | 'niceness'>): ChildProcess {
  const own = [
    `--max-old-space-size=${Math.round(memory_mb * HEAP_SHARE)}`,
    '--import',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  ]
  // All threads of a process have their niceness from its first one, at its start: so it is started by `nice`.
  const nice = NICE === undefined ? null : ['-n', String(niceness), process.execPath]
  const child = fork(MAIN, [], {
    ...(nice && NICE ? { execPath: NICE, execArgv: [...nice, ...own] } : { execArgv: own }),
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => HARMLESS.test(name))),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  if (nice === null && child.pid !== undefined) lower(child.pid, niceness)
  return child
}

function lower(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness)
  } catch {
    // Not allowed here: it works all the same, only not as humbly.
  }
}

const PAGE_BYTES = 4_096

/** Resident bytes as the system counts them, where it says so (Linux); null elsewhere: then the worker's own word. */
export async function residentBytes(pid: number | undefined): Promise<number | null> {
  try {
    const pages = Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1])
    return Number.isFinite(pages) ? pages * PAGE_BYTES : null
  } catch {
    return null
  }
}
