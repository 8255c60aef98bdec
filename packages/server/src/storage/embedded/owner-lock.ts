// The key of the house: one Node process owns a data directory at a time.
// PostgreSQL's own lock is not enough: a second server would adopt the first one's postmaster and share it.
//
//   E2. Of two servers on one data directory the second is refused, with the pid of the first.
//   E3. The lock of a dead process is taken over, also when its pid has been given to another.
//
// Two that take over at once:
//   1. A and B read the same dead owner.   2. A moves the lock away and creates its own.
//   3. B moves the lock away: it is A's. B sees that it is not what it judged, puts it back and loses.

import fs from 'node:fs'
import { errorCode, randomName } from './files.ts'
import { isAlive, type ProcessId, processId, readText } from './process-table.ts'
import { pause } from './wait.ts'

export interface OwnerLock {
  release(): void
}

const ATTEMPTS_MAX = 20

export async function acquireOwnerLock(file: string, dataDir: string): Promise<OwnerLock> {
  const mine = `${JSON.stringify(processId(process.pid))}\n`
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (create(file, mine)) return { release: () => release(file, mine) }
    const theirs = readText(file)
    if (theirs === null) continue
    const owner = parse(theirs)
    if (owner !== null && isAlive(owner, true)) throw new Error(refusal(file, dataDir, owner.pid))
    // Created and not yet written? Unreadable for long means that its writer died in between.
    if (owner === null && attempt < ATTEMPTS_MAX / 2) await pause(50)
    else moveAway(file, theirs)
  }
  throw new Error(`The lock ${file} could not be taken: several servers are being started at once.`)
}

function create(file: string, text: string): boolean {
  try {
    // wx is O_CREAT | O_EXCL.
    fs.writeFileSync(file, text, { flag: 'wx', mode: 0o644 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

function moveAway(file: string, judged: string): void {
  const aside = `${file}.${randomName()}.stale`
  try {
    fs.renameSync(file, aside)
    if (readText(aside) !== judged) fs.linkSync(aside, file)
  } catch (error) {
    // ENOENT: another took it over before us. EEXIST: the owner we displaced by mistake is replaced already.
    if (!['ENOENT', 'EEXIST'].includes(errorCode(error))) throw error
  } finally {
    fs.rmSync(aside, { force: true })
  }
}

function release(file: string, mine: string): void {
  if (readText(file) === mine) fs.rmSync(file, { force: true })
}

function parse(text: string): ProcessId | null {
  try {
    const { pid, started } = JSON.parse(text) as { pid?: unknown; started?: unknown }
    if (!Number.isInteger(pid)) return null
    return { pid: pid as number, started: typeof started === 'string' ? started : null }
  } catch {
    return null
  }
}

function refusal(file: string, dataDir: string, pid: number): string {
  const who = pid === process.pid ? `this process itself (pid ${pid})` : `another server, process ${pid}`
  return (
    `The data directory ${dataDir} is in use by ${who} (lock ${file}): ` +
    'stop that one first, or give this one another NGTB_DATA_DIR.'
  )
}
