// The register of living processes: what the operating system says about a pid.
// A pid alone names nobody, since it is given out again; a pid with its start time does.
//
//   E3. A lock or pid file of a process that is dead, a zombie or somebody else never blocks a start.

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

export interface ProcessId {
  readonly pid: number
  /** Boot id and start time; null where the system does not tell. */
  readonly started: string | null
}

export type Life = 'alive' | 'zombie' | 'gone'

export function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** The fields of /proc/PID/stat from the third on. The second is a name which may itself hold `) 1 Z`. */
function statFields(pid: number): string[] | null {
  const stat = readText(`/proc/${pid}/stat`)
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** A zombie holds a pid (kill 0 succeeds) but no file, no memory and no port: it counts as dead. */
export function lifeOf(pid: number): Life {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'gone'
  }
  if (process.platform !== 'linux') return 'alive'
  const state = statFields(pid)?.[0]
  return state === 'Z' || state === 'X' ? 'zombie' : 'alive'
}

/** Field 22 counts ticks since boot, hence the boot id: after a reboot both pid and ticks may come again. */
export function startedAt(pid: number): string | null {
  if (process.platform === 'linux') {
    const ticks = statFields(pid)?.[19]
    const boot = readText('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
    return ticks === undefined ? null : `${boot}:${ticks}`
  }
  if (process.platform === 'darwin') return ps(pid, 'lstart')
  return null
}

export const processId = (pid: number): ProcessId => ({ pid, started: startedAt(pid) })

/** Does exactly this process live? Cheap on Linux; on macOS polls skip `ps` and go by the pid. */
export function isAlive(id: ProcessId, thorough = false): boolean {
  if (lifeOf(id.pid) !== 'alive') return false
  if (id.started === null || (process.platform !== 'linux' && !thorough)) return true
  return startedAt(id.pid) === id.started
}

/**
 * Is this pid the postmaster of this cluster? Its arguments tell, which anyone may read; or its working
 * directory, which is the cluster even after that was moved, but which root in a container may not read
 * (no CAP_SYS_PTRACE).
 */
export function isPostmasterOf(pid: number, cluster: string): boolean {
  if (process.platform === 'linux') {
    const [program = '', ...given] = readText(`/proc/${pid}/cmdline`)?.split('\0') ?? []
    if (path.basename(program) !== 'postgres') return false
    return given.includes(cluster) || workingDirectory(pid) === fs.realpathSync(cluster)
  }
  if (process.platform === 'darwin') {
    const command = ps(pid, 'command') ?? ''
    return command.includes('postgres') && command.includes(cluster)
  }
  // Windows tells the program's name only.
  const list = spawnSync('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], { encoding: 'utf8' })
  return (list.stdout ?? '').toLowerCase().includes('"postgres.exe"')
}

function workingDirectory(pid: number): string | null {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    // Not readable means another user's process: not the one we started.
    return null
  }
}

function ps(pid: number, column: string): string | null {
  const answer = spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' })
  return answer.status === 0 ? answer.stdout.trim() : null
}
