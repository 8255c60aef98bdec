// The front door of the embedded database: a real PostgreSQL under our own roof, for everyone who has not set
// DATABASE_URL. Rooms: binaries, run-as, data-place, cluster (what must stand before a start), owner-lock,
// postmaster, process-table, probe (who is there), launch, bring-up, supervisor (what is done).
//
//   E1  durable settings     settings, probe, bring-up      E6  brought back             supervisor
//   E2  one server           owner-lock                     E7  nothing left after stop  supervisor
//   E3  no stale lock        owner-lock, postmaster         E8  no install scripts       binaries
//   E4  whole cluster        cluster                        E9  never as root            run-as, data-place
//   E5  orphans are adopted  bring-up                       E10 no silent empty database data-place

import fs from 'node:fs'
import path from 'node:path'
import { findPackage, prepareBinaries } from './binaries.ts'
import { bringUp } from './bring-up.ts'
import { ensureCluster } from './cluster.ts'
import {
  checkVersion,
  ensurePassword,
  openDataDir,
  ownerOf,
  readPassword,
  recordedCluster,
  settlePlace,
} from './data-place.ts'
import { fileIn, writeWhole } from './files.ts'
import { acquireOwnerLock, type OwnerLock } from './owner-lock.ts'
import { readPidFile } from './postmaster.ts'
import { probe, urlOf } from './probe.ts'
import { chooseRunAs } from './run-as.ts'
import { composeSettings } from './settings.ts'
import { Supervisor } from './supervisor.ts'
import type { EmbeddedLog, EmbeddedPostgres, EmbeddedPostgresOptions, House } from './types.ts'

export { appLoginOf } from './app-login.ts'
export { freePort } from './port.ts'
export type { EmbeddedLog, EmbeddedPostgres, EmbeddedPostgresOptions } from './types.ts'

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const settings = composeSettings(options.settings)
  const dataDir = openDataDir(options.dataDir)
  const locks = [await acquireOwnerLock(fileIn.lock(dataDir), dataDir)]
  const release = (): void => {
    for (const lock of locks.splice(0)) lock.release()
  }
  try {
    const house = await prepare(options, dataDir, settings, locks)
    const postmaster = await bringUp(house, options.port ?? null, new AbortController().signal)
    if (postmaster === null) throw new Error('PostgreSQL was not started.')
    return new Supervisor(house, postmaster, release)
  } catch (error) {
    release()
    throw error
  }
}

async function prepare(
  options: EmbeddedPostgresOptions,
  dataDir: string,
  settings: Record<string, string>,
  locks: OwnerLock[],
): Promise<House> {
  const log: EmbeddedLog = options.log ?? (() => {})
  const runAs = chooseRunAs(ownerOf(recordedCluster(dataDir)))
  const { cluster, elsewhere } = settlePlace(dataDir, runAs, log)
  // A copied data directory names the same place as the original: they must not share it.
  if (elsewhere) locks.push(await acquireOwnerLock(`${cluster}.lock`, cluster))
  const found = findPackage()
  checkVersion(cluster, found.version)
  const binaries = prepareBinaries(found, runAs, dataDir, log)
  const password = ensurePassword(dataDir, cluster)
  const house = { dataDir, cluster, binaries, runAs, password, settings, log }
  if (await ensureCluster(house)) log('info', `A new database was created in ${cluster}.`)
  if (elsewhere) writeWhole(fileIn.place(dataDir), `${cluster}\n`, 0o644)
  return house
}

/** The url of a running embedded server, or null: for the CLI, which must not start a second one. */
export async function findEmbeddedPostgres(wanted: string): Promise<string | null> {
  const absolute = path.resolve(wanted)
  if (!fs.existsSync(absolute)) return null
  const dataDir = fs.realpathSync(absolute)
  const password = readPassword(dataDir)
  const found = readPidFile(recordedCluster(dataDir))
  if (password === null || found.kind !== 'living' || found.port === null) return null
  const answer = await probe(found.port, password)
  // Starting or full is running: the caller's own connection will be told so.
  return answer.kind === 'ready' || answer.kind === 'busy' ? urlOf(password, found.port) : null
}
