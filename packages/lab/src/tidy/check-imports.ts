// Import statements against the tables of rooms.ts.
import path from 'node:path'
import { type Import, importsOf } from './imports.ts'
import { isTest, NO_NODE, placeOf, ROOMS, roomOf, TEST_PACKAGES, THIRD_PARTY, within } from './rooms.ts'
import type { Source } from './source.ts'

export function importComplaints(source: Source): string[] {
  const place = placeOf(source.path)
  if (place === null) return []
  if (roomOf(place) === null && !isTest(source.path))
    return [`${source.path}: this folder has no row in ROOMS (packages/lab/src/tidy/rooms.ts): give it one`]
  return importsOf(source).flatMap((one) => {
    const complaint = judge(source, place, one)
    return complaint === null ? [] : [`${source.path}:${one.line}: ${complaint}`]
  })
}

function judge(source: Source, place: string, one: Import): string | null {
  if (one.specifier.startsWith('node:')) return judgeNode(source, place, one)
  if (one.specifier.startsWith('.')) return judgeRelative(source, place, one)
  // A package's own name for a file of its own ("imports" in package.json).
  if (one.specifier.startsWith('#')) return null
  if (one.specifier.startsWith('@ngtb/')) return judgeOurs(source, place, one)
  return judgeThirdParty(source, place, one)
}

function judgeNode(source: Source, place: string, one: Import): string | null {
  if (isTest(source.path) || !within(place, NO_NODE)) return null
  return `${one.specifier} in ${roomOf(place)}: this room runs anywhere, without Node`
}

function judgeRelative(source: Source, place: string, one: Import): string | null {
  if (!/\.(?:tsx?|mjs|json|sql|css)$/.test(one.specifier)) return `${one.specifier} needs its extension (.ts)`
  const target = path.posix.join(path.posix.dirname(source.path), one.specifier)
  const there = placeOf(target)
  if (there === null || there.split('/')[0] !== place.split('/')[0])
    return `${one.specifier} leaves the package: import it by its name (@ngtb/…)`
  return isTest(source.path) ? null : judgeRooms(roomOf(place), roomOf(there), one)
}

function judgeOurs(source: Source, place: string, one: Import): string | null {
  const [, name = '', ...rest] = one.specifier.split('/')
  if (rest.length > 0 && rest[0] === 'src') return `${one.specifier} reaches past the package's front door`
  return isTest(source.path) ? null : judgeRooms(roomOf(place), name, one)
}

function judgeRooms(from: string | null, to: string | null, one: Import): string | null {
  const room = from === null ? undefined : ROOMS[from]
  if (from === to || room === 'everything' || room === undefined || to === null) return null
  if (room.uses.includes(to)) return null
  if (!room.types?.includes(to)) return `${from} must not import ${to} (${one.specifier})`
  const functions = one.values.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))
  const whole = !one.types_only && one.values.length === 0
  if (functions.length === 0 && !whole) return null
  return `${from} may import only types of ${to}, not ${functions.join(', ') || 'the whole module'}`
}

function judgeThirdParty(source: Source, place: string, one: Import): string | null {
  const name = one.specifier
    .split('/')
    .slice(0, one.specifier.startsWith('@') ? 2 : 1)
    .join('/')
  if (isTest(source.path) && TEST_PACKAGES.includes(name)) return null
  const row = Object.keys(THIRD_PARTY).find(
    (key) => key === name || (key.endsWith('*') && name.startsWith(key.slice(0, -1))),
  )
  if (row === undefined) return `${name} has no row in THIRD_PARTY (packages/lab/src/tidy/rooms.ts)`
  const areas = THIRD_PARTY[row] ?? []
  // A test may use what any part of its own package may.
  const home = isTest(source.path)
    ? areas.some((area) => area.split('/')[0] === place.split('/')[0])
    : within(place, areas)
  return home || within(place, ['lab']) ? null : `${name} belongs in ${areas.join(', ')}, not in ${place}`
}
