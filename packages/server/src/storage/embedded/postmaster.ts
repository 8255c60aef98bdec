// The doorman: reads postmaster.pid and says who it names, watches a postmaster, and asks one to leave.
//
//   E3. A pid file that names a zombie, somebody else's process or nobody is removed before a start.
//       That of a plainly dead process is left to PostgreSQL: it first makes sure, by the shared memory the
//       file names, that no backend of the dead postmaster still writes.
//   E7. Stopping is finished when the process is gone, not when it was asked to go.

import fs from 'node:fs'
import path from 'node:path'
import { errorCode } from './files.ts'
import { isAlive, isPostmasterOf, lifeOf, type ProcessId, processId, readText } from './process-table.ts'
import type { EmbeddedLog } from './types.ts'
import { pause, pollDelay, progress } from './wait.ts'

export interface Postmaster {
  readonly id: ProcessId
  readonly port: number
  readonly adopted: boolean
  readonly recovered: boolean
  /** Resolves, with a reason, when the process has ended. */
  readonly exited: Promise<string>
}

export type PidFile =
  | { kind: 'free' }
  | { kind: 'blocked'; why: string }
  /** The port is null while the file is being written. */
  | { kind: 'living'; id: ProcessId; port: number | null }

const pidFile = (cluster: string): string => path.join(cluster, 'postmaster.pid')

/** Its lines: pid, data directory, start time, port, socket folder, address, shared memory, status. */
export function readPidFile(cluster: string): PidFile {
  const text = readText(pidFile(cluster))
  if (text === null) return { kind: 'free' }
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return { kind: 'blocked', why: 'it names no process' }
  const life = lifeOf(pid)
  if (life === 'gone') return { kind: 'free' }
  if (life === 'zombie') return { kind: 'blocked', why: `process ${pid} is a zombie` }
  if (!isPostmasterOf(pid, cluster)) return { kind: 'blocked', why: `process ${pid} is another program` }
  return { kind: 'living', id: processId(pid), port: Number(lines[3]) || null }
}

export function removePidFile(cluster: string): void {
  fs.rmSync(pidFile(cluster), { force: true })
}

export function livingPostmaster(cluster: string): number | null {
  const found = readPidFile(cluster)
  return found.kind === 'living' ? found.id.pid : null
}

/** For a postmaster that is not our child: nobody tells us, so we look. Does not keep Node alive. */
export function watchByPolling(id: ProcessId, everyMs = 250): Promise<string> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(id)) return
      clearInterval(timer)
      resolve(`PostgreSQL (pid ${id.pid}, started by an earlier server) has ended`)
    }, everyMs)
    timer.unref()
  })
}

/** Fast shutdown: open transactions roll back, a checkpoint is written. Waits however long that takes. */
export async function stopPostmaster(id: ProcessId, log: EmbeddedLog): Promise<void> {
  if (isAlive(id)) signal(id.pid, 'SIGINT')
  const report = progress((seconds) =>
    log('warn', `PostgreSQL is still stopping after ${seconds} s`, { pid: id.pid }),
  )
  for (let attempt = 0; isAlive(id); attempt++) {
    report()
    await pause(pollDelay(attempt))
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}

/** 1 in pg_control is "shut down"; anything else at rest means that a start will have to recover. */
export function wasShutDown(cluster: string): boolean {
  const control = fs.readFileSync(path.join(cluster, 'global', 'pg_control'))
  return control.readUInt32LE(16) === 1
}
