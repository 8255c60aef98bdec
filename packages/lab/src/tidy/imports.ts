// Every import of a source file: what, from where, and whether only types cross.
import { lineOf, type Source } from './source.ts'

export interface Import {
  readonly line: number
  readonly specifier: string
  /** Nothing of it is left at run time. */
  readonly types_only: boolean
  /** The values it names; empty for a namespace, a side effect or `import()`. */
  readonly values: readonly string[]
}

const STATIC =
  /\b(?:import|export)\b(?<clause>(?:\s+type\b)?\s*(?:[\w$*{][^'"();=]*?)?)\bfrom\s*(?<quote>['"])(?<path>_*)\k<quote>/g
const SIDE_EFFECT = /\bimport\s*(?<quote>['"])(?<path>_*)\k<quote>/g
const DYNAMIC = /\b(?:import|require)\s*\(\s*(?<quote>['"])(?<path>_*)\k<quote>/g

export function importsOf(source: Source): Import[] {
  const found: Import[] = []
  for (const pattern of [STATIC, SIDE_EFFECT, DYNAMIC])
    for (const match of source.bare.matchAll(pattern)) {
      const { clause = '', path = '' } = match.groups ?? {}
      const end = match.index + match[0].lastIndexOf(path) + path.length
      const specifier = path === '' ? '' : source.text.slice(end - path.length, end)
      found.push({ line: lineOf(source, match.index), specifier, ...namesOf(clause.trim()) })
    }
  return found.sort((a, b) => a.line - b.line)
}

function namesOf(clause: string): Pick<Import, 'types_only' | 'values'> {
  if (/^type\b/.test(clause)) return { types_only: true, values: [] }
  const braces = /\{([^}]*)\}/.exec(clause)
  const outside = clause.replace(/\{[^}]*\}/, '').replace(/[,\s]/g, '')
  const names = (braces?.[1] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const values = names.filter((name) => !/^type\s/.test(name)).map((name) => name.split(/\s/)[0] ?? '')
  return {
    types_only: outside === '' && names.length > 0 && values.length === 0,
    values: outside === '' ? values : [],
  }
}
