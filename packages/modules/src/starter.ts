// `ngtb module new NAME`: a folder with a module that runs, and its test.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const STARTER = fileURLToPath(new URL('./starter/', import.meta.url))
const PLACEHOLDER = /my-module/g
const MAGIC = /magic: 7\b/
/** What a module file imports, and what runs its test. */
const NEEDED = ['@ngtb', 'tsx'] as const

export interface Written {
  readonly files: string[]
  /** The folder lies where Node finds none of our packages: links to them were laid. */
  readonly linked: boolean
}

/** @throws {TypeError} for a name that no module can have, or a folder that is there */
export function writeStarter(folder: string, name: string): Written {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name))
    throw new TypeError(
      `${JSON.stringify(name)} is not 1 to 40 small letters, digits and "-", a letter first`,
    )
  if (existsSync(folder)) throw new TypeError(`${folder} is there already: choose another name, or remove it`)
  mkdirSync(folder, { recursive: true })
  const files = readdirSync(STARTER).map((file) => {
    const target = join(folder, file.replace(PLACEHOLDER, name))
    const text = readFileSync(join(STARTER, file), 'utf8')
    writeFileSync(target, text.replace(PLACEHOLDER, name).replace(MAGIC, `magic: ${magicOf(name)}`))
    return target
  })
  return { files: files.sort(), linked: link(folder) }
}

/** Two modules with one magic would take each other's positions for their own. */
const magicOf = (name: string): number =>
  100_000 + (createHash('sha256').update(name).digest().readUInt32BE() % 900_000)

/** Outside of this repository Node would not find `@ngtb/modules`. */
function link(folder: string): boolean {
  const found = createRequire(join(folder, 'x.mjs'))
  try {
    found.resolve('@ngtb/modules')
    return false
  } catch {
    const ours = dirname(dirname(dirname(createRequire(import.meta.url).resolve('@ngtb/sdk'))))
    const house = houseModules(ours)
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    for (const name of NEEDED) symlinkSync(join(house, name), join(folder, 'node_modules', name), 'dir')
    return true
  }
}

/** The `node_modules` that our own packages are found in. */
function houseModules(from: string): string {
  for (let at = from; at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, 'node_modules', '@ngtb', 'modules'))) return join(at, 'node_modules')
  throw new Error(`there is no node_modules with @ngtb/modules above ${from}: run npm ci`)
}
