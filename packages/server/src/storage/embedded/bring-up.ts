// The reveille: from a cluster at rest, or one whose postmaster was left behind, to one that answers.
//
//   E1. No postmaster is handed out before it has shown that it writes durably.
//   E3. See postmaster.ts.
//   E5. A living postmaster of this cluster is adopted. One that starts, recovers or stops is waited for, as
//       long as it lives: recovery after a crash may take minutes, and a second start would not be faster.

import { diagnose, type Launched, launch } from './launch.ts'
import { choosePort, rememberPort } from './port.ts'
import {
  type PidFile,
  type Postmaster,
  readPidFile,
  removePidFile,
  stopPostmaster,
  watchByPolling,
} from './postmaster.ts'
import { createDatabase, probe } from './probe.ts'
import { isAlive, type ProcessId } from './process-table.ts'
import type { EmbeddedLog, House } from './types.ts'
import { pause, pollDelay, progress } from './wait.ts'

/** At 250 ms each: how long leftovers of a dead postmaster may stand in the way. */
const LOCKED_ATTEMPTS_MAX = 60
const PORT_ATTEMPTS_MAX = 10
/** Several, for a port may be answered by another program in the moment before ours is known to be dead. */
const PASSWORD_REFUSALS_MAX = 5

type Outcome = 'ready' | 'gone' | 'aborted'

/** `port` given: only that one will do. Null: stopped by the signal. */
export async function bringUp(
  house: House,
  port: number | null,
  signal: AbortSignal,
): Promise<Postmaster | null> {
  let locked = 0
  let taken = 0
  while (!signal.aborted) {
    const found = await readPidFileTwice(house.cluster)
    if (found.kind === 'living') {
      const adopted = await adopt(house, found.id, signal)
      if (adopted !== null) return adopted
      continue
    }
    if (found.kind === 'blocked') {
      house.log('warn', `A leftover postmaster.pid was removed: ${found.why}.`)
      removePidFile(house.cluster)
    }
    const launched = await launch(house, port ?? (await choosePort(house.dataDir, taken)))
    if ((await settle(house, launched, signal)) === 'ready') return launched
    if (signal.aborted) break
    const said = launched.said()
    const problem = diagnose(said)
    if (problem === 'locked') locked++
    else if (problem === 'port_taken') taken++
    else throw new Error(`${await launched.exited}. Its last words: ${said.slice(-1_000)}`)
    if (locked > LOCKED_ATTEMPTS_MAX || taken > PORT_ATTEMPTS_MAX) {
      throw new Error(`PostgreSQL does not start. Its last words: ${said.slice(-1_000)}`)
    }
    await pause(problem === 'locked' || port !== null ? 250 : 0, signal)
  }
  return null
}

/** What stands in the way is looked at again: an orphan may just be writing the file. */
async function readPidFileTwice(cluster: string): Promise<PidFile> {
  const first = readPidFile(cluster)
  if (first.kind !== 'blocked') return first
  await pause(100)
  return readPidFile(cluster)
}

/** A launched postmaster is ready, or it is no more. */
async function settle(house: House, launched: Launched, signal: AbortSignal): Promise<Outcome> {
  try {
    const outcome = await untilReady(house, launched.id, () => launched.port, signal)
    if (outcome === 'aborted') await stopPostmaster(launched.id, house.log)
    if (outcome === 'ready') {
      rememberPort(house.dataDir, launched.port)
      launched.letGo()
    }
    return outcome
  } catch (error) {
    await stopPostmaster(launched.id, house.log)
    throw error
  }
}

/** Null: it ended while we waited. */
async function adopt(house: House, id: ProcessId, signal: AbortSignal): Promise<Postmaster | null> {
  // The port line is written a moment after the pid.
  const portNow = (): number | null => {
    const now = readPidFile(house.cluster)
    return now.kind === 'living' && now.id.pid === id.pid ? now.port : null
  }
  const outcome = await untilReady(house, id, portNow, signal)
  const port = portNow()
  if (outcome !== 'ready' || port === null) return null
  rememberPort(house.dataDir, port)
  house.log('info', 'PostgreSQL was left running by an earlier server and is adopted.', { pid: id.pid, port })
  return { id, port, adopted: true, recovered: false, exited: watchByPolling(id) }
}

async function untilReady(
  house: House,
  id: ProcessId,
  portNow: () => number | null,
  signal: AbortSignal,
): Promise<Outcome> {
  let refusals = 0
  let state = 'starting'
  const report = reporter(house.log, id, () => state)
  for (let attempt = 0; isAlive(id); attempt++) {
    if (signal.aborted) return 'aborted'
    const port = portNow()
    const answer = port === null ? null : await probe(port, house.password)
    if (answer?.kind === 'ready') {
      if (answer.unsafe.length === 0) return 'ready'
      throw new Error(
        `PostgreSQL (pid ${id.pid}) runs with ${answer.unsafe.join(', ')}: committed data could be lost.`,
      )
    }
    if (answer?.kind === 'no_database' && port !== null) await createDatabase(port, house.password)
    if (answer?.kind === 'password_refused' && ++refusals >= PASSWORD_REFUSALS_MAX) {
      throw new Error(
        `PostgreSQL (pid ${id.pid}) refuses the password in ${house.dataDir}/postgres.password.`,
      )
    }
    if (answer?.kind === 'busy' || answer?.kind === 'silent') state = answer.message
    report()
    if (answer?.kind !== 'no_database') await pause(pollDelay(attempt), signal)
  }
  return 'gone'
}

function reporter(log: EmbeddedLog, id: ProcessId, state: () => string): () => void {
  return progress((seconds) =>
    log('info', `Waiting for PostgreSQL since ${seconds} s: ${state()}`, { pid: id.pid }),
  )
}
