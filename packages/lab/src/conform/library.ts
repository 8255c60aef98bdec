// Where the dialogues lie, and which of them a run plays.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Dialogue, DialogueError, type Role } from './language/dialogue.ts'
import { parseDialogue } from './language/parse.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const FOLDER = 'packages/protocol/conformance'
export const ROLES: readonly Role[] = ['server', 'ea']

/** All dialogues of a role, in the order of their names. */
export const allOf = (role: Role): Dialogue[] => filesOf(role).map((file) => readDialogue(file))

export const filesOf = (role: Role): string[] => {
  const folder = join(FOLDER, role)
  if (!existsSync(join(ROOT, folder))) return []
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.scn'))
    .sort()
    .map((name) => join(folder, name))
}

/**
 * A file by its path, or by a part of its name: `07`, `fenced`.
 * @throws {DialogueError} when nothing fits
 */
export function chosen(names: readonly string[], roles: readonly Role[]): Dialogue[] {
  if (names.length === 0) return roles.flatMap(allOf)
  const all = roles.flatMap(filesOf)
  const files = names.flatMap((name) => {
    if (name.endsWith('.scn') && existsSync(resolve(name))) return [relative(ROOT, resolve(name))]
    const fitting = all.filter((file) => file.endsWith(name) || basename(file).includes(name))
    if (fitting.length === 0)
      throw new DialogueError(`no dialogue is called ${name}: see ${FOLDER}/{${roles.join(',')}}`)
    return fitting
  })
  return [...new Set(files)].map(readDialogue)
}

/** The folder says who is under test. */
function readDialogue(file: string): Dialogue {
  const role = ROLES.find((one) => file.split(/[\\/]/).at(-2) === one)
  if (role === undefined)
    throw new DialogueError(`${file}: it lies neither in a folder ea nor in a folder server`)
  return parseDialogue(file, readFileSync(join(ROOT, file), 'utf8'), role)
}
