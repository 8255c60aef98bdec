// What the text of a source file must not hold: hidden time and chance, `any`, lone tests, notes to self, giants.
import { isTest, placeOf, REAL_WORLD, within } from './rooms.ts'
import { lineOf, type Source } from './source.ts'

export const LINES_MAX = 400
export const LINES_WARN = 250
export const COLUMNS_MAX = 110
/** A sentence may be a little longer than a statement. */
export const COMMENT_COLUMNS_MAX = 120

/** A way around the clock, the dice or the settings that the server is handed. */
const SURPRISES =
  /(?<![.\w])(?:Date\.now|new Date\(\s*\)|Math\.random|(?:globalThis\.)?(?:setTimeout|setInterval|setImmediate)\s*\(|performance\.(?:now|timeOrigin)|process\.(?:env|hrtime)|crypto\.(?:randomUUID|randomBytes|getRandomValues)|(?:randomUUID|randomBytes|randomInt)\b)/g
const SURPRISING_MODULES = /^(?:node:)?(?:timers|timers\/promises|perf_hooks)$/
const EXCEPTION = /\/\/ sim-ok: \S.{3,}$/

export function textComplaints(source: Source): string[] {
  return [...surprises(source), ...found(source), ...size(source)]
}

function surprises(source: Source): string[] {
  const place = placeOf(source.path)
  if (place === null || isTest(source.path) || within(place, REAL_WORLD)) return []
  const lines = source.text.split('\n')
  const hits = [...source.bare.matchAll(SURPRISES)].map((match) => ({
    line: lineOf(source, match.index),
    what: match[0],
  }))
  for (const match of source.bare.matchAll(/\bfrom\s*['"](_+)['"]/g)) {
    const specifier = source.text.slice(
      match.index + match[0].indexOf('_'),
      match.index + match[0].lastIndexOf('_') + 1,
    )
    if (SURPRISING_MODULES.test(specifier)) hits.push({ line: lineOf(source, match.index), what: specifier })
  }
  return hits
    .filter(({ line }) => !EXCEPTION.test(lines[line - 1] ?? ''))
    .map(
      ({ line, what }) =>
        `${source.path}:${line}: ${what.trim()} is not simulated: take it from ports.ts, or end the line with // sim-ok: reason`,
    )
}

const PATTERNS: { pattern: RegExp; in: 'bare' | 'comments'; says: string; unless?: RegExp }[] = [
  {
    pattern: /(?:[:<|,(]|\bas|=>)\s*any\b(?!\s*[:(?])/g,
    in: 'bare',
    says: '`any` hides a mistake: name the type, or unknown',
    unless: /biome-ignore lint\/suspicious\/noExplicitAny: \S/,
  },
  { pattern: /\b(?:test|it|describe|suite)\.only\b/g, in: 'bare', says: '.only leaves every other test out' },
  {
    pattern: /\b(?:test|it|describe|suite)\.(?:skip|todo)\b/g,
    in: 'bare',
    says: 'a skipped test says why: end the line with // skipped: reason',
    unless: /\/\/ skipped: \S.{3,}$/,
  },
  { pattern: /@ts-(?:ignore|nocheck)/g, in: 'comments', says: 'the compiler is not to be silenced' },
  {
    pattern: new RegExp(`\\b(?:${['TO', 'FIX'].join('DO|')}ME|XXX|HACK)\\b`, 'g'),
    in: 'comments',
    says: 'a note to self: do it, or open an issue',
  },
]

function found(source: Source): string[] {
  const lines = source.text.split('\n')
  return PATTERNS.flatMap(({ pattern, in: where, says, unless }) =>
    [...source[where].matchAll(pattern)]
      .map((match) => lineOf(source, match.index))
      .filter((line) => !unless?.test(`${lines[line - 2] ?? ''}\n${lines[line - 1] ?? ''}`))
      .map((line) => `${source.path}:${line}: ${says}`),
  )
}

function size(source: Source): string[] {
  const lines = source.text.split('\n')
  const complaints: string[] = []
  if (lineCount(source) > LINES_MAX)
    complaints.push(`${source.path}: ${lineCount(source)} lines; ${LINES_MAX} are the most: split it by idea`)
  const bare = source.bare.split('\n')
  lines.forEach((line, index) => {
    const code = (bare[index] ?? '').trimEnd()
    // The formatter breaks code; it can't break a long text or a comment.
    if (/_{3}/.test(code) || EXCEPTION.test(line)) return
    if (code.length > COLUMNS_MAX || line.length > COMMENT_COLUMNS_MAX)
      complaints.push(
        `${source.path}:${index + 1}: ${line.length} columns; ${COLUMNS_MAX} are the most (comments ${COMMENT_COLUMNS_MAX})`,
      )
  })
  return complaints
}

export const lineCount = (source: Source): number => source.text.replace(/\n$/, '').split('\n').length
