// The engine room: starts a postmaster process and keeps what it writes.
// Detached: a Ctrl-C at the terminal is for the server, which then stops PostgreSQL in good order.
//
//   E9. PostgreSQL never runs as root.

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileIn } from './files.ts'
import { type Postmaster, wasShutDown } from './postmaster.ts'
import { processId } from './process-table.ts'
import type { RunAs } from './run-as.ts'
import { postgresArguments } from './settings.ts'
import type { House } from './types.ts'

const LOG_BYTES_MAX = 10 * 1024 * 1024

export interface Launched extends Postmaster {
  /** What PostgreSQL has written to its log since this start. */
  said(): string
  /** From now on it does not keep Node alive. Not before: Node must live to see a failed start. */
  letGo(): void
}

/** PG* variables must not reach PostgreSQL, nor our secrets: others can read its environment. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'SYSTEMROOT', 'windir']
  const found = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...Object.fromEntries(found), LC_ALL: 'C', TZ: 'UTC' }
}

export function identity(runAs: RunAs | null): { uid?: number; gid?: number } {
  return runAs === null ? {} : { uid: runAs.uid, gid: runAs.gid }
}

export async function launch(house: House, port: number): Promise<Launched> {
  const recovered = !wasShutDown(house.cluster)
  const logFile = fileIn.log(house.dataDir)
  rotate(logFile)
  const descriptor = fs.openSync(logFile, 'a', 0o600)
  const from = fs.fstatSync(descriptor).size
  const child = spawn(house.binaries.postgres, postgresArguments(house.cluster, port, house.settings), {
    ...identity(house.runAs),
    cwd: path.dirname(house.binaries.postgres),
    env: cleanEnvironment(),
    detached: true,
    stdio: ['ignore', descriptor, descriptor],
  })
  fs.closeSync(descriptor)
  // Without a listener a program that cannot be executed would end Node.
  const failed = new Promise<Error>((resolve) => child.once('error', resolve))
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(reasonOf(child.pid, code, signal)))
  })
  if (child.pid === undefined) {
    throw new Error(`PostgreSQL could not be started: ${(await failed).message}`)
  }
  const said = (): string => fs.readFileSync(logFile).subarray(from).toString('utf8').trim()
  return {
    id: processId(child.pid),
    port,
    adopted: false,
    recovered,
    exited,
    said,
    letGo: () => child.unref(),
  }
}

function reasonOf(pid: number | undefined, code: number | null, signal: string | null): string {
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
  return `PostgreSQL (pid ${pid}) ${how}`
}

function rotate(logFile: string): void {
  const size = fs.statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_BYTES_MAX) fs.renameSync(logFile, `${logFile}.1`)
}

/** Why a postmaster gave up: something in its way that will pass, a taken port, or a defect. */
export function diagnose(said: string): 'locked' | 'port_taken' | 'broken' {
  if (/lock file ".*" already exists|pre-existing shared memory block/.test(said)) return 'locked'
  if (/could not bind|could not create any TCP\/IP sockets/.test(said)) return 'port_taken'
  return 'broken'
}
