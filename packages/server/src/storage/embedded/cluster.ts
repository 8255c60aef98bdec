// The founder: creates the database cluster, once in the life of a data directory.
//
//   E4. A cluster appears whole or not at all: initdb works in a folder with a random name, which is renamed.
//       Random, because the initdb of a server that was killed may still be writing into its own.

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { isCluster } from './data-place.ts'
import { errorCode, randomName, syncFolder } from './files.ts'
import { cleanEnvironment, identity } from './launch.ts'
import type { House } from './types.ts'

const unfinished = (cluster: string): string => `${path.basename(cluster)}.initdb-`

/** True when it was created now. Call it under the owner lock. */
export async function ensureCluster(house: House): Promise<boolean> {
  sweepUnfinished(house.cluster)
  if (isCluster(house.cluster)) return false
  const folder = path.dirname(house.cluster)
  const workshop = path.join(folder, unfinished(house.cluster) + randomName())
  makeFor(house, workshop)
  try {
    await initdb(house, workshop)
    fs.renameSync(path.join(workshop, 'data'), house.cluster)
    syncFolder(folder)
  } finally {
    fs.rmSync(workshop, { recursive: true, force: true })
  }
  return true
}

/** A folder that only the user who runs PostgreSQL enters. */
function makeFor(house: House, folder: string): void {
  fs.mkdirSync(folder, { mode: 0o700 })
  if (house.runAs !== null) fs.chownSync(folder, house.runAs.uid, house.runAs.gid)
}

async function initdb(house: House, workshop: string): Promise<void> {
  // A file, since a lesser user may not open the standard input that root gave it.
  const passwordFile = path.join(workshop, 'password')
  fs.writeFileSync(passwordFile, `${house.password}\n`, { mode: 0o600, flag: 'wx' })
  if (house.runAs !== null) fs.chownSync(passwordFile, house.runAs.uid, house.runAs.gid)
  const data = path.join(workshop, 'data')
  const options = ['-D', data, '-U', 'ngtb', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  await run(house, [...options, '-E', 'UTF8', '--locale=C', '--no-instructions'])
}

async function run(house: House, options: string[]): Promise<void> {
  const child = spawn(house.binaries.initdb, options, {
    ...identity(house.runAs),
    cwd: path.dirname(house.binaries.initdb),
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      // Only the end tells why it failed.
      said = (said + text).slice(-2_000)
    })
  }
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (status, signal) => resolve(status ?? signal ?? 'no status'))
  })
  if (code !== 0) throw new Error(`The database could not be created (initdb: ${code}). ${said.trim()}`)
}

function sweepUnfinished(cluster: string): void {
  const folder = path.dirname(cluster)
  for (const name of fs.readdirSync(folder).filter((entry) => entry.startsWith(unfinished(cluster)))) {
    try {
      fs.rmSync(path.join(folder, name), { recursive: true, force: true })
    } catch (error) {
      // Still being written by an orphaned initdb, which now fails: the next start sweeps the rest.
      if (!['ENOTEMPTY', 'EBUSY', 'ENOENT'].includes(errorCode(error))) throw error
    }
  }
}
