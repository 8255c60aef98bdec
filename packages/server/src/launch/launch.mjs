// Programs begin from a bundle of their sources, which is made when it is missing or a source has changed: from 1,200
// files a start takes three times as long (adr 0029). Plain JavaScript: nothing reads TypeScript yet.
//
//   B1. A bundle is used only while every source in it, the lock file, and each file of its own is what it was: by
//       contents. Power may fail before what was written is on the disk.
//   B2. Where none can be made, or written, the sources are loaded one by one: slower, and the same.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
/** From the root. */
const PROGRAMS = {
  ngtb: 'packages/cli/src/main.ts',
  'tick-thread': 'packages/server/src/tick-thread/thread.ts',
}

/**
 * Runs a program in this process or thread. FROM_SOURCE=1: as its sources are, for a debugger.
 * @param {keyof typeof PROGRAMS} name
 */
export async function launch(name) {
  const bundle = process.env.FROM_SOURCE === '1' ? null : await bundleOf(name)
  if (bundle !== null) {
    process.setSourceMapsEnabled(true)
    await import(pathToFileURL(bundle).href)
    return
  }
  const { register } = await import('tsx/esm/api')
  register()
  await import(pathToFileURL(join(ROOT, PROGRAMS[name])).href)
}

/**
 * @param {string} name one of `programs`
 * @returns {Promise<string | null>} a file of JavaScript; null: none can be made (B2)
 */
export async function bundleOf(name, root = ROOT, programs = PROGRAMS) {
  try {
    const folder = known(root) ?? (await (await import('./bundle.mjs')).bundlePrograms(root, programs))
    return join(folder, `${name}.mjs`)
  } catch {
    return null
  }
}

/** Beside the packages, so that a bundle finds them. */
export const homeIn = (root) => join(root, 'node_modules/.cache/ngtb')
export const manifestIn = (root) => join(homeIn(root), 'manifest.json')

/** B1. */
function known(root) {
  try {
    const { folder, files, hash } = JSON.parse(readFileSync(manifestIn(root), 'utf8'))
    const now = hashOf(files.map((file) => [file, readFileSync(join(root, file))]))
    return now === hash ? join(homeIn(root), folder) : null
  } catch {
    return null
  }
}

/** @param {Iterable<[file: string, contents: Buffer]>} files in the order of the manifest */
export function hashOf(files) {
  const hash = createHash('sha256')
  for (const [file, contents] of files) hash.update(`${file} ${contents.length}\n`).update(contents)
  return hash.digest('hex')
}
