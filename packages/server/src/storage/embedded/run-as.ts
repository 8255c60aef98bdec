// The porter: PostgreSQL refuses to run as root, so root's server runs it as a lesser user.
//
//   E9. Started by root, PostgreSQL runs as `postgres` or else `nobody`; what that user cannot reach is put
//       where it can. Started by anyone else, nothing of this happens.

import fs from 'node:fs'
import path from 'node:path'
import { readText } from './process-table.ts'

export interface RunAs {
  readonly user: string
  readonly uid: number
  readonly gid: number
}

/** Where root's server keeps what must lie on an open path. */
export const SHELF = '/var/lib/ngtradingbot'

export const isRoot = (): boolean => process.getuid?.() === 0

/** The users root may run PostgreSQL as, best first. One without an entry would not do: initdb asks. */
export function candidates(passwd: string): RunAs[] {
  const users = new Map<string, RunAs>()
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':')
    if (user && uid && gid) users.set(user, { user, uid: Number(uid), gid: Number(gid) })
  }
  return ['postgres', 'nobody'].flatMap((name) => users.get(name) ?? []).filter((user) => user.uid !== 0)
}

/** Null: run as we are. An existing cluster keeps its user, even if a better one was created since. */
export function chooseRunAs(
  clusterOwner: number | null,
  passwd = readText('/etc/passwd') ?? '',
): RunAs | null {
  if (!isRoot()) return null
  const users = candidates(passwd)
  const chosen = users.find((user) => user.uid === clusterOwner) ?? users[0]
  if (chosen === undefined) {
    throw new Error(
      'PostgreSQL does not run as root, and /etc/passwd has neither a user postgres nor nobody: ' +
        'start the server as an ordinary user, create the user postgres (useradd --system postgres), ' +
        'or set DATABASE_URL.',
    )
  }
  return chosen
}

/** The name of a user for a sentence; its number when it has none. */
export function userName(uid: number, passwd = readText('/etc/passwd') ?? ''): string {
  const line = passwd.split('\n').find((entry) => entry.split(':')[2] === String(uid))
  return line?.split(':')[0] ?? `number ${uid}`
}

/** May this user do that (4 read, 1 enter or execute)? Modes only: an ACL that closes shows in the spawn. */
export function mayAccess(file: string, who: RunAs, wanted: number): boolean {
  const stat = fs.statSync(file)
  const shift = stat.uid === who.uid ? 6 : stat.gid === who.gid ? 3 : 0
  return ((stat.mode >> shift) & wanted) === wanted
}

/** The first folder on the way to `target` (itself included) that the user cannot enter, or null. */
export function closedFolder(target: string, who: RunAs | null): string | null {
  if (who === null) return null
  const real = fs.realpathSync(target)
  const steps = real.split(path.sep).filter((step) => step !== '')
  for (let depth = 0; depth <= steps.length; depth++) {
    const folder = path.join(path.parse(real).root, ...steps.slice(0, depth))
    if (!mayAccess(folder, who, 1)) return folder
  }
  return null
}

/** Creates the shelf, open to all whatever the umask is. */
export function openShelf(shelf: string): void {
  fs.mkdirSync(shelf, { recursive: true, mode: 0o755 })
  if (fs.statSync(shelf).uid === 0 && isRoot()) fs.chmodSync(shelf, 0o755)
}
